"""A send that the account could not finish is not begun; one that has begun goes on with what there is."""

from collections.abc import Callable

import pytest

from newsletter_cli.delivery.quota import QuotaTooSmall
from newsletter_cli.errors import ExitStatus
from newsletter_cli.model.campaign import Counts
from newsletter_cli.providers.base import Capabilities, Doubtful, ProviderFault, Quota
from newsletter_cli.providers.pages import AnswerNotUnderstood
from tests.delivery.kit import Postman, Sending

Start = Callable[..., Sending]


class Metered(Postman):
    """A provider that says how many people it will carry; a fault in its place is raised."""

    def __init__(self, left: int | ProviderFault | None) -> None:
        super().__init__(Capabilities(max_recipients=1000, quota=True))
        self.left = left

    def quota(self) -> Quota:
        if isinstance(self.left, ProviderFault):
            raise self.left
        return Quota(self.left)


def test_nothing_is_sent_when_the_account_carries_fewer_than_there_are(sending: Start) -> None:
    campaign, provider = sending(30), Metered(29)

    with pytest.raises(QuotaTooSmall, match="29 more messages; this send has 30") as refused:
        campaign.send(provider)

    assert refused.value.exit_status is ExitStatus.NOTHING_SENT
    assert provider.calls_made == []


@pytest.mark.parametrize("left", [30, None, Doubtful("no answer")], ids=["enough", "without limit", "not to be told"])
def test_a_quota_that_is_enough_or_not_known_stops_nothing(sending: Start, left: int | ProviderFault | None) -> None:
    assert sending(30).send(Metered(left)).counts.accepted == 30


def test_a_quota_in_another_form_stops_nothing(sending: Start) -> None:
    provider = Metered(None)

    def quota() -> Quota:
        raise AnswerNotUnderstood(1)

    provider.quota = quota  # type: ignore[method-assign]
    assert sending(30).send(provider).counts.accepted == 30


def test_only_todays_share_has_to_fit(sending: Start) -> None:
    assert sending(30).send(Metered(10), per_day=10).counts == Counts(audience=30, accepted=10, pending=20)


def test_a_send_that_has_begun_goes_on(sending: Start) -> None:
    campaign = sending(30)
    campaign.send(Metered(30), per_day=10)
    campaign.clock.forward(86_400)

    assert campaign.send(Metered(5)).counts.accepted == 30
