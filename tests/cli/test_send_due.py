"""`newsletter send --due`: what the scheduled job gets to hear, by the real command and its exit status."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter_cli.testing.loopback import Canned, Captured, Loopback
from tests.cli.sending import Say, import_readers, make_issue, make_say, make_settings, outbox
from tests.conftest import ROOT

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def say(workspace_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    command = make_say(workspace_folder, capsys, monkeypatch)
    import_readers(workspace_folder, command)
    return command


def issue_due(folder: Path, ago: timedelta, issue: str = "2022-02") -> None:
    """An issue whose own moment was so long ago, in the newsletter's zone."""
    moment = datetime.now(UTC).astimezone(LONDON) - ago
    make_issue(folder, issue, f"{moment:%Y-%m-%d}", f"send: {moment:%Y-%m-%d %H:%M}\n")


def test_before_the_moment_nothing_is_due(say: Say, workspace_folder: Path) -> None:
    issue_due(workspace_folder, timedelta(days=-2))
    say("approve", "2022-02", "--by", "Ann")
    done = say("send", "--due")
    assert done.status == 6
    assert "Nothing is due" in done.stderr
    assert "2022-02 goes out on" in done.stderr
    assert not outbox(workspace_folder)


def test_what_is_due_and_not_approved_waits_and_says_so(say: Say, workspace_folder: Path) -> None:
    issue_due(workspace_folder, timedelta(minutes=5))
    done = say("send", "--due")
    assert done.status == 7
    assert "Issue 2022-02 is not approved." in done.stderr
    assert not outbox(workspace_folder)


def test_what_is_due_and_approved_goes_out_unasked_and_once(say: Say, workspace_folder: Path) -> None:
    issue_due(workspace_folder, timedelta(minutes=5))
    say("approve", "2022-02", "--by", "Ann")
    done = say("send", "--due")
    assert done.status == 0, done.stderr
    assert len(outbox(workspace_folder)) == 4
    again = say("send", "--due")
    assert again.status == 6
    assert "issue 2022-02 went out on" in again.stderr


def test_too_late_is_a_persons_decision(say: Say, workspace_folder: Path) -> None:
    issue_due(workspace_folder, timedelta(hours=7))
    say("approve", "2022-02", "--by", "Ann")
    done = say("send", "--due")
    assert done.status == 8
    assert "it is too late. Nobody got it." in done.stderr
    assert not outbox(workspace_folder)
    assert say("send", "2022-02", "--late", "--yes").status == 0
    assert say("send", "--due").status == 6


def test_not_after_is_the_settings_word(say: Say, workspace_folder: Path) -> None:
    make_settings(workspace_folder, '[schedule]\nnot_after = "12h"')
    issue_due(workspace_folder, timedelta(hours=7))
    say("approve", "2022-02", "--by", "Ann")
    assert say("send", "--due").status == 0


def test_a_failed_check_keeps_it_back_with_3(say: Say, workspace_folder: Path) -> None:
    issue_due(workspace_folder, timedelta(minutes=5))
    file = workspace_folder / "issues" / "2022-02" / "articles" / "sleeping.md"
    file.write_text(file.read_text(encoding="utf-8") + "\nSee [this](http://localhost/x).\n", encoding="utf-8")
    say("approve", "2022-02", "--by", "Ann")
    assert say("send", "--due").status == 3


