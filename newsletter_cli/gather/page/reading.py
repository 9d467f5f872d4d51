"""A whole page as one gathered article."""

import re
from collections.abc import Callable
from datetime import date as Date
from datetime import tzinfo

from newsletter_cli.gather import dates
from newsletter_cli.gather.found import Found
from newsletter_cli.gather.page import body as bodies
from newsletter_cli.gather.page.cleaning import cleaned
from newsletter_cli.gather.page.headings import headed, levelled
from newsletter_cli.gather.page.length import CUT, shortened
from newsletter_cli.gather.page.metadata import Metadata, read_metadata
from newsletter_cli.gather.page.pictures import SAVED, read_picture, same_picture
from newsletter_cli.gather.page.structure import plain
from newsletter_cli.gather.page.teasers import read_teasers
from newsletter_cli.gather.page.tree import Element, as_html, parsed
from newsletter_cli.gather.pieces import Picture, Piece, Prose, Title
from newsletter_cli.gather.words import folded

_AROUND = re.compile(
    r"\b(?:publi[eé]e?|mis(?:e)? à jour|veröffentlicht|aktualisiert|pubblicat[oa]|aggiornat[oa]|publicad[oa]|actualizad[oa]|published|posted|"
    r"updated|geplaatst|le|el|il|am|on|op|de|del|par|por|von|da|di|by|door)\b",
    re.IGNORECASE,
)
_TELLING = 12
_BY = re.compile(r"^\W*(?:(?:words|text|story|written) )?(?:by|von|par|por|di|door)\b|\band\b", re.IGNORECASE)


def read_page(
    text: str, url: str, *, source: str = "", zone: tzinfo, today: Date, beside: Callable[[str], bool] | None = None
) -> Found:
    """Read an article from a page.

    Args:
        text: the page's HTML.
        url: where it came from, or "" for a saved page that does not say.
        source: what was asked for, when it is not the address.
        zone: where the newsletter is at home.
        today: no page is from later than tomorrow.
        beside: whether a relative path is a file saved with the page; its picture is then `saved:PATH`.
    """
    whole = parsed(text)
    if beside is not None:
        _mark_saved(whole, beside)
    facts = read_metadata(whole, url, zone, today)
    root = cleaned(text)
    if beside is not None:
        _mark_saved(root, beside)
    base = url or facts.link
    cut = shortened(root)
    candidates = bodies.read_body(root, as_html(root) if cut else text, base)
    lead, pieces = _lead(root, facts, [each.piece for each in candidates], base)
    pieces = levelled(headed(_without_repeats(pieces, facts)))
    inside = {comparable for each in pieces if (comparable := folded(plain(each)))}
    cards = tuple(
        card
        for card in read_teasers(root, base, facts.link or url, zone, facts.lang)
        if folded(card.title) not in inside
    )
    return Found(
        source=source or url,
        kind="page",
        title=facts.title,
        date=facts.date,
        date_from=facts.date_from,
        standfirst=_standfirst(facts, pieces),
        link=facts.link,
        author=", ".join(facts.authors),
        topic=facts.topic,
        lang=facts.lang,
        image=lead,
        pieces=tuple(pieces),
        cards=cards,
        look=(CUT,) if cut else (),
    )


def _mark_saved(root: Element, beside: Callable[[str], bool]) -> None:
    for image in root.iter("img"):
        src = str(image.get("src") or "")
        path = src.removeprefix("/")  # `/img/a.jpg`: of a site saved whole, below the page's folder
        if path and not re.match(r"[a-z][a-z0-9+.-]*:|/|#", path, re.IGNORECASE) and beside(path):
            image.set("src", SAVED + path)


