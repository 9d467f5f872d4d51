"""An article: its header facts and its body as blocks, each with the line it stands on.

Inline HTML (`html` of a block) holds only a, em, strong, code, br, sup, sub; attribute values are escaped.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date as Date

from newsletter_cli.records import record


@record
class Figure:
    """A picture. `src` is as the author wrote it: a path relative to the issue's folder, or an https address."""

    src: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    decorative: bool = False
    width: int = 0
    height: int = 0
    line: int = 0


@record
class Button:
    """A call that leads somewhere: `Become a Curestarter -> https://…`."""

    label: str
    url: str
    line: int = 0


@record
class Paragraph:
    html: str
    line: int = 0


@record
class Heading:
    """A heading inside an article: level 2 to 4 (the title is above it)."""

    level: int
    html: str
    line: int = 0


@record
class Quote:
    """A quotation; with `who` (its last line began with an em dash) it is a pull quote."""

    paragraphs: tuple[str, ...]
    who: str = ""
    role: str = ""
    portrait: Figure | None = None
    paraphrase: bool = False
    line: int = 0


@record
class ListBlock:
    """A flat or nested list; an item is its inline HTML and its own sub-list, if any."""

    items: tuple["ListItem", ...]
    ordered: bool = False
    start: int = 1
    line: int = 0


@record
class ListItem:
    html: str
    children: ListBlock | None = None
    line: int = 0


@record
class Divider:
    line: int = 0


@record
class Table:
    """A data table: header cells and rows of inline HTML."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: int = 0


Block = Paragraph | Heading | Quote | Figure | Button | ListBlock | Divider | Table

ARTICLE_KEYS = (
    "title",
    "date",
    "standfirst",
    "link",
    "author",
    "image",
    "alt",
    "caption",
    "credit",
    "topic",
    "button",
    "consent",
    "embargo",
    "status",
    "event",
    "place",
    "look",
    "ignore",
)
ARTICLE_ALIASES = {
    "summary": "standfirst",
    "excerpt": "standfirst",
    "description": "standfirst",
    "dek": "standfirst",
    "url": "link",
    "canonical": "link",
    "authors": "author",
    "tags": "topic",
    "published": "date",
    "pubdate": "date",
    "publishdate": "date",
    "image_alt": "alt",
}


@record
class Article:
    """One story of an issue.

    Attributes:
        slug: the file's name without `.md`.
        file: relative to the workspace.
        consent: until when the people in it agreed to be shown (inclusive), or None.
        embargo: not before this day, or None.
        look: doubts left by gathering, one sentence each, until someone deletes the line.
        lines: header key to its line.
        ignores: check rules to leave out here, each with its reason.
    """

    slug: str
    file: str
    title: str
    date: Date | None = None
    standfirst: str = ""
    link: str = ""
    author: str = ""
    image: Figure | None = None
    topic: str = ""
    button: Button | None = None
    consent: Date | None = None
    embargo: Date | None = None
    event: Date | None = None
    place: str = ""
    blocks: tuple[Block, ...] = ()
    look: tuple[str, ...] = ()
    ignores: tuple[tuple[str, str], ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, key: str) -> int:
        return self.lines.get(key, 1)


@record
class Card:
    """A further-reading teaser."""

    title: str
    link: str = ""
    date: Date | None = None
    standfirst: str = ""
    image: Figure | None = None
    line: int = 0
