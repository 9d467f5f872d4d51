"""An article as a source gives it, before it becomes a file."""

from dataclasses import dataclass
from datetime import date as Date

from newsletter_cli.gather.pieces import Picture, Piece
from newsletter_cli.model.article import Card

PART = "https://part.invalid/"  # stands before the name of a picture that came inside its source


@dataclass(frozen=True, slots=True)
class Found:
    """What was gathered from one source.

    Attributes:
        source: what was asked for: a path, an address, or an address with the entry's id.
        kind: page, feed, markdown, text, word, pasted, mail, wordpress.
        date_from: how sure the date is: "said", "shown", "address", "changed", "file", or "" when there is none.
        image: the lead picture; its src is an absolute address, a path, a data: address or a name in `parts`.
        pieces: the body.
        cards: teasers found beside the story.
        feed_id: the entry's own id in its feed.
        parts: pictures that came inside the source (Word, mail), by the name the pieces use for them.
        raw: the bytes it was read from, and `media_type` what they are; kept so that gathering can be repeated.
        look: doubts for a person, one sentence each.
        missing: why only a teaser is here and not the article, or "".
    """

    source: str
    kind: str
    title: str = ""
    date: Date | None = None
    date_from: str = ""
    standfirst: str = ""
    link: str = ""
    author: str = ""
    topic: str = ""
    lang: str = ""
    image: Picture | None = None
    pieces: tuple[Piece, ...] = ()
    cards: tuple[Card, ...] = ()
    feed_id: str = ""
    parts: tuple[tuple[str, bytes], ...] = ()
    raw: bytes = b""
    media_type: str = ""
    look: tuple[str, ...] = ()
    missing: str = ""
