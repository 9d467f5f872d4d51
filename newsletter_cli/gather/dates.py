"""Reads the dates that pages, feeds and people write, in their languages.

An article belongs to the calendar day as its source wrote it, in the offset the source wrote. Only a moment in
UTC that is not midnight is moved to the newsletter's zone: 29 % of feed entries are dates that carry 00:00:00.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache

_ISO = re.compile(
    r"(?<!\d)((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})"
    r"(?:(?:T|\s+)(\d{1,2}):(\d\d)(?::(\d\d))?(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d(?!\d))?)?(?!\d)",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[./年]\s?(\d{1,2})\s?[./月]\s?(\d{1,2})(?!\d)")
_KOREAN = re.compile(r"((?:19|20)\d\d)\s?년\s?(\d{1,2})\s?월\s?(\d{1,2})")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:T?\d{4,6})?(?!\d)")
_NUMBERS = re.compile(r"(?<![\d.])(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?((?:19|20)\d\d|\d\d)(?![\d])")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|°|\.|ste|de|ος|η)?,?\s*(?:of\s+|de\s+|d[’'])?"
    r"([^\W\d_]{2,}(?:-[^\W\d_]+)?)\.?,?\s*(?:de\s+|del\s+)?((?:19|20)\d\d)(?!\d)"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s*(\d{1,2})(?:st|nd|rd|th)?\.?(?:,|\s)\s*((?:19|20)\d\d)(?!\d)")
_JAVA = re.compile(r"\b([A-Za-z]{3})\s+(\d{1,2})\s+\d\d:\d\d:\d\d\s+\S{1,9}\s+((?:19|20)\d\d)\b")
# Not `01 Jan 0001`, the zero of .NET, which the email package takes for 2001.
_RFC822 = re.compile(r"\d{1,2}\s+[A-Za-z]{3}\s+(?!00\d\d)\d{2,4}\s+\d{1,2}:\d\d")
_MONTH_DAY_FIRST_LANGUAGES = ("en-us", "en_us", "en-ph", "en-pr")
_LANGUAGES = [
    "en",
    "de",
    "fr",
    "it",
    "es",
    "pt",
    "nl",
    "da",
    "sv",
    "nb",
    "fi",
    "pl",
    "cs",
    "sk",
    "sl",
    "hr",
    "hu",
    "ro",
    "bg",
    "el",
    "tr",
    "ru",
    "uk",
    "lt",
    "lv",
    "et",
    "ca",
    "eu",
    "gl",
    "ga",
    "cy",
    "is",
    "id",
    "ms",
    "vi",
    "ar",
    "he",
    "hi",
]


def day(text: str, zone: tzinfo = UTC, lang: str = "") -> date | None:
    """The calendar day of a written date or moment, or None when there is none that could be a publication.

    Args:
        text: such as `23rd February 2022`, `2022-02-23T23:30:00Z`, `23/02/2022`, `1645574400`.
        zone: where the newsletter is at home; used for moments in UTC only.
        lang: of the page (`en-US`, `fr`); decides what 02/03/2022 means.
    """
    text = text.strip()[:200]
    if not text:
        return None
    return _epoch(text, zone) or _mail(text, zone) or _iso(text, zone) or _numeric(text, lang) or _worded(text, lang)


def moment_day(when: datetime, zone: tzinfo) -> date:
    """The day a moment belongs to by the rule above."""
    if when.tzinfo is None or when.utcoffset() != timedelta(0) or (when.hour, when.minute, when.second) == (0, 0, 0):
        return when.date()
    return when.astimezone(zone).date()


def only_a_date(text: str, lang: str = "") -> date | None:
    """The date of a line that says nothing else, such as a date line under a title (`Published: 23 February 2022`)."""
    line = re.sub(r"^\s*(?:[^\W\d_]+\s?){1,3}:\s*", "", text.strip())
    if len(line) > 40 or not re.search(r"\d", line):
        return None
    found = day(line, UTC, lang)
    words = re.findall(r"[^\W\d_]{2,}", line)
    return found if found and len(words) <= 4 else None


def plausible(found: date | None, today: date) -> bool:
    """Whether a page could have been published on this day: after 1990 and not later than tomorrow."""
    return found is not None and date(1990, 1, 1) <= found <= today + timedelta(days=1)


def _made(year: str | int, month: str | int, day_: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day_))
    except ValueError:
        return None


def _epoch(text: str, zone: tzinfo) -> date | None:
    if not re.fullmatch(r"1\d{9}(?:\.\d+)?|1\d{12}", text):
        return None
    seconds = float(text) / (1000 if len(text) == 13 else 1)
    return moment_day(datetime.fromtimestamp(seconds, UTC), zone)


def _mail(text: str, zone: tzinfo) -> date | None:
    """RFC 822, as RSS writes it."""
    if not _RFC822.search(text):
        return None
    try:
        return moment_day(parsedate_to_datetime(text), zone)
    except (ValueError, TypeError, OverflowError):
        return None


def _iso(text: str, zone: tzinfo) -> date | None:
    found = _ISO.search(text)
    if not found:
        return None
    year, month, day_, hour, minute, second, offset = found.groups()
    bare = _made(year, month, day_)
    if bare is None or not hour or not offset:
        return bare
    try:
        when = datetime(bare.year, bare.month, bare.day, int(hour), int(minute), int(second or 0), tzinfo=_zone(offset))
        return moment_day(when, zone)
    except (ValueError, OverflowError):
        return bare


def _zone(offset: str) -> tzinfo:
    if offset[0] not in "+-":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(size if offset[0] == "+" else -size) if size < timedelta(hours=24) else UTC


def _numeric(text: str, lang: str) -> date | None:
    for pattern in (_YEAR_FIRST, _KOREAN, _COMPACT):
        found = pattern.search(text)
        if found and (made := _made(*found.groups()[:3])):
            return made
    found = _NUMBERS.search(text)
    if not found:
        return None
    first, second, year = found.groups()
    year = year if len(year) == 4 else "20" + year
    american = lang.lower().startswith(_MONTH_DAY_FIRST_LANGUAGES) and "." not in found[0]
    if american:
        return _made(year, first, second) or _made(year, second, first)
    return _made(year, second, first) or _made(year, first, second)


def _worded(text: str, lang: str) -> date | None:
    lowered = text.lower()
    for found in _DAY_FIRST.finditer(lowered):
        month = _month(found[2], lang)
        if month and (made := _made(found[3], month, found[1])):
            return made
    for found in (*_MONTH_FIRST.finditer(lowered), *_JAVA.finditer(lowered)):
        month = _month(found[1], lang)
        if month and (made := _made(found[3], month, found[2])):
            return made
    return None


def _month(word: str, lang: str) -> int:
    """The month a word names: in the page's language, else in English, else in any; 0 when it names none."""
    own = lang.lower().replace("_", "-").partition("-")[0]
    for each in dict.fromkeys((own, "en", *_LANGUAGES)):
        found = _month_names(each).get(word.strip("."), 0)
        if found:
            return found
    return 0


@cache
def _month_names(lang: str) -> dict[str, int]:
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse("nb" if lang == "no" else lang)
    except (UnknownLocaleError, ValueError, TypeError):
        return {}
    names: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                names.setdefault(str(name).lower().strip(". "), int(number))
    if lang == "en":
        names |= {"sept": 9}
    return names
