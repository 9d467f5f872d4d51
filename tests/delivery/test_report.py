"""What the provider reports afterwards stands beside the receipt; what it does not tell is unknown, never 0."""

from collections.abc import Callable

import pytest

from newsletter_cli.delivery.campaigns import Campaign
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.report import KINDS, Seen, keep_outcomes, people_with, silent_people, sum_outcomes
from tests.delivery.kit import START, Postman, Sending

AT = START.isoformat()


def seen(number: int, what: str, words: str = "") -> Seen:
    return Seen(f"reader{number}@example.org", what, AT, words)


@pytest.fixture
def campaign(sending: Callable[..., Sending], ledger: Ledger) -> Campaign:
    """Ten people, all accepted."""
    sending(10).send(Postman())
    found = ledger.campaign("2022-02")
    assert found is not None
    return found


def test_accepted_becomes_delivered_or_bounced_and_the_rest_is_named(ledger: Ledger, campaign: Campaign) -> None:
    keep_outcomes(ledger.database, campaign, [seen(n, "delivered") for n in range(7)] + [seen(7, "bounced", "550")])
    found = sum_outcomes(ledger, campaign, KINDS)
    assert (found.accepted, found.delivered, found.bounced, found.silent) == (10, 7, 1, 2)
    assert list(silent_people(ledger, campaign)) == ["reader8@example.org", "reader9@example.org"]
    assert list(people_with(ledger, campaign, "bounced")) == [("reader7@example.org", "550")]


def test_a_copy_delivered_and_bounced_afterwards_counts_as_bounced(ledger: Ledger, campaign: Campaign) -> None:
    keep_outcomes(ledger.database, campaign, [seen(1, "delivered"), seen(1, "bounced")])
    found = sum_outcomes(ledger, campaign, KINDS)
    assert (found.delivered, found.bounced, found.silent) == (0, 1, 9)


def test_the_same_report_twice_counts_once(ledger: Ledger, campaign: Campaign) -> None:
    for _ in range(2):
        keep_outcomes(ledger.database, campaign, [seen(1, "complained"), seen(1, "complained")])
    found = sum_outcomes(ledger, campaign, KINDS)
    assert found.complained == 1
    assert found.complaint_rate == pytest.approx(0.1)


def test_what_the_provider_does_not_tell_is_unknown_and_not_zero(ledger: Ledger, campaign: Campaign) -> None:
    found = sum_outcomes(ledger, campaign, ("bounced",))
    assert (found.bounced, found.delivered, found.complained, found.silent, found.complaint_rate) == (
        0,
        None,
        None,
        None,
        None,
    )


def test_reports_about_strangers_are_counted_apart(ledger: Ledger, campaign: Campaign) -> None:
    assert keep_outcomes(ledger.database, campaign, [seen(99, "delivered"), seen(1, "delivered")]) == 1
    assert sum_outcomes(ledger, campaign, KINDS).delivered == 1
