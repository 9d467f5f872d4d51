"""A person's word on what nobody else can settle."""

from collections.abc import Callable

from newsletter_cli.delivery.resolving import resolve
from newsletter_cli.delivery.verifying import verify
from newsletter_cli.model.campaign import Counts
from newsletter_cli.providers.base import Batch, Capabilities, Doubtful, Receipt, Rejection
from tests.delivery.kit import Postman, Sending

Start = Callable[..., Sending]


def lost(batch: Batch, provider: Postman) -> Receipt:
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
