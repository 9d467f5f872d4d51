"""Writes the outcome of a call, or of a look, into the ledger."""

import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from newsletter_cli.database.tables import batch, exception
from newsletter_cli.delivery import accounts, breaker
from newsletter_cli.delivery.calls import Answered, Claim, Exceptional, Outcome
from newsletter_cli.delivery.campaigns import Campaign, iso
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.outcomes import decide
from newsletter_cli.delivery.pace import Pace
from newsletter_cli.delivery.settle import Found
from newsletter_cli.model.campaign import BatchState, DeliveryState
from newsletter_cli.providers.base import Capabilities, Refused

_PACKED = b"\0"
_ACCEPT = (
    update(batch)
    .where(
        batch.c.id == bindparam("batch"),
        batch.c.owner == bindparam("sender"),
        batch.c.state == BatchState.IN_FLIGHT,
    )
    .values(
        state=BatchState.ACCEPTED,
        why=bindparam("reason"),
        owner="",
        lease_until=None,
        next_try=None,
        request_id=bindparam("request"),
        provider_ids=bindparam("ids"),
    )
)


def record(
    connection: Connection,
    ledger: Ledger,
    campaign: Campaign,
    answered: Answered,
    capabilities: Capabilities,
    pace: Pace,
    now: datetime,
) -> None:
    """Give the batch the state its call has earned, if the call is still ours; else note it as an event."""
    claim = answered.claim
    others = isinstance(answered.answer, Refused) and _any_accepted(connection, campaign.id)
    outcome = decide(answered, capabilities, others)
    if not _write(connection, claim, outcome, now):
        ledger.record(connection, f"batch {claim.id}: an answer came late ({outcome.state})", campaign.issue)
        return
    people = len(claim.batch.recipients)
    if outcome.state == BatchState.PENDING:
        pace.refund(connection, people, now)
    if outcome.slow:
        pace.slow_down(connection, now + timedelta(seconds=outcome.slow))
    if outcome.state == BatchState.IN_DOUBT:
        ledger.record(connection, f"batch {claim.id} is in doubt: {outcome.why}", campaign.issue)
    marks = breaker.count(connection, campaign.id, outcome)
    counts = accounts.counts(connection, campaign.id) if outcome.exceptions else None
    if why := breaker.verdict(marks, outcome, claim.attempt, counts, people):
        ledger.pause(connection, campaign.id, why)


def _any_accepted(connection: Connection, campaign_id: int) -> bool:
    accepted = (batch.c.state == BatchState.ACCEPTED) & batch.c.provider_ids.is_not(None)
    query = select(batch.c.id).where(batch.c.campaign_id == campaign_id, accepted).limit(1)
    return connection.execute(query).first() is not None


def _write(connection: Connection, claim: Claim, outcome: Outcome, now: datetime) -> bool:
    waits = outcome.state in (BatchState.PENDING, BatchState.IN_DOUBT)
    doubt = outcome.state == BatchState.IN_DOUBT
    values: dict[str, Any] = {
        "state": outcome.state,
        "why": outcome.why,
        "owner": "",
        "lease_until": None,
        "next_try": iso(now + timedelta(seconds=outcome.pause)) if waits else None,
        "request_id": outcome.request_id,
        "provider_ids": b"" if outcome.evidence else pack(outcome.ids),
        **_counted(outcome.exceptions),
    }
    if outcome.state == BatchState.ACCEPTED and not outcome.exceptions:
        return _accept(connection, claim, outcome)
    if doubt:
        values |= {"last_alive": iso(now), "doubts": batch.c.doubts + 1, "looks": 0}
    done = connection.execute(
        update(batch)
        .where(batch.c.id == claim.id, batch.c.owner == claim.owner, batch.c.state == BatchState.IN_FLIGHT)
        .values(**values)
    )
    if done.rowcount != 1:
        return False
    add_exceptions(connection, claim.campaign_id, outcome.exceptions)
    if outcome.split:
        row = connection.execute(select(batch).where(batch.c.id == claim.id)).one()
        split(connection, row, _middle(claim), keep_tries=False)
    return True