def test_whatever_else_goes_wrong_before_the_first_call_is_5(
    say: Say, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_due(workspace_folder, timedelta(minutes=5))
    say("approve", "2022-02", "--by", "Ann")
    make_settings(workspace_folder, '[provider]\nname = "mailgun"\ndomain = "mg.example.org"')
    monkeypatch.delenv("MAILGUN_API_KEY", raising=False)
    done = say("send", "--due")
    assert done.status == 5
    assert "MAILGUN_API_KEY" in done.stderr


def test_a_line_that_is_cut_after_the_call_is_4_and_the_next_job_repeats_nothing(
    say: Say, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_due(workspace_folder, timedelta(minutes=5))
    say("approve", "2022-02", "--by", "Ann")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key-for-the-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-key-for-the-test")

    def answer(request: Captured) -> Canned:
        if request.method == "POST":
            return Canned(200, b'{"BulkEmailEntryResults": [{"Sta', cut=True)
        return Canned(200, b'{"SuppressedDestinationSummaries": []}')

    with Loopback(answer) as server:
        make_settings(workspace_folder, f'[provider]\nname = "ses"\nregion = "eu-west-1"\nbase_url = "{server.url}"')
        done = say("send", "--due", "--json")
        assert done.status == 4, done.stderr
        told = json.loads(done.stdout)
        assert (told["exit_status"], told["receipt"]["unknown"], told["receipt"]["accepted"]) == (4, 4, 0)
        assert say("send", "--due").status == 4
        assert [each.method for each in server.requests].count("POST") == 1
        assert say("resolve", "2022-02", "--went", "--count", "4").status == 0
        assert say("send", "--due").status == 0  # nothing is left to do, and now it is written down as done
        assert say("send", "--due").status == 6
        assert [each.method for each in server.requests].count("POST") == 1


def test_a_part_for_today_is_4_and_the_next_job_carries_on(say: Say, workspace_folder: Path) -> None:
    issue_due(workspace_folder, timedelta(minutes=5))
    say("approve", "2022-02", "--by", "Ann")
    make_settings(workspace_folder, "[pace]\nper_day = 3")
    done = say("send", "--due")
    assert done.status == 4
    assert "today's share" in done.stderr
    assert len(outbox(workspace_folder)) == 3
    assert say("send", "--due").status == 4
    assert len(outbox(workspace_folder)) == 3


def test_a_campaign_held_in_the_middle_is_4_and_names_the_release(say: Say, workspace_folder: Path) -> None:
    issue_due(workspace_folder, timedelta(minutes=5))
    say("approve", "2022-02", "--by", "Ann")
    make_settings(workspace_folder, "[pace]\nper_day = 3")
    say("send", "--due")
    say("hold", "2022-02", "--why", "a name is wrong")
    done = say("send", "--due")
    assert done.status == 4
    assert "newsletter release 2022-02" in done.stderr
    assert "newsletter release 2022-02" in say("receipt", "2022-02").stderr


def test_a_called_off_issue_is_not_due(say: Say, workspace_folder: Path) -> None:
    issue_due(workspace_folder, timedelta(minutes=5))
    say("approve", "2022-02", "--by", "Ann")
    say("cancel", "2022-02", "--yes")
    assert say("send", "--due").status == 6
    say("release", "2022-02")
    assert say("send", "--due").status == 0


def test_quiet_says_nothing_when_nothing_is_due(say: Say, workspace_folder: Path) -> None:
    issue_due(workspace_folder, timedelta(days=-2))
    done = say("send", "--due", "--quiet")
    assert (done.status, done.stdout, done.stderr) == (6, "", "")


def test_a_dry_run_of_what_is_due_names_the_window(say: Say, workspace_folder: Path) -> None:
    issue_due(workspace_folder, timedelta(minutes=5))
    done = say("send", "--due", "--dry-run")
    assert done.status == 0
    assert "not after" in done.stdout
    assert not outbox(workspace_folder)


def test_two_jobs_started_in_the_same_second_send_once(say: Say, workspace_folder: Path) -> None:
    issue_due(workspace_folder, timedelta(minutes=5))
    say("approve", "2022-02", "--by", "Ann")
    command = [sys.executable, "-m", "newsletter_cli", "send", "--due", "-C", str(workspace_folder)]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [each.communicate(timeout=120) for each in both]
    statuses = sorted(each.returncode for each in both)
    assert statuses[0] == 0, told
    assert statuses[1] in (5, 6), told
    assert len(outbox(workspace_folder)) == 4
