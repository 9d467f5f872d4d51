"""The verbs on the list: import, add, remove, export, suppress, allow, show."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newsletter_cli.audience import store
from newsletter_cli.audience.addresses import address_key, check_address
from newsletter_cli.audience.export import export_csv
from newsletter_cli.audience.importing import ListImport
from newsletter_cli.audience.picking import find_segment
from newsletter_cli.audience.suppression import Suppression, each_suppression, erase, lift, suppress, suppressed_among
from newsletter_cli.config import Settings
from newsletter_cli.database import Database, open_database
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.subscriber import Subscriber, SuppressionReason
from newsletter_cli.paths import Workspace


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one address: the subscriber, if on the list, and why it is not written to, if so."""

    email: str
    subscriber: Subscriber | None
    reason: SuppressionReason | None


@contextmanager
def opened(workspace: Workspace, settings: Settings) -> Iterator[Database]:
    """The state database of a workspace, closed afterwards."""
    database = open_database(workspace.database_file, settings.ledger.url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def import_list(
    workspace: Workspace, settings: Settings, path: Path, chosen: Mapping[str, str], *, basis: str, source: str
) -> Iterator[ListImport]:
    """An import to be looked at (`plan`) and then carried out (`apply`)."""
    with (
        opened(workspace, settings) as database,
        ListImport(database, path, chosen, basis=basis, source=source) as work,
    ):
        yield work


def list_subscribers(workspace: Workspace, settings: Settings, segment: str = "") -> Iterator[Known]:
    """The people of a segment ("" is everybody) with the reason they are not written to, if any."""
    with opened(workspace, settings) as database:
        rule = find_segment(database, settings, segment) if segment else None
        page: list[Subscriber] = []
        for person in store.each_subscriber(database):
            if rule is None or rule.matches(person):
                page.append(person)
            if len(page) == 500:
                yield from _known(database, page)
                page = []
        yield from _known(database, page)


def list_suppressions(workspace: Workspace, settings: Settings) -> Sequence[Suppression]:
    """Everybody who is not written to."""
    with opened(workspace, settings) as database, database.reading() as connection:
        return tuple(each_suppression(connection))


def show_subscriber(workspace: Workspace, settings: Settings, email: str) -> Known:
    """What is known of an address, however it is spelt."""
    with opened(workspace, settings) as database, database.reading() as connection:
        key = address_key(email)
        return Known(email, store.get(connection, email), suppressed_among(connection, [key]).get(key))


def add_subscriber(workspace: Workspace, settings: Settings, person: Subscriber) -> bool:
    """Add or change one subscriber; True when they are new.

    Raises:
        BadAddress: the address is none.
        NewsletterError: the person left, and stays away until they themselves ask to be back.
    """
    key = check_address(person.email).key
    with opened(workspace, settings) as database, database.writing() as connection:
        reason = suppressed_among(connection, [key]).get(key)
        if reason is not None:
            raise NewsletterError(
                f"This address is on the suppression list ({reason.value}) and is not added.",
                "If the person asked to be written to again: newsletter subscribers allow ADDRESS --because 'how they asked'.",
            )
        return store.put(connection, person)


def remove_subscriber(
    workspace: Workspace, settings: Settings, email: str, now: datetime, *, forget: bool = False
) -> bool:
    """Take somebody off the list for good; True when they were on it.

    The address goes on the suppression list, so that no import brings it back; with `forget` only a keyed hash
    of it is kept (erasure under Article 17 UK GDPR), and their name and attributes are gone.
    """
    with opened(workspace, settings) as database, database.writing() as connection:
        was_on = store.remove(connection, email)
        if forget:
            erase(connection, email, "erasure request", now)
        else:
            suppress(connection, email, SuppressionReason.UNSUBSCRIBED, "removed by staff", now)
        return was_on


def suppress_address(
    workspace: Workspace, settings: Settings, email: str, reason: SuppressionReason, source: str, now: datetime
) -> bool:
    """Never write to this address again; True when that is new."""
    check_address(email)
    with opened(workspace, settings) as database, database.writing() as connection:
        return suppress(connection, email, reason, source, now)


def allow_address(workspace: Workspace, settings: Settings, email: str, because: str, now: datetime) -> bool:
    """Take an address off the suppression list because the person asked; True when it was on it."""
    with opened(workspace, settings) as database, database.writing() as connection:
        return lift(connection, email, because, now)


def export_subscribers(workspace: Workspace, settings: Settings, path: Path | None, segment: str = "") -> str | int:
    """Write the list as CSV that `import` reads again: the number of rows, or with no path the text itself."""
    people = list_subscribers(workspace, settings, segment)
    with opened(workspace, settings) as database:
        columns = sorted(store.fields(database) - set(store.OWN_FIELDS))
    return export_csv(((each.subscriber, each.reason) for each in people if each.subscriber), columns, path)


def _known(database: Database, page: Sequence[Subscriber]) -> Iterator[Known]:
    keys = [address_key(person.email) for person in page]
    with database.reading() as connection:
        away = suppressed_among(connection, keys)
    for person, key in zip(page, keys, strict=True):
        yield Known(person.email, person, away.get(key))
