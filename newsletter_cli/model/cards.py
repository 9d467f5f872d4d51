"""The notation of `Label -> URL` lines and of further-reading cards in a header.

further_reading:
  - Remembering a friend -> https://www.example.org/news/friend
    8 June 2021
    Why Ana's friends run every spring.
    image: images/friend.jpg
    alt: Two runners holding hands at the finish
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from newsletter_cli.model.article import Button, Card, Figure
from newsletter_cli.model.dates import parse_date
from newsletter_cli.model.header import HeaderProblem

Rows = Iterable[tuple[int, str]]

_ARROW = re.compile(r"^(.*?)\s*(?:->|→|=>)\s*(\S*)$")
_FIELD = re.compile(r"^(date|standfirst|image|alt|caption|credit|link|url)\s*:\s*(.*)$", re.I)
_BULLET = re.compile(r"^[-*•]\s+")
_EXAMPLE = "Write it as `Become a friend -> https://www.example.org/give`."


def read_button(text: str, line: int) -> Button | HeaderProblem:
    """The button in `Label -> URL`, or what is wrong with it."""
    found = _ARROW.match(text.strip())
    if not found or not found[1] or not found[2]:
        return HeaderProblem(line, f"“{text.strip()}” is not a label, an arrow and an address.", _EXAMPLE)
    if fault := address_fault(found[2]):
        return HeaderProblem(line, fault, _EXAMPLE)
    return Button(found[1], found[2], line)


def address_fault(url: str) -> str:
    """Why a reader could not follow this address, one sentence; "" when it is an http, https, mailto or tel one."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return f"“{url}” is not a web address."
    if parts.scheme in ("mailto", "tel") and parts.path:
        return ""
    if parts.scheme not in ("http", "https"):
        return f"“{url}” is not a whole web address: it must begin with https://."
    return "" if host else f"“{url}” names no web site."


def read_cards(rows: Rows) -> tuple[tuple[Card, ...], tuple[HeaderProblem, ...]]:
    """The cards of a `further_reading` value, and what is wrong with them.

    A card begins at a line with `- ` or with `Title -> URL`. Below it, in any order: a date; a sentence (several
    lines are one standfirst); `image:`, `alt:`, `caption:`, `credit:`.

    Args:
        rows: line number and text of each line, blank ones left out.
    """
    cards: list[Card] = []
    problems: list[HeaderProblem] = []
    for line, row in rows:
        bullet = _BULLET.match(row)
        text = row[bullet.end() :] if bullet else row
        arrow = _ARROW.match(text)
        if bullet or arrow or not cards:
            card, fault = _start(text, line)
            cards.append(card)
            problems += [fault] if fault else []
            continue
        try:
            cards[-1] = _extend(cards[-1], text, line)
        except ValueError as error:
            problems.append(HeaderProblem(line, str(error), "Correct this line of the card."))
    return tuple(cards), tuple(problems)


def _start(text: str, line: int) -> tuple[Card, HeaderProblem | None]:
    arrow = _ARROW.match(text)
    if not arrow:
        hint = "End the line with `-> https://…`, or leave the card as it is if there is nothing to read."
        return Card(title=text, line=line), HeaderProblem(line, f"The card “{text}” has no address.", hint)
    fault = address_fault(arrow[2])
    problem = HeaderProblem(line, fault, "Write the card as `Title -> https://…`.") if fault else None
    return Card(title=arrow[1], link="" if fault else arrow[2], line=line), problem


def _extend(card: Card, text: str, line: int) -> Card:
    """The card with one more line of its own. Raises ValueError for a date that is none."""
    field = _FIELD.match(text)
    key, value = (field[1].lower(), field[2].strip()) if field else ("", text)
    figure = card.image or Figure("", line=line)
    if key == "date":
        return replace(card, date=parse_date(value))
    if key in ("link", "url"):
        if fault := address_fault(value):
            raise ValueError(fault)
        return replace(card, link=value)
    if key == "image":
        return replace(card, image=replace(figure, src=value, line=line))
    if key == "alt":
        return replace(card, image=replace(figure, alt=value))
    if key == "caption":
        return replace(card, image=replace(figure, caption=value))
    if key == "credit":
        return replace(card, image=replace(figure, credit=value))
    if not key and card.date is None and not card.standfirst:
        try:
            return replace(card, date=parse_date(value))
        except ValueError:
            pass  # a sentence, then
    return replace(card, standfirst=f"{card.standfirst} {value}".strip())


def write_cards(cards: Iterable[Card]) -> str:
    """The value of `further_reading` that `read_cards` reads again as the same cards; for `write_header`."""
    rows = [""]
    for card in cards:
        rows.append(f"- {card.title} -> {card.link}" if card.link else f"- {card.title}")
        rows += [f"  {card.date.isoformat()}"] if card.date else []
        rows += [f"  standfirst: {card.standfirst}"] if card.standfirst else []
        if card.image:
            facts = {"image": card.image.src, "alt": card.image.alt}
            facts |= {"caption": card.image.caption, "credit": card.image.credit}
            rows += [f"  {key}: {value}" for key, value in facts.items() if value]
    return "\n".join(rows)
