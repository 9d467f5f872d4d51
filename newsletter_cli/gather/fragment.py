"""HTML that is the article already (a feed's content, a Word file, a mail, the clipboard) into pieces."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from newsletter_cli.gather.page.cleaning import cleaned
from newsletter_cli.gather.page.furniture import says_furniture
from newsletter_cli.gather.page.headings import levelled
from newsletter_cli.gather.page.pictures import split_credit
from newsletter_cli.gather.page.quotes import attributed
from newsletter_cli.gather.page.structure import Structure, plain
from newsletter_cli.gather.page.tree import Element, drop, names_of, text_of
from newsletter_cli.gather.pieces import Listing, Picture, Piece, Prose, Rule, Title
from newsletter_cli.gather.text_head import BYLINE
from newsletter_cli.gather.words import folded

_STRUCK = re.compile(r"text-decoration(?:-line)?:[^;]*line-through")
_FILM = re.compile(
    r"<iframe\b[^>]*?\bsrc=[\"']((?:https?:)?//(?:www\.)?(?:youtube(?:-nocookie)?\.com/embed|player\.vimeo\.com/video)/[^\"'<>]+)[\"'][^>]*>"
    r"(?:\s*</iframe>)?",
    re.IGNORECASE,
)


def read_fragment(html: str, base: str = "") -> list[Piece]:
    """Every piece of some HTML but furniture; headings levelled from 2 on."""
    root = cleaned(_FILM.sub(_film, html))
    for each in list(root.iter("a")):
        if "wp-block-file__button" in names_of(each):
            drop(each)  # WordPress links a file twice: by its name and by a button behind it
    pieces = _without_echoes([each.piece for each in Structure(base).candidates(root)])
    kept = [each for each in pieces if not (isinstance(each, Prose) and says_furniture(plain(each)))]
    while kept and isinstance(kept[-1], Title | Rule):
        kept.pop()
    return levelled(attributed(kept))


def _without_echoes(pieces: Sequence[Piece]) -> list[Piece]:
    """Without a paragraph that says what the one before it says: a film's title and its caption."""
    return [
        each
        for before, each in zip((None, *pieces), pieces, strict=False)
        if not (isinstance(each, Prose) and isinstance(before, Prose) and folded(plain(each)) == folded(plain(before)))
    ]


def _film(found: re.Match[str]) -> str:
    """A film in a frame as a link to it: a mail cannot play it."""
    title = re.search(r"title=[\"']([^\"'<>]{3,120})[\"']", found[0])
    number = re.search(r"/embed/([\w-]{6,20})", found[1])
    address = f"https://www.youtube.com/watch?v={number[1]}" if number else found[1]
    return f'<p><a href="{address}">{title[1] if title else "Watch the film"}</a></p>'


def plain_text(html: str) -> str:
    """HTML as one line of text, such as a summary."""
    return text_of(cleaned(html)) if html.strip() else ""


def first_sentences(text: str, longest: int = 300) -> str:
    """The beginning of a text up to the end of a sentence; "" when no sentence ends in time."""
    whole = re.sub(r"\s*(?:\[(?:…|\.\.\.)\]|…|\.\.\.)$", "", text)  # WordPress cuts excerpts so
    if whole == text and len(text) <= longest:
        return text
    text = f"{whole} "
    ends = [text.rfind(mark, 0, longest) for mark in (". ", "! ", "? ", "。")]
    return text[: max(ends) + 1] if max(ends) > 40 else ""


def without(pieces: Sequence[Piece], text: str) -> list[Piece]:
    """The pieces without a first paragraph or heading that says exactly this."""
    words = folded(text)
    if pieces and words and isinstance(pieces[0], Prose | Title) and folded(plain(pieces[0])) == words:
        return list(pieces[1:])
    return list(pieces)


def captioned(pieces: Sequence[Piece], captions: Collection[str]) -> list[Piece]:
    """Pictures with the caption paragraph that stands after them (or, having none, before them).

    Args:
        pieces: in order.
        captions: the text of the paragraphs that a style marks as captions.
    """
    marked = {folded(each) for each in captions}
    made: list[Piece] = []
    waiting: Prose | None = None
    for each in pieces:
        previous = made[-1] if made else None
        if isinstance(each, Prose) and folded(plain(each)) in marked:
            if isinstance(previous, Picture) and not previous.caption:
                made[-1] = _with_caption(previous, plain(each))
                continue
            waiting = each
        elif isinstance(each, Picture) and not each.caption and waiting is not None and previous is waiting:
            made[-1] = _with_caption(each, plain(waiting))
            continue
        made.append(each)
    return made


def _with_caption(picture: Picture, text: str) -> Picture:
    caption, credit = split_credit(text)
    return replace(picture, caption=caption, credit=credit or picture.credit)


def byline(pieces: Sequence[Piece]) -> tuple[str, list[Piece]]:
    """The author that a line such as `By Jo Marsh` among the first four names, and the pieces without it."""
    for number, each in enumerate(pieces[:4]):
        text = plain(each) if isinstance(each, Prose) else ""
        if BYLINE.match(text) and len(text) <= 60 and not text.endswith("."):
            return BYLINE.sub("", text), [*pieces[:number], *pieces[number + 1 :]]
    return "", list(pieces)


def struck_out(root: Element) -> tuple[str, ...]:
    """What to say of words that a draft shows struck through: they are kept, and a person may have meant them to go."""
    marked = [*root.iter("s", "strike", "del"), *(each for each in root.iter("span") if _STRUCK.search(_style(each)))]
    words = [text_of(each) for each in marked if text_of(each)]
    if not words:
        return ()
    more = f" and {len(words) - 1} more" if len(words) > 1 else ""
    return (f"Struck-through words were kept: “{words[0][:60]}”{more}.",)


def _style(element: Element) -> str:
    return re.sub(r"\s", "", str(element.get("style") or "").lower())


def joined_lists(pieces: Sequence[Piece]) -> list[Piece]:
    """Lists that follow one another as one: Office.com gives every item a list of its own."""
    made: list[Piece] = []
    for each in pieces:
        last = made[-1] if made else None
        if isinstance(each, Listing) and isinstance(last, Listing) and last.ordered == each.ordered:
            made[-1] = replace(last, items=(*last.items, *each.items))
        else:
            made.append(each)
    return made
