"""Writes a person's word about batches of which nobody else can say whether they went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from newsletter_cli.database.tables import batch, exception
from newsletter_cli.delivery.accounts import undecided
from newsletter_cli.delivery.ledger import HeldBatch, Ledger
from newsletter_cli.delivery.writing import counts_in, pack, unpack
from newsletter_cli.model.campaign import BatchState, DeliveryState

WENT = "a person said that it went"
AGAIN = "a person said: send again"


@dataclass(frozen=True, slots=True)
class Resolved:
    """What was decided: batches and single people."""

    batches: int
    people: int


def resolve(ledger: Ledger, campaign_id: int, held: tuple[HeldBatch, ...], *, went: bool, who: str) -> Resolved:
    """Close these held batches as accepted (`went`), or free them to be sent again, in one transaction.

    Args:
        held: from `Ledger.held`; a batch that changed meanwhile is left alone.
    """
    issue = ledger.get(campaign_id).issue
    with ledger.database.writing() as connection:
        now = ledger.clock()
        done = [each for each in held if _decide(connection, campaign_id, each, went, now)]
        people = sum(len(each.people) for each in done)
        if done:
            words = f"{WENT if went else AGAIN}: {people} people in {len(done)} batches"
            ledger.record(connection, words, issue, who)
        if done and not went:
            ledger.reopen(connection, campaign_id)
    return Resolved(len(done), people)


def _decide(connection: Connection, campaign_id: int, held: HeldBatch, went: bool, now: datetime) -> bool:
    if not held.id:
        for person in held.people:
            _single(connection, campaign_id, person.seq, went)
        return bool(held.people)
    accepted = {"state": BatchState.ACCEPTED, "why": WENT, "provider_ids": b"", "next_try": None, "owner": ""}
    fresh: dict[str, Any] = {"owner": "", "attempt": 0, "doubts": 0, "looks": 0, "first_try": None, "next_try": None}
    pending = {"state": BatchState.PENDING, "why": AGAIN, **fresh}
    done = connection.execute(
        update(batch)
        .where(batch.c.id == held.id, batch.c.campaign_id == campaign_id, undecided(now))
        .values(**(accepted if went else pending))
    )
    return done.rowcount == 1


def _single(connection: Connection, campaign_id: int, seq: int, went: bool) -> None:
    """One person of an accepted batch: leaves the exceptions, and for another try gets a batch of their own."""
    done = connection.execute(
        delete(exception).where(
            exception.c.campaign_id == campaign_id,
            exception.c.seq == seq,
            exception.c.state == DeliveryState.UNKNOWN,
        )
    )
    if done.rowcount != 1:
        return
    row = connection.execute(
        select(batch).where(batch.c.campaign_id == campaign_id, batch.c.lo <= seq, batch.c.hi > seq)
    ).one()
    if went:
        connection.execute(update(batch).where(batch.c.id == row.id).values(unknown=row.unknown - 1))
    else:
        _carve_out(connection, row, seq)


def _carve_out(connection: Connection, row: Row[Any], seq: int) -> None:
    """Cut an accepted batch into what lies before the person, the person (pending), and what lies after."""
    ids = unpack(row.provider_ids)
    gone = set(
        connection.execute(
            select(exception.c.seq).where(
                exception.c.campaign_id == row.campaign_id, exception.c.seq >= row.lo, exception.c.seq < row.hi
            )
        ).scalars()
    )
    before = sum(each not in gone for each in range(row.lo, seq))
    pieces = [
        (row.lo, seq, BatchState.ACCEPTED, ids[:before] if len(ids) > 1 else ids),
        (seq, seq + 1, BatchState.PENDING, ()),
        (seq + 1, row.hi, BatchState.ACCEPTED, ids[before:] if len(ids) > 1 else ids),
    ]
    connection.execute(delete(batch).where(batch.c.id == row.id))
    for lo, hi, state, own in pieces:
        if lo < hi:
            values = {"why": AGAIN if state is BatchState.PENDING else row.why, "provider_ids": pack(own)}
            counted = counts_in(connection, row.campaign_id, lo, hi)
            connection.execute(
                insert(batch).values(
                    campaign_id=row.campaign_id,
                    lo=lo,
                    hi=hi,
                    state=state,
                    key="",
                    request_id=row.request_id,
                    **values,
                    **counted,
                )
            )
