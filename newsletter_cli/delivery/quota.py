"""Asks the provider before a send whether it will carry all of it today."""

from newsletter_cli.delivery.campaigns import Campaign
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.pace import Pace
from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.providers.base import Provider, ProviderFault, Quota


class QuotaTooSmall(NewsletterError):
    """The account may not mail as many people as the send has."""

    exit_status = ExitStatus.NOTHING_SENT

    def __init__(self, title: str, quota: Quota, needed: int) -> None:
        again = f" until {quota.resets:%d %B %Y %H:%M} UTC" if quota.resets else ""
        super().__init__(
            f"{title} will carry {quota.remaining:,} more messages{again}; this send has {needed:,}. Nothing was sent.",
            "Wait until the quota is renewed, raise the plan, or spread the send with [pace] per_day.",
        )


def check_quota(ledger: Ledger, provider: Provider, campaign: Campaign, pace: Pace) -> None:
    """Refuse to begin what could not be finished. A send that has begun carries on with what there is.

    Raises:
        QuotaTooSmall: with the numbers.
    """
    if not provider.capabilities.quota:
        return
    counts = ledger.counts(campaign.id)
    if counts.accepted or counts.unknown:
        return
    with ledger.database.reading() as connection:
        left = pace.left_today(connection, ledger.clock())
    needed = counts.pending if left is None else min(left, counts.pending)
    try:
        quota = provider.quota()
    except (ProviderFault, ValueError):  # the latter: an answer in another form
        return  # the first call will show what is the matter, and its answer is kept
    if quota.remaining is not None and quota.remaining < needed:
        raise QuotaTooSmall(provider.title, quota, needed)
