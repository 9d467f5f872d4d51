"""Adds lines to issue.md without touching a word a person wrote there."""

import re
from collections.abc import Callable, Iterable

from newsletter_cli.gather.links import comparing_key
from newsletter_cli.gather.words import folded
from newsletter_cli.model.article import Card
from newsletter_cli.model.cards import read_cards, write_cards
from newsletter_cli.model.header import read_header
from newsletter_cli.model.issue import ISSUE_ALIASES, ISSUE_KEYS


def with_cards(
    text: str, cards: Iterable[Card], bring: Callable[[Iterable[Card]], tuple[Card, ...]] = tuple
) -> tuple[str, tuple[Card, ...]]:
    """The issue's text with those cards added that it does not have yet, and which these are.

    Args:
        text: of issue.md.
        cards: those found.
        bring: stores the pictures of the new ones.
    """
    header = read_header(text, ISSUE_KEYS, ISSUE_ALIASES)
    if any(problem.fatal for problem in header.problems):
        return text, ()
    rows = [(0, row.strip()) for row in header.get("further_reading").split("\n") if row.strip()]
    known, _ = read_cards(rows)
    links = {comparing_key(card.link) for card in known if card.link}
    titles = {folded(card.title) for card in known}
    fresh = tuple(card for card in cards if comparing_key(card.link) not in links and folded(card.title) not in titles)
    if not fresh:
        return text, ()
    fresh = bring(fresh)
    return _extended(text, "further_reading", [f"  {row}" for row in write_cards(fresh).strip("\n").split("\n")]), fresh


def with_articles(text: str, slugs: Iterable[str]) -> str:
    """The issue's text with articles added to its list; unchanged when it lists none (then all belong to it)."""
    header = read_header(text, ISSUE_KEYS, ISSUE_ALIASES)
    listed = [each.strip(" -*\t").removesuffix(".md") for each in re.split(r"[,\n]", header.get("articles"))]
    listed = [each.removeprefix("articles/") for each in listed if each]
    fresh = [each for each in slugs if each not in listed]
    if not listed or not fresh or any(problem.fatal for problem in header.problems):
        return text
    return _extended(text, "articles", [f"  {each}" for each in fresh])


def _extended(text: str, key: str, rows: list[str]) -> str:
    """The text with rows after the value of a header key; the key is added when it is missing."""
    header = read_header(text, ISSUE_KEYS, ISSUE_ALIASES)
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    if key in header.lines:
        place = max([header.line(key), *(number for number, _ in header.rows_of(key))])
    else:
        place = _closing_rule(lines)
        rows = [f"{key}:", *rows]
    made = [row + ("\r" if ending == "\r\n" else "") for row in rows]
    return "\n".join([*lines[:place], *made, *lines[place:]])


def _closing_rule(lines: list[str]) -> int:
    rules = [number for number, line in enumerate(lines) if re.match(r"^(?:-{3,}|[—–―]{1,3}-?)\s*$", line.rstrip("\r"))]
    return rules[1] if len(rules) > 1 else len(lines)
