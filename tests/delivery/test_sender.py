"""The send loop: everybody once, and an account that adds up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from newsletter_cli.audience.suppression import erase, lift, suppress
from newsletter_cli.config.settings import PaceSettings
from newsletter_cli.database import Database
from newsletter_cli.delivery.calls import Claim
from newsletter_cli.delivery.claims import Claims
from newsletter_cli.delivery.ledger import AlreadySent, Frozen, Ledger
from newsletter_cli.delivery.pace import Pace
from newsletter_cli.delivery.sender import OtherProvider, Stopped, deliver
from newsletter_cli.delivery.signals import Stop
from newsletter_cli.model.campaign import CampaignState, Counts
from newsletter_cli.model.message import MergeField
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.base import (
    Batch,
    Capabilities,
    Doubtful,
    FaultKind,
    IdempotencyKey,
    NotSent,
    Query,
    Receipt,
    Refused,
    Rejection,
)
from newsletter_cli.testing.samples import sample_message, sample_people
from tests.delivery.kit import START, Postman, Sending

Start = Callable[..., Sending]
KEY = Capabilities(max_recipients=1000, key=IdempotencyKey(86400, "replay"))
QUERY = Capabilities(max_recipients=1000, query=Query(300, "batch"))
OPAQUE = Capabilities(max_recipients=1000)


def lose_after_taking(batch: Batch, provider: Postman) -> Receipt:
    provider.take(batch)
    raise Doubtful("the line was cut")


def lose_before_taking(batch: Batch, provider: Postman) -> Receipt:
    raise Doubtful("the line was cut")


def refuse(kind: FaultKind, status: int = 400, retry_after: float | None = None) -> Callable[[Batch, Postman], Receipt]:
    def step(batch: Batch, provider: Postman) -> Receipt:
        raise Refused(kind, "refused", status=status, retry_after=retry_after)

    return step


def test_everybody_is_accepted_once_and_the_campaign_is_done(sending: Start) -> None:
    campaign = sending(95)
    provider = Postman()
    result = campaign.send(provider, workers=4)
    assert result.counts == Counts(audience=95, accepted=95)
    assert result.stopped is None
    assert len(provider.taken) == 95
    assert provider.doubled == []
    assert campaign.ledger.get(campaign.campaign_id).state is CampaignState.DONE


def test_saying_send_again_calls_nobody(sending: Start) -> None:
    campaign = sending(20)
    provider = Postman()
    campaign.send(provider)
    calls = len(provider.calls_made)
    assert campaign.send(provider).counts.accepted == 20
    assert len(provider.calls_made) == calls


def test_the_first_call_is_a_canary_of_ten(sending: Start) -> None:
    provider = Postman()
    sending(300, batch_size=100).send(provider)
    assert [len(batch.recipients) for batch in provider.calls_made] == [10, 100, 100, 90]


def test_an_issue_is_frozen_once(sending: Start, ledger: Ledger) -> None:
    sending(5)
    with pytest.raises(AlreadySent):
        ledger.freeze(
            issue="2022-02",
            message=sample_message(),
            audience_rule="others",
            recipients=sample_people(7),
            provider="postman",
            batch_size=10,
        )


def test_a_campaign_cancelled_before_anybody_was_reached_may_be_frozen_again(sending: Start, ledger: Ledger) -> None:
    first = sending(5)
    ledger.set_state(first.campaign_id, CampaignState.CANCELLED, "wrong picture")
    second = sending(5)
    assert second.campaign_id != first.campaign_id
    assert second.send(Postman()).counts.accepted == 5


def test_who_left_before_the_intent_is_not_mailed(sending: Start, database: Database) -> None:
    campaign = sending(30)
    provider = Postman()

    def leave_meanwhile(batch: Batch, postman: Postman) -> Receipt:
        with database.writing() as connection:
            suppress(connection, "READER25@example.org", SuppressionReason.UNSUBSCRIBED, "webhook", START)
        return postman.take(batch)

    provider.script = [leave_meanwhile]
    result = campaign.send(provider)
    assert result.counts == Counts(audience=30, accepted=29, suppressed=1)
    assert "reader25@example.org" not in provider.taken
    assert campaign.states()["reader25@example.org"] == "suppressed"


def test_who_was_erased_before_the_intent_is_not_mailed_and_who_came_back_is(
    sending: Start, database: Database
) -> None:
    campaign = sending(30)
    with database.writing() as connection:
        erase(connection, "reader25@example.org", "request", START)
        for number in (12, 13):
            suppress(connection, f"reader{number}@example.org", SuppressionReason.MANUAL, "us", START)
        lift(connection, "reader12@example.org", "asked", START)
    provider = Postman()
    assert campaign.send(provider).counts == Counts(audience=30, accepted=28, suppressed=2)
    people = {person.seq: (person.state, person.why) for person in campaign.ledger.people(campaign.campaign_id)}
    assert people[25] == ("suppressed", "erased")
    assert people[13] == ("suppressed", "manual")
    assert people[12] == ("accepted", "")


def test_those_who_left_before_a_call_do_not_keep_its_doubt_from_being_settled_by_the_key(
    sending: Start, database: Database
) -> None:
    campaign = sending(30)
    with database.writing() as connection:
        suppress(connection, "reader3@example.org", SuppressionReason.UNSUBSCRIBED, "link", START)
    provider = Postman(KEY)
    provider.script = [lose_after_taking]
    assert campaign.send(provider).counts == Counts(audience=30, accepted=29, suppressed=1)
    assert provider.doubled == []
    assert sum(batch == provider.calls_made[0] for batch in provider.calls_made) == 2


@pytest.mark.parametrize("fields", range(6))
def test_every_person_has_their_own_value_for_every_field(fields: int, ledger: Ledger) -> None:
    message = replace(
        sample_message(),
        merge_fields=tuple(MergeField(f"nlfield{place}", f"subscriber.f{place}") for place in range(fields)),
    )
    people = [
        Frozen(
            f"p{seq}@example.org",
            f"p{seq}@example.org",
            f"P {seq}",
            tuple(f"{seq} “{place}”" for place in range(fields)),
        )
        for seq in range(3)
    ]
    campaign = ledger.freeze(
        issue="2022-02", message=message, audience_rule="all", recipients=people, provider="postman", batch_size=10
    )
    provider = Postman()
    deliver(ledger, provider, campaign, PaceSettings(workers=1))
    got = provider.calls_made[0].recipients
    assert [each.values for each in got] == [
        {f"nlfield{place}": f"{seq} “{place}”" for place in range(fields)} for seq in range(3)
    ]
    assert [(each.seq, each.email, each.name) for each in got] == [
        (seq, f"p{seq}@example.org", f"P {seq}") for seq in range(3)
    ]
    assert len({each.message_id for each in got}) == 3


def test_a_batch_whose_people_all_left_makes_no_call(sending: Start, database: Database) -> None:
    campaign = sending(3)
    with database.writing() as connection:
        for number in range(3):
            suppress(connection, f"reader{number}@example.org", SuppressionReason.COMPLAINT, "", START)
    provider = Postman()
    assert campaign.send(provider).counts == Counts(audience=3, suppressed=3)
    assert provider.calls_made == []


def test_any_number_of_batches_whose_people_all_left_is_passed_over(sending: Start, database: Database) -> None:
    campaign = sending(700, batch_size=1)
    with database.writing() as connection:
        for number in range(699):
            suppress(connection, f"reader{number}@example.org", SuppressionReason.UNSUBSCRIBED, "", START)
    provider = Postman()
    assert campaign.send(provider).counts == Counts(audience=700, accepted=1, suppressed=699)
    assert len(provider.calls_made) == 1


def test_a_lost_line_is_settled_by_the_same_key_and_bytes(sending: Start) -> None:
    campaign = sending(30)
    provider = Postman(KEY)
    provider.script = [lose_after_taking]
    result = campaign.send(provider)
    assert result.counts == Counts(audience=30, accepted=30)
    assert provider.doubled == []
    assert sum(batch == provider.calls_made[0] for batch in provider.calls_made) == 2


def test_a_lost_line_is_settled_by_asking(sending: Start) -> None:
    campaign = sending(30)
    provider = Postman(QUERY)
    provider.script = [lose_after_taking]
    assert campaign.send(provider).counts == Counts(audience=30, accepted=30)
    assert provider.doubled == []
    assert len(provider.asked) == 1


def test_not_found_needs_two_looks_after_the_lag_before_the_batch_goes_again(sending: Start) -> None:
    campaign = sending(30)
    provider = Postman(QUERY)
    provider.script = [lose_before_taking]
    result = campaign.send(provider)
    assert result.counts == Counts(audience=30, accepted=30)
    assert provider.doubled == []
    assert len(provider.asked) >= 2
    assert (campaign.clock.now - START).total_seconds() >= 300 + 65


def test_an_opaque_provider_leaves_doubt_to_a_person(sending: Start) -> None:
    campaign = sending(30)
    provider = Postman(OPAQUE)
    provider.script = [lose_after_taking]
    result = campaign.send(provider)
    assert result.counts == Counts(audience=30, accepted=20, unknown=10)
    (held,) = campaign.ledger.held(campaign.campaign_id)
    assert [person.email for person in held.people] == [f"reader{n}@example.org" for n in range(10)]
    assert campaign.send(provider).counts.unknown == 10


def test_a_refusal_of_the_repeat_leaves_the_batch_in_doubt(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman(KEY)
    provider.script = [lose_after_taking, refuse(FaultKind.RATE, 429)]
    assert campaign.send(provider).counts == Counts(audience=10, accepted=10)
    assert provider.doubled == []
    assert len(provider.calls_made) == 3


def test_an_answer_without_an_id_accepts_nobody(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman(OPAQUE)
    provider.script = [lambda batch, postman: Receipt(())]
    assert campaign.send(provider).counts == Counts(audience=10, unknown=10)


def test_a_provider_that_cannot_be_reached_is_tried_again(sending: Start) -> None:
    campaign = sending(30)
    provider = Postman(OPAQUE)

    def unreachable(batch: Batch, postman: Postman) -> Receipt:
        raise NotSent("no route")

    provider.script = [unreachable, unreachable]
    assert campaign.send(provider).counts == Counts(audience=30, accepted=30)


def test_retry_after_is_kept(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman(OPAQUE)
    provider.script = [refuse(FaultKind.RATE, 429, retry_after=120)]
    assert campaign.send(provider).counts.accepted == 10
    assert (campaign.clock.now - START).total_seconds() >= 120


def test_a_recipient_who_spoils_the_whole_call_is_found_and_rejected_alone(sending: Start) -> None:
    campaign = sending(100, batch_size=50)
    provider = Postman(OPAQUE)

    def picky(batch: Batch, postman: Postman) -> Receipt:
        provider.script.append(picky)
        if any(person.email == "reader42@example.org" for person in batch.recipients):
            raise Refused(FaultKind.RECIPIENT, "refused", status=400, words="'to' is not valid")
        return postman.take(batch)

    provider.script = [picky]
    assert campaign.send(provider).counts == Counts(audience=100, accepted=99, rejected=1)
    assert campaign.states()["reader42@example.org"] == "rejected"
    assert provider.doubled == []


def test_single_rejections_stay_with_their_people(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman(OPAQUE)
    provider.script = [lambda batch, postman: Receipt(("x",), rejected=(Rejection(3, "550", "no such user"),))]
    assert campaign.send(provider).counts == Counts(audience=10, accepted=9, rejected=1)


def test_three_wrong_keys_pause_the_campaign_in_words(sending: Start) -> None:
    campaign = sending(30)
    provider = Postman(OPAQUE)
    provider.script = [refuse(FaultKind.WRONG_KEY, 401)] * 9
    result = campaign.send(provider)
    assert result.stopped is Stopped.PAUSED
    assert "3 times" in result.why
    assert len(provider.calls_made) == 3
    assert result.counts == Counts(audience=30, pending=30)
    campaign.ledger.set_state(campaign.campaign_id, CampaignState.OPEN)
    provider.script = []
    assert campaign.send(provider).counts.accepted == 30


@pytest.mark.parametrize(
    ("state", "stopped"), [(CampaignState.HELD, Stopped.HELD), (CampaignState.CANCELLED, Stopped.CANCELLED)]
)
def test_a_running_send_notices_hold_and_cancel_within_one_batch(
    sending: Start, state: CampaignState, stopped: Stopped
) -> None:
    campaign = sending(100)
    provider = Postman()

    def change(batch: Batch, postman: Postman) -> Receipt:
        campaign.ledger.set_state(campaign.campaign_id, state, "a wrong picture")
        return postman.take(batch)

    provider.script = [change]
    result = campaign.send(provider)
    assert result.stopped is stopped
    assert result.counts == Counts(audience=100, accepted=10, pending=90)


def test_nothing_is_sent_after_not_after(sending: Start) -> None:
    campaign = sending(30, not_after=START)
    campaign.clock.forward(1)
    provider = Postman()
    result = campaign.send(provider)
    assert result.stopped is Stopped.TOO_LATE
    assert provider.calls_made == []


def test_a_daily_limit_leaves_the_rest_for_tomorrow(sending: Start) -> None:
    campaign = sending(100, batch_size=30)
    provider = Postman()
    result = campaign.send(provider, per_day=25)
    assert result.stopped is Stopped.DAILY_LIMIT
    assert result.counts == Counts(audience=100, accepted=25, pending=75)
    campaign.clock.forward(86400)
    assert campaign.send(provider, per_day=25).counts.accepted == 50
    assert provider.doubled == []


def test_a_call_that_reached_nobody_does_not_count_against_the_day(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman(OPAQUE)
    provider.script = [refuse(FaultKind.TEMPORARY, 503)]
    assert campaign.send(provider, per_day=10).counts == Counts(audience=10, accepted=10)
    assert len(provider.calls_made) == 2


def test_a_short_pause_does_not_cut_a_long_one_short(database: Database) -> None:
    pace = Pace("postman", PaceSettings())
    with database.writing() as connection:
        pace.slow_down(connection, START + timedelta(minutes=10))
        pace.slow_down(connection, START + timedelta(seconds=2))
        assert pace.free_at(connection) == START + timedelta(minutes=10)


@pytest.mark.parametrize(("ours", "theirs"), [(2, 10), (10, 2), (2, 0)])
def test_of_our_pace_and_the_providers_the_slower_holds(database: Database, ours: int, theirs: int) -> None:
    pace = Pace("postman", PaceSettings(calls_per_second=ours), theirs)
    with database.writing() as connection:
        pace.spend(connection, 1, START)
        assert pace.free_at(connection) == START + timedelta(seconds=0.5)


def test_recipients_per_second_are_kept(sending: Start) -> None:
    campaign = sending(100, batch_size=10)
    campaign.send(Postman(), recipients_per_second=5)
    assert (campaign.clock.now - START).total_seconds() >= 18


def test_an_exception_of_ours_leaves_doubt_and_is_raised(sending: Start) -> None:
    campaign = sending(30)
    provider = Postman(OPAQUE)

    def broken(batch: Batch, postman: Postman) -> Receipt:
        raise ZeroDivisionError("reader1@example.org")

    provider.script = [broken]
    with pytest.raises(ZeroDivisionError):
        campaign.send(provider)
    counts = campaign.ledger.counts(campaign.campaign_id)
    assert (counts.unknown, counts.accepted) == (10, 0)


def test_a_campaign_is_not_carried_on_by_another_provider(sending: Start) -> None:
    campaign = sending(10)
    provider = Postman()
    provider.name = "stranger"  # type: ignore[misc]  (a class variable of the contract)
    with pytest.raises(OtherProvider, match="began with postman"):
        campaign.send(provider)
    assert provider.calls_made == []


def test_a_claim_that_a_sleeping_computer_wakes_with_makes_no_call(sending: Start) -> None:
    campaign = sending(8)
    provider = Postman(QUERY)
    pace = Pace("postman", PaceSettings())
    claims = Claims(campaign.ledger, campaign.ledger.get(campaign.campaign_id), QUERY, pace, Stop())
    claim = claims.next()
    assert isinstance(claim, Claim)
    campaign.clock.forward(3600)
    with pytest.raises(NotSent, match="stood still"):
        claim.make(provider, claims.campaign.message, campaign.clock())
    assert provider.calls_made == []
