"""The twelve rules of docs/delivery.md, each a test."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from newsletter_cli.audience.suppression import suppress
from newsletter_cli.config.settings import PaceSettings
from newsletter_cli.database import Database, open_database
from newsletter_cli.database.backup import backup
from newsletter_cli.database.guards import CopiedLedger
from newsletter_cli.database.locking import AnotherSender
from newsletter_cli.delivery.calls import Answered, Claim
from newsletter_cli.delivery.claims import Claims
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.pace import Pace
from newsletter_cli.delivery.sender import Stopped, deliver
from newsletter_cli.delivery.signals import Stop
from newsletter_cli.model.campaign import Counts
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.base import (
    AlreadyTaken,
    Answer,
    Batch,
    Capabilities,
    Doubtful,
    FaultKind,
    IdempotencyKey,
    NotSent,
    Query,
    Receipt,
    Refused,
)
from tests.delivery.kit import START, FakeStop, Postman, Sending

Start = Callable[..., Sending]
KEY = Capabilities(max_recipients=1000, key=IdempotencyKey(3600, "replay"))
QUERY = Capabilities(max_recipients=1000, query=Query(300, "batch"))
OPAQUE = Capabilities(max_recipients=1000)


def cut_after_taking(batch: Batch, provider: Postman) -> Receipt:
    provider.take(batch)
    raise Doubtful("the line was cut")


def cut(batch: Batch, provider: Postman) -> Receipt:
    raise Doubtful("the line was cut")


def take(batch: Batch, provider: Postman) -> Receipt:
    return provider.take(batch)


def too_fast(batch: Batch, provider: Postman) -> Receipt:
    raise Refused(FaultKind.RATE, "too fast", status=429)


def claims_of(campaign: Sending, capabilities: Capabilities = OPAQUE) -> Claims:
    ledger = campaign.ledger
    pace = Pace("postman", PaceSettings())
    return Claims(ledger, ledger.get(campaign.campaign_id), capabilities, pace, Stop())


def test_rule_1_the_intent_is_durable_before_the_call(sending: Start, database: Database) -> None:
    campaign = sending(10)
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    seen = []

    def look(batch: Batch, provider: Postman) -> Receipt:
        assert database.file
        other = open_database(database.file)
        with other.reading() as connection:
            seen.extend(connection.exec_driver_sql("SELECT state, key FROM batch").all())
        other.close()
        return provider.take(batch)

    provider = Postman()
    provider.script = [look]
    campaign.send(provider)
    assert seen == [("in_flight", provider.calls_made[0].key)]


def test_rule_1_outcome_and_next_intent_share_a_transaction(sending: Start, database: Database) -> None:
    campaign = sending(100)
    commits = []
    event.listen(database.engine, "commit", lambda connection: commits.append(1))
    claims, provider = claims_of(campaign), Postman()
    step = claims.next()
    for _ in range(5):
        assert isinstance(step, Claim)
        step = claims.next(Answered(step, provider.take(step.batch)))
    assert len(commits) == 6


@pytest.mark.parametrize("receipt", [Receipt(()), Receipt(("",)), Receipt(("a", "b"))])
def test_rule_2_only_a_whole_answer_with_ids_accepts(sending: Start, receipt: Receipt) -> None:
    campaign = sending(10)
    provider = Postman(OPAQUE)
    provider.script = [lambda batch, postman: receipt]
    assert campaign.send(provider).counts == Counts(audience=10, unknown=10)


def test_rule_3_a_certain_refusal_of_the_first_call_frees_the_batch(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman(OPAQUE)

    def unreachable(batch: Batch, postman: Postman) -> Receipt:
        raise NotSent("no connection")

    provider.script = [unreachable, too_fast]
    assert campaign.send(provider).counts.accepted == 10
    assert len(provider.calls_made) == 3


def test_rule_4_a_refusal_of_the_repeat_does_not_free_it(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman(KEY)
    claims = claims_of(campaign, KEY)
    first = claims.next()
    assert isinstance(first, Claim)
    claims.finish(Answered(first, Doubtful("the line was cut")))
    campaign.clock.forward(60)
    repeat = claims.next()
    assert isinstance(repeat, Claim)
    claims.finish(Answered(repeat, Refused(FaultKind.RATE, "too fast", status=429)))
    assert campaign.ledger.counts(campaign.campaign_id) == Counts(audience=10, unknown=10)
    assert provider.taken == {}


def test_rule_5_a_repeat_has_the_same_key_and_bytes(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman(KEY)
    provider.script = [cut_after_taking]
    campaign.send(provider)
    first, repeat = provider.calls_made
    assert first == repeat


def test_rule_5_a_batch_from_which_somebody_left_is_not_repeated(sending: Start, database: Database) -> None:
    campaign = sending(10)
    provider = Postman(KEY)

    def cut_and_leave(batch: Batch, postman: Postman) -> Receipt:
        with database.writing() as connection:
            suppress(connection, "reader3@example.org", SuppressionReason.UNSUBSCRIBED, "", START)
        raise Doubtful("the line was cut")

    provider.script = [cut_and_leave]
    assert campaign.send(provider).counts == Counts(audience=10, unknown=10)
    assert len(provider.calls_made) == 1
    (held,) = campaign.ledger.held(campaign.campaign_id)
    assert "somebody in it left" in held.why


def test_rule_5_what_was_called_with_other_bytes_is_not_repeated(sending: Start, database: Database) -> None:
    campaign = sending(10)
    provider = Postman(KEY)

    def cut_by_another_version(batch: Batch, postman: Postman) -> Receipt:
        with database.writing() as connection:
            connection.exec_driver_sql("UPDATE batch SET body_hash = 'of an older version of this program'")
        raise Doubtful("the line was cut")

    provider.script = [cut_by_another_version]
    assert campaign.send(provider).counts == Counts(audience=10, unknown=10)
    assert len(provider.calls_made) == 1


@pytest.mark.parametrize(("share", "calls"), [(0.79, 2), (0.81, 1)])
def test_rule_6_a_key_is_not_used_after_80_percent_of_its_life(sending: Start, share: float, calls: int) -> None:
    campaign = sending(10)
    provider = Postman(KEY)
    claims = claims_of(campaign, KEY)
    first = claims.next()
    assert isinstance(first, Claim)
    provider.calls_made.append(first.batch)
    provider.take(first.batch)
    campaign.clock.forward(3600 * share)  # the sender dies; somebody starts it again much later
    campaign.send(provider)
    assert len(provider.calls_made) == calls
    assert provider.doubled == []


def test_rule_6_a_keys_life_is_counted_from_the_first_call_and_not_from_its_repeat(sending: Start) -> None:
    campaign = sending(10)
    claims = claims_of(campaign, KEY)
    for _ in range(2):
        claim = claims.next()
        assert isinstance(claim, Claim)
        claims.finish(Answered(claim, Doubtful("the line was cut")))
        campaign.clock.forward(3600 * 0.45)
    assert not isinstance(claims.next(), Claim)
    assert campaign.ledger.held(campaign.campaign_id)


def test_rule_6_deaths_of_the_sender_use_up_no_tries(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman(KEY)
    for _ in range(12):
        claims = claims_of(campaign, KEY)
        claims.take_over(everything=True)
        claim = claims.next()
        assert isinstance(claim, Claim)
        provider.take(claim.batch)
    assert campaign.send(provider).counts.accepted == 10
    assert provider.doubled == []


def test_rule_7_not_found_needs_two_looks_after_the_window(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman(QUERY)
    provider.script = [cut_after_taking]
    asked = []

    def ask(batch: Batch, since: object) -> Answer:
        asked.append((campaign.clock.now - START).total_seconds())
        return Answer("no") if len(asked) < 4 else Answer("yes")

    provider.ask = ask  # type: ignore[method-assign]
    window = 300 + QUERY.call_seconds
    result = campaign.send(provider)
    within = [at for at in asked if at < window]
    assert within, "it looked before the window, and did not believe a no"
    assert result.counts.accepted == 10
    assert provider.doubled == []


def test_rule_7_a_batch_not_found_twice_after_the_window_goes_again(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman(QUERY)
    provider.script = [cut]
    asked = []

    def ask(batch: Batch, since: object) -> Answer:
        asked.append((campaign.clock.now - START).total_seconds())
        return Answer("no")

    provider.ask = ask  # type: ignore[method-assign]
    assert campaign.send(provider).counts.accepted == 10
    assert len([at for at in asked if at >= 300 + QUERY.call_seconds]) == 2
    assert provider.doubled == []


def test_rule_7_not_found_proves_nothing_once_the_provider_has_forgotten(sending: Start) -> None:
    campaign = sending(10)
    kept_a_day = Capabilities(max_recipients=1000, query=Query(300, "batch", keeps_days=1))
    provider = Postman(kept_a_day)
    provider.script = [cut_after_taking]
    asked: list[Batch] = []

    def ask(batch: Batch, since: object) -> Answer:
        asked.append(batch)
        raise NotSent("no network")

    provider.ask = ask  # type: ignore[method-assign]
    campaign.send(provider)
    assert asked
    campaign.clock.now += timedelta(hours=20)
    provider.ask = lambda batch, since: Answer("no")  # type: ignore[method-assign]
    result = campaign.send(provider)
    assert result.counts.accepted == 0
    assert provider.doubled == []
    (held,) = campaign.ledger.held(campaign.campaign_id)
    assert "keeps what it knows no longer" in held.why


def test_rule_7_not_found_is_no_proof_against_the_refusal_of_a_known_key(sending: Start) -> None:
    """Brevo: `duplicate_parameter`, while its list of events shows nothing."""
    campaign = sending(10)
    provider = Postman(replace(QUERY, key=IdempotencyKey(1800, "refuse")))

    def known(batch: Batch, postman: Postman) -> Receipt:
        raise AlreadyTaken("the key is known")

    provider.script = [cut_after_taking, known]
    provider.ask = lambda batch, since: Answer("no")  # type: ignore[method-assign]
    for _ in range(6):
        result = campaign.send(provider)
        campaign.clock.forward(3600)
    assert len(provider.calls_made) == 2
    assert (result.counts.accepted, result.counts.unknown, result.stopped) == (0, 10, Stopped.WAITING)
    (held,) = campaign.ledger.held(campaign.campaign_id)
    assert "it says that it had this call" in held.why
    provider.ask = lambda batch, since: Answer("yes")  # type: ignore[method-assign]
    assert campaign.send(provider).counts.accepted == 10


@pytest.mark.parametrize("blind", [True, False])
def test_rule_7_not_found_proves_nothing_where_the_list_lacks_what_was_surely_taken(
    sending: Start, blind: bool
) -> None:
    campaign = sending(100)
    provider = Postman(QUERY)
    provider.script = [take, cut_after_taking if blind else cut]
    if blind:
        provider.ask = lambda batch, since: Answer("no")  # type: ignore[method-assign]
    for _ in range(4):
        result = campaign.send(provider)
        campaign.clock.forward(1200)
    assert provider.doubled == []
    assert len(provider.taken) == 100
    assert (result.counts.accepted, result.counts.unknown) == ((90, 10) if blind else (100, 0))
    if blind:
        (held,) = campaign.ledger.held(campaign.campaign_id)
        assert "does not show batches either that it took" in held.why


def test_rule_8_a_late_answer_is_an_event_and_no_state(sending: Start) -> None:
    campaign = sending(10)
    old = claims_of(campaign)
    claim = old.next()
    assert isinstance(claim, Claim)
    claims_of(campaign).take_over(everything=True)
    old.finish(Answered(claim, Receipt(("late",))))
    assert campaign.ledger.counts(campaign.campaign_id) == Counts(audience=10, unknown=10)
    with campaign.ledger.database.reading() as connection:
        diary = connection.exec_driver_sql("SELECT what FROM event").scalars().all()
    assert "batch 1: an answer came late (accepted)" in diary


def test_rule_9_leaving_is_read_in_the_transaction_of_the_intent(sending: Start, database: Database) -> None:
    campaign = sending(20)
    claims, provider = claims_of(campaign), Postman()
    first = claims.next()
    assert isinstance(first, Claim)
    with database.writing() as connection:
        suppress(connection, "reader15@example.org", SuppressionReason.UNSUBSCRIBED, "", START)
    second = claims.next(Answered(first, provider.take(first.batch)))
    assert isinstance(second, Claim)
    assert "reader15@example.org" not in [person.email for person in second.batch.recipients]


def test_rule_10_two_senders_on_one_ledger_send_once(sending: Start, ledger: Ledger) -> None:
    campaign = sending(2000, batch_size=100)
    provider = Postman()

    def send(_number: int) -> str:
        try:
            deliver(ledger, provider, campaign.campaign_id, PaceSettings(), stop=FakeStop(clock=campaign.clock))
        except AnotherSender:
            return "left"
        return "sent"

    with ThreadPoolExecutor(2) as both:
        ends = sorted(both.map(send, range(2)))
    assert ends in (["left", "sent"], ["sent", "sent"])  # the second, if it came after the end of the first
    assert provider.doubled == []
    assert len(provider.taken) == 2000


def test_rule_11_a_restored_copy_does_not_send(sending: Start, ledger: Ledger) -> None:
    campaign = sending(30)
    campaign.send(Postman())
    assert ledger.database.file
    copied = ledger.database.file.with_name("copy.sqlite")
    backup(ledger.database.file, copied, START)
    provider = Postman()
    copy = Sending(Ledger(open_database(copied), campaign.clock), campaign.clock, campaign.campaign_id)
    with pytest.raises(CopiedLedger):
        copy.send(provider)
    assert provider.calls_made == []


def test_rule_12_a_send_stops_at_not_after(sending: Start) -> None:
    campaign = sending(40, not_after=START + timedelta(minutes=1))
    provider = Postman()

    def slow(batch: Batch, postman: Postman) -> Receipt:
        campaign.clock.forward(40)
        return postman.take(batch)

    provider.script = [slow, slow, slow]
    result = campaign.send(provider)
    assert result.stopped is Stopped.TOO_LATE
    assert result.counts == Counts(audience=40, accepted=20, pending=20)


def test_rule_12_a_call_in_doubt_is_not_repeated_after_not_after(sending: Start) -> None:
    campaign = sending(10, not_after=START + timedelta(minutes=1))
    provider = Postman(KEY)

    def lost_for_long(batch: Batch, postman: Postman) -> Receipt:
        campaign.clock.forward(120)
        raise Doubtful("the line was cut")

    provider.script = [lost_for_long]
    result = campaign.send(provider)
    assert len(provider.calls_made) == 1
    assert result.counts == Counts(audience=10, unknown=10)


def test_a_call_is_taken_for_dead_only_when_it_can_no_longer_be_answered(sending: Start) -> None:
    campaign = sending(10)
    assert isinstance(claims_of(campaign).next(), Claim)
    another = claims_of(campaign)

    campaign.clock.forward(OPAQUE.call_seconds * 1.3)
    assert another.take_over(everything=False) == 0
    campaign.clock.forward(OPAQUE.call_seconds * 0.2)
    assert another.take_over(everything=False) == 1


def test_a_clock_set_back_mails_nobody_twice(sending: Start) -> None:
    campaign = sending(40)
    provider = Postman(QUERY)

    def set_back(batch: Batch, postman: Postman) -> Receipt:
        campaign.clock.forward(-7200)
        return cut_after_taking(batch, postman)

    provider.script = [lambda batch, postman: postman.take(batch), set_back]
    assert campaign.send(provider).counts == Counts(audience=40, accepted=40)
    assert provider.doubled == []
