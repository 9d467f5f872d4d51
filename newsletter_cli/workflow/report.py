"""Reports what became of an issue: asks the provider, keeps its answers, adds them up."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from newsletter_cli.audience.addresses import BadAddress, address_key
from newsletter_cli.audience.suppression import suppress
from newsletter_cli.config import Settings
from newsletter_cli.delivery.campaigns import Campaign
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.receipt import NothingToShow
from newsletter_cli.delivery.report import (
    COMPLAINTS_WARNED,
    KINDS,
    Outcomes,
    Seen,
    campaign_ids,
    keep_outcomes,
    people_with,
    silent_people,
    sum_outcomes,
)
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.paths import Workspace
from newsletter_cli.providers.base import Event, Provider
from newsletter_cli.workflow.send import open_account
from newsletter_cli.workflow.subscribers import opened

_EARLIER = timedelta(hours=1)  # The provider's clock is not ours.
_LEFT = {"complained": SuppressionReason.COMPLAINT, "unsubscribed": SuppressionReason.UNSUBSCRIBED}


@dataclass(frozen=True, slots=True)
class Report:
    """What became of an issue.

    Attributes:
        provider: its title.
        offered: kinds of events the provider tells of, less opens and clicks where the newsletter did not turn them on.
        asked: whether the provider was asked just now.
        left: people newly put on our list of suppressions by it.
        strangers: events about addresses that are not in the audience.
    """

    campaign: Campaign
    provider: str
    local: bool
    offered: tuple[str, ...]
    outcomes: Outcomes
    asked: bool
    left: int
    strangers: int

    @property
    def too_many_complaints(self) -> bool:
        """Whether mailbox providers will soon mind (Gmail and Yahoo want it under 0.1 %)."""
        return (self.outcomes.complaint_rate or 0) >= COMPLAINTS_WARNED


class OtherProvider(NewsletterError):
    """The issue went out through another provider than the one that is set now."""

    def __init__(self, issue: str, then: str, now: str) -> None:
        super().__init__(
            f"Issue {issue} went out through {then}, and [provider] is {now} now.",
            f"newsletter report {issue} --offline shows what is known already.",
        )


def make_report(
    workspace: Workspace,
    settings: Settings,
    environ: Mapping[str, str],
    issue: str,
    clock: Callable[[], datetime],
    *,
    ask: bool = True,
    sleep: Callable[[float], None] = time.sleep,
) -> Report:
    """The report of an issue; with `ask` the provider is asked first and its answers are kept.

    Raises:
        NothingToShow: the issue has no campaign.
        OtherProvider: it went out through another provider.
        ProviderFault: the provider did not answer; nothing that is known is lost.
    """
    with opened(workspace, settings) as database:
        ledger = Ledger(database, clock)
        campaign = ledger.campaign(issue)
        if campaign is None:
            raise NothingToShow(issue)
        if ask and campaign.provider != settings.provider.name:
            raise OtherProvider(issue, campaign.provider, settings.provider.name)
        provider = open_account(workspace, settings, environ, need_key=ask)
        try:
            offered = _offered(provider, settings)
            with provider.patient(sleep):
                left, strangers = _ask(ledger, provider, campaign, offered) if ask and offered else (0, 0)
        finally:
            provider.close()
        outcomes = sum_outcomes(ledger, campaign, offered)
        return Report(
            campaign,
            provider.title,
            provider.capabilities.local,
            offered,
            outcomes,
            ask and bool(offered),
            left,
            strangers,
        )


def people_of(workspace: Workspace, settings: Settings, issue: str, what: str) -> Iterator[tuple[str, str]]:
    """Addresses of whom `what` was reported, with words; "silent" is those of whom nothing was."""
    with opened(workspace, settings) as database:
        ledger = Ledger(database)
        campaign = ledger.campaign(issue)
        if campaign is None:
            raise NothingToShow(issue)
        if what == "silent":
            yield from ((email, "") for email in silent_people(ledger, campaign))
        else:
            yield from people_with(ledger, campaign, what)


def _offered(provider: Provider, settings: Settings) -> tuple[str, ...]:
    wanted = {"opened": settings.tracking.opens, "clicked": settings.tracking.clicks}
    return tuple(kind for kind in KINDS if kind in provider.capabilities.statistics and wanted.get(kind, True))


def _ask(
    ledger: Ledger,
    provider: Provider,
    campaign: Campaign,
    offered: tuple[str, ...],
) -> tuple[int, int]:
    """Keep what the provider tells; gives how many people left by it, and events about strangers."""
    gone: dict[str, Event] = {}
    by_id = provider.capabilities.statistics_by == "id"
    ours = campaign_ids(ledger, campaign) if by_id else frozenset()

    def seen() -> Iterator[Seen]:
        for each in provider.statistics(campaign.created - _EARLIER, campaign.name):
            if by_id and each.message_id not in ours:
                continue  # Another campaign's, or no newsletter at all.
            if each.what in _LEFT:
                gone[each.email] = each
            if each.what in offered:
                try:
                    key = address_key(each.email)
                except BadAddress:
                    key = ""
                at = each.when.astimezone(UTC).isoformat(timespec="seconds") if each.when else ""
                yield Seen(key, each.what, at, each.words)

    strangers = keep_outcomes(ledger.database, campaign, seen())
    left = 0
    with ledger.database.writing() as connection:
        for email, each in gone.items():
            try:
                left += suppress(connection, email, _LEFT[each.what], provider.name, each.when or ledger.clock())
            except BadAddress:
                continue
    return left, strangers
