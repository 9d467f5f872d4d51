"""One entry of a list of articles: a feed, a sitemap, a WordPress site, a listing page."""

from dataclasses import dataclass
from datetime import date as Date


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list says about one article.

    Attributes:
        link: its address, absolute; "" when the list gives none.
        id: the list's own id of it.
        date: its day by the rule of gather.dates, or None.
        date_from: "said", or "changed" when only a change date is known.
        summary, content: HTML; content is the whole article where the list has it.
        image: absolute address of a picture the list names for it, its alt text and its caption (with any credit).
    """

    title: str = ""
    link: str = ""
    id: str = ""
    date: Date | None = None
    date_from: str = ""
    author: str = ""
    summary: str = ""
    content: str = ""
    image: str = ""
    image_alt: str = ""
    image_caption: str = ""
    topic: str = ""
    lang: str = ""
