"""How fast a provider account may be called: one row in the ledger that every sender heeds.

The row survives a restart, is changed in the transaction that claims a batch, and serves threads and machines alike;
a limiter in memory would forget, and each machine would have its own.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from newsletter_cli.config.settings import PaceSettings
from newsletter_cli.database.tables import pace
from newsletter_cli.delivery.campaigns import iso, moment

MAX_TRIES = 6
LONGEST_PAUSE = 300.0
_FIRST_PAUSE = 2.0
_first_pause = _FIRST_PAUSE
Chance = Callable[[], float]
_FREE_AT = select(pace.c.free_at).where(pace.c.account == bindparam("account"))


@dataclass(frozen=True, slots=True)
class Pace:
    """The limits in force for one account.

    Attributes:
        account: whose row it is.
        settings: [pace] of newsletter.toml.
        calls_per_second: the provider's own limit; 0 is none.
    """

    account: str
    settings: PaceSettings
    calls_per_second: float = 0

    def free_at(self, connection: Connection) -> datetime | None:
        """When the next call may start; None is now."""
        text = connection.execute(_FREE_AT, {"account": self.account}).scalar()
        return moment(text) if text else None

    def left_today(self, connection: Connection, now: datetime) -> int | None:
        """How many people may still be mailed today (UTC); None when there is no daily limit."""
        if not self.settings.per_day:
            return None
        row = connection.execute(select(pace).where(pace.c.account == self.account)).first()
        first = date.fromisoformat(row.first_day) if row and row.first_day else now.astimezone(UTC).date()
        used = row.people if row and row.day == _day(now) else 0
        return max(0, daily_limit(self.settings, first, now.astimezone(UTC).date()) - used)

    def spend(self, connection: Connection, people: int, now: datetime) -> None:
        """A call to so many people starts now; the next one may start when its time has passed."""
        if not self._limited:
            return
        row = self._row(connection)
        used = row.people if row.day == _day(now) else 0
        # Without a limit nothing is written here: a clock that is set back then delays nobody.
        cost = self._cost(people)
        free = iso(max(now, moment(row.free_at) if row.free_at else now) + timedelta(seconds=cost))
        connection.execute(
            update(pace)
            .where(pace.c.account == self.account)
            .values(
                free_at=free if cost else row.free_at,
                day=_day(now),
                people=used + people,
                first_day=row.first_day or _day(now),
            )
        )

    def refund(self, connection: Connection, people: int, now: datetime) -> None:
        """The call surely reached nobody: it does not count against the day."""
        if not self._limited:
            return
        row = self._row(connection)
        if row.day == _day(now):
            connection.execute(
                update(pace).where(pace.c.account == self.account).values(people=max(0, row.people - people))
            )

    def slow_down(self, connection: Connection, until: datetime) -> None:
        """Nobody calls this account before `until`: the provider asked for it, or could not be reached."""
        row = self._row(connection)
        if not row.free_at or moment(row.free_at) < until:
            connection.execute(update(pace).where(pace.c.account == self.account).values(free_at=iso(until)))

    @property
    def _limited(self) -> bool:
        return bool(self.settings.per_day) or self._cost(1) > 0

    def _cost(self, people: int) -> float:
        calls = [each for each in (self.settings.calls_per_second, self.calls_per_second) if each]
        rate = self.settings.recipients_per_second
        return max(1 / min(calls) if calls else 0.0, people / rate if rate else 0.0)

    def _row(self, connection: Connection):  # type: ignore[no-untyped-def]  # a Row's columns have no static types
        query = select(pace).where(pace.c.account == self.account).with_for_update()
        row = connection.execute(query).first()
        if row is None:
            connection.execute(insert(pace).values(account=self.account))
            row = connection.execute(query).one()
        return row


def daily_limit(settings: PaceSettings, first_day: date, today: date) -> int:
    """The people a day that [pace] per_day allows on this day of a warm-up (its first day is day 1)."""
    if isinstance(settings.per_day, int):
        return settings.per_day
    nth = (today - first_day).days + 1
    begun = [step for step in sorted(settings.per_day, key=lambda step: step.day) if step.day <= nth]
    return begun[-1].per_day if begun else min(settings.per_day, key=lambda step: step.day).per_day


def back_off(tries: int, asked: float | None, chance: Chance = random.random) -> float:
    """Seconds until the next try: full jitter over a doubling time, or what the provider asked for if that is longer.

    Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    return max(chance() * min(LONGEST_PAUSE, _first_pause * 2.0**tries), asked or 0.0)


def shorten_back_off(first_pause: float = _FIRST_PAUSE) -> None:
    """A switch for tests that let real time pass: the pause that doubles starts with so many seconds."""
    global _first_pause
    _first_pause = first_pause


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
