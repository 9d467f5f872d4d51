"""`newsletter send` where a platform keeps the list: same approval, same guards, one campaign, read back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter_cli.testing.loopback import Loopback
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

    def __init__(self, folder: Path, fake: Fake, run: Run) -> None:
        self.folder, self.fake, self._run = folder, fake, run

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
        yield Team(workspace_folder, fake, newsletter)


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