def _lead(root: Element, facts: Metadata, pieces: list[Piece], base: str) -> tuple[Picture | None, list[Piece]]:
    """The lead picture with what the page says about it, and the body without it.

    The page's data names the file; alt, caption and credit stand where the page shows it (54 of 527 real pages give
    an alt in the data).
    """
    pictures = [each for each in pieces if isinstance(each, Picture)]
    shown = next((each for each in pictures if same_picture(each.src, facts.image)), None)
    if shown is None and facts.image:
        shown = _elsewhere(root, facts.image, base)
    opening = pieces[: next((number for number, each in enumerate(pieces) if isinstance(each, Prose)), 0) + 1]
    if not facts.image:
        shown = next((each for each in opening if isinstance(each, Picture)), pictures[0] if pictures else None)
        if shown is None:
            return (Picture(facts.poster) if facts.poster.startswith(("http://", "https://")) else None), pieces
    known = shown or Picture("")
    lead = Picture(
        src=known.src if known.src.startswith((SAVED, "data:")) else facts.image or known.src,
        alt=known.alt or facts.image_alt,
        caption=known.caption or facts.image_caption,
        credit=known.credit or facts.image_credit,
    )
    return lead, [each for each in pieces if each is not shown]


def _elsewhere(root: Element, address: str, base: str) -> Picture | None:
    """The lead picture where the page shows it outside the story's text."""
    for image in root.iter("img"):
        holder = next((above for above in image.iterancestors() if above.tag == "figure"), image.getparent())
        made = read_picture(image, base, holder)
        if made is not None and same_picture(made.src, address):
            return made
    return None


def _without_repeats(pieces: list[Piece], facts: Metadata) -> list[Piece]:
    """Without what the header of the file says already: title and what stands above it, byline, standfirst."""
    opening = [number for number, each in enumerate(pieces[:8]) if _is_title(each, facts.title)]
    kept = [
        each
        for number, each in enumerate(pieces)
        if not (opening and number <= opening[0] and not isinstance(each, Picture))
        and not (number < len(opening) + 4 and (_is_byline(each, facts) or _is_dateline(each, facts)))
    ]
    for each in kept[:4]:
        if _says(each, folded(facts.standfirst)):
            return [other for other in kept if other is not each]
    return kept


def _is_title(piece: Piece, title: str) -> bool:
    """The title once more: as it stands, or as a heading with its kicker before it or its words a little changed."""
    if _says(piece, folded(title)):
        return True
    if not isinstance(piece, Title) or not title:
        return False
    one, other = folded(plain(piece)).replace(" ", ""), folded(title).replace(" ", "")
    return (
        (len(other) >= _TELLING and other in one)
        or (2 * len(one) >= len(other) and one in other)
        or _mostly(piece, title)
    )


def _mostly(piece: Title, title: str) -> bool:
    """Whether the only heading of the page's first level shares half its words with the title."""
    shown, known = set(folded(plain(piece)).split()), set(folded(title).split())
    return piece.level == 1 and 2 * len(shown & known) >= min(len(shown), len(known))


def _says(piece: Piece, words: str) -> bool:
    return bool(words) and isinstance(piece, Title | Prose) and folded(plain(piece)) == words


def _is_byline(piece: Piece, facts: Metadata) -> bool:
    """`By Jo Marsh · 8 March 2022`, when the page's data name her: nothing but her name and perhaps a date."""
    if not isinstance(piece, Prose) or len(plain(piece)) > 120:
        return False
    rest = plain(piece)
    for name in facts.authors:
        rest = rest.replace(name, "")
    if rest == plain(piece):
        return False
    rest = _AROUND.sub("", _BY.sub("", rest)).strip(" ·•|,–—-")
    return not folded(rest) or dates.only_a_date(rest) is not None


def _is_dateline(piece: Piece, facts: Metadata) -> bool:
    """`Stand: 8. Juli 2026, 5:00 Uhr`: a line that says nothing but a day, which the header holds."""
    if not isinstance(piece, Prose) or facts.date is None:
        return False
    line = re.sub(r"\b\d{1,2}[:.]\d\d(?:[:.]\d\d)?\b(?!\.?\d)|\b(?:AM|PM|Uhr)\b", "", plain(piece))
    return dates.only_a_date(line.strip(" ,-–|·"), facts.lang) is not None


def _standfirst(facts: Metadata, pieces: list[Piece]) -> str:
    """The standfirst; one that the site cut short is completed from the paragraph it was cut from."""
    said = facts.standfirst
    stem = said.rstrip(" .…[]")
    if said.endswith(("…", "...", "[…]", "[...]")) and len(stem) >= 40:
        for each in pieces[:3]:
            text = plain(each)
            if isinstance(each, Prose) and folded(text).startswith(folded(stem)) and len(text) <= 400:
                return text
    return said
