"""Markdown files: a header by our keys or those of Hugo, Pelican and Jekyll, and a body passed on as it is."""

import re
from datetime import UTC
from datetime import date as Date
from pathlib import Path

from newsletter_cli.gather import dates
from newsletter_cli.gather.found import Found
from newsletter_cli.gather.pieces import Picture, Piece, Written
from newsletter_cli.gather.words import squeezed
from newsletter_cli.model.article import ARTICLE_ALIASES, ARTICLE_KEYS
from newsletter_cli.model.header import Header, read_header

_MORE_ALIASES = {
    "subtitle": "standfirst",
    "lead": "standfirst",
    "intro": "standfirst",
    "publish_date": "date",
    "date_published": "date",
    "permalink": "link",
    "source": "link",
    "cover": "image",
    "featured_image": "image",
    "thumbnail": "image",
    "category": "topic",
    "categories": "topic",
    "language": "lang",
}
_OTHERS = ("lang", "draft", "slug", "layout", "type", "weight", "expirydate", "lastmod", "modified", "aliases", "menu")
_H1 = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)|\A\s*(\S[^\n]*)\n=+\s*(?:\n|\Z)")
_PICTURE = re.compile(r"!\[(?P<alt>(?:[^\]\\]|\\.)*)\]\(<?(?P<src>[^)\s>]+)>?(?P<rest>[^)]*)\)")


def read_markdown(text: str, *, source: str) -> Found:
    """Read an article from a Markdown file; what the header does not say is looked for in the body's beginning."""
    header = read_header(text, (*ARTICLE_KEYS, *_OTHERS), ARTICLE_ALIASES | _MORE_ALIASES)
    header = _pelican(text) or header
    body, title = header.body.strip("\n"), _value(header, "title")
    heading = _H1.match(body)
    if heading and (not title or squeezed(heading[1] or heading[2]) == title):
        title = title or squeezed(heading[1] or heading[2])
        body = body[heading.end() :].strip("\n")
    written = _value(header, "date")
    when = dates.day(written, UTC)
    if not written:
        body, when = _date_line(body)
    image = _value(header, "image")
    picture = Picture(image, _value(header, "alt"), _value(header, "caption"), _value(header, "credit"))
    pieces: tuple[Piece, ...] = (Written(body),) if body else ()
    look = [f"{Path(source).name} line {problem.line}: {problem.message}" for problem in header.problems]
    if written and when is None:
        look.append(f"The date “{written}” could not be read.")
    return Found(
        source=source,
        kind="markdown",
        title=title,
        date=when,
        date_from="said" if when else "",
        standfirst=_value(header, "standfirst").replace("\n", " "),
        link=_value(header, "link"),
        author=_value(header, "author").strip("[]").replace('"', ""),
        topic=_value(header, "topic").strip("[]").replace('"', ""),
        lang=_value(header, "lang"),
        image=picture if image else None,
        pieces=pieces,
        look=tuple(look),
    )


def _value(header: Header, key: str) -> str:
    return header.get(key).strip()


def _pelican(text: str) -> Header | None:
    """Pelican writes `Title: …` lines without rules around them; they end at the first empty line."""
    head, _, _ = text.lstrip("\ufeff\n").partition("\n\n")
    if not re.match(r"(?i)title:\s*\S", head) or not re.search(r"(?im)^date:\s*\S", head):
        return None
    rest = text.lstrip("\ufeff\n")[len(head) :]
    return read_header(f"---\n{head}\n---\n{rest}", (*ARTICLE_KEYS, *_OTHERS), ARTICLE_ALIASES | _MORE_ALIASES)


def _date_line(body: str) -> tuple[str, Date | None]:
    """The body without a first line that is only a date, and that date."""
    first, _, rest = body.partition("\n")
    found = dates.only_a_date(first.strip("*_ "))
    return (rest.strip("\n"), found) if found else (body, None)


def pictures_in(text: str) -> list[Picture]:
    """The pictures a Markdown text shows, by the addresses it writes."""
    return [Picture(found["src"], found["alt"]) for found in _PICTURE.finditer(text)]


def with_pictures(text: str, moved: dict[str, str]) -> str:
    """The text with the addresses of its pictures replaced."""

    def swap(found: "re.Match[str]") -> str:
        src = moved.get(found["src"])
        return f"![{found['alt']}]({src}{found['rest']})" if src else found[0]

    return _PICTURE.sub(swap, text)
