"""`newsletter send` where a platform keeps the list: same approval, same guards, one campaign, read back."""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter_cli.testing.loopback import Canned, Captured, Loopback
from tests.conftest import MINIMAL, Run
from tests.providers.platforms import Fake, FakeButtondown, FakeListmonk, FakeMailchimp

ISSUE = """---
subject: News of February
preheader: A short look at what we found out this month.
date: 24 February 2022
---
Dear {{ subscriber.first_name | default("friend") }},

this month we found something out, and want you to be the first to read of it.
"""
FAKES: dict[str, type[Fake]] = {"mailchimp": FakeMailchimp, "listmonk": FakeListmonk, "buttondown": FakeButtondown}
KEYS = {"MAILCHIMP_API_KEY": "s3cret-us21", "LISTMONK_API_TOKEN": "s3cret", "BUTTONDOWN_API_KEY": "s3cret"}


class Team:
    """A workspace whose provider is a stand-in on this machine, and the commands its people type."""

    def __init__(self, folder: Path, fake: Fake, run: Run, server: Loopback) -> None:
        self.folder, self.fake, self._run, self.server = folder, fake, run, server

    def __call__(self, *words: str) -> "object":
        return self._run(*words, cwd=self.folder, **KEYS)

    def json(self, *words: str) -> tuple[int, dict[str, object]]:
        ran = self._run(*words, "--json", cwd=self.folder, **KEYS)
        assert "s3cret" not in ran.stdout + ran.stderr
        return ran.status, json.loads(ran.stdout)


@pytest.fixture(params=list(FAKES))
def team(request: pytest.FixtureRequest, workspace_folder: Path, newsletter: Run) -> Iterator[Team]:
    fake = FAKES[request.param]()
    folder = workspace_folder / "issues" / "2022-02"
    folder.mkdir()
    (folder / "issue.md").write_text(ISSUE, encoding="utf-8")
    with Loopback(answer=fake) as server:
        provider = f'\n[provider]\nname = "{request.param}"\nkind = "campaign"\nbase_url = "{server.url}"\nlist = "3"\nusername = "robot"\n'
        (workspace_folder / "newsletter.toml").write_text(MINIMAL + provider, encoding="utf-8")
        yield Team(workspace_folder, fake, newsletter, server)


def test_an_issue_is_approved_sent_once_and_accounted_for(team: Team) -> None:
    status, refused = team.json("send", "2022-02", "--yes", "--despite-errors")
    assert (status, team.fake.sends) == (7, []), refused
    assert team.json("approve", "2022-02", "--by", "Ann")[0] == 0
    status, done = team.json("send", "2022-02", "--yes", "--despite-errors")
    assert (status, done["state"], done["audience"], done["unknown"]) == (0, "sending", 12, 12), done
    assert len(team.fake.sends) == 1
    status, again = team.json("send", "2022-02", "--yes", "--despite-errors")
    assert (status, len(team.fake.sends)) == (6, 1), again
    (campaign,) = team.fake.campaigns.values()
    campaign["status"] = {"sending": "sent", "running": "finished", "about_to_send": "sent"}[campaign["status"]]
    _, receipt = team.json("receipt", "2022-02")
    assert (receipt["state"], receipt["audience"], receipt["accepted"], receipt["unknown"]) == ("sent", 12, 10, 2)
    kept = json.loads((team.folder / "issues" / "2022-02" / "receipt.json").read_text())
    assert (kept["accepted"], kept["approved_by"]) == (10, "Ann")
    _, status_now = team.json("status")
    assert status_now["issues"][0]["state"] == "sent"  # type: ignore[index]


def test_a_lost_answer_stays_in_doubt_until_a_person_looked(team: Team) -> None:
    team.fake.lose, team.fake.stuck = "send", True
    assert team.json("send", "2022-02", "--yes", "--despite-errors", "--unapproved")[0] != 0
    status, doubt = team.json("send", "2022-02", "--yes", "--despite-errors", "--unapproved")
    assert (status, len(team.fake.sends)) == (4, 1), doubt
    assert team.json("resolve", "2022-02", "--again")[0] == 0
    team.fake.lose, team.fake.stuck = "", False
    assert team.json("send", "2022-02", "--yes", "--despite-errors", "--unapproved")[0] == 0
    assert (team.fake.creates, len(team.fake.sends)) == (1, 2)


