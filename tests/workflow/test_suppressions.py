"""Our list of suppressions and the provider's are brought together, in both directions."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from newsletter_cli.audience.suppression import each_suppression, erase, lift, suppress
from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.database import Database, open_database
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.base import CannotExpress, Provider, ProviderFault
from newsletter_cli.providers.registry import open_provider
from newsletter_cli.testing.loopback import Canned, Captured, Loopback
from newsletter_cli.workflow.suppressions import pull, push

NOW = datetime(2022, 2, 28, 9, 0, tzinfo=UTC)


def clock() -> datetime:
    return NOW


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = open_database(tmp_path / "state.sqlite")
    yield found
    found.close()


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


def sendgrid(server: Loopback, root: Path) -> Provider:
    settings = ProviderSettings(name="sendgrid", base_url=server.url)
    return open_provider(settings, {"SENDGRID_API_KEY": "SG.key"}, root)


def lists(**by_name: list[dict[str, object]]) -> Callable[[Captured], Canned]:
    """Answers each list of SendGrid in pages, as limit and offset ask."""

    def answer(request: Captured) -> Canned:
        parts = urlsplit(request.path)
        query = parse_qs(parts.query)
        rows = by_name.get(parts.path.rsplit("/", 1)[-1], [])
        at = int(query["offset"][0])
        return Canned(200, json.dumps(rows[at : at + int(query["limit"][0])]).encode())

    return answer


def reasons(database: Database) -> dict[str, tuple[str, str]]:
    with database.reading() as connection:
        return {each.email: (each.reason.value, each.source) for each in each_suppression(connection)}


def test_who_left_at_the_provider_is_never_mailed_here(database: Database, server: Loopback, tmp_path: Path) -> None:
    server.answer = lists(
        bounces=[{"email": "gone@example.org", "created": 1645000000, "reason": "550 no such user"}],
        spam_reports=[{"email": "angry@example.org", "created": 1645000001}],
        unsubscribes=[{"email": "left@example.org", "created": 1645000002}, {"email": "not an address"}],
    )
    found = pull(database, sendgrid(server, tmp_path), clock)
    assert reasons(database) == {
        "gone@example.org": ("hard_bounce", "sendgrid"),
        "angry@example.org": ("complaint", "sendgrid"),
        "left@example.org": ("unsubscribed", "sendgrid"),
    }
    assert (found.seen, sum(found.added.values()), found.odd) == (4, 3, 1)
    with database.reading() as connection:
        assert next(each_suppression(connection)).at == datetime.fromtimestamp(1645000000, UTC)


def test_a_list_of_many_pages_is_read_to_its_end(database: Database, server: Loopback, tmp_path: Path) -> None:
    server.answer = lists(bounces=[{"email": f"reader{n}@example.org"} for n in range(1203)])
    assert pull(database, sendgrid(server, tmp_path), clock).seen == 1203
    assert len(reasons(database)) == 1203


def test_what_was_read_before_the_line_broke_stays_and_the_next_pull_reads_on(
    database: Database, server: Loopback, tmp_path: Path
) -> None:
    good = lists(bounces=[{"email": f"reader{n}@example.org"} for n in range(1203)])
    server.answer = lambda request: Canned(500) if "offset=1000" in request.path else good(request)
    with pytest.raises(ProviderFault):
        pull(database, sendgrid(server, tmp_path), clock)
    assert len(reasons(database)) == 1000
    server.answer = good
    found = pull(database, sendgrid(server, tmp_path), clock)
    assert (sum(found.added.values()), found.known) == (203, 1000)


def test_the_next_pull_asks_only_for_what_is_new(database: Database, server: Loopback, tmp_path: Path) -> None:
    server.answer = lists()
    pull(database, sendgrid(server, tmp_path), clock)
    assert not any("start_time" in each.path for each in server.requests)
    server.requests.clear()
    pull(database, sendgrid(server, tmp_path), clock)
    assert all(f"start_time={NOW.timestamp() - 2 * 86400:.0f}" in each.path for each in server.requests)


def test_somebody_who_came_back_since_is_not_shut_out_again(
    database: Database, server: Loopback, tmp_path: Path
) -> None:
    with database.writing() as connection:
        suppress(connection, "ann@example.org", SuppressionReason.UNSUBSCRIBED, "sendgrid", NOW)
        lift(connection, "ann@example.org", "her own wish", NOW)
    server.answer = lists(unsubscribes=[{"email": "Ann@example.org", "created": 1645000000}])
    assert pull(database, sendgrid(server, tmp_path), clock).came_back == 1
    assert not reasons(database)


def test_a_push_tells_what_is_new_here_once_and_carries_on_after_a_fault(
    database: Database, server: Loopback, tmp_path: Path
) -> None:
    with database.writing() as connection:
        for number in range(60):
            suppress(connection, f"reader{number}@example.org", SuppressionReason.UNSUBSCRIBED, "person", NOW)
        suppress(connection, "theirs@example.org", SuppressionReason.COMPLAINT, "sendgrid", NOW)
        erase(connection, "forgotten@example.org", "person", NOW)
    server.answer = lambda request: Canned(500 if len(server.requests) > 55 else 201, b"{}")
    with pytest.raises(ProviderFault):
        push(database, sendgrid(server, tmp_path), clock)
    server.requests.clear()
    server.answer = lambda request: Canned(201, b"{}")
    done = push(database, sendgrid(server, tmp_path), clock)
    told = [json.loads(each.body)["recipient_emails"][0] for each in server.requests]
    assert told == [f"reader{number}@example.org" for number in range(50, 60)]
    assert (done.added, done.left_out) == (10, 1)
    assert push(database, sendgrid(server, tmp_path), clock).added == 0


def test_a_push_takes_off_who_came_back(database: Database, server: Loopback, tmp_path: Path) -> None:
    with database.writing() as connection:
        suppress(connection, "ann@example.org", SuppressionReason.UNSUBSCRIBED, "sendgrid", NOW)
        lift(connection, "ann@example.org", "her own wish", NOW)
    server.answer = lambda request: Canned(404, b"{}")
    assert push(database, sendgrid(server, tmp_path), clock).removed == 1
    assert [(each.method, each.path) for each in server.requests] == [
        ("DELETE", "/v3/asm/suppressions/global/ann%40example.org")
    ]


def test_a_provider_without_a_list_says_so(database: Database, tmp_path: Path) -> None:
    outbox = open_provider(ProviderSettings(), {}, tmp_path)
    with pytest.raises(CannotExpress):
        pull(database, outbox, clock)
    with pytest.raises(CannotExpress):
        push(database, outbox, clock)
