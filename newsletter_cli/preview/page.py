"""What a reader meets in a message, from top to bottom, without markup."""

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Span:
    """Words in one style. `link` is the number of the link they lead to, 0 for none."""

    text: str
    bold: bool = False
    italic: bool = False
    link: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """How a piece stands on the page: its side, and whether it is small print."""

    align: Align = "left"
    small: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph or a line of its own."""

    spans: tuple[Span, ...]
    look: Look = Look()


@dataclass(frozen=True, slots=True)
class Title:
    """A heading of level 1 to 6."""

    level: int
    spans: tuple[Span, ...]
    look: Look = Look()


@dataclass(frozen=True, slots=True)
class Picture:
    """An image: `alt` is None when the attribute is missing, "" when it is marked as decoration."""

    src: str
    alt: str | None
    link: int = 0
    width: int = 0
    look: Look = Look()


@dataclass(frozen=True, slots=True)
class ButtonPiece:
    """A link drawn as a button; colours as in the message, "" when it sets none."""

    spans: tuple[Span, ...]
    link: int
    background: str = ""
    colour: str = ""
    look: Look = Look()


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A dividing line."""


@dataclass(frozen=True, slots=True)
class Quotation:
    pieces: tuple["Piece", ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; each item has its marker (`•`, `1.`) and its pieces."""

    items: tuple[tuple[str, tuple["Piece", ...]], ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Pieces side by side; `widths` are CSS pixels, 0 when unknown."""

    cells: tuple[tuple["Piece", ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of data: rows of cells; `heads` says how many leading rows are headers."""

    rows: tuple[tuple[tuple[Span, ...], ...], ...]
    heads: int = 0


@dataclass(frozen=True, slots=True)
class Announced:
    """A layout table that lacks role="presentation": the eye sees its pieces, a screen reader says "table" first."""

    columns: int
    rows: int
    pieces: tuple["Piece", ...]


Piece = Text | Title | Picture | ButtonPiece | RuleLine | Quotation | Listing | Columns | Grid | Announced


@dataclass(frozen=True, slots=True)
class Link:
    """A link: its number on the page (from 1), its words, where it leads, and what it calls itself."""

    number: int
    label: str
    target: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A message as read: pieces in order, every link, and the language and direction it declares."""

    pieces: tuple[Piece, ...]
    links: tuple[Link, ...]
    lang: str = ""
    rtl: bool = False

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(each for each in walk(self.pieces) if isinstance(each, Picture))


def plain(spans: tuple[Span, ...]) -> str:
    """The words without their styles."""
    return "".join(span.text for span in spans)


def walk(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """All pieces in reading order, those inside others included (after the piece that holds them)."""
    found: list[Piece] = []
    for piece in pieces:
        found.append(piece)
        if isinstance(piece, Quotation | Announced):
            found += walk(piece.pieces)
        elif isinstance(piece, Columns):
            found += [each for cell in piece.cells for each in walk(cell)]
        elif isinstance(piece, Listing):
            found += [each for _, item in piece.items for each in walk(item)]
    return tuple(found)
