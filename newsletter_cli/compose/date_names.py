"""How a language writes a day: as Babel says, in date_names.json for our own languages, else in the workspace's cache.

Importing Babel and unpacking a language takes 30 ms of CPU, a tenth of a whole `newsletter compose`; two dozen names and
one pattern of it are used.
"""

import json
import re
from dataclasses import asdict
from datetime import date as Date
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from newsletter_cli.paths import write_file
from newsletter_cli.records import record

# Unicode Technical Standard 35, Date Format Patterns: quoted words, fields, other characters.
_PIECE = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")
_FIELDS = frozenset(("d", "dd", "M", "MM", "MMMM", "LLLL", "y"))

_SHIPPED = Path(__file__).parent / "date_names.json"


@record
class DateNames:
    """The names of a language and its long date.

    Attributes:
        pattern: such as `d MMMM y`; "" for one with other fields than day, month and year.
        months: January to December as they stand in a date.
        alone: the same as they stand alone.
        short: short and alone: `Feb`.
    """

    pattern: str
    months: tuple[str, ...]
    alone: tuple[str, ...]
    short: tuple[str, ...]

    def long(self, day: Date) -> str:
        """A day in the language's pattern."""
        values = {
            "d": str(day.day),
            "dd": f"{day.day:02}",
            "M": str(day.month),
            "MM": f"{day.month:02}",
            "MMMM": self.months[day.month - 1],
            "LLLL": self.alone[day.month - 1],
            "y": str(day.year),
        }

        def written(piece: "re.Match[str]") -> str:
            if piece[1] is not None:
                return piece[1].replace("''", "'") or "'"
            return values[piece[0]] if piece[2] else piece[0]

        return _PIECE.sub(written, self.pattern)


def long_date(tag: str, day: Date, cache: Path | None = None) -> str:
    """`23 February 2022` in the language of a BCP 47 tag; one that Babel does not know is written as in British English.

    Args:
        cache: a folder for what is kept between runs; None keeps nothing.
    """
    names = date_names(tag, cache)
    return names.long(day) if names.pattern else _ask(tag, day, "long")


def short_month(tag: str, day: Date, cache: Path | None = None) -> str:
    """`Feb` in that language."""
    return date_names(tag, cache).short[day.month - 1]


@lru_cache(maxsize=32)
def date_names(tag: str, cache: Path | None = None) -> DateNames:
    """The names of a language: those that ship with the program, else from the cache, else asked of Babel."""
    if (shipped := _kept(_SHIPPED).get(tag)) is not None:
        return shipped
    kept = cache / f"{re.sub(r'[^A-Za-z0-9-]', '', tag)[:40]}-{_edition()}.json" if cache else None
    if kept is not None and (found := _kept(kept).get(tag)) is not None:
        return found
    names = asked(tag)
    if kept is not None:
        write_file(kept, json.dumps({tag: asdict(names)}, ensure_ascii=False))
    return names


def _edition() -> str:
    """Tells the installed Babel from an earlier or later one without importing it."""
    spec = find_spec("babel")
    origin = Path(spec.origin) if spec is not None and spec.origin else Path(__file__)
    return f"{origin.stat().st_mtime_ns:x}"


def _kept(path: Path) -> dict[str, DateNames]:
    """The names in a file, by language; none of them when it is damaged."""
    try:
        raw = json.loads(path.read_text("utf-8"))
        found = {
            tag: DateNames(each["pattern"], *(tuple(each[key]) for key in ("months", "alone", "short")))
            for tag, each in raw.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
    whole = all(len(each) == 12 for names in found.values() for each in (names.months, names.alone, names.short))
    return found if whole else {}


def asked(tag: str) -> DateNames:
    """The names of a language as Babel has them."""
    from babel.dates import get_date_format

    pattern = str(get_date_format("long", _locale(tag)).pattern)
    simple = all(not piece[2] or piece[0] in _FIELDS for piece in _PIECE.finditer(pattern))
    days = [Date(2022, month, 1) for month in range(1, 13)]
    months, alone, short = (tuple(_ask(tag, day, field) for day in days) for field in ("MMMM", "LLLL", "LLL"))
    return DateNames(pattern if simple else "", months, alone, short)


def _ask(tag: str, day: Date, pattern: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, pattern, _locale(tag)))


def _locale(tag: str) -> str:
    from babel import Locale, UnknownLocaleError

    # Plain English is written the British way, day first; en-US asks for the American one.
    try:
        return str(Locale.parse("en-GB" if tag == "en" else tag, sep="-"))
    except (UnknownLocaleError, ValueError):
        return "en_GB"