def test_a_persons_word_that_it_went_is_not_taken_back_by_the_platforms_draft(team: Team) -> None:
    team.fake.lose, team.fake.stuck = "send", True
    assert team.json("send", "2022-02", "--yes", "--despite-errors", "--unapproved")[0] != 0
    assert team.json("resolve", "2022-02", "--went")[0] == 0
    for _ in range(2):
        _, receipt = team.json("receipt", "2022-02")
        assert receipt["state"] == "sent", receipt
    status, again = team.json("send", "2022-02", "--yes", "--despite-errors", "--unapproved")
    assert (status, len(team.fake.sends)) == (6, 1), again
    (campaign,) = team.fake.campaigns.values()
    team.fake.stuck = False
    campaign["status"] = {"FakeMailchimp": "sent", "FakeListmonk": "finished"}.get(type(team.fake).__name__, "sent")
    _, receipt = team.json("receipt", "2022-02")
    assert (receipt["state"], receipt["accepted"]) == ("sent", 10), "the platform knows better by then"


GO = ("--yes", "--despite-errors", "--unapproved")
COUNTED = {
    "mailchimp": {"delivered": 8, "bounced": 2, "complained": 0, "unsubscribed": 1},
    "listmonk": {"delivered": None, "bounced": 2, "complained": None, "unsubscribed": None},
    "buttondown": {"delivered": 8, "bounced": 2, "complained": None, "unsubscribed": 1},
}


def test_a_report_shows_what_the_platform_counts_and_what_it_does_not_tell_is_null(team: Team) -> None:
    assert team.json("send", "2022-02", *GO)[0] == 0
    status, before = team.json("report", "2022-02", "--offline")
    assert (status, before["asked"], before["delivered"], before["accepted"]) == (0, False, None, None)
    status, told = team.json("report", "2022-02")
    assert status == 0, told
    wanted = COUNTED[str(told["provider"])] | {"accepted": 10, "silent": None, "opened": None, "clicked": None}
    assert {name: told[name] for name in wanted} == wanted
    assert told["complaint_rate"] == (0 if told["complained"] == 0 else None)
    ran = team("report", "2022-02")
    assert f"{10:>2}  mailed, as the platform counts" in ran.stdout  # type: ignore[attr-defined]
    assert "Unknown: " in ran.stdout  # type: ignore[attr-defined]


@pytest.mark.parametrize("team", ["mailchimp"], indirect=True)
def test_a_platform_names_nobody_behind_a_number(team: Team) -> None:
    assert team.json("send", "2022-02", *GO)[0] == 0
    status, said = team.json("report", "2022-02", "--list", "bounced")
    assert status == 2
    assert "numbers only" in json.dumps(said)


@pytest.mark.parametrize("team", ["mailchimp"], indirect=True)
def test_a_report_that_comes_too_fast_waits_as_long_as_it_is_told(team: Team) -> None:
    assert team.json("send", "2022-02", *GO)[0] == 0
    (campaign,) = team.fake.campaigns.values()
    campaign["status"] = "sent"
    told: list[Captured] = []

    def once(request: Captured) -> Canned:
        told.append(request)
        return Canned(429, b"{}", (("Retry-After", "1"),)) if len(told) == 1 else team.fake(request)

    team.server.answer = once
    _, report = team.json("report", "2022-02")
    assert report["delivered"] == 8, report
    assert len(told) > 2


@pytest.mark.parametrize("what", ["status", "nonsense"])
def test_a_send_that_went_is_not_called_refused_because_it_cannot_be_read_back(team: Team, what: str) -> None:
    """A refused or garbled question after the send says nothing about the send."""
    team.fake.after_send = Canned(429, b"{}") if what == "status" else Canned(200, b'"soon"')
    status, done = team.json("send", "2022-02", *GO)
    assert (status, done["state"], len(team.fake.sends)) == (0, "sending", 1), done
    team.fake.after_send = None
    status, again = team.json("send", "2022-02", *GO)
    assert (status, len(team.fake.sends)) == (6, 1), again


@pytest.mark.parametrize("team", ["mailchimp"], indirect=True)
def test_what_mailchimp_finds_missing_leaves_no_doubt_behind(team: Team) -> None:
    team.fake.missing = "No physical address"
    status, said = team.json("send", "2022-02", *GO)
    assert (status, team.fake.sends) == (1, []), said
    assert "No physical address" in json.dumps(said)
    team.fake.missing = ""
    assert team.json("send", "2022-02", *GO)[0] == 0
    assert len(team.fake.sends) == 1


