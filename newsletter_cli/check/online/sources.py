"""Looks whether the page a story was gathered from has changed since: its title, its picture, its figures."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from newsletter_cli.check.blocks import Place, article_pieces
from newsletter_cli.check.mailfile import decode
from newsletter_cli.check.material import Material
from newsletter_cli.check.online.catalogue import SOURCE_CHANGED
from newsletter_cli.check.page import Page, parse_page
from newsletter_cli.check.words import short, squeeze, text_of, words_of
from newsletter_cli.http import Client, FetchError
from newsletter_cli.model.article import Article
from newsletter_cli.model.finding import Finding

_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*\d(?![\w])|(?<![\w.,])\d{2,}(?!\w)")


@dataclass(frozen=True, slots=True)
class Source:
    """A page as it was when the story was gathered: its title, and its bytes when they were kept."""

    url: str
    title: str = ""
    before: bytes = b""


def look_at_sources(material: Material, sources: Mapping[str, Source], client: Client) -> Iterator[Finding]:
    """Fetch the page of each gathered article once; a page that does not answer is the business of the link rule."""
    for article in material.issue.articles if material.issue else ():
        source = sources.get(article.slug)
        if source is None:
            continue
        try:
            answer = client.get(source.url)
        except FetchError:
            continue
        if 200 <= answer.status < 300 and answer.body:
            page = parse_page(decode(answer.body, answer.charset))
            old = parse_page(decode(source.before)) if source.before else None
            yield from _compare(article, source, page, old)


def _compare(article: Article, source: Source, page: Page, old: Page | None) -> Iterator[Finding]:
    titles = _titles(page)
    known = source.title or article.title
    if titles and words_of(known) and not any(_holds(title, known) for title in titles):
        message = f"{short(source.url)} is now called “{short(titles[0])}”."
        yield SOURCE_CHANGED.finding(message, Place(article.file, article.line("title")))
    image, before = _meta(page, "og:image"), _meta(old, "og:image") if old else ""
    if before and image and _file(image) != _file(before):
        message = f"{short(source.url)} shows another picture now: {short(_file(image), 40)}."
        yield SOURCE_CHANGED.finding(message, Place(article.file, article.line("image")))
    there = _numbers(page)
    then = _numbers(old) if old else None
    for piece in article_pieces(article):
        gone = [each for each in _NUMBER.findall(piece.text) if _bare(each) not in there]
        # A number that never was on the page is the editor's own.
        gone = [each for each in gone if then is None or _bare(each) in then]
        # Of a page that could not be read, no number is there at all.
        if gone and there:
            yield SOURCE_CHANGED.finding(f"{gone[0]} is no longer on {short(source.url)}.", piece.place)


def _numbers(page: Page) -> set[str]:
    return {_bare(each) for each in _NUMBER.findall(text_of(page.body))}


def _titles(page: Page) -> list[str]:
    heading = page.first("h1")
    title = page.first("title")
    found = [
        _meta(page, "og:title"),
        text_of(heading) if heading is not None else "",
        squeeze(title.text or "") if title is not None else "",
    ]
    return [each for each in found if each]


def _holds(title: str, known: str) -> bool:
    return " ".join(words_of(known)) in " ".join(words_of(title))


def _meta(page: Page, name: str) -> str:
    return next(
        (each.get("content") or "" for each in page.all("meta") if (each.get("property") or each.get("name")) == name),
        "",
    )


def _file(url: str) -> str:
    return url.split("?")[0].rpartition("/")[2]


def _bare(number: str) -> str:
    return re.sub(r"[,\s]", "", number).rstrip(".")
