"""What a send would do: to how many, who is left out and why, in how many calls, until which day."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from sqlalchemy import Connection, select

from newsletter_cli.audience.addresses import ROLES, address_key, masked
from newsletter_cli.audience.suppression import suppressed_among
from newsletter_cli.config import Settings
from newsletter_cli.config.settings import PaceSettings
from newsletter_cli.database import Database
from newsletter_cli.database.tables import pace
from newsletter_cli.delivery.ledger import CANARY, Ledger
from newsletter_cli.delivery.pace import daily_limit
from newsletter_cli.delivery.readers import as_shown
from newsletter_cli.model.campaign import CampaignState
from newsletter_cli.model.finding import Finding
from newsletter_cli.model.message import Address, Message
from newsletter_cli.model.purpose import Purpose, not_covered
from newsletter_cli.model.subscriber import Subscriber
from newsletter_cli.providers.base import Provider

_PAGE = 2000
_LONGEST_WARM_UP = 3650


@dataclass(frozen=True, slots=True)
class Readership:
    """The people a rule picks, counted.

    `excluded` are reasons and numbers; `first` and `last` are the masked addresses of the first and last person who
    would be written to; `roles` counts addresses such as info@, which belong to no person.
    """

    audience: int
    excluded: tuple[tuple[str, int], ...]
    first: str
    last: str
    roles: int

    @property
    def recipients(self) -> int:
        return self.audience - sum(count for _, count in self.excluded)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The issue that went out before this one, and to how many."""

    issue: str
    recipients: int

    def change(self, recipients: int) -> float:
        """How many per cent more (or, negative, fewer) there are now."""
        return 100 * (recipients - self.recipients) / self.recipients if self.recipients else 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a person wants to see before they say yes.

    Attributes:
        rule: who it goes to, in words.
        earlier: the issue before, None for the first.
        batches: calls to the provider.
        ends: the day (UTC) on which the last person is reached under [pace] per_day; None when it is the first day.
        way_out: where readers unsubscribe.
        notes: what of our headers does not reach a copy with this provider.
        redirect_to: the one address everything goes to in test mode, or "".
    """

    issue: str
    subject: str
    preheader: str
    sender: Address
    reply_to: Address | None
    provider: str
    rule: str
    readership: Readership
    earlier: Earlier | None
    batches: int
    ends: date | None
    way_out: str
    notes: tuple[str, ...]
    redirect_to: str
    findings: tuple[Finding, ...]


def make_plan(
    *,
    message: Message,
    rule: str,
    readership: Readership,
    ledger: Ledger,
    provider: Provider,
    settings: Settings,
    way_out: str,
    findings: Sequence[Finding],
    now: datetime,
) -> Plan:
    """Put a plan together; only reads."""
    with ledger.database.reading() as connection:
        ends = last_day(connection, provider.name, settings.pace, readership.recipients, now)
    return Plan(
        issue=message.issue_id,
        subject=as_shown(message.subject, message),
        preheader=as_shown(message.preheader, message),
        sender=message.sender,
        reply_to=message.reply_to,
        provider=provider.title,
        rule=rule,
        readership=readership,
        earlier=find_earlier(ledger, message.issue_id),
        batches=count_batches(readership.recipients, batch_size(settings, provider, message)),
        ends=ends,
        way_out=way_out,
        notes=provider.capabilities.header_notes,
        redirect_to=settings.test_mode.redirect_to,
        findings=tuple(findings),
    )


def count_readers(
    database: Database, people: Iterable[Subscriber], purpose: Purpose = Purpose.NEWSLETTER
) -> Readership:
    """Count in pages: memory stays flat however long the list is. Who has no basis for this purpose is left out."""
    total = roles = 0
    excluded: Counter[str] = Counter()
    first = last = ""
    source = iter(people)
    while page := list(islice(source, _PAGE)):
        keys = [address_key(each.email) for each in page]
        with database.reading() as connection:
            away = suppressed_among(connection, keys)
        total += len(page)
        roles += sum(key.partition("@")[0] in ROLES for key in keys)
        reasons = [away.get(key, "") or not_covered(each.basis, purpose) for each, key in zip(page, keys, strict=True)]
        excluded.update(str(reason) for reason in reasons if reason)
        going = [each.email for each, reason in zip(page, reasons, strict=True) if not reason]
        first, last = first or (masked(going[0]) if going else ""), masked(going[-1]) if going else last
    return Readership(total, tuple(sorted(excluded.items())), first, last, roles)


def find_earlier(ledger: Ledger, issue: str) -> Earlier | None:
    """The newest other issue that went out to somebody."""
    for campaign in reversed(ledger.campaigns()):
        if campaign.issue == issue or campaign.state is CampaignState.CANCELLED:
            continue
        counts = ledger.counts(campaign.id)
        return Earlier(campaign.issue, counts.audience - counts.suppressed)
    return None


def batch_size(settings: Settings, provider: Provider, message: Message) -> int:
    """People in one call. One each when all mail is redirected: the same address twice in a call is refused."""
    if settings.test_mode.redirect_to:
        return 1
    most = provider.people_per_call(message)
    return min(most, settings.pace.batch or most)


def count_batches(people: int, size: int) -> int:
    """Calls needed: a first one of at most ten, then full ones."""
    canary = min(size, CANARY, people)
    return (1 if canary else 0) + -(-(people - canary) // size)


def last_day(connection: Connection, account: str, settings: PaceSettings, people: int, now: datetime) -> date | None:
    """The day a warm-up reaches the last of so many people; None without a daily limit, or when it is today."""
    if not settings.per_day:
        return None
    row = connection.execute(select(pace).where(pace.c.account == account)).first()
    today = now.astimezone(UTC).date()
    first = date.fromisoformat(row.first_day) if row and row.first_day else today
    left = people - daily_limit(settings, first, today) + (row.people if row and row.day == today.isoformat() else 0)
    day = today
    while left > 0 and (day - today).days < _LONGEST_WARM_UP:
        day += timedelta(days=1)
        left -= daily_limit(settings, first, day)
    return day if day > today else None