def _accept(connection: Connection, claim: Claim, outcome: Outcome) -> bool:
    """The usual end of a call, by a statement that is made once."""
    done = connection.execute(
        _ACCEPT,
        {
            "batch": claim.id,
            "sender": claim.owner,
            "reason": outcome.why,
            "request": outcome.request_id,
            "ids": pack(outcome.ids),
        },
    )
    return done.rowcount == 1


def found(
    connection: Connection, ledger: Ledger, campaign: Campaign, batch_id: int, what: Found, ids: Iterable[str]
) -> None:
    """Write what asking the provider has shown."""
    missing = tuple(
        Exceptional(seq, DeliveryState.UNKNOWN, "the provider knows nothing of this copy")
        for seq in sorted(what.missing)
    )
    values: dict[str, Any]
    match what.verdict:
        case "accepted":
            values = {
                "state": BatchState.ACCEPTED,
                "provider_ids": pack(tuple(ids)) or b"",
                "next_try": None,
                "why": "",
            }
            values |= _counted(missing)
        case "never":
            values = {"state": BatchState.PENDING, "doubts": 0, "looks": 0, "first_try": None, "next_try": None}
            values |= {"why": "the provider never saw it"}
        case "doubt":
            values = {"looks": batch.c.looks + int(what.counted)}
            values |= {"next_try": iso(what.next_look)} if what.next_look else {}
            values |= {"why": what.why} if what.why else {}
    done = connection.execute(
        update(batch).where(batch.c.id == batch_id, batch.c.state == BatchState.IN_DOUBT).values(**values)
    )
    if done.rowcount == 1:
        add_exceptions(connection, campaign.id, missing)
        if what.verdict != "doubt":
            said = "took it" if what.verdict == "accepted" else "never saw it"
            ledger.record(connection, f"batch {batch_id}: the provider {said}", campaign.issue)


def split(connection: Connection, row: Row[Any], middle: int, *, keep_tries: bool) -> None:
    """Cut a pending batch at `middle`: the front keeps the row, the rear becomes a new one."""
    tries = row.attempt if keep_tries else 0
    rear_counts = counts_in(connection, row.campaign_id, middle, row.hi)
    connection.execute(
        insert(batch).values(
            campaign_id=row.campaign_id,
            lo=middle,
            hi=row.hi,
            state=BatchState.PENDING,
            key="",
            attempt=tries,
            why=row.why,
            **rear_counts,
        )
    )
    front = {name: getattr(row, name) - rear_counts[name] for name in rear_counts}
    connection.execute(
        update(batch).where(batch.c.id == row.id).values(hi=middle, attempt=tries, next_try=None, **front)
    )


def add_exceptions(connection: Connection, campaign_id: int, people: Iterable[Exceptional]) -> None:
    rows = [{"campaign_id": campaign_id, "seq": each.seq, "state": each.state, "why": each.why} for each in people]
    if rows:
        connection.execute(insert(exception), rows)


def pack(ids: tuple[str, ...]) -> bytes | None:
    """The provider's ids, compressed when there is one a person; None for none."""
    if not ids:
        return None
    text = "\n".join(ids).encode()
    return text if len(ids) == 1 else _PACKED + zlib.compress(text, 1)


def unpack(packed: bytes | None) -> tuple[str, ...]:
    if not packed:
        return ()
    text = zlib.decompress(packed[1:]) if packed[:1] == _PACKED else packed
    return tuple(text.decode().split("\n"))


def _counted(people: Iterable[Exceptional]) -> dict[str, Any]:
    """Column expressions that add these people to the batch's own sums."""
    states = [each.state for each in people]
    names = ("suppressed", "rejected", "unknown")
    return {name: batch.c[name] + states.count(name) for name in names if name in states}


def counts_in(connection: Connection, campaign_id: int, lo: int, hi: int) -> dict[str, int]:
    states = list(
        connection.execute(
            select(exception.c.state).where(
                exception.c.campaign_id == campaign_id, exception.c.seq >= lo, exception.c.seq < hi
            )
        ).scalars()
    )
    return {name: states.count(name) for name in ("suppressed", "rejected", "unknown")}


def _middle(claim: Claim) -> int:
    """A cut with people of the call on both sides."""
    people = claim.batch.recipients
    return people[len(people) // 2].seq
