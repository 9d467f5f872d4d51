"""Who wrote it: names out of the many places and forms a page gives them in."""

import re
from collections.abc import Iterator
from datetime import UTC

from newsletter_cli.gather import dates
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
# `Publié le 3 mars 2022 par Jeanne Roux`: the verb of publishing, perhaps when, and then who.
_PUBLISHED_BY = re.compile(
    r"^\W*(?:publié|mis en ligne|mis à jour|modifié|écrit|rédigé|veröffentlicht|erstellt|geschrieben|verfasst|pubblicat[oa]|scritt[oa]|"
    r"publicad[oa]|escrit[oa]|posted|published|written|geplaatst|gepubliceerd|geschreven)\b.{0,60}?"
    r"\s(?:par|von|da|di|por|by|door)\s+(?P<names>[^\W\d_].{2,80})$",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\s*[(,|·•–—-]*\s+(?:(?:on|le|am|il|el|em|op|den)\s+)?"
    r"(?:(?P<before>[^\W\d_]{3,10})\.?\s+\d|\d{1,2}(?:[./-]\d|\.?\s+(?:de\s+)?(?P<after>[^\W\d_]{3,10})))",
    re.IGNORECASE,
)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)
_SPLIT = re.compile(r"\s*(?:,|;|\||/|\band\b|\bund\b|\bet\b|\bog\b|\boch\b|\by\b|\be\b|\ben\b|&)\s+", re.IGNORECASE)
_SAYS_BY = re.compile(r"(?:Words |Written )?(?:By|by|BY|Von|Par|Por|Di|Door)\s+[^\W\d_]")
_BYLINE = re.compile(r"\b(?:byline|by-line|author|autor|auteur)")
_MARKED = ("a", "span", "p", "div", "address", "li", "h3", "h4", "h5", "section", "ul")
_PROFILE = re.compile(
    r"/(?:authors?|people|profiles?|staff|editors|autor|auteur|contributors?|by|reporters?|team)/", re.IGNORECASE
)
_NOT_A_NAME = re.compile(
    r"https?:|@|\d{3}|\b(?:read|more|follow|contact|email|comment|share|published|updated|publié|mis à jour|veröffentlicht|aktualisiert|pubblicat[oa]|publicad[oa]|actualizad[oa]|minut\w*|subscribe|archive|feed|bio|powered|unserer?|our)\b",
    re.IGNORECASE,
)


def read_authors(root: Element, metas: dict[str, str], node: jsonld.Node, site: str) -> tuple[str, ...]:
    """The names, from the first place that gives a person's; else the publisher, if it names itself as author."""
    houses = [site, *jsonld.texts(node.get("publisher")), "Condé Nast"]
    publishers = {folded(name) for name in houses}
    fallback: tuple[str, ...] = ()
    for place in _places(root, metas, node):
        names = tuple(dict.fromkeys(name for text in place for name in names_in(text)))[:12]
        # `hessen.example, Frankfurt, Germany` is an imprint.
        people = tuple(name for name in names if not _HOST.fullmatch(name) and not _HOST.fullmatch(names[0]))
        if any(folded(name) not in publishers for name in people):
            return people
        fallback = fallback or names
    return fallback


def names_in(text: str) -> list[str]:
    """`By Jane Doe and John Roe` as two names; what cannot be a name is left out."""
    plain = re.sub(r"\s\([^()]*\)", "", words_in(text))
    published = _PUBLISHED_BY.match(plain)
    plain = _undated(_BY.sub("", published["names"] if published else plain))
    return [name for part in _SPLIT.split(plain) if (name := part.strip(" .,|·•-–—")) and _is_name(name)]


def _undated(text: str) -> str:
    """`Jo Marsh Dec. 2, 2015` is Jo Marsh."""
    found = _WHEN.search(text)
    while found is not None:
        month = found["before"] or found["after"]
        if not month or dates.day(f"1 {month} 2000", UTC):
            return text[: found.start()]
        found = _WHEN.search(text, found.start() + 1)
    return text


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
            inside = _each_name(each)
            yield links if any(map(names_in, links)) else inside if len(inside) > 1 else [_without_role(_said(each))]
    for each in near:
        text = text_of(each)
        if len(text) <= 80 and _SAYS_BY.match(text):
            yield [_said(each)]
        elif len(text) <= 120 and _PUBLISHED_BY.match(text):
            yield [_without_role(text)]
    for each in near:
        if each.tag == "a" and _PROFILE.search(str(each.get("href") or "")):
            yield [text_of(each)]


def _said(byline: Element) -> str:
    """The text of a byline; of one with more lines the one that says by whom."""
    lines = (text_of(below) for below in byline.iterdescendants())
    return next((line for line in lines if _SAYS_BY.match(line)), text_of(byline))


def _each_name(byline: Element) -> list[str]:
    """The names of a byline that gives each one an element of its own; [] when its text is not all names."""
    parts = [text_of(each) for each in byline.iter("span", "a", "li") if not len(each)]
    known = all(2 <= len(part.split()) <= 4 and names_in(part) == [part] for part in parts)
    return parts if known and folded(" ".join(parts)) == folded(text_of(byline)) else []


def _without_role(text: str) -> str:
    """`Written by Jane Doe in Science on 3 May` is about Jane Doe."""
    published = _PUBLISHED_BY.match(text)
    text = published["names"] if published else text
    return re.split(
        r"\s+(?:in|on|at|for|updated|published|posted)\s+|\s[-–—|•·]\s|\s(?:[A-Z][a-z]{2,8}\.?\s+)?\d", text, maxsplit=1
    )[0]
