"""Finds written dates, weekdays and months in a text, in the language of the issue."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Date
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written: `weekday` 0 is Monday, None when not named; `year` 0 when not named."""

    text: str
    start: int
    day: int
    month: int
    year: int = 0
    weekday: int | None = None

    def on(self, near: Date) -> Date | None:
        """The day meant: in the year named, else in the year that brings it nearest; None for 31 February."""
        if self.year:
            return _date(self.year, self.month, self.day)
        years = (near.year - 1, near.year, near.year + 1)
        found = [each for year in years if (each := _date(year, self.month, self.day))]
        return min(found, key=lambda each: abs((each - near).days), default=None)


@dataclass(frozen=True, slots=True)
class Names:
    """Month and weekday names of a language, lower case, to their numbers."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]


@lru_cache(maxsize=16)
def names(lang: str) -> Names:
    """Names of a language, English for one that is not known."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(lang.replace("-", "_") or "en")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    for form in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[form][width].items():
                months.setdefault(name.lower().rstrip("."), number)
            for number, name in locale.days[form][width].items():
                weekdays.setdefault(name.lower().rstrip("."), number)
    if locale.language == "en":
        months |= {"sept": 9}
        weekdays |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
    return Names(months, weekdays)


def dates(text: str, lang: str) -> Iterator[Written]:
    """Every date with a day and a month by name."""
    known = names(lang)
    for pattern in _patterns(lang):
        for found in pattern.finditer(text):
            weekday = (found["weekday"] or "").lower().rstrip(".")
            yield Written(
                found[0].strip(),
                found.start(),
                int(found["day"]),
                known.months[found["month"].lower().rstrip(".")],
                int(found["year"] or 0),
                known.weekdays.get(weekday),
            )


def months(text: str, lang: str) -> Iterator[tuple[str, int, int]]:
    """Every month named in full: the word, its number and where it stands."""
    known = {name: number for name, number in names(lang).months.items() if len(name) > 3 or name in ("may", "mai")}
    words = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    for found in re.finditer(rf"(?<!\w)({words})(?!\w)", text, re.I):
        if found[0][0].isupper() or lang[:2] not in ("en", "de"):
            yield found[0], known[found[0].lower()], found.start()


@lru_cache(maxsize=16)
def _patterns(lang: str) -> tuple[re.Pattern[str], ...]:
    known = names(lang)
    month = "|".join(sorted(map(re.escape, known.months), key=len, reverse=True))
    week = "|".join(sorted(map(re.escape, known.weekdays), key=len, reverse=True))
    head = rf"(?<!\w)(?:(?P<weekday>{week})\.?,?\s+(?:the\s+|den\s+|le\s+)?)?"
    year = r"(?:,?\s+(?:de\s+)?(?P<year>(?:19|20)\d\d))?(?!\w)"
    day_first = rf"{head}(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|\.|º)?\s+(?:of\s+|de\s+)?(?P<month>{month})\.?{year}"
    month_first = rf"{head}(?P<month>{month})\.?\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?{year}"
    return re.compile(day_first, re.I), re.compile(month_first, re.I)


def _date(year: int, month: int, day: int) -> Date | None:
    try:
        return Date(year, month, day)
    except ValueError:
        return None
