"""Reads what stands above the story of a page copied as plain text: menu, title, date, author."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date

from newsletter_cli.gather import dates
from newsletter_cli.gather.words import folded, squeezed

_HEAD_ROWS = 30
BYLINE = re.compile(r"^(?:(?:written |words |text )?by|author:|von|par|por|di|door)\s+(?=[A-ZÀ-Þ])", re.IGNORECASE)
_PARTS = re.compile(r"\s*[|·•]\s*|\s+[–—-]\s+|,?\s+(?=by\s+[A-Z])")
_CRUMBS = re.compile(r"\s[>›»/]\s|^you are here\b", re.IGNORECASE)
_READING_TIME = re.compile(r"\b\d{1,2}[ -]min(?:ute)?s?\b(?: read)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """Title, day and author, and the blocks of the story below them."""

    title: str
    date: Date | None
    author: str
    story: list[str]


def read_head(blocks: Sequence[str], today: Date) -> Head:
    """The title is the first block, unless a site's menu stands above it."""
    if not blocks:
        return Head("", None, "", [])
    place, when, author = _dated(blocks, today)
    title = _title(blocks, place)
    if place == 0 and len(blocks) > 1:
        title = 1
    rest = [
        block
        for number, block in enumerate(blocks)
        if number > title
        and number != place
        and not _READING_TIME.fullmatch(block.strip())
        and not (place is not None and number < place and _is_label(block) and not BYLINE.match(block))
    ]
    if not author:
        author, rest = _author(rest)
    return Head(squeezed(blocks[title]), when, author, rest)


def _dated(blocks: Sequence[str], today: Date) -> tuple[int | None, Date | None, str]:
    """The first block that is a date, or a date with a byline; far down only where a menu stands above it."""
    for number, block in enumerate(blocks[:_HEAD_ROWS]):
        when, author = _date_line(block)
        if when and dates.plausible(when, today) and (number < 7 or _menu(blocks[:number])):
            return number, when, author
    return None, None, ""


def _date_line(block: str) -> tuple[Date | None, str]:
    """`23 February 2022 by Priya Nair`, `News | 23 February 2022 | 3 min read` as day and author."""
    parts = [part for part in _PARTS.split(block) if part]
    if len(block) > 100 or not 2 <= len(parts) <= 4:
        return dates.only_a_date(block), ""
    day = next((found for part in parts if (found := dates.only_a_date(part))), None)
    others = [part for part in parts if not dates.only_a_date(part)]
    author = next((BYLINE.sub("", part) for part in others if BYLINE.match(part)), "")
    if day and all(len(part.split()) <= 6 for part in others):
        return day, author
    return dates.only_a_date(block), ""


def _title(blocks: Sequence[str], place: int | None) -> int:
    """The number of the title's block: the first that is no menu entry after the menu, if there is one."""
    above = blocks[: place if place else _HEAD_ROWS]
    menu = _menu(above)
    if not menu or (place is None and menu[0] > 3):
        return 0
    for number in range(menu[-1] + 1, len(above)):
        if not _is_label(above[number]):
            return number
    return place - 1 if place else 0


def _menu(blocks: Sequence[str]) -> range | None:
    """The longest run of at least two rows that are labels; the row right below may be a short title."""
    best = range(0)
    start = 0
    for number in range(len(blocks) + 1):
        if number == len(blocks) or not _is_label(blocks[number]):
            if number - start > len(best):
                best = range(start, number)
            start = number + 1
    if best and best[-1] == len(blocks) - 1:
        best = best[:-1]  # a title of few words stands right above its date
    return best if len(best) >= 2 else None


def _is_label(block: str) -> bool:
    """A menu entry, a breadcrumb trail, a topic or a reading time, rather than a title or a sentence."""
    words = folded(_READING_TIME.sub("", block)).split()
    return len(words) <= 3 or bool(_CRUMBS.search(block)) or (len(block) < 60 and bool(_READING_TIME.search(block)))


def _author(blocks: list[str]) -> tuple[str, list[str]]:
    for number, block in enumerate(blocks[:4]):
        if BYLINE.match(block) and len(block) <= 60 and not block.endswith("."):
            return BYLINE.sub("", block), blocks[:number] + blocks[number + 1 :]
    return "", blocks
