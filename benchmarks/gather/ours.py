"""This program's reading of a page, in the form that is scored."""

import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from rules import Reading, file_name, words

from newsletter_cli.gather.found import Found
from newsletter_cli.gather.markdown_text import markdown
from newsletter_cli.gather.page import read_page
from newsletter_cli.gather.page.cleaning import cleaned
from newsletter_cli.gather.page.structure import plain
from newsletter_cli.gather.page.tree import text_of
from newsletter_cli.gather.pieces import Listing, Picture, Quotation, Title
from newsletter_cli.gather.words import decoded, folded


def read(data: bytes, url: str) -> Reading:
    """Read a page with the program's own reader."""
    start = time.perf_counter()
    page = decoded(data)
    found = read_page(page, url, zone=UTC, today=date(2100, 1, 1))
    seconds = time.perf_counter() - start
    return Reading(
        title=found.title,
        date=found.date.isoformat() if found.date else "",
        authors=found.author,
        image=found.image.src if found.image else "",
        standfirst=found.standfirst,
        body=_text(found, page),
        elements=_elements(found),
        seconds=seconds,
    )


def _text(found: Found, page: str) -> str:
    """The article's text: its pieces, and before them the standfirst where the page shows it.

    A line of the page that says what the header's standfirst says is not repeated below it; it is part of the article
    all the same. A description that only the page's data give is none of the page's text.
    """
    body = "\n".join(text for each in found.pieces if not isinstance(each, Picture) and (text := plain(each)))
    standfirst = _dense(found.standfirst)
    if not standfirst or standfirst in _dense(body):
        return body
    lines = (text_of(each) for each in cleaned(page).iter("p", "div", "h2", "h3", "span", "li"))
    return f"{found.standfirst}\n{body}" if any(_dense(line) == standfirst for line in lines) else body


def _dense(text: str) -> str:
    return folded(text).replace(" ", "")


def _elements(found: Found) -> dict[str, list[str]]:
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
