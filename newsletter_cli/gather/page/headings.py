"""The headings inside a story: those that are only bold lines, and the levels of all."""

import re
from collections.abc import Iterable
from dataclasses import replace

from newsletter_cli.gather.page.structure import plain
from newsletter_cli.gather.pieces import Listing, Picture, Piece, Prose, Title

_BOLD = re.compile(r"\*\*(?:[^*\\]|\\.)+\*\*[?!]?")
_AT_MOST = 90
_AT_LEAST_TWO = 2


def headed(pieces: Iterable[Piece]) -> list[Piece]:
    """With bold lines as the headings they are meant for, in a story that has no other headings.

    One such line may be anything (a date, a name, a warning); two or more, each before a paragraph, are the way of an
    editor without a heading button.
    """
    pieces = list(pieces)
    bold = [number for number, each in enumerate(pieces) if _heads(each, pieces[number + 1 :])]
    if len(bold) < _AT_LEAST_TWO or any(isinstance(each, Title) for each in pieces):
        return pieces
    for number in bold:
        pieces[number] = Title(2, _text(pieces[number]).replace("**", ""))
    return pieces


def _heads(piece: Piece, following: list[Piece]) -> bool:
    if not isinstance(piece, Prose) or not _BOLD.fullmatch(piece.text) or len(plain(piece)) > _AT_MOST:
        return False
    below = next((each for each in following if not isinstance(each, Picture)), None)
    text = plain(piece)
    solid = isinstance(below, Listing) or (isinstance(below, Prose) and not _BOLD.fullmatch(below.text))
    return solid and text[-1] not in ".,;:" and any(each.isalpha() for each in text)


def _text(piece: Piece) -> str:
    return piece.text if isinstance(piece, Prose) else ""


def levelled(pieces: Iterable[Piece]) -> list[Piece]:
    """Headings from level 2 on, whatever level the page began with, at most three levels deep."""
    pieces = list(pieces)
    levels = sorted({each.level for each in pieces if isinstance(each, Title)})
    place = {level: min(number + 2, 4) for number, level in enumerate(levels)}
    return [replace(each, level=place[each.level]) if isinstance(each, Title) else each for each in pieces]
