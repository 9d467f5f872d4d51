"""Who wrote it: names out of the many places and forms a page gives them in."""

import re
from collections.abc import Iterator

from newsletter_cli.gather.page import jsonld
from newsletter_cli.gather.page.cleaning import words_in
from newsletter_cli.gather.page.tree import Element, names_of, text_of
from newsletter_cli.gather.words import folded

_METAS = (
    "author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "dc.creator.author",
    "byl",
    "article:author_name",
    "article.author",
    "citation_author",
    "cxenseparse:author",
    "og:article:author",
    "article:author",
    "rbauthors",
    "authors",
    "twitter:data1",
    "twitter:misc:written by",
)
_BY = re.compile(
    r"^\s*(?:(?:written|words|story|text|reporting|posted|published|report|review)\s+)?"
    r"(?:by|von|par|por|di|da|door|av|af|autor|autorin|author|text)\b\s*:?\s+",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:,|;|\||/|\band\b|\bund\b|\bet\b|\bog\b|\boch\b|\by\b|\be\b|\ben\b|&)\s+", re.IGNORECASE)
_BYLINE = re.compile(r"\b(?:byline|by-line|author|autor|auteur)")
_MARKED = ("a", "span", "p", "div", "address", "li", "h3", "h4", "h5", "section", "ul")
_PROFILE = re.compile(
    r"/(?:authors?|people|profiles?|staff|editors|autor|auteur|contributors?|by|reporters?|team)/", re.IGNORECASE
)
_NOT_A_NAME = re.compile(
    r"https?:|@|\d{3}|\b(?:read|more|follow|contact|email|comment|share|published|updated|minutes?|subscribe|archive|feed|bio|powered)\b",
    re.IGNORECASE,
)


def read_authors(root: Element, metas: dict[str, str], node: jsonld.Node, site: str) -> tuple[str, ...]:
    """The names, from the first place that gives a person's; else the publisher, if it names itself as author."""
    publishers = {folded(name) for name in [site, *jsonld.texts(node.get("publisher")), "Condé Nast"]}
    fallback: tuple[str, ...] = ()
    for place in _places(root, metas, node):
        names = tuple(dict.fromkeys(name for text in place for name in names_in(text)))[:12]
        if any(folded(name) not in publishers for name in names):
            return names
        fallback = fallback or names
    return fallback


def names_in(text: str) -> list[str]:
    """`By Jane Doe and John Roe` as two names; what cannot be a name is left out."""
    plain = _BY.sub("", re.sub(r"\s\([^()]*\)", "", words_in(text)))
    return [name for part in _SPLIT.split(plain) if (name := part.strip(" .,|·•-–—")) and _is_name(name)]


def _is_name(text: str) -> bool:
    return 3 <= len(text) <= 60 and len(text.split()) <= 6 and not _NOT_A_NAME.search(text)


def _places(root: Element, metas: dict[str, str], node: jsonld.Node) -> Iterator[list[str]]:
    for key in ("author", "creator"):
        yield jsonld.texts(node.get(key))
    for name in _METAS:
        yield [metas[name]] if name in metas else []
    for query in (
        './/*[@itemprop="author"]//*[@itemprop="name"]',
        './/*[@itemprop="author"]',
        './/a[@rel="author"]',
    ):
        yield [str(each.get("content") or "") or text_of(each) for each in root.xpath(query)]
    yield from _bylines(root)


def _bylines(root: Element) -> Iterator[list[str]]:
    heading = next(root.iter("h1"), None)
    near = list(heading.xpath("following::*[position() <= 60]")) if heading is not None else []
    marked = [each for each in root.iter(*_MARKED) if _BYLINE.search(names_of(each))]
    for each in [*(each for each in near if each in set(marked)), *marked]:
        links = [text_of(link) for link in each.iter("a") if _PROFILE.search(str(link.get("href") or ""))]
        text = text_of(each)
        if 3 <= len(text) <= 120:
            yield [_without_role(text)] if not any(map(names_in, links)) else links
    for each in near:
        text = text_of(each)
        if len(text) <= 80 and re.match(r"(?:Words |Written )?(?:By|by|BY|Von|Par|Por|Di|Door)\s+[A-Z]", text):
            yield [text]
    for each in near:
        if each.tag == "a" and _PROFILE.search(str(each.get("href") or "")):
            yield [text_of(each)]


def _without_role(text: str) -> str:
    """`Written by Jane Doe in Science on 3 May` is about Jane Doe."""
    return re.split(
        r"\s+(?:in|on|at|for|updated|published|posted)\s+|\s[-–—|•·]\s|\s(?:[A-Z][a-z]{2,8}\.?\s+)?\d", text, maxsplit=1
    )[0]
