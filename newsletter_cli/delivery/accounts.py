"""What the ledger can tell: sums of a campaign, every person's state, batches that wait for a person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from newsletter_cli.database import Database
from newsletter_cli.database.tables import batch, campaign, exception, recipient
from newsletter_cli.delivery.campaigns import Campaign, campaign_of, iso, moment
from newsletter_cli.model.campaign import BatchState, Counts, DeliveryState

_PAGE = 2000
# Nobody could settle these until now, and no request of ours can be under way any more: longer than any provider's
# call and index together take.
QUIET = timedelta(minutes=35)


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a campaign and what became of their copy."""

    seq: int
    email: str
    state: DeliveryState
    why: str = ""


@dataclass(frozen=True, slots=True)
class HeldBatch:
    """A call whose fate only a person can settle; `people` are those in it who have no other state."""

    id: int
    why: str
    people: tuple[Person, ...]


def counts(connection: Connection, campaign_id: int) -> Counts:
    """The sums, from one row a batch; what is under way or in doubt counts as unknown."""
    table = batch.c
    rows = connection.execute(
        select(
            table.state,
            func.sum(table.hi - table.lo).label("people"),
            func.sum(table.suppressed).label("suppressed"),
            func.sum(table.rejected).label("rejected"),
            func.sum(table.unknown).label("unknown"),
        )
        .where(table.campaign_id == campaign_id)
        .group_by(table.state)
    ).all()
    total = connection.execute(select(campaign.c.audience).where(campaign.c.id == campaign_id)).scalar_one()
    rest: dict[DeliveryState, int] = dict.fromkeys(DeliveryState, 0)
    for row in rows:
        rest[_fate(row.state)] += int(row.people - row.suppressed - row.rejected - row.unknown)
        rest[DeliveryState.UNKNOWN] += int(row.unknown)
    return Counts(
        audience=total,
        accepted=rest[DeliveryState.ACCEPTED],
        suppressed=sum(int(row.suppressed) for row in rows),
        rejected=sum(int(row.rejected) for row in rows),
        unknown=rest[DeliveryState.UNKNOWN],
        pending=rest[DeliveryState.PENDING],
    )


def people(database: Database, campaign_id: int) -> Iterator[Person]:
    """Everyone in order, read in pages by seq: memory stays flat, and no read transaction stays open."""
    last = -1
    while True:
        with database.reading() as connection:
            page = _page(connection, campaign_id, last)
        if not page:
            return
        yield from page
        last = page[-1].seq


def held(database: Database, campaign_id: int, now: datetime) -> tuple[HeldBatch, ...]:
    """Batches a person may decide about, with their people; people with an unknown fate in an accepted batch follow, id 0.

    These are the batches held for a person, and those that are in doubt and `QUIET`: the provider cannot be asked (its
    key may not read, say), or nobody carries the campaign on.
    """
    with database.reading() as connection:
        rows = connection.execute(
            select(batch).where(batch.c.campaign_id == campaign_id, undecided(now)).order_by(batch.c.id)
        ).all()
        found = [HeldBatch(row.id, row.why, tuple(_undecided(connection, campaign_id, row.lo, row.hi))) for row in rows]
        singles = tuple(_unknown_singles(connection, campaign_id))
    if singles:
        found.append(HeldBatch(0, "the provider did not say what it did with these people", singles))
    return tuple(found)


def undecided(now: datetime) -> ColumnElement[bool]:
    """Which batches wait for a person's word, as a condition on their rows."""
    doubtful = batch.c.state.in_([BatchState.IN_DOUBT, BatchState.IN_FLIGHT])
    return (batch.c.state == BatchState.HELD) | (doubtful & (batch.c.last_alive <= iso(now - QUIET)))


def doubt_until(connection: Connection, campaign_id: int) -> datetime | None:
    """When the last batch in doubt may be decided by a person; None when none is in doubt."""
    doubtful = batch.c.state.in_([BatchState.IN_DOUBT, BatchState.IN_FLIGHT])
    query = select(func.max(batch.c.last_alive)).where(batch.c.campaign_id == campaign_id, doubtful)
    last = connection.execute(query).scalar()
    return moment(last) + QUIET if last else None


def history(database: Database, address_key: str) -> tuple[tuple[Campaign, Person], ...]:
    """Every campaign (no rehearsal) a person was in, and their state there."""
    with database.reading() as connection:
        rows = connection.execute(
            select(recipient.c.campaign_id, recipient.c.seq)
            .join(campaign, campaign.c.id == recipient.c.campaign_id)
            .where(recipient.c.address_key == address_key, campaign.c.rehearsal == 0)
            .order_by(recipient.c.campaign_id)
        ).all()
        found = []
        for campaign_id, seq in rows:
            row = connection.execute(select(campaign).where(campaign.c.id == campaign_id)).one()
            found.append((campaign_of(row), _page(connection, campaign_id, seq - 1, 1)[0]))
    return tuple(found)


def _fate(state: str) -> DeliveryState:
    match BatchState(state):
        case BatchState.ACCEPTED:
            return DeliveryState.ACCEPTED
        case BatchState.PENDING:
            return DeliveryState.PENDING
        case _:
            return DeliveryState.UNKNOWN


def _page(connection: Connection, campaign_id: int, last: int, size: int = _PAGE) -> list[Person]:
    table = recipient.c
    rows = connection.execute(
        select(table.seq, table.email, exception.c.state, exception.c.why)
        .outerjoin(exception, (exception.c.campaign_id == table.campaign_id) & (exception.c.seq == table.seq))
        .where(table.campaign_id == campaign_id, table.seq > last)
        .order_by(table.seq)
        .limit(size)
    ).all()
    if not rows:
        return []
    batches = _batches(connection, campaign_id, rows[0].seq, rows[-1].seq)
    found: list[Person] = []
    current = next(batches)
    for row in rows:
        while row.seq >= current.hi:
            current = next(batches)
        state = DeliveryState(row.state) if row.state else _fate(current.state)
        why = row.why if row.state else ("" if state is DeliveryState.ACCEPTED else current.why)
        found.append(Person(row.seq, row.email, state, why))
    return found


def _batches(connection: Connection, campaign_id: int, first: int, last: int) -> Iterator[Row[Any]]:
    """The batches that touch the range, by place; those of one person each included."""
    table = batch.c
    start = select(func.max(table.lo)).where(table.campaign_id == campaign_id, table.lo <= first).scalar_subquery()
    rows: Sequence[Any] = connection.execute(
        select(table.lo, table.hi, table.state, table.why)
        .where(table.campaign_id == campaign_id, table.lo >= start, table.lo <= last)
        .order_by(table.lo)
    ).all()
    return iter(rows)


def _undecided(connection: Connection, campaign_id: int, lo: int, hi: int) -> Iterator[Person]:
    last = lo - 1
    while last < hi - 1:
        page = [each for each in _page(connection, campaign_id, last) if each.seq < hi]
        if not page:
            return
        yield from (each for each in page if each.state is DeliveryState.UNKNOWN)
        last = page[-1].seq


def _unknown_singles(connection: Connection, campaign_id: int) -> Iterator[Person]:
    rows = connection.execute(
        select(exception.c.seq, recipient.c.email, exception.c.why)
        .join(recipient, (recipient.c.campaign_id == exception.c.campaign_id) & (recipient.c.seq == exception.c.seq))
        .where(exception.c.campaign_id == campaign_id, exception.c.state == DeliveryState.UNKNOWN)
        .order_by(exception.c.seq)
    ).all()
    return (Person(row.seq, row.email, DeliveryState.UNKNOWN, row.why) for row in rows)
