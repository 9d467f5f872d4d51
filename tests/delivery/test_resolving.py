"""A person's word on what nobody else can settle."""

from collections.abc import Callable
from datetime import timedelta

from newsletter_cli.config.settings import PaceSettings
from newsletter_cli.delivery.claims import Claims
from newsletter_cli.delivery.pace import Pace
from newsletter_cli.delivery.resolving import resolve
from newsletter_cli.delivery.sender import Stopped
from newsletter_cli.delivery.signals import Stop
from newsletter_cli.delivery.verifying import verify
from newsletter_cli.model.campaign import CampaignState, Counts
from newsletter_cli.providers.base import Batch, Capabilities, Doubtful, FaultKind, Query, Receipt, Refused, Rejection
from tests.delivery.kit import START, Postman, Sending

Start = Callable[..., Sending]


def lost(batch: Batch, provider: Postman) -> Receipt:
    raise Doubtful("the line was cut")


def take_and_lose(batch: Batch, provider: Postman) -> Receipt:
    provider.take(batch)
    raise Doubtful("the line was cut")


def in_doubt(sending: Start) -> tuple[Sending, Postman]:
    campaign = sending(30)
    provider = Postman(Capabilities(max_recipients=1000))
    provider.script = [lost]
    assert campaign.send(provider).counts == Counts(audience=30, accepted=20, unknown=10)
    return campaign, provider


def test_went_counts_the_people_as_accepted_and_mails_nobody(sending: Start) -> None:
    campaign, provider = in_doubt(sending)
    held = campaign.ledger.held(campaign.campaign_id)
    done = resolve(campaign.ledger, campaign.campaign_id, held, went=True, who="Ann")
    assert (done.batches, done.people) == (1, 10)
    assert campaign.send(provider).counts == Counts(audience=30, accepted=30)
    assert len(provider.taken) == 20


def test_again_frees_them_for_the_next_send(sending: Start) -> None:
    campaign, provider = in_doubt(sending)
    held = campaign.ledger.held(campaign.campaign_id)
    resolve(campaign.ledger, campaign.campaign_id, held, went=False, who="Ann")
    assert campaign.send(provider).counts == Counts(audience=30, accepted=30)
    assert len(provider.taken) == 30
    assert provider.doubled == []


def test_what_a_provider_cannot_be_asked_about_waits_for_a_person_after_35_minutes(sending: Start) -> None:
    campaign = sending(30)
    provider = Postman(Capabilities(max_recipients=1000, query=Query(300, "batch")))
    provider.script = [take_and_lose]
    provider.answers = [Refused(FaultKind.WRONG_KEY, "It took nothing: wrong key.", words="no reading", status=403)] * 9
    ledger, number = campaign.ledger, campaign.campaign_id
    result = campaign.send(provider)
    assert (result.stopped, result.counts.unknown) == (Stopped.WAITING, 10)
    assert ledger.held(number) == ()
    assert (ledger.doubt_until(number) or START) - campaign.clock() < timedelta(minutes=35)
    campaign.clock.forward(35 * 60)
    (held,) = ledger.held(number)
    assert held.why == "the provider could not be asked: wrong key (no reading)"
    assert resolve(ledger, number, (held,), went=True, who="Ann").people == 10
    assert campaign.send(provider).counts == Counts(audience=30, accepted=30)
    assert provider.doubled == []


def test_what_a_dead_sender_left_in_a_campaign_that_was_called_off_waits_for_a_person(sending: Start) -> None:
    campaign = sending(30)
    ledger, number = campaign.ledger, campaign.campaign_id
    capabilities = Capabilities(max_recipients=1000)
    Claims(ledger, ledger.get(number), capabilities, Pace("postman", PaceSettings()), Stop()).next()
    ledger.set_state(number, CampaignState.CANCELLED)
    assert ledger.held(number) == (), "the call may still be under way"
    campaign.clock.forward(40 * 60)
    held = ledger.held(number)
    assert [len(each.people) for each in held] == [10]
    resolve(ledger, number, held, went=True, who="Ann")
    assert ledger.counts(number) == Counts(audience=30, accepted=10, pending=20)


def test_a_batch_that_was_decided_already_is_left_alone(sending: Start) -> None:
    campaign, _ = in_doubt(sending)
    held = campaign.ledger.held(campaign.campaign_id)
    resolve(campaign.ledger, campaign.campaign_id, held, went=True, who="Ann")
    assert resolve(campaign.ledger, campaign.campaign_id, held, went=False, who="Bob").batches == 0
    assert campaign.ledger.counts(campaign.campaign_id).accepted == 30


def test_single_people_of_an_accepted_batch_get_a_batch_of_their_own(sending: Start) -> None:
    campaign = sending(30)
    provider = Postman(Capabilities(max_recipients=1000))

    def vague(batch: Batch, postman: Postman) -> Receipt:
        receipt = postman.take(Batch(batch.key, batch.tag, batch.campaign, batch.recipients[1:9]))
        return Receipt(
            tuple(f"{receipt.ids[0]}-{number}" for number in range(8)),
            unknown=(Rejection(0, "", "no word"), Rejection(9, "", "no word")),
        )

    provider.script = [vague]
    assert campaign.send(provider).counts == Counts(audience=30, accepted=28, unknown=2)
    held = campaign.ledger.held(campaign.campaign_id)
    assert [person.seq for person in held[0].people] == [0, 9]
    resolve(campaign.ledger, campaign.campaign_id, held, went=False, who="Ann")
    assert campaign.ledger.counts(campaign.campaign_id) == Counts(audience=30, accepted=28, pending=2)
    assert verify(campaign.ledger) == ()
    assert campaign.send(provider).counts == Counts(audience=30, accepted=30)
    assert provider.doubled == []
    assert len(provider.taken) == 30
