"""Checking a whole issue: the shipped example is clean, and a fault is told at the line of the author who made it."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsletter_cli.audience.importing import ListImport
from newsletter_cli.audience.store import put
from newsletter_cli.check.rehearsal import spoken
from newsletter_cli.config import load_settings
from newsletter_cli.database import open_database
from newsletter_cli.model.finding import Finding
from newsletter_cli.model.subscriber import Subscriber, SuppressionReason
from newsletter_cli.paths import Workspace, shipped
from newsletter_cli.workflow.check import Choice, check_issue

ARTICLE = "issues/2022-02/articles/sleeping-cells.md"
ISSUE = "issues/2022-02/issue.md"
TODAY = date(2022, 2, 24)


@pytest.fixture
def example(tmp_path: Path) -> Workspace:
    """The example workspace, copied."""
    shutil.copytree(shipped("issues"), tmp_path / "issues")
    shutil.copy(Path(__file__).parents[2] / "newsletter.toml", tmp_path)
    return Workspace(tmp_path)


def check(workspace: Workspace, **more: object) -> tuple[Finding, ...]:
    return check_issue(workspace, load_settings(workspace.settings_file), "2022-02", today=TODAY, **more).findings  # type: ignore[arg-type]


def change(workspace: Workspace, file: str, old: str, new: str) -> int:
    """Replace a text once and give the line where the new one begins."""
    path = workspace.root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def append(workspace: Workspace, text: str) -> int:
    """Add a paragraph to the lead story and give its line."""
    path = workspace.root / ARTICLE
    before = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{before}\n\n{text}\n", encoding="utf-8")
    return before.count("\n") + 3


@pytest.mark.parametrize("design", ["classic", "letter", "digest"])
def test_the_example_has_no_finding_in_any_design(example: Workspace, design: str) -> None:
    change(example, "newsletter.toml", 'design = "classic"', f'design = "{design}"')
    assert check(example) == ()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Look [here](https://www.bbc.co.uk/cells).", "link-generic"),
        ("The [whole story](http://www.bbc.co.uk/cells) is told.", "link-http"),
        ("The [whole story](https://10.0.0.8/cells) is told.", "link-private"),
        ("The number is TBC.", "placeholder-text"),
        ("Come on Tuesday 23 February 2022.", "weekday-date"),
        ("Join us on 12 February at the hall.", "event-past"),
        ("Become a Curestater.", "spell-names"),
        ("> So we hope.", "quote-attribution"),
        ("Dear {{ name }},", "merge-tag-left"),
        ("A \x93quoted\x94 word.", "c1-control"),
    ],
)
def test_a_fault_in_an_article_is_told_at_its_line(example: Workspace, text: str, rule: str) -> None:
    line = append(example, text)
    assert [(each.rule, each.file, each.line) for each in check(example)] == [(rule, ARTICLE, line)]


def test_faults_of_the_issue_s_own_file_are_told_at_their_keys(example: Workspace) -> None:
    change(example, ISSUE, "\npreheader:", "\nlook-back: x\npreheader:")
    line = change(
        example,
        ISSUE,
        "Become a Curestarter -> https://www.example.org",
        "Become a Curestarter -> http://www.example.org",
    )
    found = {each.rule: each.line for each in check(example)}
    assert found["link-http"] == line


def test_a_setting_that_is_missing_is_told_in_newsletter_toml(example: Workspace) -> None:
    line = change(
        example,
        "newsletter.toml",
        'postal_address = "First Light, 12 Harbour',
        'registration_2 = "First Light, 12 Harbour',
    )
    text = (example.root / "newsletter.toml").read_text(encoding="utf-8")
    (example.root / "newsletter.toml").write_text(
        "\n".join(row for row in text.splitlines() if "registration_2" not in row)
    )
    (found,) = [each for each in check(example) if each.rule == "postal-address-missing"]
    assert found.file == "newsletter.toml"
    assert found.line < line


def test_a_template_fault_is_told_in_the_workspace_s_own_template(example: Workspace) -> None:
    path = example.templates / "blocks" / "page.html"
    path.parent.mkdir(parents=True)
    text = (shipped("templates") / "blocks" / "page.html").read_text(encoding="utf-8")
    where = text.index("</body>")
    path.write_text(text[:where] + '<a href="https://localhost/x">Our friends</a>\n' + text[where:], encoding="utf-8")
    (found,) = [each for each in check(example) if each.rule == "link-private"]
    assert (found.file, found.line) == ("templates/blocks/page.html", text[:where].count("\n") + 1)


def test_an_issue_that_cannot_be_composed_is_a_finding_with_its_line(example: Workspace) -> None:
    line = change(example, ISSUE, 'default("friend") }}', "upper }}")
    (found,) = [each for each in check(example) if each.rule in ("compose", "merge-field")]
    assert (found.file, found.line) == (ISSUE, line)


def test_a_chosen_rule_is_the_only_one_that_speaks(example: Workspace) -> None:
    append(example, "Look [here](http://www.bbc.co.uk/cells), TBC.")
    assert [each.rule for each in check(example, choice=Choice(select=("link-http",)))] == ["link-http"]


def test_personal_sentences_are_rehearsed_over_everybody_who_would_get_the_issue(example: Workspace) -> None:
    from newsletter_cli.audience.suppression import suppress

    settings = load_settings(example.settings_file)
    database = open_database(example.database_file)
    people = [Subscriber(f"p{number}@example.org", "Ada") for number in range(5)]
    people += [Subscriber("q@example.org"), Subscriber("r@example.org", "null"), Subscriber("gone@example.org", "Bo")]
    with database.engine.begin() as connection:
        for person in people:
            put(connection, person)
        suppress(
            connection, "gone@example.org", SuppressionReason.UNSUBSCRIBED, "test", datetime(2022, 1, 1, tzinfo=UTC)
        )
    report = check_issue(example, settings, "2022-02", today=TODAY, database=database)
    database.close()
    assert report.rehearsal is not None
    assert report.rehearsal.people == 7
    assert [(each.text, each.count) for each in report.rehearsal.greetings] == [
        ("Dear FIRST NAME,", 5),
        ("Dear friend,", 1),
    ]
    (found,) = report.findings
    assert found.rule == "greeting-broken"
    assert "“Dear null,” for r…@example.org" in found.message
    assert "r@example.org" not in found.message
    assert spoken(report.rehearsal)[-1] == "1 break"


def test_broken_greetings_name_their_lines_while_the_list_lies_in_the_workspace(example: Workspace) -> None:
    rows = ["email,first_name", *(f"p{number}@example.org,Ada" for number in range(20))]
    rows[3], rows[9], rows[15] = "A@example.org,null", "b@example.org,{{name}}", "c@example.org,x@x"
    (example.root / "readers.csv").write_text("\n".join(rows), "utf-8")
    settings = load_settings(example.settings_file)
    database = open_database(example.database_file)
    with ListImport(database, example.root / "readers.csv", {}, basis="consent", source="") as work:
        work.apply(datetime(2022, 1, 1, tzinfo=UTC))
    report = check_issue(example, settings, "2022-02", today=TODAY, database=database)
    database.close()
    assert report.rehearsal is not None
    assert spoken(report.rehearsal) == ["17 × Dear FIRST NAME,", "3 break: lines 4, 10, 16 of readers.csv"]
    assert [each.rule for each in report.findings] == ["greeting-broken"] * 3
    assert "(readers.csv, line 4)" in report.findings[0].message


def test_broken_greetings_of_a_list_that_is_gone_are_counted(example: Workspace) -> None:
    settings = load_settings(example.settings_file)
    database = open_database(example.database_file)
    with database.engine.begin() as connection:
        for number in range(8):
            put(connection, Subscriber(f"p{number}@example.org", "null", source="gone.csv"))
    report = check_issue(example, settings, "2022-02", today=TODAY, database=database)
    database.close()
    assert report.rehearsal is not None
    assert spoken(report.rehearsal) == ["8 break"]
    assert report.findings[-1].message == "3 more break."


def test_each_doubt_of_gathering_is_told_at_its_own_line(example: Workspace) -> None:
    line = change(
        example, ARTICLE, "\n---\n", "\nlook:\n  No date was found.\n  The lead picture has no alt text.\n---\n"
    )
    assert [(each.rule, each.message, each.line) for each in check(example)] == [
        ("look", "No date was found.", line + 2),
        ("look", "The lead picture has no alt text.", line + 3),
    ]
