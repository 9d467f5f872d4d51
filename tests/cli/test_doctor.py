"""`newsletter doctor` names what would stop a send, and never a key."""

import json
from pathlib import Path

from tests.conftest import MINIMAL, Run

MAILGUN = MINIMAL + '\n[provider]\nname = "mailgun"\ndomain = "example.org"\nkey_file = "key"\n'


def looks(ran: object) -> dict[str, dict[str, str]]:
    return {each["subject"]: each for each in json.loads(getattr(ran, "stdout"))["looks"]}  # noqa: B009


def test_a_good_workspace_is_good_and_each_value_has_its_source(newsletter: Run, workspace_folder: Path) -> None:
    ran = newsletter("doctor", "--offline", "--json", cwd=workspace_folder)
    assert ran.status == 0
    assert {"key": "sender.email", "value": "'news@example.org'", "source": "newsletter.toml:9"} in json.loads(
        ran.stdout
    )["settings"]


def test_every_fault_of_the_settings_is_shown(newsletter: Run, workspace_folder: Path) -> None:
    (workspace_folder / "newsletter.toml").write_text('[newsletter]\nnmae = "x"\n[sender]\nemail = "nobody"\n')
    ran = newsletter("doctor", cwd=workspace_folder)
    assert ran.status == 1
    assert "newsletter.toml:2: newsletter.nmae: this key is not known. Did you mean `name`?" in ran.stdout
    assert "newsletter.toml:4: sender.email" in ran.stdout


def test_a_missing_key_and_a_key_file_others_can_read_are_named_and_the_key_is_not_shown(
    newsletter: Run, workspace_folder: Path
) -> None:
    (workspace_folder / "newsletter.toml").write_text(MAILGUN)
    (workspace_folder / "key").write_text("key-0123456789\n")
    (workspace_folder / "key").chmod(0o644)
    open_file = newsletter("doctor", "--offline", "--json", cwd=workspace_folder)
    assert looks(open_file)["provider"]["health"] == "bad"
    (workspace_folder / "key").chmod(0o600)
    private = newsletter("doctor", "--offline", "--json", cwd=workspace_folder)
    assert looks(private)["provider key"]["health"] == "good"
    assert "0123456789" not in open_file.stdout + private.stdout
    (workspace_folder / "key").unlink()
    assert looks(newsletter("doctor", "--offline", "--json", cwd=workspace_folder))["provider"]["health"] == "bad"


def test_a_ledger_that_would_refuse_to_send_is_named(newsletter: Run, workspace_folder: Path) -> None:
    def ledger() -> dict[str, str]:
        return looks(newsletter("doctor", "--offline", "--json", cwd=workspace_folder))["ledger"]

    assert newsletter("subscribers", "add", "ann@example.net", cwd=workspace_folder).status == 0
    assert ledger()["health"] == "good"
    state = workspace_folder / ".newsletter"
    assert newsletter("ledger", "backup", "copy.sqlite", cwd=workspace_folder).status == 0
    for each in state.glob("newsletter.sqlite*"):
        each.unlink()
    (workspace_folder / "copy.sqlite").rename(state / "newsletter.sqlite")
    restored = ledger()
    assert restored["health"] == "bad"
    assert "is a backup of" in restored["words"]
    assert newsletter("ledger", "adopt", "--yes", cwd=workspace_folder).status == 0
    assert ledger()["health"] == "good"
