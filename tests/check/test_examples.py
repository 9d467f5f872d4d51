"""Every rule finds its failing example and is silent on its passing one."""

from pathlib import Path

import pytest
from examples import material_of

from newsletter_cli.check import Rule, all_rules, run
from newsletter_cli.model.finding import Severity

RULES = all_rules()


@pytest.mark.parametrize("rule", RULES, ids=[each.id for each in RULES])
def test_a_rule_finds_its_failing_example(rule: Rule, tmp_path: Path) -> None:
    found = list(run(material_of(rule.failing, tmp_path), [rule]))
    assert found
    assert {each.rule for each in found} == {rule.id}
    assert all(each.hint for each in found)


@pytest.mark.parametrize("rule", RULES, ids=[each.id for each in RULES])
def test_a_rule_is_silent_on_its_passing_example(rule: Rule, tmp_path: Path) -> None:
    assert list(run(material_of(rule.passing, tmp_path), [rule])) == []


@pytest.mark.parametrize("rule", RULES, ids=[each.id for each in RULES])
def test_a_rule_says_why_and_what_to_do_in_a_sentence(rule: Rule) -> None:
    assert rule.reason.endswith((".", ")"))
    assert rule.hint
    assert rule.id == rule.id.lower()
    assert isinstance(rule.severity, Severity)
