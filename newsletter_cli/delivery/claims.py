"""One transaction: the outcome of the last call is written, and the intent of the next one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from newsletter_cli.audience.suppression import suppressed_in
from newsletter_cli.database.identity import machine_id
from newsletter_cli.database.tables import batch, campaign, exception
from newsletter_cli.delivery import snapshot, writing
from newsletter_cli.delivery.calls import Answered, Claim, Ended, Look, Rest, Step, Stopped
from newsletter_cli.delivery.campaigns import Campaign, iso, moment
from newsletter_cli.delivery.crashpoints import reached
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.pace import Pace
from newsletter_cli.delivery.settle import Doubt, plan
from newsletter_cli.delivery.signals import Stop
from newsletter_cli.delivery.snapshot import Rows
from newsletter_cli.model.campaign import BatchState, CampaignState, DeliveryState
from newsletter_cli.providers.base import Batch, Capabilities

_LEASE = 1.4  # times the longest call: nobody takes a call for dead that may still be answered
_PASSED_OVER = 200  # batches settled without a call in one transaction
BEGIN_WITHIN = timedelta(seconds=20)  # so short that a call that begins in time ends within its lease
CLOCKS_DIFFER = timedelta(hours=1)  # ask from so long before: the provider's clock is not ours, and the tag is unique
_STOPS = {
    CampaignState.HELD: Stopped.HELD,
    CampaignState.CANCELLED: Stopped.CANCELLED,
    CampaignState.PAUSED: Stopped.PAUSED,
}
_STATE = select(campaign.c.state, campaign.c.why).where(campaign.c.id == bindparam("campaign"))
_DUE = (
    select(batch)
    .where(
        batch.c.campaign_id == bindparam("campaign"),
        batch.c.state == bindparam("state"),
        (batch.c.next_try.is_(None)) | (batch.c.next_try <= bindparam("now")),
    )
    .order_by(batch.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_INTENT = (
    update(batch)
    .where(batch.c.id == bindparam("batch"))
    .values(
        state=BatchState.IN_FLIGHT,
        attempt=bindparam("attempts"),
        owner=bindparam("sender"),
        lease_until=bindparam("lease"),
        first_try=bindparam("first"),
        last_alive=bindparam("alive"),
        key=bindparam("name"),
        body_hash=bindparam("digest"),
        next_try=None,
    )
)


@dataclass(slots=True)
class Claims:
    """Hands out what one sender may do next.

    Attributes:
        owner: this sender, unlike any other; only the owner of a call may write its outcome.
        held_back: batches that this run leaves alone (the provider could not be asked, or its answer settled nothing).
        index_seen: the provider's list has shown a batch that it took, so that "not found" means something.
    """

    ledger: Ledger
    campaign: Campaign
    capabilities: Capabilities
    pace: Pace
    stop: Stop
    owner: str = field(default_factory=lambda: f"{machine_id()}/{uuid.uuid4().hex[:12]}")
    held_back: set[int] = field(default_factory=set)
    index_seen: bool = False
    failed_looks: dict[int, int] = field(default_factory=dict)

    @property
    def _call_time(self) -> timedelta:
        return timedelta(seconds=self.capabilities.call_seconds)

    def next(self, answered: Answered | None = None, only: int | None = None) -> Step:
        """Write how a call ended, and claim the next one, in one transaction.

        The people who left are read here, in the transaction of the intent: nobody is mailed after leaving.

        Args:
            answered: the call that has just ended.
            only: claim this batch, or nothing.
        """
        reached("before intent")
        with self.ledger.database.writing() as connection:
            now = self.ledger.clock()
            if answered:
                writing.record(connection, self.ledger, self.campaign, answered, self.capabilities, self.pace, now)
            step = self._choose(connection, now, only)
            reached("mid-commit")
        if isinstance(step, _Intent):
            reached("after intent")
            return self._claim(step)
        return step

    def finish(self, answered: Answered) -> None:
        """Write how a call ended and claim nothing."""
        with self.ledger.database.writing() as connection:
            now = self.ledger.clock()
            writing.record(connection, self.ledger, self.campaign, answered, self.capabilities, self.pace, now)

    def take_over(self, everything: bool) -> int:
        """Put calls of dead senders in doubt; gives how many.

        Args:
            everything: no other sender can be alive (we hold the lock); else only calls whose lease is over.
        """
        with self.ledger.database.writing() as connection:
            return self._bury(connection, self.ledger.clock(), everything)

    def abandon(self) -> None:
        """Our own calls under way are in doubt: we leave without waiting for their answers."""
        with self.ledger.database.writing() as connection:
            now = self.ledger.clock()
            connection.execute(
                update(batch)
                .where(batch.c.owner == self.owner, batch.c.state == BatchState.IN_FLIGHT)
                .values(
                    state=BatchState.IN_DOUBT,
                    doubts=batch.c.doubts + 1,
                    last_alive=iso(now),
                    next_try=iso(now),
                    why="the send was stopped during the call",
                )
            )

    def known_batch(self, before: datetime) -> Look | None:
        """The newest batch that the provider took and gave an id for, called before this; None when there is none."""
        known = (batch.c.state == BatchState.ACCEPTED) & (func.length(batch.c.provider_ids) > 0)
        query = (
            select(batch)
            .where(batch.c.campaign_id == self.campaign.id, known, batch.c.first_try <= iso(before))
            .order_by(batch.c.first_try.desc())
            .limit(1)
        )
        with self.ledger.database.reading() as connection:
            row = connection.execute(query).first()
            return self._question(row, self._rows(connection, row)) if row else None

    def _choose(self, connection: Connection, now: datetime, only: int | None) -> "Step | _Intent":
        """The next thing to do. What needs no call (all of a batch left, a doubt that has to wait) is passed over."""
        for _ in range(_PASSED_OVER):
            step = self._look(connection, now, only)
            if step is not None:
                return step
        return Rest(now, "")  # a transaction that writes so much gives way to others; the next one goes on

    def _look(self, connection: Connection, now: datetime, only: int | None) -> "Step | _Intent | None":
        """One look at what is due; None when something was settled without a call, and there may be more."""
        state, why = connection.execute(_STATE, {"campaign": self.campaign.id}).one()
        if stopped := _STOPS.get(CampaignState(state)):
            return Ended(stopped, why)
        if self.stop.requested:
            return Ended(Stopped.INTERRUPTED, "stopped by a person or the system")
        if not self.ledger.database.is_sqlite:
            self._bury(connection, now, everything=False)
        free = self.pace.free_at(connection)
        if free and free > now:
            return Rest(free, "keeping the pace")
        if doubtful := self._due(connection, BatchState.IN_DOUBT, now, only):
            return self._settle(connection, doubtful, now)
        if self.campaign.not_after and now > self.campaign.not_after:
            return self._too_late(connection, now)
        left = self.pace.left_today(connection, now)
        if left == 0 and self._any(connection, BatchState.PENDING):
            return Ended(
                Stopped.DAILY_LIMIT, "today's share of [pace] per_day is used up; run the same command tomorrow"
            )
        if pending := self._due(connection, BatchState.PENDING, now, only):
            return self._intend(connection, pending, now, left)
        return self._nothing_now(connection, now) if only is None else Ended()

    def _due(self, connection: Connection, state: BatchState, now: datetime, only: int | None) -> Row[Any] | None:
        query = _DUE if only is None else _DUE.where(batch.c.id == only)
        if self.held_back and state is BatchState.IN_DOUBT:
            query = query.where(batch.c.id.not_in(self.held_back))
        return connection.execute(query, {"campaign": self.campaign.id, "state": state, "now": iso(now)}).first()

    def _any(self, connection: Connection, state: BatchState) -> bool:
        query = select(batch.c.id).where(batch.c.campaign_id == self.campaign.id, batch.c.state == state).limit(1)
        return connection.execute(query).first() is not None

    def _intend(self, connection: Connection, row: Row[Any], now: datetime, left: int | None) -> "_Intent | None":
        """Write the intent for a pending batch; None when nobody in it is left to be mailed."""
        if left is not None and left < row.hi - row.lo:
            writing.split(connection, row, row.lo + left, keep_tries=True)
            row = connection.execute(select(batch).where(batch.c.id == row.id)).one()
        rows = self._without_leavers(connection, row)
        if not rows.rows:
            connection.execute(update(batch).where(batch.c.id == row.id).values(state=BatchState.ACCEPTED, why=""))
            return None
        digest = rows.body_hash(self.campaign.message_hash)
        self.pace.spend(connection, len(rows.rows), now)
        return self._write_intent(connection, row, rows, f"{self.campaign.name}-{row.id}-{digest[:16]}", digest, now)

    def _write_intent(
        self, connection: Connection, row: Row[Any], rows: Rows, key: str, digest: str, now: datetime
    ) -> "_Intent":
        connection.execute(
            _INTENT,
            {
                "batch": row.id,
                "attempts": row.attempt + 1,
                "sender": self.owner,
                "lease": iso(now + self._call_time * _LEASE),
                "first": row.first_try if row.doubts else iso(now),
                "alive": iso(now + self._call_time),
                "name": key,
                "digest": digest,
            },
        )
        return _Intent(row.id, key, rows, row.attempt + 1, row.doubts, now + BEGIN_WITHIN)

    def _without_leavers(self, connection: Connection, row: Row[Any]) -> Rows:
        """The batch's people; those who left since the audience was frozen become exceptions."""
        rows = self._rows(connection, row)
        left = suppressed_in(connection, self.campaign.id, row.lo, row.hi)
        gone = [(each[0], left[each[0]]) for each in rows.rows if each[0] in left] if left else []
        if not gone:
            return rows
        connection.execute(
            insert(exception),
            [
                {"campaign_id": self.campaign.id, "seq": seq, "state": DeliveryState.SUPPRESSED, "why": str(reason)}
                for seq, reason in gone
            ],
        )
        connection.execute(update(batch).where(batch.c.id == row.id).values(suppressed=batch.c.suppressed + len(gone)))
        return rows.without([seq for seq, _ in gone])

    def _rows(self, connection: Connection, row: Row[Any]) -> Rows:
        exceptions = bool(row.suppressed or row.rejected or row.unknown)
        return snapshot.read(connection, self.campaign.id, row.lo, row.hi, exceptions)

    def _settle(self, connection: Connection, row: Row[Any], now: datetime) -> "Step | _Intent | None":
        rows = self._rows(connection, row)
        digest = rows.body_hash(self.campaign.message_hash)
        late = self.campaign.not_after is not None and now > self.campaign.not_after
        left = suppressed_in(connection, self.campaign.id, row.lo, row.hi)
        same = digest == row.body_hash and not late and not any(each[0] in left for each in rows.rows)
        doubt = doubt_of(row, same)
        way = plan(doubt, self.capabilities, now)
        if way.not_before > now:
            connection.execute(update(batch).where(batch.c.id == row.id).values(next_try=iso(way.not_before)))
        elif way.way == "repeat":
            self.pace.spend(connection, 0, now)
            return self._write_intent(connection, row, rows, row.key, digest, now)
        elif way.way == "ask":
            # Nobody else asks meanwhile, and a crash only costs the wait.
            connection.execute(
                update(batch).where(batch.c.id == row.id).values(next_try=iso(now + self._call_time * _LEASE))
            )
            return self._question(row, rows)
        else:
            connection.execute(
                update(batch).where(batch.c.id == row.id).values(state=BatchState.HELD, why=_both(row.why, way.why))
            )
            self.ledger.record(connection, f"batch {row.id} is held: {way.why}", self.campaign.issue)
        return None

    def _too_late(self, connection: Connection, now: datetime) -> Step:
        step = self._nothing_now(connection, now)
        if self._any(connection, BatchState.PENDING):
            return Ended(Stopped.TOO_LATE, f"it may not be sent after {self.campaign.not_after:%d %B %Y %H:%M} UTC")
        return step

    def _nothing_now(self, connection: Connection, now: datetime) -> Step:
        """Wait for the next time something is due, or for calls elsewhere; or it is all done."""
        rows = connection.execute(
            select(batch.c.state, func.min(batch.c.next_try))
            .where(
                batch.c.campaign_id == self.campaign.id,
                batch.c.state.in_([BatchState.PENDING, BatchState.IN_DOUBT]),
                batch.c.id.not_in(self.held_back),
            )
            .group_by(batch.c.state)
        ).all()
        others = self._any(connection, BatchState.IN_FLIGHT)
        soonest: Sequence[tuple[str, str]] = sorted(((time or iso(now)), state) for state, time in rows)
        if soonest:
            time, state = soonest[0]
            doubt = state == BatchState.IN_DOUBT
            return Rest(moment(time), "settling doubt about a batch" if doubt else "waiting to try again")
        if others:
            return Rest(now + timedelta(seconds=1), "waiting for calls under way", idle=True)
        return (
            Ended(Stopped.WAITING, "the provider could not be asked, or its answer settled nothing")
            if self.held_back
            else Ended()
        )

    def _bury(self, connection: Connection, now: datetime, everything: bool) -> int:
        dead = (batch.c.campaign_id == self.campaign.id) & (batch.c.state == BatchState.IN_FLIGHT)
        if not everything:
            dead &= batch.c.lease_until < iso(now)
        rows = connection.execute(select(batch.c.id, batch.c.last_alive).where(dead).with_for_update(skip_locked=True))
        buried = rows.all()
        for row in buried:
            alive = min(row.last_alive or iso(now), iso(now))
            connection.execute(
                update(batch)
                .where(batch.c.id == row.id)
                .values(
                    state=BatchState.IN_DOUBT,
                    doubts=batch.c.doubts + 1,
                    # A death is no answer: tries are for a provider that answers badly, not for our own restarts.
                    attempt=batch.c.attempt - 1,
                    last_alive=alive,
                    next_try=iso(now),
                    why="the sender ended during the call",
                )
            )
            self.ledger.record(connection, f"batch {row.id} is in doubt: its sender ended", self.campaign.issue)
        return len(buried)

    def _claim(self, intent: "_Intent") -> Claim:
        return Claim(
            id=intent.id,
            campaign_id=self.campaign.id,
            owner=self.owner,
            batch=self._batch(intent.id, intent.key, intent.rows),
            attempt=intent.attempt,
            doubts=intent.doubts,
            begin_by=intent.begin_by,
        )

    def _question(self, row: Row[Any], rows: Rows) -> Look:
        people = self._batch(row.id, row.key, rows)
        return Look(row.id, self.campaign.id, people, moment(row.first_try) - CLOCKS_DIFFER)

    def _batch(self, batch_id: int, key: str, rows: Rows) -> Batch:
        name = self.campaign.name
        people = snapshot.recipients(rows, self.campaign.message, name)
        return Batch(key=key, tag=f"{name}-{batch_id}", campaign=name, recipients=people)


@dataclass(frozen=True, slots=True)
class _Intent:
    """An intent that is written but perhaps not yet committed."""

    id: int
    key: str
    rows: Rows
    attempt: int
    doubts: int
    begin_by: datetime


def doubt_of(row: Row[Any], same: bool) -> Doubt:
    """What a batch row says about its doubt."""
    return Doubt(
        first_try=moment(row.first_try),
        last_alive=moment(row.last_alive),
        tries=row.attempt,
        looks=row.looks,
        same=same,
        had=row.provider_ids is not None,
    )


def _both(first: str, second: str) -> str:
    return f"{first.rstrip('.')}. {second}" if first else second
