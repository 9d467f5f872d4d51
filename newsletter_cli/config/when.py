"""Reads the words of `[schedule] when`: `last thursday 10:00`, `day 31 10:00`, `2nd tuesday`."""

import re
from calendar import monthrange
from datetime import date, time

from newsletter_cli.records import record

DEFAULT_TIME = time(10, 0)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_FILLERS = {"the", "on", "at", "of", "every", "each", "month", "a"}
_TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?\s*(?P<half>am|pm)?$")
_EXAMPLES = "such as `last thursday 10:00`, `2nd tuesday 9:30`, `day 31 10:00` or `last working day 10:00`"


@record
class When:
    """A monthly rule: of the month's days that fall on one of `weekdays` (0 is Monday) the `nth`, -1 being the last.

    A month with fewer such days has its last one taken, so `day 31` is 28 February and a fifth Friday the fourth.
    """

    nth: int
    weekdays: frozenset[int]
    at: time = DEFAULT_TIME

    def on(self, year: int, month: int) -> date:
        """The day in this month."""
        days = (date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1))
        fitting = [day for day in days if day.weekday() in self.weekdays]
        return fitting[-1] if self.nth < 0 else fitting[min(self.nth, len(fitting)) - 1]


def parse_when(text: str) -> When:
    """Read a rule. Without a time of day 10:00 is meant; `Thu` and `the last Thursday of the month at 10am` are fine.

    Raises:
        ValueError: with a sentence that says what a rule looks like.
    """
    words = [word for word in text.lower().replace(",", " ").split() if word not in _FILLERS]
    words, at = _time(words)
    weekdays = _weekdays(words[1:])
    nth = _ordinal(words[0]) if words else 0
    if len(words) == 2 and words[0] == "day" and words[1].isdecimal():
        nth, weekdays = int(words[1]), frozenset(range(7))
    elif len(words) == 1 and re.fullmatch(r"\d+(st|nd|rd|th)", words[0]):
        weekdays = frozenset(range(7))
    elif weekdays and 0 < len(weekdays) < 7 and abs(nth) > 23:
        nth = 0
    if not weekdays or not (nth == -1 or 1 <= nth <= 31) or (len(weekdays) == 1 and nth > 5):
        raise ValueError(f"must be a day of the month {_EXAMPLES}")
    return When(nth, weekdays, at)


def parse_time(text: str) -> time:
    """A time of day: `10:00`, `9.30`, `10am`, `5 pm`.

    Raises:
        ValueError: it is none.
    """
    found = _TIME.match(text.strip().lower())
    if not found or not (found["minute"] or found["half"]):
        raise ValueError(f"“{text}” is no time of day such as 10:00")
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"“{text}” is no time of day such as 10:00")
        hour = hour % 12 + (12 if found["half"] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValueError(f"“{text}” is no time of day: it goes from 00:00 to 23:59")
    return time(hour, minute)


def _time(words: list[str]) -> tuple[list[str], time]:
    """The words without the time of day at their end, and that time."""
    for count in (2, 1):
        tail = " ".join(words[-count:])
        if len(words) > count and re.match(r"\d", tail) and (count == 1 or tail.endswith(("am", "pm"))):
            try:
                return words[:-count], parse_time(tail)
            except ValueError:
                if re.fullmatch(r"[\d:.h]+", tail) and not tail.isdecimal():
                    raise
    return words, DEFAULT_TIME


def _ordinal(word: str) -> int:
    """`first`, `2nd`, `last` as a number; 0 when it is none."""
    found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", word)
    return int(found[1]) if found else _ORDINALS.get(word, 0)


def _weekdays(words: list[str]) -> frozenset[int]:
    """The weekdays that `thursday`, `thu`, `day` or `working day` name; empty when none."""
    if words == ["day"]:
        return frozenset(range(7))
    if words in (["working", "day"], ["weekday"], ["workday"]):
        return frozenset(range(5))
    if len(words) == 1 and len(words[0]) >= 3:
        return frozenset(number for number, name in enumerate(_WEEKDAYS) if name.startswith(words[0].rstrip(".")))
    return frozenset()
