"""When each issue goes out, and the month counted back from it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter_cli.config.settings import ScheduleSettings, issue_month, seconds
from newsletter_cli.config.when import DEFAULT_TIME, When, parse_time, parse_when
from newsletter_cli.errors import NewsletterError

_OWN_MOMENT = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})(?:(?:[T ]\s*|,\s*)(?P<time>\S.*))?$")


class NoSchedule(NewsletterError):
    """newsletter.toml has no `[schedule] when`, and no issue fixes its own moment."""

    def __init__(self) -> None:
        super().__init__(
            "newsletter.toml does not say when the newsletter goes out.",
            'Add [schedule] with when = "last thursday 10:00", or give an issue its own `send: 2022-02-24 10:00`.',
        )


class BadMoment(NewsletterError):
    """An issue's `send` line is no date."""

    def __init__(self, file: str, line: int, text: str, why: str = "") -> None:
        super().__init__(
            f"{file}:{line}: `send: {text}` is no moment{': ' + why if why else ''}.",
            "Write it as `send: 2022-02-24 10:00`, in the newsletter's time zone.",
        )


@dataclass(frozen=True, slots=True)
class Slot:
    """One issue's dates; all aware, in the newsletter's time zone.

    `own` says that the issue fixed its moment itself; `exists` that its files are there.
    """

    issue: str
    sends: datetime
    not_after: datetime
    collect_by: datetime
    proof_by: datetime
    approve_by: datetime
    own: bool = False
    exists: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """The newsletter's schedule: its rule (None without one), time zone, and the moments issues fixed themselves."""

    rule: When | None
    zone: ZoneInfo
    settings: ScheduleSettings
    own: Mapping[str, datetime]
    issues: frozenset[str]

    def moment(self, issue_id: str) -> datetime | None:
        """When this issue goes out: its own moment, else the rule's in the month its id names; None if neither."""
        if issue_id in self.own:
            return self.own[issue_id]
        month = issue_month(issue_id)
        if self.rule is None or month is None:
            return None
        return at_wall_time(self.rule.on(month.year, month.month), self.rule.at, self.zone)

    def slot(self, issue_id: str) -> Slot | None:
        """The issue's dates, or None when it has no moment."""
        sends = self.moment(issue_id)
        if sends is None:
            return None
        return Slot(
            issue=issue_id,
            sends=sends,
            not_after=_shift(sends, self.settings.not_after, 1),
            collect_by=_before(sends, self.settings.collect_by),
            proof_by=_before(sends, self.settings.proof_by),
            approve_by=_before(sends, self.settings.approve_by),
            own=issue_id in self.own,
            exists=issue_id in self.issues,
        )

    def upcoming(self, now: datetime, count: int = 12) -> tuple[Slot, ...]:
        """The next `count` dates after `now`, soonest first.

        Raises:
            NoSchedule: there is neither a rule nor an issue with a moment of its own.
        """
        if self.rule is None and not self.own:
            raise NoSchedule
        ids = set(self.issues) | set(_months(now.astimezone(self.zone).date(), count)) if self.rule else set(self.own)
        # In UTC: within one zone Python compares what the clocks show, which is wrong in an hour that comes twice.
        moment = now.astimezone(UTC)
        slots = [slot for slot in map(self.slot, ids) if slot is not None and slot.sends > moment]
        return tuple(sorted(slots, key=lambda slot: (slot.sends, slot.issue))[:count])

    def due(self, now: datetime) -> tuple[Slot, ...]:
        """Issues that are here and whose time has come, the latest first; late ones included."""
        moment = now.astimezone(UTC)
        slots = [slot for slot in map(self.slot, self.issues) if slot is not None and slot.sends <= moment]
        return tuple(sorted(slots, key=lambda slot: (slot.sends, slot.issue), reverse=True))


def make_calendar(
    settings: ScheduleSettings, zone: ZoneInfo, own: Mapping[str, datetime], issues: frozenset[str]
) -> Calendar:
    """The calendar of a newsletter; `own` are the issues' own moments, `issues` the ids that are here."""
    return Calendar(parse_when(settings.when) if settings.when else None, zone, settings, own, issues)


def parse_moment(text: str, zone: ZoneInfo, default: time = DEFAULT_TIME) -> datetime:
    """An issue's own moment, `2022-02-24` or `2022-02-24 10:00`, as an aware datetime in `zone`.

    Raises:
        ValueError: with what is wrong.
    """
    found = _OWN_MOMENT.match(text.strip())
    if not found:
        raise ValueError("a date looks like 2022-02-24")
    return at_wall_time(date.fromisoformat(found["day"]), parse_time(found["time"]) if found["time"] else default, zone)


def at_wall_time(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment the zone's clocks show this.

    As RFC 5545 section 3.3.5 says: a time that comes twice (clocks go back) is the first of the two; a time that
    is skipped (clocks go forward) is read with the offset before the gap, so 01:30 in London's gap is 02:30.
    """
    return datetime.combine(day, at, zone).replace(fold=0).astimezone(UTC).astimezone(zone)


def _before(sends: datetime, duration: str) -> datetime:
    """A deadline; one counted in days that falls on a weekend is the Friday before it."""
    deadline = _shift(sends, duration, -1)
    weekend = max(0, deadline.weekday() - 4) if duration.strip().endswith("d") else 0
    return _shift(deadline, f"{weekend}d", -1) if weekend else deadline


def _shift(moment: datetime, duration: str, sign: int) -> datetime:
    """Days are counted on the calendar (10:00 stays 10:00 over a clock change), hours on the clock."""
    if duration.strip().endswith("d"):
        day = moment.date() + sign * timedelta(seconds=seconds(duration))
        return at_wall_time(day, moment.time(), moment.tzinfo) if isinstance(moment.tzinfo, ZoneInfo) else moment
    return (moment.astimezone(UTC) + sign * timedelta(seconds=seconds(duration))).astimezone(moment.tzinfo)


def _months(start: date, count: int) -> Iterator[str]:
    """Issue ids of the start's month and the `count` after it."""
    first = start.year * 12 + start.month - 1
    for number in range(first, first + count + 1):
        yield f"{number // 12:04}-{number % 12 + 1:02}"
