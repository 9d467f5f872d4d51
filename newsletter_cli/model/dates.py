"""Dates as people write them in the files of an issue."""

import re
from datetime import date as Date

# One row a language (en, fr, de, it, es, ar): a date may be written in any of them, whatever the language.
_MONTHS = (
    "january february march april may june july august september october november december",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
)
_NUMBER = {name: number for row in _MONTHS for number, name in enumerate(row.split(), 1)}
_SHORT = {name[:3]: number for number, name in enumerate(_MONTHS[0].split(), 1)} | {"sept": 9}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ].*)?$")
_SLASHED = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$")
_DAY_FIRST = re.compile(r"^(\d{1,2})(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|of\s+)?([^\W\d]+)\.?,?\s+(?:de\s+)?(\d{4})$")
_MONTH_FIRST = re.compile(r"^([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")
_WEEKDAY = re.compile(r"^([^\W\d]+),?\s+(?=\S)")


def parse_date(text: str) -> Date:
    """The day in `23 February 2022`, `Wednesday 23rd Feb 2022`, `February 23, 2022`, `2022-02-23` or `23/02/2022`.

    Raises:
        ValueError: with a sentence: it is no date, the day does not exist, the weekday is another one, or day and
            month cannot be told apart (`02/03/2022`).
    """
    words = " ".join(text.split()).lower()
    weekday = _WEEKDAY.match(words)
    if weekday and weekday[1] in _WEEKDAYS:
        found = parse_date(words[weekday.end() :])
        if _WEEKDAYS[found.weekday()] != weekday[1]:
            day = f"{found.day} {_MONTHS[0].split()[found.month - 1].title()} {found.year}"
            raise ValueError(f"{day} is a {_WEEKDAYS[found.weekday()].title()}, not a {weekday[1].title()}.")
        return found
    if iso := _ISO.match(words):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if slashed := _SLASHED.match(words):
        first, second = int(slashed[1]), int(slashed[2])
        if first <= 12 and second <= 12 and first != second:
            raise ValueError(f"“{text}” can be read in two ways. Write the month as a word.")
        return _day(int(slashed[3]), min(first, second), max(first, second))
    if named := _DAY_FIRST.match(words):
        return _day(int(named[3]), _month(named[2]), int(named[1]))
    if named := _MONTH_FIRST.match(words):
        return _day(int(named[3]), _month(named[1]), int(named[2]))
    raise ValueError(f"“{text}” is not a date. Write it as 23 February 2022 or 2022-02-23.")


def _month(word: str) -> int:
    number = _NUMBER.get(word) or _SHORT.get(word)
    if number is None:
        from difflib import get_close_matches

        near = get_close_matches(word, _NUMBER, n=1)
        suffix = f" Did you mean {near[0].title()}?" if near else ""
        raise ValueError(f"“{word}” is not the name of a month.{suffix}")
    return number


def _day(year: int, month: int, day: int) -> Date:
    try:
        return Date(year, month, day)
    except ValueError as error:
        raise ValueError(f"There is no day {year:04}-{month:02}-{day:02}.") from error
