"""Each rule on a table of good and bad samples: silent on every good one, and finds every bad one."""

from pathlib import Path

import pytest
from examples import material_of
from samples import BAD, GOOD, Sample

from newsletter_cli.check import Example, find_rule, run
from newsletter_cli.model.finding import Finding, Severity

HERE = Path(__file__).parent


def found(rule_id: str, sample: Sample, folder: Path) -> list[Finding]:
    rule = find_rule(rule_id)
    assert rule is not None
    example = sample if isinstance(sample, Example) else Example(html=sample)
    return list(run(material_of(example, folder), [rule]))


def cases(table: dict[str, tuple[Sample, ...]]) -> list[tuple[str, Sample]]:
    return [(rule, sample) for rule, samples in table.items() for sample in samples]


@pytest.mark.parametrize(("rule", "sample"), cases(GOOD))
def test_a_good_sample_raises_no_alarm(rule: str, sample: Sample, tmp_path: Path) -> None:
    assert [each for each in found(rule, sample, tmp_path) if each.severity is not Severity.INFO] == []


@pytest.mark.parametrize(("rule", "sample"), cases(BAD))
def test_a_bad_sample_is_found(rule: str, sample: Sample, tmp_path: Path) -> None:
    assert found(rule, sample, tmp_path)


def test_the_table_of_samples_is_what_the_samples_are() -> None:
    rows = ["| rule | good samples, silent | bad samples, found |", "|---|---|---|"]
    rows += [
        f"| {rule} | {len(GOOD[rule])} of {len(GOOD[rule])} | {len(BAD[rule])} of {len(BAD[rule])} |"
        for rule in sorted(GOOD)
    ]
    rows.append(f"| all | {len(cases(GOOD))} | {len(cases(BAD))} |")
    assert (HERE / "precision.md").read_text(encoding="utf-8") == "# Precision of the rules\n\n" + "\n".join(
        rows
    ) + "\n"


def test_every_rule_of_the_table_has_both() -> None:
    assert GOOD.keys() == BAD.keys()


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("Our news. Join us on Saturday 11 June in the garden.", Severity.ERROR),
        ("Join our singers on the lawn.", Severity.ERROR),
        ("Welcome to the June bulletin.", Severity.ERROR),
        ("Welcome to this month's round-up of research.", Severity.ERROR),
        ("Welcome to the spring edition of our magazine.", Severity.ERROR),
        ("Welcome to Acme, Ann! Here is how to begin.", Severity.INFO),
        ("Ann wants you to join Walkers on Slack.", Severity.INFO),
        ("Confirm your subscription to the newsletter.", Severity.INFO),
        ("Reset your password.", Severity.INFO),
    ],
)
def test_a_newsletter_without_a_way_out_is_an_error_a_receipt_is_not(
    words: str, severity: Severity, tmp_path: Path
) -> None:
    (finding,) = found("unsubscribe-missing", f"<p>{words}</p>", tmp_path)
    assert finding.severity is severity
