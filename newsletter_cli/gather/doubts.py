"""What a person should look at in a gathered article, one sentence each."""

from collections.abc import Iterator

from newsletter_cli.gather.found import Found
from newsletter_cli.gather.pieces import Picture, Quotation

_DATES = {
    "": "No date was found.",
    "shown": "The date was read from the page's text.",
    "address": "The date was read from the page's address.",
    "changed": "The page tells only when it was changed last; the date may be another.",
    "file": "The date is the file's own.",
}


def doubts(found: Found) -> tuple[str, ...]:
    """The source's own doubts first, then what is missing by the rules of an article file."""
    return tuple(dict.fromkeys([*found.look, *_missing(found)]))


def _missing(found: Found) -> Iterator[str]:
    if not found.title:
        yield "No title was found."
    if found.date is None or found.date_from in _DATES:
        yield _DATES[found.date_from if found.date else ""]
    if not found.standfirst:
        yield "No standfirst was found."
    if not found.pieces:
        yield "No text was found."
    if found.image is not None:
        yield from _picture_doubts(found.image, "The lead picture")
    for piece in found.pieces:
        if isinstance(piece, Picture):
            yield from _picture_doubts(piece, f"The picture {_name(piece)}")
        elif isinstance(piece, Quotation) and not piece.who:
            yield f"The quote “{_short(piece)}” names nobody."


def _picture_doubts(picture: Picture, what: str) -> Iterator[str]:
    if not picture.alt:
        yield f"{what} has no alt text."
    if picture.caption and not picture.credit:
        yield f"{what} has a caption but no credit."


def _name(picture: Picture) -> str:
    if picture.src.startswith("data:"):
        return "inside the page"
    return picture.src.partition("?")[0].rstrip("/").rpartition("/")[2][:60]


def _short(quote: Quotation) -> str:
    words = " ".join(quote.paragraphs).strip('“”„«»" ').split()
    return " ".join(words[:6]) + ("…" if len(words) > 6 else "")
