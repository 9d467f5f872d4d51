"""Takes a newsletter that came as one mail apart into its stories, and leaves its footer where it was."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from newsletter_cli.gather.found import Found
from newsletter_cli.gather.page.structure import plain
from newsletter_cli.gather.pieces import Call, Listing, Picture, Piece, Prose, Quotation, Rule, Title
from newsletter_cli.gather.words import folded

WHOLE = "A whole mail became one article: cut it where a story of its own begins."
# What only the mail's own reader may follow, and what stands around it. Its addresses would sign somebody else off.
_FOOT = re.compile(
    r"unsubscri|opt(?:ing)?[ -]?out|(?:update|manage|change|edit) (?:your |my )?(?:e-?mail )?(?:preferences|subscription|profile|settings)"
    r"|(?:view|read|open|see) (?:this |the )?(?:e-?mail|message|newsletter|it)?\s?(?:online|in (?:your |a |the )?(?:web ?)?browser)"
    r"|you(?:’re| are|'re| have)? (?:receiv|been sent|got)\w* this|this e-?mail was sent to|our mailing address|forward (?:this|to a friend)"
    r"|all rights reserved|abmelden|abbestellen|im browser (?:an|öffnen)|se désabonner|désinscri|dans (?:votre|le) navigateur|darse de baja|disiscriv|afmelden",
    re.IGNORECASE,
)
_FOOT_LINK = re.compile(
    r"\]\([^)]*(?:unsubscribe|optout|opt-out|/profile\?|preferences|forward-to-friend|update-profile)", re.IGNORECASE
)
_COUNTED = re.compile(
    r"\]?\(?https?://(?P<host>[^/)\s]*)(?:/track/click|/ls/click|/wf/click|/tn\.jsp|/redirect/|/t/[a-z]-|/c/eJ|/e3t/)"
    r"|https?://(?P<click>(?:click|clicks|trk|email)\.[^/)\s]+)",
    re.IGNORECASE,
)
_LINK_ALONE = re.compile(r"\[(?P<text>[^\[\]]+)\]\((?P<url>https?://[^)\s]+)\)[\s.→»>]*")
_READ_ON = re.compile(
    r"^(?:read|find out|learn|see|continue|discover|more|full|watch|listen|weiter|mehr|lire|en savoir|leer|leggi|scopri|lees)\b",
    re.IGNORECASE,
)


def without_footer(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without what concerns the mail and its reader: leave, view in a browser, the sender's address."""
    kept = [each for each in pieces if not _is_footer(each)]
    while kept and isinstance(kept[-1], Title | Rule):
        kept.pop()
    return kept


def _is_footer(piece: Piece) -> bool:
    if isinstance(piece, Call):
        return bool(_FOOT.search(piece.label) or _FOOT_LINK.search(f"]({piece.url}"))
    if not isinstance(piece, Prose | Title):
        return False
    said = plain(piece)
    return bool(_FOOT_LINK.search(piece.text)) or (len(said) <= 400 and bool(_FOOT.search(said)))


def counted_links(pieces: Sequence[Piece]) -> tuple[str, ...]:
    """What to say of links that lead through the sender's click counter, with the one who got the mail in them."""
    texts = [each.url if isinstance(each, Call) else each.text for each in pieces if isinstance(each, Call | Prose)]
    found = next((hit for text in texts if (hit := _COUNTED.search(text))), None)
    if found is None:
        return ()
    return (f"Links lead through the click counter {found['host'] or found['click']}: put the pages' own addresses.",)


def stories(mail: Found) -> list[Found]:
    """The stories of a mail, each with its picture and the page it leads to; the mail itself when it is but one.

    A story begins at a heading of the level that stands there most often at the top; what comes before the first is
    an article too, for the letter it may be.
    """
    starts = _starts(mail.pieces)
    if len(starts) < 2:
        lead = next((each for each in mail.pieces if isinstance(each, Picture)), None)
        rest = tuple(each for each in mail.pieces if each is not lead)
        return [replace(mail, image=lead, pieces=rest, look=(*mail.look, WHOLE, *counted_links(rest)))]
    parts = [mail.pieces[start:end] for start, end in zip(starts, [*starts[1:], len(mail.pieces)], strict=True)]
    before = mail.pieces[: starts[0]]
    made = [replace(mail, pieces=before, look=(*mail.look, *counted_links(before)))] if _has_words(before) else []
    for number, part in enumerate(parts, 1):
        made.append(_story(mail, part, number))
    return made


def _starts(pieces: Sequence[Piece]) -> list[int]:
    titles = [(number, each.level) for number, each in enumerate(pieces) if isinstance(each, Title)]
    levels = [level for _, level in titles]
    level = next((each for each in sorted(set(levels)) if levels.count(each) >= 2), None)
    if level is None:
        return []
    starts = [number for number, own in titles if own == level]
    ends = [*starts[1:], len(pieces)]
    if not all(_has_words(pieces[start + 1 : end]) for start, end in zip(starts, ends, strict=True)):
        return []
    return [_with_picture_above(pieces, start) for start in starts]


def _with_picture_above(pieces: Sequence[Piece], start: int) -> int:
    """A picture right above a heading belongs to it, unless one stands right below."""
    below = pieces[start + 1] if start + 1 < len(pieces) else None
    return start - 1 if start and isinstance(pieces[start - 1], Picture) and not isinstance(below, Picture) else start


def _has_words(pieces: Sequence[Piece]) -> bool:
    return any(isinstance(each, Prose | Listing | Quotation) for each in pieces)


def _story(mail: Found, part: Sequence[Piece], number: int) -> Found:
    title = next(plain(each) for each in part if isinstance(each, Title))
    rest = list(part)
    rest.remove(next(each for each in part if isinstance(each, Title)))
    lead = next((each for each in rest[:2] if isinstance(each, Picture)), None)
    rest = [each for each in rest if each is not lead and not isinstance(each, Rule)]
    link, rest = _read_on(rest)
    return replace(
        mail,
        source=f"{mail.source}#{number}",
        title=title,
        image=lead,
        link=link,
        pieces=tuple(rest),
        look=(*mail.look, *counted_links([Prose(f"({link})"), *rest])),
    )


def _read_on(pieces: list[Piece]) -> tuple[str, list[Piece]]:
    """The address of the story's own page, from a button or line that says to read on, and the pieces without it."""
    for each in reversed(pieces):
        for text, url in _links_alone(each):
            if _READ_ON.match(folded(text)):
                return url, _without_link(pieces, each, text, url)
    return "", pieces


def _links_alone(piece: Piece) -> Iterator[tuple[str, str]]:
    """The label and address of a button, and of a link at a paragraph's end."""
    if isinstance(piece, Call):
        yield piece.label, piece.url
    elif isinstance(piece, Prose):
        found = list(_LINK_ALONE.finditer(piece.text))
        if found and found[-1].end() == len(piece.text):
            yield found[-1]["text"], found[-1]["url"]


def _without_link(pieces: list[Piece], piece: Piece, text: str, url: str) -> list[Piece]:
    kept = piece.text[: piece.text.rindex(f"[{text}](")].rstrip() if isinstance(piece, Prose) else ""
    swapped = [Prose(kept.removesuffix("\\").rstrip()) if each is piece and kept else each for each in pieces]
    return [each for each in swapped if each is not piece]
