"""docs/checks.md says what the rules say."""

from pathlib import Path

from newsletter_cli.check import all_rules
from newsletter_cli.cli.check_reference import page


def test_the_page_of_checks_is_what_the_rules_say() -> None:
    written = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m newsletter_cli.cli.check_reference > docs/checks.md"


def test_rule_ids_are_unique_and_named_like_words() -> None:
    ids = [each.id for each in all_rules()]
    assert len(ids) == len(set(ids))
    assert all(each.replace("-", "").isalnum() for each in ids)
