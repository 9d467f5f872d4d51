"""The schedule in the words of systemd's OnCalendar and of cron.

Cron cannot say "the last Thursday": its fields are worked out from the dates themselves and let the job wake a few
times too often, which is harmless, since `send --due` looks again. systemd can, and says it exactly.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter_cli.config.when import When
from newsletter_cli.delivery.schedule import Calendar, Slot

_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def calendar_lines(calendar: Calendar, slots: Sequence[Slot], daily: bool) -> tuple[str, ...]:
    """OnCalendar= values (systemd.time(7)): the rule in the newsletter's zone, and each moment the rule misses.

    systemd skips a time that a clock change swallows; those, and the issues' own moments, are given in UTC.
    """
    lines: list[str] = []
    if calendar.rule:
        days = ["*-*-*"] if daily else _days(calendar.rule)
        lines += [f"{day} {calendar.rule.at:%H:%M:%S} {calendar.zone.key}" for day in days]
    lines += [
        f"{slot.sends.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        for slot in slots
        if slot.own or (calendar.rule and slot.sends.time() != calendar.rule.at)
    ]
    return tuple(lines)


def _days(rule: When) -> list[str]:
    """`*-*~01` is the last day of a month, `*-*~07/1` its last seven."""
    if len(rule.weekdays) == 7:
        if rule.nth in (-1, 31):
            return ["*-*~01"]
        return [f"*-*-{rule.nth:02}"] + (["*-02~01"] if rule.nth > 28 else [])
    if len(rule.weekdays) == 1:
        name = _NAMES[next(iter(rule.weekdays))]
        if rule.nth in (-1, 5):
            return [f"{name} *-*~07/1"]
        return [f"{name} *-*-{rule.nth * 7 - 6:02}..{rule.nth * 7:02}"]
    if rule.nth < 0:  # the last day, or the Friday one or two days before it
        return ["Mon..Fri *-*~01", "Fri *-*~02", "Fri *-*~03"]
    return [f"Mon..Fri *-*-{rule.nth:02}..{min(31, rule.nth + 2 * (rule.nth // 5 + 1)):02}"]


def cron_times(slots: Sequence[Slot], zone: ZoneInfo, window: timedelta) -> tuple[str, str]:
    """The minute and hour fields for these moments in `zone`, and for each hour after until `window` has passed."""
    moments = list(_moments(slots, zone, window))
    minutes = sorted({moment.minute for moment in moments})
    return ",".join(map(str, minutes)), ",".join(map(str, sorted({moment.hour for moment in moments})))


def cron_days(slots: Sequence[Slot], zone: ZoneInfo, window: timedelta) -> str:
    """The day-of-month field: every day on which the next moments fall, over a full turn of the calendar."""
    return _ranges(sorted({moment.day for moment in _moments(slots, zone, window)}))


def over_the_years(calendar: Calendar, now: datetime) -> tuple[Slot, ...]:
    """The dates of 28 years, after which weekdays and days of the month repeat."""
    return calendar.upcoming(now, 28 * 12)


def machine_zone(environ_tz: str, localtime: str) -> ZoneInfo:
    """The zone of this machine's clock: TZ, else where /etc/localtime points to, else UTC.

    Args:
        environ_tz: the variable TZ, or "".
        localtime: the target of the link /etc/localtime, or "".
    """
    for name in (environ_tz.removeprefix(":"), localtime.partition("zoneinfo/")[2]):
        try:
            if name:
                return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def _moments(slots: Sequence[Slot], zone: ZoneInfo, window: timedelta) -> Iterable[datetime]:
    for slot in slots:
        start = slot.sends.astimezone(UTC)
        for hour in range(int(window / timedelta(hours=1)) + 1):
            yield (start + timedelta(hours=hour)).astimezone(zone)


def _ranges(numbers: Sequence[int]) -> str:
    """`1-3,7` for 1, 2, 3, 7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in parts)
