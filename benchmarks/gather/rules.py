"""How a reading of a page is compared with what is known of it: the rules of README.md, the same for every reader."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha1
from typing import Any
from urllib.parse import unquote, urlsplit

FIELDS = ("title", "date", "authors", "image", "standfirst")
ELEMENTS = ("headings", "list_items", "quotes", "links", "images", "captions")
Shingles = Counter[tuple[str, ...]]


@dataclass
class Reading:
    """What a reader made of one page; a field it does not know of stays None and is not scored."""

    title: str | None = None
    date: str | None = None
    authors: str | None = None
    image: str | None = None
    standfirst: str | None = None
    body: str = ""
    elements: dict[str, list[str]] | None = None
    seconds: float = 0.0


@dataclass
class Score:
    """Hits and cases of each figure and the shingle shares of bodies, by half ("a", "b") and together ("")."""

    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    cases: Counter[tuple[str, str]] = field(default_factory=Counter)
    bodies: dict[str, list[tuple[float, float, float]]] = field(default_factory=lambda: {"": [], "a": [], "b": []})
    seconds: list[float] = field(default_factory=list)

    def count(self, figure: str, half: str, hit: bool) -> None:
        for each in ("", half):
            self.hits[figure, each] += hit
            self.cases[figure, each] += 1

    def share(self, figure: str, half: str = "") -> float:
        return self.hits[figure, half] / self.cases[figure, half] if self.cases[figure, half] else 0.0

    def add_body(self, half: str, shares: tuple[float, float, float]) -> None:
        for each in ("", half):
            self.bodies[each].append(shares)

    def f1(self, half: str = "") -> tuple[float, float, float]:
        """F1, precision and recall over the bodies, each page weighing the same."""
        found, extra, missed = (sum(each[place] for each in self.bodies[half]) for place in range(3))
        precision = found / (found + extra) if found else 0.0
        recall = found / (found + missed) if found else 0.0
        return (2 * precision * recall / (precision + recall) if found else 0.0), precision, recall


def half_of(name: str) -> str:
    """The half a page belongs to, by the hash of its file name, so that rules can be found on one and held to the other."""
    return "ab"[sha1(name.encode()).digest()[0] & 1]


def compare(score: Score, name: str, known: dict[str, Any], reading: Reading) -> list[tuple[str, Any, Any]]:
    """Count one page; what was missed comes back as (figure, wanted, got)."""
    half, missed = half_of(name), []
    for figure in FIELDS:
        got = getattr(reading, figure)
        if known.get(figure) and got is not None:
            hit = same(figure, known[figure], got)
            score.count(figure, half, hit)
            if not hit:
                missed.append((figure, known[figure], got))
    if known.get("body"):
        score.add_body(half, overlap(known["body"], reading.body))
    if reading.elements is not None:
        for figure in ELEMENTS:
            made = reading.elements[figure]
            for wanted in known.get(figure, ()):
                keys = [key for key in _keys(figure, wanted) if key]
                if keys:
                    hit = any(_is_among(figure, key, made) for key in keys)
                    score.count(figure, half, hit)
                    if not hit:
                        missed.append((figure, wanted, ""))
    score.seconds.append(reading.seconds)
    return missed


def same(figure: str, truth: Any, got: str) -> bool:
    """Whether a field is right."""
    match figure:
        case "title":
            return folded(truth) == folded(got)
        case "date":
            return got in days_of(truth)
        case "authors":
            return sorted(map(folded, _names(", ".join(truth)))) == sorted(map(folded, _names(got)))
        case "image":
            return bool(got) and file_name(truth) == file_name(got)
    return folded(truth)[:60] == folded(got)[:60]


def days_of(truth: str) -> set[str]:
    """The day of a date; of a moment in UTC (`2019-03-04T15:00:00Z`) every day it is somewhere on earth."""
    if not re.search(r"T.*(?:Z|\+00:00)$", truth):
        return {truth[:10]}
    moment = datetime.fromisoformat(truth[:19])
    return {(moment + timedelta(hours=each)).date().isoformat() for each in range(-12, 15)}


def overlap(truth: str, made: str) -> tuple[float, float, float]:
    """The shares of common, surplus and missed shingles of four words."""
    one, two = _shingles(truth), _shingles(made)
    found, extra, missed = (one & two).total(), (two - one).total(), (one - two).total()
    whole = found + extra + missed
    return (found / whole, extra / whole, missed / whole) if whole else (0.0, 0.0, 0.0)


def folded(text: str) -> str:
    """For comparing: without quotation marks, white space made one, lower case."""
    return " ".join(re.sub(r"[\"'“”‘’„`«»]", "", text or "").split()).lower()


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", (text or "").lower()))


def file_name(address: str) -> str:
    """The file a picture's address names, without the size in it, for the same picture is served in many."""
    if not address or "[" in address or address.startswith("data:"):
        return ""
    name = unquote(unquote(urlsplit(address).path)).rpartition("/")[2].lower()
    return re.sub(r"(?:^|[-_])\d{2,4}x\d{2,4}(?=[-_.]|$)", "", name)


def iso_day(value: Any) -> str:
    """The day of a date, a moment or a text that begins with one."""
    return value.isoformat()[:10] if isinstance(value, date) else str(value or "")[:10]


def _names(text: str) -> list[str]:
    return re.split(r", | and |; ", text)


def _keys(figure: str, wanted: Any) -> list[str]:
    """What to look for; a picture known by several addresses is found by any of them."""
    if figure == "images":
        return [file_name(each) for each in ([wanted] if isinstance(wanted, str) else wanted)]
    return [words(wanted)]


def _is_among(figure: str, wanted: str, made: list[str]) -> bool:
    if wanted in made:
        return True
    # A quote with its author, a caption with its credit, an item with the list below it: alike from the beginning.
    return figure in ("list_items", "quotes", "captions") and any(
        len(each) > 8 and (wanted[:60] in each or each[:60] in wanted) for each in made
    )


def _shingles(text: str) -> Shingles:
    parts = re.findall(r"\w+", text)
    return Counter(tuple(parts[place : place + 4]) for place in range(max(1, len(parts) - 3))) if parts else Counter()
