"""When a campaign stops by itself, and when it does not: docs/delivery.md, "When it stops by itself"."""

from collections.abc import Callable

import pytest

from newsletter_cli.delivery.breaker import Marks, verdict
from newsletter_cli.delivery.calls import Exceptional, Outcome
from newsletter_cli.model.campaign import BatchState, Counts, DeliveryState
from newsletter_cli.providers.base import Batch, FaultKind, Receipt, Refused
from tests.delivery.kit import Postman, Sending

BACK = Outcome(BatchState.PENDING, why="no", failure=True)
REJECTED = Outcome(BatchState.ACCEPTED, exceptions=(Exceptional(1, DeliveryState.REJECTED, "550"),), ids=("x",))


def wrong_key(batch: Batch, provider: Postman) -> Receipt:
    raise Refused(FaultKind.WRONG_KEY, "refused", status=401)


def taken(batch: Batch, provider: Postman) -> Receipt:
    return provider.take(batch)


def test_a_call_that_went_takes_back_what_spoke_against_the_account(sending: Callable[..., Sending]) -> None:
    campaign = sending(30)
    provider = Postman()
    provider.script = [wrong_key, wrong_key, taken, wrong_key, wrong_key]

    assert campaign.send(provider).counts == Counts(audience=30, accepted=30)
    assert len(provider.calls_made) == 7


@pytest.mark.parametrize(
    ("marks", "attempt", "stops"),
    [
        pytest.param(Marks(account=2, policy=0), 1, False, id="two refusals of the account"),
        pytest.param(Marks(account=3, policy=0), 1, True, id="three refusals of the account"),
        pytest.param(Marks(account=0, policy=19), 1, False, id="19 people refused for policy"),
        pytest.param(Marks(account=0, policy=20), 1, True, id="20 people refused for policy"),
        pytest.param(Marks(account=0, policy=0), 5, False, id="five tries of one batch"),
        pytest.param(Marks(account=0, policy=0), 6, True, id="six tries of one batch"),
    ],
)
def test_refusals_are_counted(marks: Marks, attempt: int, stops: bool) -> None:
    assert bool(verdict(marks, BACK, attempt, None, 10)) is stops


@pytest.mark.parametrize(
    ("accepted", "rejected", "stops"),
    [
        pytest.param(490, 10, False, id="2 % of the first 500"),
        pytest.param(489, 11, True, id="more than 2 % of the first 500"),
        pytest.param(9, 1, False, id="one of the first ten"),
        pytest.param(1490, 60, False, id="after the first 500 no more"),
    ],
)
def test_many_rejections_early_stop_it(accepted: int, rejected: int, stops: bool) -> None:
    counts = Counts(audience=10_000, accepted=accepted, rejected=rejected)

    assert bool(verdict(Marks(0, 0), REJECTED, 1, counts, 10)) is stops


def test_a_content_refused_on_the_first_call_stops_it_at_once() -> None:
    assert verdict(Marks(0, 0), Outcome(BatchState.PENDING, stop="content refused"), 1, None, 10) == "content refused"
