"""Writes pieces as the Markdown of an article file: CommonMark, and `{.button}` as the only extension."""

import re
from collections.abc import Iterable, Iterator

from newsletter_cli.gather.pieces import (
    Call,
    Grid,
    Listing,
    Picture,
    Piece,
    Prose,
    Quotation,
    Rule,
    Title,
    Written,
)

_SPECIAL = re.compile(r"([\\`*\[\]])")
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_OPENING = re.compile(r"^(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|(?:[-=_]\s*){2,}$|~~~)")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def escaped(text: str) -> str:
    """Plain text so that Markdown shows exactly it."""
    text = _SPECIAL.sub(r"\\\1", text)
    text = _UNDERSCORE.sub(r"\\_", text)
    text = _TAG.sub(r"\\<", text)
    return _ENTITY.sub(r"\\&", text)


def link(text: str, url: str) -> str:
    """An inline link; an address with spaces or brackets goes between angle brackets."""
    return f"[{text}]({address(url)})"


def address(url: str) -> str:
    if re.search(r"[\s<>]", url):
        url = re.sub(r"[\s<>]", lambda found: f"%{ord(found[0]):02X}", url)
    return f"<{url}>" if url.count("(") != url.count(")") or not url else url


def markdown(pieces: Iterable[Piece]) -> str:
    """The body of an article file, ending without a line break."""
    return "\n\n".join(text for each in pieces if (text := piece_text(each)))


def piece_text(piece: Piece) -> str:
    """One piece as Markdown."""
    match piece:
        case Written(text):
            return text.strip("\n")
        case Prose(text):
            return _guarded(text)
        case Title(level, text):
            return f"{'#' * min(max(level, 2), 4)} {text}"
        case Picture():
            return picture_text(piece)
        case Quotation():
            return "\n".join(f"> {row}".rstrip() for row in _quotation_rows(piece))
        case Listing():
            return "\n".join(_list_rows(piece))
        case Call(label, url):
            return link(escaped(label), url) + "{.button}"
        case Grid(rows):
            return "\n".join(_table_rows(rows))
        case Rule():
            return "---"


def picture_text(picture: Picture) -> str:
    """`![alt](src "Caption. Credit: Name")`; what is not known stays empty, for a person to fill in."""
    caption = picture.caption
    if picture.credit:
        stop = "" if not caption or caption[-1] in ".!?…" else "."
        caption = f"{caption}{stop} Credit: {picture.credit}".strip()
    quoted = caption.replace("\\", "\\\\").replace('"', '\\"')
    title = f' "{_ENTITY.sub(chr(92) + "&", quoted)}"' if caption else ""
    return f"![{escaped(picture.alt)}]({address(picture.src)}{title})"


def _guarded(text: str) -> str:
    """A paragraph whose lines cannot be taken for a heading, list, quote or rule."""
    return "\n".join(_NUMBERED.sub(r"\1\\\2", _OPENING.sub(r"\\\1", row)) for row in text.split("\n"))


def _quotation_rows(quote: Quotation) -> Iterator[str]:
    parts = [picture_text(quote.portrait)] if quote.portrait else []
    parts += [_guarded(each) for each in quote.paragraphs]
    if quote.who or quote.role:
        parts.append("— " + escaped(", ".join(filter(None, (quote.who, quote.role)))))
    for number, part in enumerate(parts):
        if number:
            yield ""
        yield from part.split("\n")


def _list_rows(listing: Listing, indent: str = "") -> Iterator[str]:
    for number, item in enumerate(listing.items, listing.start):
        mark = f"{number}. " if listing.ordered else "- "
        rows = _guarded(item.text).split("\n")
        yield indent + mark + rows[0]
        inner = indent + " " * len(mark)
        yield from (inner + row for row in rows[1:])
        if item.below is not None:
            yield from _list_rows(item.below, inner)


def _table_rows(rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    width = max(len(row) for row in rows)
    for number, row in enumerate(rows):
        cells = [cell.replace("|", "\\|").replace("\\\n", " ").replace("\n", " ") for cell in row]
        yield "| " + " | ".join(cells + [""] * (width - len(cells))) + " |"
        if number == 0:
            yield "|" + " --- |" * width
