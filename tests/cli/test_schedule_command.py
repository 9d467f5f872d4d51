"""`newsletter schedule`, the real command."""

import json
from pathlib import Path

from tests.conftest import Run


def with_rule(folder: Path, rule: str = 'when = "last thursday 10:00"') -> Path:
    file = folder / "newsletter.toml"
    file.write_text(file.read_text(encoding="utf-8") + f"\n[schedule]\n{rule}\n", encoding="utf-8")
    return folder


def test_it_shows_twelve_dates_counted_back(workspace_folder: Path, newsletter: Run) -> None:
    ran = newsletter("schedule", "--json", cwd=with_rule(workspace_folder))
    dates = json.loads(ran.stdout)["dates"]
    assert ran.status == 0
    assert len(dates) == 12
    assert all(each["collect_by"] < each["proof_by"] < each["approve_by"] < each["sends"] for each in dates)
    people = newsletter("schedule", cwd=workspace_folder)
    assert people.stdout.count("10:00") == 12
    assert "Approve by" in people.stdout
    assert "Next: newsletter new" in people.stderr


def test_without_a_rule_it_says_how_to_give_one(workspace_folder: Path, newsletter: Run) -> None:
    ran = newsletter("schedule", cwd=workspace_folder)
    assert ran.status == 1
    assert 'when = "last thursday 10:00"' in ran.stderr


def test_a_rule_that_cannot_be_read_is_named_with_its_line(workspace_folder: Path, newsletter: Run) -> None:
    ran = newsletter("schedule", cwd=with_rule(workspace_folder, 'when = "last thirsday"'))
    assert ran.status == 1
    assert "newsletter.toml:15: schedule.when" in ran.stderr


def test_an_issue_with_a_date_that_is_none_is_named_with_its_line(workspace_folder: Path, newsletter: Run) -> None:
    issue = with_rule(workspace_folder) / "issues" / "2027-01"
    issue.mkdir()
    (issue / "issue.md").write_text("---\nsubject: Hello\nsend: 31.1.2027\n---\n", encoding="utf-8")
    ran = newsletter("schedule", cwd=workspace_folder)
    assert ran.status == 1
    assert "issues/2027-01/issue.md:3: `send: 31.1.2027`" in ran.stderr


def test_it_writes_a_calendar_file(workspace_folder: Path, newsletter: Run) -> None:
    ran = newsletter("schedule", "--ics", "dates.ics", cwd=with_rule(workspace_folder))
    assert ran.status == 0
    assert (workspace_folder / "dates.ics").read_bytes().count(b"BEGIN:VEVENT\r\n") == 48


def test_it_prints_units_and_writes_them_only_when_told(workspace_folder: Path, newsletter: Run) -> None:
    home = workspace_folder / "home"
    ran = newsletter("schedule", "--install", "systemd", cwd=with_rule(workspace_folder), HOME=str(home))
    assert "OnCalendar=Thu *-*~07/1 10:00:00 Europe/London" in ran.stdout
    assert not home.exists()
    newsletter("schedule", "--install", "systemd", "--write", cwd=workspace_folder, HOME=str(home))
    written = sorted(path.name for path in (home / ".config/systemd/user").iterdir())
    assert written == ["newsletter-example-news.service", "newsletter-example-news.timer"]
