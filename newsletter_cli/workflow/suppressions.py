"""Keeps our list of people who are never mailed and the provider's the same."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy import Connection, select

from newsletter_cli.audience.addresses import BadAddress, address_key
from newsletter_cli.audience.suppression import suppress
from newsletter_cli.database import Database
from newsletter_cli.database.lookup import among
from newsletter_cli.database.notes import note, noted
from newsletter_cli.database.tables import suppression
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.base import CannotExpress, Provider, ProviderSuppression, Refused

# The provider's clock is not ours, and an entry may appear in its list late.
_OVERLAP = timedelta(days=2)
_CHUNK = 100  # entries a transaction: what is lost when a pull breaks off
_SAVE_EVERY = 50
Clock = Callable[[], datetime]
Progress = Callable[[int], None]
Sleep = Callable[[float], None]


@dataclass
class Pulled:
    """What a pull brought: entries seen, and of them new ones by reason, known ones, and those left out.

    `came_back` are people who asked to be written to again after the provider's entry; `odd` is what is no address.
    """

    seen: int = 0
    added: dict[str, int] = field(default_factory=dict)
    known: int = 0
    came_back: int = 0
    odd: int = 0


@dataclass
class Pushed:
    """What a push did: put on the provider's list, taken off it, and entries it could not take."""

    added: int = 0
    removed: int = 0
    left_out: int = 0


def pull(
    database: Database,
    provider: Provider,
    clock: Clock,
    *,
    everything: bool = False,
    progress: Progress | None = None,
    sleep: Sleep = time.sleep,
) -> Pulled:
    """Read the provider's list into ours, page by page; what was read stays when it breaks off.

    The next pull asks only for what came since the last complete one (less two days), unless `everything`.

    Raises:
        CannotExpress: the provider has no list that can be read.
        ProviderFault: it did not answer; run it again.
    """
    if "read" not in provider.capabilities.suppressions:
        raise _cannot(provider, "be read")
    begun = clock()
    since = None if everything else _last_pull(database, provider)
    pulled = Pulled()
    entries = provider.suppressions(since - _OVERLAP if since else None)
    with provider.patient(sleep):
        while page := list(islice(entries, _CHUNK)):
            with database.writing() as connection:
                _take(connection, provider, page, pulled, begun)
            if progress:
                progress(pulled.seen)
    with database.writing() as connection:
        note(connection, f"suppressions_pulled:{provider.name}", begun.astimezone(UTC).isoformat())
    return pulled


def push(
    database: Database,
    provider: Provider,
    clock: Clock,
    progress: Progress | None = None,
    sleep: Sleep = time.sleep,
) -> Pushed:
    """Put our entries on the provider's list and take off who came back; carries on where the last push ended.

    Raises:
        CannotExpress: the provider's list cannot be added to.
        ProviderFault: it did not answer; run it again.
    """
    able = provider.capabilities.suppressions
    if "add" not in able:
        raise _cannot(provider, "be added to")
    pushed = Pushed()
    while rows := _unpushed(database, provider):
        for at in range(0, len(rows), _SAVE_EVERY):
            done = rows[at : at + _SAVE_EVERY]
            with provider.patient(sleep):
                for row in done:
                    _give(provider, row, "remove" in able, pushed)
            with database.writing() as connection:
                note(connection, f"suppressions_pushed:{provider.name}", str(done[-1].id))
            if progress:
                progress(pushed.added + pushed.removed + pushed.left_out)
    return pushed


def _take(
    connection: Connection, provider: Provider, page: Sequence[ProviderSuppression], pulled: Pulled, now: datetime
) -> None:
    lifted = _lifted(connection, [key for each in page if (key := _key(each.email))])
    for each in page:
        pulled.seen += 1
        key = _key(each.email)
        if not key:
            pulled.odd += 1
        elif key in lifted and (each.when is None or lifted[key] > each.when):
            pulled.came_back += 1
        elif suppress(connection, each.email, each.reason, provider.name, each.when or now):
            pulled.added[each.reason.value] = pulled.added.get(each.reason.value, 0) + 1
        else:
            pulled.known += 1


def _lifted(connection: Connection, keys: Sequence[str]) -> dict[str, datetime]:
    """Of these keys, those whose newest entry says that they may be written to again, and since when."""
    if not keys:
        return {}
    rows = connection.execute(
        select(suppression.c.address_key, suppression.c.active, suppression.c.at)
        .where(among(connection, suppression.c.address_key, keys))
        .order_by(suppression.c.id)
    )
    newest = {row.address_key: row for row in rows}
    return {key: datetime.fromisoformat(row.at) for key, row in newest.items() if not row.active}


def _key(email: str) -> str:
    """The address key, "" for what is no address: providers' lists hold domains and typing mistakes too."""
    if "@" not in email.strip("@"):
        return ""
    try:
        return address_key(email)
    except BadAddress:
        return ""


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    email: str
    reason: SuppressionReason
    active: bool
    own: bool
    at: datetime


def _unpushed(database: Database, provider: Provider) -> list[_Row]:
    with database.reading() as connection:
        last = int(noted(connection, f"suppressions_pushed:{provider.name}") or 0)
        rows = connection.execute(
            select(suppression).where(suppression.c.id > last).order_by(suppression.c.id).limit(_CHUNK)
        ).all()
        return [
            _Row(
                row.id,
                row.email,
                SuppressionReason(row.reason),
                bool(row.active),
                row.source == provider.name,
                datetime.fromisoformat(row.at),
            )
            for row in rows
        ]


def _give(provider: Provider, row: _Row, may_remove: bool, pushed: Pushed) -> None:
    if not row.email or (row.active and row.own):
        # Somebody erased has no address here any more; what came from the provider is on its list already.
        pushed.left_out += not row.email
        return
    if row.active:
        provider.add_suppression(ProviderSuppression(row.email, row.reason, row.at))
        pushed.added += 1
    elif may_remove:
        try:
            provider.remove_suppression(row.email, row.reason)
        except Refused as refused:
            if refused.status != 404:  # It was not on the list: as wanted.
                raise
        pushed.removed += 1


def _last_pull(database: Database, provider: Provider) -> datetime | None:
    with database.reading() as connection:
        found = noted(connection, f"suppressions_pulled:{provider.name}")
    return datetime.fromisoformat(found) if found else None


def _cannot(provider: Provider, what: str) -> CannotExpress:
    if provider.kind == "campaign":
        return CannotExpress(
            f"{provider.title} keeps the list itself, and who left it: it never mails them, and nothing is copied here.",
            f"Who left here must be taken off the list at {provider.title}: newsletter subscribers list --suppressed",
        )
    return CannotExpress(
        f"{provider.title} has no list of suppressions that can {what}.",
        "`newsletter providers` shows what each provider can do.",
    )
