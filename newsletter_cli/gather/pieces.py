"""The body of a gathered article in pieces; every text in them is Markdown already."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """A heading inside the body; level 2 to 4."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its absolute address (or a name inside a document); texts are plain, not Markdown."""

    src: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation, who said it and in which role; texts of who and role are plain."""

    paragraphs: tuple[str, ...]
    who: str = ""
    role: str = ""
    portrait: Picture | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list and the list below it, if any."""

    text: str
    below: "Listing | None" = None


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Item, ...]
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True, slots=True)
class Call:
    """A button: a link that stands alone and asks for something."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A data table; the first row is its head."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A divider."""


@dataclass(frozen=True, slots=True)
class Written:
    """Markdown as its author wrote it, passed on untouched but for the addresses of its pictures."""

    text: str


Piece = Written | Prose | Title | Picture | Quotation | Listing | Call | Grid | Rule
