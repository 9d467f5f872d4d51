"""Checks that the ledger holds together: the file, and the sums of every campaign."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from newsletter_cli.database.tables import batch, campaign, exception, recipient
from newsletter_cli.delivery import accounts
from newsletter_cli.delivery.ledger import Ledger


def verify(ledger: Ledger) -> tuple[str, ...]:
    """Every fault in words, without addresses; empty when all is well."""
    with ledger.database.reading() as connection:
        faults = list(_file_faults(connection)) if ledger.database.is_sqlite else []
        rows = connection.execute(select(campaign.c.id, campaign.c.issue, campaign.c.audience)).all()
        for row in rows:
            faults += [f"{row.issue}: {fault}" for fault in _campaign_faults(connection, row.id, row.audience)]
    return tuple(faults)


def _file_faults(connection: Connection) -> Iterator[str]:
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield f"the file: {line}"
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"the file: a row of {row[0]} belongs to nothing"


def _campaign_faults(connection: Connection, campaign_id: int, audience: int) -> Iterator[str]:
    frozen = connection.execute(
        select(func.count()).select_from(recipient).where(recipient.c.campaign_id == campaign_id)
    ).scalar_one()
    if frozen != audience:
        yield f"{frozen} people are frozen, but the campaign has {audience}"
    counts = accounts.counts(connection, campaign_id)
    if not counts.adds_up:
        yield f"the numbers do not add up: {counts}"
    yield from _batch_faults(connection, campaign_id, audience)


def _batch_faults(connection: Connection, campaign_id: int, audience: int) -> Iterator[str]:
    """Batches must cover everybody once, and their own sums must be those of the exceptions."""
    place = 0
    exceptions = _exceptions(connection, campaign_id)
    current = next(exceptions, None)
    for row in connection.execute(select(batch).where(batch.c.campaign_id == campaign_id).order_by(batch.c.lo)):
        if row.lo != place:
            yield f"batch {row.id} begins at {row.lo}, the one before ends at {place}"
        place = row.hi
        found = {"suppressed": 0, "rejected": 0, "unknown": 0}
        while current and current[0] < row.hi:
            found[current[1]] += 1
            current = next(exceptions, None)
        if found != {name: getattr(row, name) for name in found}:
            yield f"batch {row.id} counts its exceptions wrongly"
    if place != audience:
        yield f"the batches end at {place} of {audience} people"


def _exceptions(connection: Connection, campaign_id: int) -> Iterator[tuple[int, str]]:
    rows = connection.execute(
        select(exception.c.seq, exception.c.state)
        .where(exception.c.campaign_id == campaign_id)
        .order_by(exception.c.seq)
    )
    return ((row.seq, row.state) for row in rows)
