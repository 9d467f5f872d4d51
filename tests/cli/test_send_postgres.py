"""The commands of sending with the ledger on a PostgreSQL server."""

import json
from pathlib import Path

import pytest

from tests.cli.sending import Say, import_readers, make_issue, make_say, make_settings, outbox
from tests.delivery.test_postgresql import server, url

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
__all__ = ["server", "url"]


@pytest.fixture
def say(
    url: str,
    workspace_folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Say:
    make_issue(workspace_folder)
    make_settings(workspace_folder, f'[ledger]\nurl = "{url}"')
    command = make_say(workspace_folder, capsys, monkeypatch)
    import_readers(workspace_folder, command)
    return command


def test_an_issue_is_approved_sent_once_and_accounted_for(say: Say, workspace_folder: Path) -> None:
    assert say("send", "2022-02", "--yes").status == 7
    assert say("approve", "2022-02", "--by", "Ann").status == 0
    dry = say("send", "2022-02", "--dry-run")
    assert dry.status == 0, dry.stderr
    done = say("send", "2022-02", "--yes")
    assert done.status == 0, done.stderr
    assert len(outbox(workspace_folder)) == 4
    assert say("send", "2022-02", "--yes").status == 6
    receipt = json.loads(say("receipt", "2022-02", "--json").stdout)
    assert (receipt["audience"], receipt["accepted"], receipt["state"]) == (4, 4, "done")
    assert "accepted" in say("who", "ann@example.org").stdout
    assert say("send", "--due").status == 6
    assert not (workspace_folder / ".newsletter" / "newsletter.sqlite").exists()
