"""What a screen reader meets, in order: each thing with the name it is announced by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter_cli.preview import page as read
from newsletter_cli.preview.reading import read_page


@dataclass(frozen=True, slots=True)
class Heard:
    """One announcement: its kind, its words, and whether it is a fault that a listener would stumble over."""

    kind: str
    words: str
    fault: bool = False


def reading_order(html: str) -> tuple[Heard, ...]:
    """The announcements of the final HTML from top to bottom."""
    page = read_page(html, for_ear=True)
    return tuple(_heard(page.pieces, page))


def _heard(pieces: Sequence[read.Piece], page: read.Page) -> Iterator[Heard]:
    for piece in pieces:
        match piece:
            case read.Text():
                yield Heard("text", _spoken(piece.spans, page))
            case read.Title():
                yield Heard(f"heading {piece.level}", _spoken(piece.spans, page))
            case read.ButtonPiece():
                yield Heard("link", _named(page, piece.link))
            case read.Picture():
                yield from _picture(piece, page)
            case read.Quotation():
                yield Heard("quotation", "")
                yield from _heard(piece.pieces, page)
            case read.Listing():
                yield Heard("list", f"{len(piece.items)} items" if len(piece.items) != 1 else "1 item")
                for marker, item in piece.items:
                    yield from _item(marker, list(_heard(item, page)))
            case read.Columns():
                for cell in piece.cells:
                    yield from _heard(cell, page)
            case read.Grid():
                yield Heard("table", _size(len(piece.rows), max(len(row) for row in piece.rows)))
                for row in piece.rows:
                    yield Heard("row", " | ".join(_spoken(cell, page) for cell in row))
            case read.Announced():
                yield Heard("table", f"{_size(piece.rows, piece.columns)}, though it is only layout", fault=True)
                yield from _heard(piece.pieces, page)
            case read.RuleLine():
                yield Heard("separator", "")


def _picture(piece: read.Picture, page: read.Page) -> Iterator[Heard]:
    kind = "link, image" if piece.link else "image"
    if piece.alt:
        yield Heard(kind, piece.alt)
    elif piece.link:
        yield Heard(kind, f"(no name; the address is read out: {page.links[piece.link - 1].target})", fault=True)
    elif piece.alt is None:
        yield Heard(
            kind, f"(no alternative text; the file name is read out: {piece.src.rsplit('/', 1)[-1]})", fault=True
        )


def _item(marker: str, heard: list[Heard]) -> Iterator[Heard]:
    """A list item: its first words come with the marker."""
    first = heard[0] if heard else Heard("text", "")
    yield Heard("item", f"{marker} {first.words}", first.fault)
    yield from heard[1:]


def _spoken(spans: Sequence[read.Span], page: read.Page) -> str:
    """Words in which each link is announced before its name."""
    parts: list[str] = []
    inside = 0
    for span in spans:
        if span.link != inside:
            parts.append("⟩" if inside else "")
            parts.append(f"⟨link: {'' if page.links[span.link - 1].label else '(no name)'}" if span.link else "")
            inside = span.link
        parts.append(span.text)
    return " ".join("".join([*parts, "⟩" if inside else ""]).split())


def _named(page: read.Page, link: int) -> str:
    return page.links[link - 1].label or "(no name)"


def _size(rows: int, columns: int) -> str:
    return f"{rows} row{'s' if rows != 1 else ''}, {columns} column{'s' if columns != 1 else ''}"
