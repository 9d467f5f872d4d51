"""Which days an issue is about, and how an article's day stands to them."""

import calendar
import re
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta

from newsletter_cli.errors import UsageError

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """First and last day, both inclusive; None is open."""

    since: Date | None = None
    until: Date | None = None

    def holds(self, day: Date | None) -> bool:
        """Whether a day lies inside; an unknown day lies inside nothing but the open window."""
        if day is None:
            return self.since is None and self.until is None
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def just_misses(self, day: Date | None) -> bool:
        """Whether a day lies one day before or after: time zones and late publishing make such articles."""
        if day is None or self.holds(day):
            return False
        return day + _DAY == self.since or (self.until is not None and day - _DAY == self.until)

    def __str__(self) -> str:
        if self.since and self.until:
            return f"{self.since} to {self.until}"
        return f"since {self.since}" if self.since else f"until {self.until}" if self.until else "any day"


def month_window(text: str) -> Window:
    """The window of a month written `2022-02`.

    Raises:
        UsageError: it is no month.
    """
    found = re.fullmatch(r"(\d{4})-(\d{2})", text.strip())
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
        raise UsageError(f"“{text}” is no month.", "Write year and month, such as --month 2022-02.")
    year, month = int(found[1]), int(found[2])
    return Window(Date(year, month, 1), Date(year, month, calendar.monthrange(year, month)[1]))
