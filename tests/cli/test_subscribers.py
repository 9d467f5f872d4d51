"""`newsletter subscribers` as a person or a script runs it."""

import json
from pathlib import Path

from tests.conftest import Run

LIST = "E-mail;First name;Status\nann@example.org;Ann;\nbob@example.org;;\nbad@;;\ncid@example.org;;unsubscribed\n"


def test_an_import_shows_what_changes_and_without_a_terminal_changes_nothing(
    newsletter: Run, workspace_folder: Path
) -> None:
    (workspace_folder / "list.csv").write_text(LIST)
    ran = newsletter("subscribers", "import", "list.csv", cwd=workspace_folder)
    assert ran.status == 2
    assert "       2  new" in ran.stdout
    assert "list.csv:4: " in ran.stdout
    assert "newsletter subscribers import list.csv --yes" in ran.stderr
    assert newsletter("subscribers", "list", cwd=workspace_folder).stdout == ""


def test_a_list_is_imported_exported_and_imported_again(newsletter: Run, workspace_folder: Path) -> None:
    (workspace_folder / "list.csv").write_text(LIST)
    assert newsletter("subscribers", "import", "list.csv", "--yes", cwd=workspace_folder).status == 0
    assert newsletter("subscribers", "export", "out.csv", cwd=workspace_folder).status == 0
    assert (workspace_folder / "out.csv").stat().st_mode & 0o077 == 0
    again = json.loads(newsletter("subscribers", "import", "out.csv", "-n", "--json", cwd=workspace_folder).stdout)
    assert (again["rows"], again["unchanged"], again["kept_away"], again["refused"]) == (3, 2, 1, [])


def test_who_was_removed_is_not_added_again(newsletter: Run, workspace_folder: Path) -> None:
    newsletter("subscribers", "add", "ann@example.org", "--set", "town=Padua", cwd=workspace_folder)
    assert newsletter("subscribers", "remove", "ANN@example.org", cwd=workspace_folder).status == 0
    refused = newsletter("subscribers", "add", "ann@example.org", "--json", cwd=workspace_folder)
    assert refused.status == 1
    assert "unsubscribed" in json.loads(refused.stdout)["error"]["message"]
    allowed = newsletter("subscribers", "allow", "ann@example.org", "--because", "asked by phone", cwd=workspace_folder)
    assert "may be written to again" in allowed.stdout
    assert newsletter("subscribers", "add", "ann@example.org", cwd=workspace_folder).status == 0
    shown = json.loads(newsletter("subscribers", "show", "ann@example.org", "--json", cwd=workspace_folder).stdout)
    assert (shown["on_list"], shown["suppressed"]) == (True, None)


def test_a_fault_of_usage_is_one_json_object_too(newsletter: Run, workspace_folder: Path) -> None:
    ran = newsletter("subscribers", "lst", "--json", cwd=workspace_folder)
    assert (ran.status, json.loads(ran.stdout)["error"]["exit_status"]) == (2, 2)
