"""What was copied from Google Docs, Word or a web page and comes in on standard input."""

from datetime import date as Date

from newsletter_cli.gather import dates
from newsletter_cli.gather.clipboard import read_clipboard
from newsletter_cli.gather.found import Found
from newsletter_cli.gather.fragment import byline, captioned, joined_lists, read_fragment, struck_out
from newsletter_cli.gather.page.headings import levelled
from newsletter_cli.gather.page.structure import plain
from newsletter_cli.gather.page.tree import as_html
from newsletter_cli.gather.pieces import Picture, Piece, Prose, Title
from newsletter_cli.gather.text import read_text

SOURCE = "-"


def read_pasted(text: str, *, today: Date) -> Found:
    """HTML when it looks like it, else plain text."""
    if not _is_html(text):
        return read_text(text, source=SOURCE, today=today)
    pasted = read_clipboard(text)
    pieces = joined_lists(captioned(read_fragment(as_html(pasted.root)), pasted.captions))
    title, pieces = _title(pieces)
    when, pieces = _date(pieces, today)
    author, pieces = byline(pieces)
    lead = next((each for each in pieces if isinstance(each, Picture)), None)
    return Found(
        source=SOURCE,
        kind="pasted",
        title=title,
        date=when,
        date_from="said" if when else "",
        standfirst=pasted.standfirst,
        author=author,
        image=lead,
        pieces=tuple(levelled([each for each in pieces if each is not lead])),
        look=(*pasted.look, *struck_out(pasted.root)),
    )


def _is_html(text: str) -> bool:
    head = text[:2000].lower()
    return any(
        f"<{tag}" in head for tag in ("html", "body", "p>", "p ", "div", "span", "h1", "h2", "b ", "meta", "table")
    )


def _title(pieces: list[Piece]) -> tuple[str, list[Piece]]:
    """The first heading, or a short first paragraph."""
    for number, each in enumerate(pieces[:3]):
        if isinstance(each, Title):
            return plain(each), pieces[:number] + pieces[number + 1 :]
    if pieces and isinstance(pieces[0], Prose) and len(plain(pieces[0])) <= 160:
        return plain(pieces[0]), pieces[1:]
    return "", pieces


def _date(pieces: list[Piece], today: Date) -> tuple[Date | None, list[Piece]]:
    for number, each in enumerate(pieces[:3]):
        found = dates.only_a_date(plain(each)) if isinstance(each, Prose) else None
        if found and dates.plausible(found, today):
            return found, pieces[:number] + pieces[number + 1 :]
    return None, pieces