@pytest.mark.parametrize("team", ["mailchimp"], indirect=True)
def test_too_many_complaints_about_the_issue_before_stop_the_next(team: Team) -> None:
    assert team.json("send", "2022-02", *GO)[0] == 0
    shutil.copytree(team.folder / "issues" / "2022-02", team.folder / "issues" / "2022-03")
    team.fake.complaints = 1
    status, said = team.json("send", "2022-03", *GO)
    assert (status, len(team.fake.sends)) == (5, 1), said
    assert "called it spam" in json.dumps(said)
    assert team.json("send", "2022-03", *GO, "--despite-complaints")[0] == 0


def test_who_left_here_is_named_to_the_platforms_keeper(team: Team) -> None:
    assert team.json("subscribers", "add", "ann@example.org")[0] == 0
    assert team.json("subscribers", "suppress", "ann@example.org")[0] == 0
    status, plan = team.json("send", "2022-02", "--dry-run")
    assert (status, plan["plan"]["left_here"]) == (0, 1), plan  # type: ignore[index]
    ran = team("send", "2022-02", "--dry-run")
    assert "1 person left here" in ran.stderr  # type: ignore[attr-defined]


def test_a_platforms_list_of_leavers_stays_there_and_says_so(team: Team) -> None:
    status, said = team.json("suppressions", "pull")
    assert status == 1
    assert "keeps the list itself" in json.dumps(said)


def test_a_platform_cannot_be_used_as_a_carrier_of_copies(team: Team) -> None:
    settings = team.folder / "newsletter.toml"
    settings.write_text(settings.read_text().replace('kind = "campaign"', 'kind = "transactional"'))
    status, said = team.json("send", "2022-02", *GO)
    assert (status, team.fake.creates) == (1, 0)
    assert 'kind can only be \\"campaign\\"' in json.dumps(said)


@pytest.mark.parametrize("team", ["mailchimp"], indirect=True)
def test_a_dry_run_shows_the_calls_and_makes_none(team: Team) -> None:
    status, plan = team.json("send", "2022-02", "--dry-run", "-v")
    assert (status, plan["dry_run"], team.fake.creates) == (0, True, 0)
    assert len(plan["requests"]) >= 3  # type: ignore[arg-type]


@pytest.mark.parametrize("team", ["mailchimp"], indirect=True)
def test_a_test_goes_to_the_named_address_from_a_draft_of_its_own(team: Team) -> None:
    assert team.json("send", "2022-02", "--to", "me@example.org")[0] == 0
    assert (team.fake.tests, team.fake.sends) == ([["me@example.org"]], [])
    assert "[TEST]" in json.dumps(list(team.fake.campaigns.values()))


@pytest.mark.parametrize("team", ["mailchimp"], indirect=True)
def test_test_mode_cannot_be_kept_and_is_refused(team: Team) -> None:
    settings = team.folder / "newsletter.toml"
    settings.write_text(settings.read_text() + '\n[test_mode]\nredirect_to = "me@example.org"\n')
    status, said = team.json("send", "2022-02", "--yes")
    assert (status, team.fake.creates) == (2, 0), said


def test_a_job_sends_what_is_due_once_and_never_calls_it_too_late(team: Team) -> None:
    issue = team.folder / "issues" / "2022-02" / "issue.md"
    london = ZoneInfo("Europe/London")

    def due_since(hours: float) -> None:
        moment = datetime.now(london) - timedelta(hours=hours)
        issue.write_text(ISSUE.replace("---\nDear", f"send: {moment:%Y-%m-%d %H:%M}\n---\nDear"), encoding="utf-8")

    due_since(-24)
    status, early = team.json("send", "--due", "--despite-errors")
    assert (status, early["exit_status"]) == (6, 6)
    assert "Nothing is due" in str(early["why"])
    due_since(0.1)
    assert team.json("approve", "2022-02", "--by", "Ann")[0] == 0
    status, done = team.json("send", "--due", "--despite-errors", "--delay", "1s")
    assert (status, len(team.fake.sends)) == (0, 1), done
    for hours in (0.1, 12):
        due_since(hours)
        status, again = team.json("send", "--due", "--despite-errors")
        assert (status, len(team.fake.sends)) == (6, 1), again
        assert "issue 2022-02 was handed over on" in str(again["why"])
