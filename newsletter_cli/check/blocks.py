"""Walks the words, links and pictures of an issue's files, each with the place where it was written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from newsletter_cli.check.words import squeeze
from newsletter_cli.model.article import (
    Article,
    Block,
    Button,
    Card,
    Divider,
    Figure,
    Heading,
    ListBlock,
    Paragraph,
    Quote,
    Table,
)
from newsletter_cli.model.issue import Issue

_TAG = re.compile(r"<[^>]*>")
_HREF = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]*)\"[^>]*>(.*?)</a>", re.S)


@dataclass(frozen=True, slots=True)
class Place:
    """A file relative to the workspace and a line from 1; "" and 0 when there is none."""

    file: str = ""
    line: int = 0


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words as the author wrote it; `what` is `title`, `standfirst`, `paragraph`, ..."""

    text: str
    place: Place
    what: str


@dataclass(frozen=True, slots=True)
class Target:
    """An address the author wrote, with the words that lead to it."""

    url: str
    label: str
    place: Place


@dataclass(frozen=True, slots=True)
class Pictured:
    """A figure and where it stands; `what` says whose it is."""

    figure: Figure
    place: Place
    what: str


def plain(html: str) -> str:
    """Inline HTML as words."""
    return squeeze(unescape(_TAG.sub("", html.replace("<br", " <br"))))


def pieces(issue: Issue) -> Iterator[Piece]:
    """Every run of words in the issue's files, in order."""
    yield Piece(issue.subject, Place(issue.file, issue.line("subject")), "subject")
    yield Piece(issue.preheader, Place(issue.file, issue.line("preheader")), "preheader")
    yield from _block_pieces(issue.letter, issue.file)
    for article in issue.articles:
        yield from article_pieces(article)
    for card in issue.further_reading:
        yield Piece(card.title, Place(issue.file, card.line), "title")
        yield Piece(card.standfirst, Place(issue.file, card.line), "standfirst")
    call = issue.call_to_action
    if call:
        line = call.line or issue.line("call_to_action")
        yield Piece(call.text, Place(issue.file, line), "call to action")
        yield Piece(call.button.label, Place(issue.file, line), "button")


def article_pieces(article: Article) -> Iterator[Piece]:
    """Every run of words in one article."""
    yield Piece(article.title, Place(article.file, article.line("title")), "title")
    yield Piece(article.standfirst, Place(article.file, article.line("standfirst")), "standfirst")
    if article.image:
        line = article.line("caption")
        yield Piece(article.image.caption, Place(article.file, line), "caption")
    yield from _block_pieces(article.blocks, article.file)


def targets(issue: Issue) -> Iterator[Target]:
    """Every address in the issue's files."""
    yield from _block_targets(issue.letter, issue.file)
    for article in issue.articles:
        if article.link:
            yield Target(article.link, article.title, Place(article.file, article.line("link")))
        if article.button:
            yield Target(article.button.url, article.button.label, Place(article.file, article.line("button")))
        yield from _block_targets(article.blocks, article.file)
    for card in issue.further_reading:
        if card.link:
            yield Target(card.link, card.title, Place(issue.file, card.line))
    call = issue.call_to_action
    if call:
        line = call.line or issue.line("call_to_action")
        yield Target(call.button.url, call.button.label, Place(issue.file, line))


def pictures(issue: Issue) -> Iterator[Pictured]:
    """Every picture in the issue's files."""
    yield from _block_pictures(issue.letter, issue.file)
    for article in issue.articles:
        yield from article_pictures(article)
    for card in issue.further_reading:
        if card.image:
            yield Pictured(card.image, Place(issue.file, card.image.line or card.line), card.title)


def article_pictures(article: Article) -> Iterator[Pictured]:
    if article.image:
        yield Pictured(article.image, Place(article.file, article.line("image")), article.title)
    yield from _block_pictures(article.blocks, article.file)


def cards_and_articles(issue: Issue) -> Iterator[tuple[Article | Card, Place]]:
    """Stories and teasers, each with its place."""
    for article in issue.articles:
        yield article, Place(article.file, article.line("title"))
    for card in issue.further_reading:
        yield card, Place(issue.file, card.line)


def _block_pieces(blocks: tuple[Block, ...], file: str) -> Iterator[Piece]:
    for block in blocks:
        place = Place(file, block.line)
        match block:
            case Paragraph():
                yield Piece(plain(block.html), place, "paragraph")
            case Heading():
                yield Piece(plain(block.html), place, "heading")
            case Quote():
                yield Piece(" ".join(plain(each) for each in block.paragraphs), place, "quote")
                if block.who or block.role:
                    yield Piece(f"{block.who}, {block.role}", place, "attribution")
            case Figure():
                yield Piece(block.caption, place, "caption")
            case Button():
                yield Piece(block.label, place, "button")
            case ListBlock():
                for html, line in _items(block):
                    yield Piece(plain(html), Place(file, line), "item")
            case Table():
                for row in (block.head, *block.rows):
                    yield Piece(" ".join(plain(cell) for cell in row), place, "table row")
            case Divider():
                pass


def _block_targets(blocks: tuple[Block, ...], file: str) -> Iterator[Target]:
    for block in blocks:
        place = Place(file, block.line)
        match block:
            case Button():
                yield Target(block.url, block.label, place)
            case Paragraph() | Heading():
                yield from _hrefs(block.html, place)
            case Quote():
                yield from (each for html in block.paragraphs for each in _hrefs(html, place))
            case ListBlock():
                for html, line in _items(block):
                    yield from _hrefs(html, Place(file, line))
            case Table():
                yield from (each for row in (block.head, *block.rows) for cell in row for each in _hrefs(cell, place))
            case _:
                pass


def _block_pictures(blocks: tuple[Block, ...], file: str) -> Iterator[Pictured]:
    for block in blocks:
        if isinstance(block, Figure):
            yield Pictured(block, Place(file, block.line), block.caption)
        elif isinstance(block, Quote) and block.portrait:
            yield Pictured(block.portrait, Place(file, block.portrait.line or block.line), block.who)


def _items(block: ListBlock) -> Iterator[tuple[str, int]]:
    for item in block.items:
        yield item.html, item.line or block.line
        if item.children:
            yield from _items(item.children)


def _hrefs(html: str, place: Place) -> Iterator[Target]:
    for url, label in _HREF.findall(html):
        yield Target(unescape(url), plain(label), place)
