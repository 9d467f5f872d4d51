"""What a source offers: articles to choose from, each read only when it is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date as Date

from newsletter_cli.gather.found import Found


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that could be taken.

    Attributes:
        source: the source's name or address.
        title, date, link, feed_id: as far as known before it is read.
        listed: it came out of a list (feed, sitemap, …) and the window decides; else a person named it.
        read: reads it whole; raises NewsletterError.
    """

    source: str
    read: Callable[[], Found]
    title: str = ""
    date: Date | None = None
    link: str = ""
    feed_id: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that did not become an article, and why.

    Attributes:
        source: its address, or the source's name.
        why: a sentence.
        fault: a source or page failed.
        title: of the article, as far as known.
        minor: nobody will miss it: it is of another time, or was not picked from a list.
    """

    source: str
    why: str
    fault: bool = False
    title: str = ""
    minor: bool = False
