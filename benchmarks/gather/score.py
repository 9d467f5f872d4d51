"""Scores the page reader on any folder of pages with a truth file; README.md tells its format and the rules."""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

sys.path.insert(0, str(Path(__file__).parents[2]))

from newsletter_cli.gather.found import Found
from newsletter_cli.gather.markdown_text import markdown
from newsletter_cli.gather.page import read_page
from newsletter_cli.gather.page.structure import plain
from newsletter_cli.gather.pieces import Listing, Picture, Quotation, Title
from newsletter_cli.gather.words import decoded

FIELDS = ("title", "date", "authors", "image", "standfirst")
ELEMENTS = ("headings", "list_items", "quotes", "links", "images", "captions")
Shingles = Counter[tuple[str, ...]]


@dataclass
class Score:
    """Hits and cases of each figure, and the shingle counts of bodies."""

    hits: Counter[str] = field(default_factory=Counter)
    cases: Counter[str] = field(default_factory=Counter)
    bodies: list[tuple[float, float, float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def count(self, name: str, hit: bool) -> None:
        self.hits[name] += hit
        self.cases[name] += 1

    def f1(self) -> tuple[float, float, float]:
        """F1, precision and recall over all bodies, each page weighing the same."""
        found, extra, missed = (sum(each[place] for each in self.bodies) for place in range(3))
        precision = found / (found + extra) if found else 0.0
        recall = found / (found + missed) if found else 0.0
        return (2 * precision * recall / (precision + recall) if found else 0.0), precision, recall


def folded(text: str) -> str:
    return " ".join(re.sub(r"[\"'“”‘’„`«»]", "", text or "").split()).lower()


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", (text or "").lower()))


def file_name(address: str) -> str:
    """The file a picture's address names, without the size in it, for the same picture is served in many."""
    if not address or "[" in address or address.startswith("data:"):
        return ""
    name = unquote(unquote(urlsplit(address).path)).rpartition("/")[2].lower()
    return re.sub(r"(?:^|[-_])\d{2,4}x\d{2,4}(?=[-_.]|$)", "", name)


def shingles(text: str) -> Shingles:
    parts = re.findall(r"\w+", text)
    return Counter(tuple(parts[place : place + 4]) for place in range(max(1, len(parts) - 3))) if parts else Counter()


def overlap(truth: str, made: str) -> tuple[float, float, float]:
    one, two = shingles(truth), shingles(made)
    found, extra, missed = ((one & two).total(), (two - one).total(), (one - two).total())
    whole = found + extra + missed
    return (found / whole, extra / whole, missed / whole) if whole else (0.0, 0.0, 0.0)


def body_text(found: Found) -> str:
    return "\n".join(text for each in found.pieces if not isinstance(each, Picture) and (text := plain(each)))


def same(name: str, truth: Any, found: Found) -> bool:
    match name:
        case "title":
            return folded(truth) == folded(found.title)
        case "date":
            return truth == (found.date.isoformat() if found.date else "")
        case "authors":
            names = re.split(r", | and ", ", ".join(truth))
            return sorted(map(folded, names)) == sorted(map(folded, re.split(r", | and ", found.author)))
        case "image":
            return file_name(truth) == file_name(found.image.src if found.image else "")
    return folded(truth)[:60] == folded(found.standfirst)[:60]


def elements(found: Found) -> dict[str, list[str]]:
    text = markdown(found.pieces)
    pictures = [each for each in found.pieces if isinstance(each, Picture)] + ([found.image] if found.image else [])
    return {
        "headings": [words(plain(each)) for each in found.pieces if isinstance(each, Title)],
        "list_items": [words(item) for each in found.pieces if isinstance(each, Listing) for item in _items(each)],
        "quotes": [
            words(f"{plain(each)} {each.who} {each.role}") for each in found.pieces if isinstance(each, Quotation)
        ],
        "links": [words(each) for each in re.findall(r"\[((?:[^\[\]\\]|\\.)+)\]\(", text)],
        "images": [file_name(each) for each in re.findall(r"!\[(?:[^\]\\]|\\.)*\]\(<?([^)\s>]+)", text)]
        + [file_name(each.src) for each in pictures],
        "captions": [words(f"{each.caption} {each.credit}") for each in pictures],
    }


def _items(listing: Listing) -> Iterator[str]:
    for item in listing.items:
        yield plain(Listing((item,)))
        if item.below is not None:
            yield from _items(item.below)


def is_among(wanted: str, made: list[str]) -> bool:
    """Whether an element came out: equal, or beginning alike (a caption with its credit)."""
    return wanted in made or any(
        each and (wanted[:60] in each or each[:60] in wanted) for each in made if len(each) > 8
    )


def score(folder: Path, truth: dict[str, Any], misses: str) -> Score:
    made = Score()
    for name, known in truth.items():
        start = time.perf_counter()
        page = decoded((folder / name).read_bytes())
        found = read_page(page, known.get("url", ""), zone=UTC, today=date(2100, 1, 1))
        made.seconds.append(time.perf_counter() - start)
        for each in FIELDS:
            if known.get(each):
                hit = same(each, known[each], found)
                made.count(each, hit)
                if each == misses and not hit:
                    print(
                        f"{name}: {known[each]!r} but {found.author if each == 'authors' else getattr(found, each)!r}"
                    )
        if known.get("body"):
            made.bodies.append(overlap(known["body"], body_text(found)))
        got = elements(found)
        for each in ELEMENTS:
            for wanted in known.get(each, ()):
                key = file_name(wanted) if each == "images" else words(wanted)
                if key:
                    hit = key in got[each] if each in ("images", "links", "headings") else is_among(key, got[each])
                    made.count(each, hit)
    return made


def others() -> dict[str, Callable[[str, str], str]]:
    """Body readers of other projects, as far as they are installed."""
    found: dict[str, Callable[[str, str], str]] = {}
    try:
        import trafilatura

        found["trafilatura"] = lambda page, _: trafilatura.extract(page, include_comments=False) or ""
    except ImportError:
        print("trafilatura is not installed")
    try:
        from lxml import html
        from readability import Document

        found["readability-lxml"] = lambda page, _: html.fromstring(Document(page).summary()).text_content()
    except ImportError:
        print("readability-lxml is not installed")
    try:
        from newspaper import Article

        def newspaper(page: str, url: str) -> str:
            article = Article(url or "https://www.example.org/")
            article.set_html(page)
            article.parse()
            return str(article.text)

        found["newspaper4k"] = newspaper
    except ImportError:
        print("newspaper4k is not installed")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--others", action="store_true", help="score other readers' bodies too")
    parser.add_argument("--misses", default="", choices=("", *FIELDS), help="print the pages that missed this field")
    chosen = parser.parse_args()
    truth = json.loads((chosen.folder / "truth.json").read_text(encoding="utf-8"))
    made = score(chosen.folder, truth, chosen.misses)
    for name in (*FIELDS, *ELEMENTS):
        if made.cases[name]:
            print(f"{name:12} {made.hits[name] / made.cases[name]:.3f}  ({made.hits[name]} of {made.cases[name]})")
    if made.bodies:
        print(
            "body         F1 {:.3f}, precision {:.3f}, recall {:.3f}".format(*made.f1()), f" ({len(made.bodies)} pages)"
        )
    seconds = sorted(made.seconds)
    print(f"time         median {seconds[len(seconds) // 2] * 1000:.0f} ms, slowest {seconds[-1] * 1000:.0f} ms")
    if chosen.others:
        for reader, read in others().items():
            rival = Score()
            for name, known in truth.items():
                if known.get("body"):
                    page = decoded((chosen.folder / name).read_bytes())
                    try:
                        rival.bodies.append(overlap(known["body"], read(page, known.get("url", ""))))
                    except Exception as error:  # noqa: BLE001 - a rival that fails on a page has found nothing there
                        print(f"{reader} failed on {name}: {error!r}"[:200])
                        rival.bodies.append(overlap(known["body"], ""))
            print(f"{reader:18}", "F1 {:.3f}, precision {:.3f}, recall {:.3f}".format(*rival.f1()))


if __name__ == "__main__":
    main()
