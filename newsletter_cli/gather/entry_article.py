"""An entry of a list becomes an article: from its own content, else from its page."""

from dataclasses import replace
from datetime import date as Date
from datetime import tzinfo

from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather.entries import Entry
from newsletter_cli.gather.fetching import Fetcher
from newsletter_cli.gather.found import Found
from newsletter_cli.gather.fragment import first_sentences, plain_text, read_fragment, without
from newsletter_cli.gather.page import read_page
from newsletter_cli.gather.page.headings import headed
from newsletter_cli.gather.page.pictures import same_picture, split_credit
from newsletter_cli.gather.page.structure import plain
from newsletter_cli.gather.pieces import Picture, Piece
from newsletter_cli.gather.words import folded

ONLY_TEASER = "Only what the feed holds was gathered, the page was not"
_WHOLE = 600


def read_entry(entry: Entry, kind: str, source: str, fetcher: Fetcher | None, *, zone: tzinfo, today: Date) -> Found:
    """The article of an entry.

    Its own content counts as the whole article when it is longer than twice the summary, or than 600 characters
    (of 200 real feeds 83 have no content; 22 of those give the whole text as description, 54 an excerpt).
    """
    content, summary = plain_text(entry.content), plain_text(entry.summary)
    whole = len(content) > max(_WHOLE, 2 * len(summary) if summary != content else 0)
    if whole or not entry.link or fetcher is None:
        return _from_content(entry, kind, source, content, summary)
    try:
        fetched = fetcher.fetch(entry.link, discovered=True, accept="text/html")
    except NewsletterError as error:
        found = _from_content(entry, kind, source, content, summary)
        look = (*found.look, f"{ONLY_TEASER}: {error.message}")
        return replace(found, look=look, missing=error.message)
    page = read_page(fetched.text, fetched.url, source=source, zone=zone, today=today)
    return replace(
        page,
        kind=kind,
        title=page.title or entry.title,
        date=entry.date if entry.date_from == "said" else page.date or entry.date,
        date_from=entry.date_from if entry.date_from == "said" else page.date_from or entry.date_from,
        standfirst=page.standfirst or first_sentences(summary),
        author=page.author or entry.author,
        feed_id=entry.id,
        raw=fetched.body,
        media_type=fetched.media_type,
    )


def _from_content(entry: Entry, kind: str, source: str, content: str, summary: str) -> Found:
    pieces = headed(read_fragment(entry.content or entry.summary, entry.link))
    standfirst = first_sentences(summary) if summary and summary != content else ""
    opening = folded(plain(pieces[0])) if pieces else ""
    again = bool(standfirst) and opening != folded(standfirst) and opening.startswith(folded(standfirst))
    image, pieces = _lead(entry, pieces)
    return Found(
        source=source,
        kind=kind,
        title=entry.title,
        date=entry.date,
        date_from=entry.date_from,
        standfirst=standfirst,
        link=entry.link,
        author=entry.author,
        topic=entry.topic,
        lang=entry.lang,
        image=image,
        pieces=tuple(without(pieces, standfirst)),
        feed_id=entry.id,
        look=("The standfirst says what the text begins with.",) if again else (),
        raw=(entry.content or entry.summary).encode(),
        media_type="text/html",
    )


def _lead(entry: Entry, pieces: list[Piece]) -> tuple[Picture | None, list[Piece]]:
    """The entry's own picture, with what the body says about it; else the body's first."""
    pictures = [each for each in pieces if isinstance(each, Picture)]
    if not entry.image:
        lead = pictures[0] if pictures else None
        return lead, [each for each in pieces if each is not lead]
    shown = next((each for each in pictures if same_picture(each.src, entry.image)), None)
    if shown is None:
        return Picture(entry.image, entry.image_alt, *split_credit(entry.image_caption)), pieces
    return replace(shown, src=entry.image), [each for each in pieces if each is not shown]
