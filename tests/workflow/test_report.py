"""`newsletter report` asks the provider, keeps what it tells and takes over who left."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter_cli.audience.suppression import each_suppression
from newsletter_cli.config import Settings, parse_settings
from newsletter_cli.database import open_database
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.sender import deliver
from newsletter_cli.paths import Workspace
from newsletter_cli.testing.loopback import Canned, Captured, Loopback
from newsletter_cli.testing.samples import sample_message, sample_people
from newsletter_cli.workflow.report import OtherProvider, make_report
from newsletter_cli.workflow.send import open_account

NOW = datetime(2022, 2, 28, 9, 0, tzinfo=UTC)
ENVIRON = {"MAILGUN_API_KEY": "key-0123456789abcdef", "RESEND_API_KEY": "re_0123456789"}
SENT = Canned(200, b'{"id": "<1@news.example.org>", "message": "Queued. Thank you."}')


def settings(url: str, name: str = "mailgun") -> Settings:
    return parse_settings(
        '[newsletter]\nname = "N"\n[sender]\nemail = "news@example.org"\n'
        f'[provider]\nname = "{name}"\ndomain = "news.example.org"\nbase_url = "{url}"\n'
    )


def mailgun(request: Captured) -> Canned:
    """Takes mail, and tells of three of five readers in two pages."""
    if request.method == "POST":
        return SENT
    rows = [
        {"event": "delivered", "recipient": "reader0@example.org", "timestamp": 1646040000.5},
        {"event": "complained", "recipient": "READER0@example.org", "timestamp": 1646040100},
        {"event": "failed", "severity": "temporary", "recipient": "reader3@example.org"},
        {"event": "failed", "severity": "permanent", "recipient": "reader1@example.org", "reason": "bounce"},
        {"event": "opened", "recipient": "reader0@example.org"},
        {"event": "delivered", "recipient": "stranger@example.org"},
    ]
    page = {"items": [] if "page2" in request.path else rows, "paging": {"next": "https://elsewhere.example/v3/page2"}}
    return Canned(200, json.dumps(page).encode())


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(mailgun) as running:
        yield running


def send(workspace: Workspace, chosen: Settings, provider_name: str = "mailgun") -> None:
    database = open_database(workspace.database_file)
    began = time.monotonic()

    def clock() -> datetime:
        """A clock that goes: a send waits its turn by it."""
        return NOW + timedelta(seconds=time.monotonic() - began)

    ledger = Ledger(database, clock)
    campaign = ledger.freeze(
        issue="2022-02",
        message=sample_message(),
        audience_rule="everybody",
        recipients=sample_people(5),
        provider=provider_name,
        batch_size=1000,
    )
    provider = open_account(workspace, chosen, ENVIRON)
    deliver(ledger, provider, campaign, chosen.pace, clock=clock)
    provider.close()
    database.close()


def test_the_receipt_is_reconciled_with_what_the_provider_tells(server: Loopback, tmp_path: Path) -> None:
    workspace, chosen = Workspace(tmp_path), settings(server.url)
    send(workspace, chosen)
    found = make_report(workspace, chosen, ENVIRON, "2022-02", lambda: NOW)
    outcomes = found.outcomes
    assert (outcomes.accepted, outcomes.delivered, outcomes.bounced, outcomes.complained) == (5, 1, 1, 1)
    assert (outcomes.silent, outcomes.opened, found.strangers, found.left) == (3, None, 1, 1)
    assert found.too_many_complaints
    database = open_database(workspace.database_file)
    with database.reading() as connection:
        assert [each.reason.value for each in each_suppression(connection)] == ["complaint"]
    database.close()


def test_the_key_follows_no_link_to_another_host(server: Loopback, tmp_path: Path) -> None:
    workspace, chosen = Workspace(tmp_path), settings(server.url)
    send(workspace, chosen)
    make_report(workspace, chosen, ENVIRON, "2022-02", lambda: NOW)
    assert server.requests[-1].path == "/v3/page2"


def resend(request: Captured) -> Canned:
    """Takes mail, and lists everything the account ever sent."""
    if request.method == "POST":
        return Canned(200, json.dumps({"data": [{"id": f"m{number}"} for number in range(5)]}).encode())
    rows = [("m0", "delivered"), ("m1", "bounced"), ("m2", "complained"), ("elsewhere", "bounced")]
    listed = [
        {"id": id_, "to": [f"reader{n}@example.org"], "created_at": "2022-02-28T09:30:00Z", "last_event": event}
        for n, (id_, event) in enumerate(rows)
    ]
    return Canned(200, json.dumps({"data": listed, "has_more": False}).encode())


def test_where_the_provider_lists_everything_only_copies_with_our_ids_count(tmp_path: Path) -> None:
    with Loopback(resend) as server:
        workspace, chosen = Workspace(tmp_path), settings(server.url, "resend")
        send(workspace, chosen, "resend")
        found = make_report(workspace, chosen, ENVIRON, "2022-02", lambda: NOW)
    outcomes = found.outcomes
    assert (outcomes.accepted, outcomes.delivered, outcomes.bounced, outcomes.complained) == (5, 2, 1, 1)
    assert (outcomes.silent, outcomes.unsubscribed, found.strangers, found.left) == (2, None, 0, 1)


def test_offline_shows_what_is_known_without_a_key_or_a_call(server: Loopback, tmp_path: Path) -> None:
    workspace, chosen = Workspace(tmp_path), settings(server.url)
    send(workspace, chosen)
    server.requests.clear()
    found = make_report(workspace, chosen, {}, "2022-02", lambda: NOW, ask=False)
    assert (found.outcomes.accepted, found.outcomes.silent, found.asked) == (5, 5, False)
    assert not server.requests


def test_an_issue_that_went_through_another_provider_is_not_asked_of_this_one(server: Loopback, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    send(workspace, settings(server.url))
    with pytest.raises(OtherProvider):
        make_report(workspace, settings(server.url, "resend"), {"RESEND_API_KEY": "re_1"}, "2022-02", lambda: NOW)
