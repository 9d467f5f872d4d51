"""Plain text: a page saved or copied as text, without any mark-up to tell what is what.

First line title; a line that is only a date; the next paragraph the standfirst; then the story. Below `Further
reading` stand teasers with their dates; sign-up boxes and the like are dropped. Captions, names and alt texts cannot
be told from short paragraphs: they are kept, and a person is asked to look.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date as Date
from itertools import pairwise

from newsletter_cli.gather import dates
from newsletter_cli.gather.found import Found
from newsletter_cli.gather.markdown_text import escaped
from newsletter_cli.gather.page.furniture import says_furniture
from newsletter_cli.gather.page.pictures import split_credit
from newsletter_cli.gather.pieces import Item, Listing, Piece, Prose, Quotation
from newsletter_cli.gather.text_head import read_head
from newsletter_cli.gather.words import folded, squeezed
from newsletter_cli.model.article import Card

_FURTHER = re.compile(
    r"^(?:further reading|related(?: (?:articles|stories|news|content|reading))?|read (?:next|more)|more (?:news|stories|like this)"
    r"|you (?:may|might) also like|latest news|weitere artikel|mehr zum thema|à lire aussi|lire aussi|leggi anche|te puede interesar|lees ook)$"
)
_FOOT = re.compile(
    r"^(?:©|\(c\)\s|copyright\b|all rights reserved|registered charity|privacy policy|terms (?:and|&) conditions|cookie)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[•‣◦▪–*]|-)\s+(?=\S)")
_NUMBER = re.compile(r"^(\d{1,2})[.)]\s+(?=\S)")
_QUOTED = re.compile(r"^[“\"«„](.+)[”\"»“]$", re.DOTALL)
_SIGN_UP = re.compile(
    r"newsletters?\b|\bsign(?:ing)? up\b|\bsubscrib|\byour (?:e-?mail|inbox)\b|mailing list|e-?mail address|(?:keep|stay) (?:me |us )?up to date"
    r"|^(?:first|last) name\b|^e-?mail\b|privacy policy|unsubscribe|^(?:your )?(?:full )?name\b",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?…:;,”\"’')\]]$")


def read_text(text: str, *, source: str, today: Date) -> Found:
    """Read an article from plain text. Pieces that may be captions or names are named in `look`."""
    blocks = _without_sign_up(_blocks(text))
    head = read_head(blocks, today)
    story, cards, unused = _parted(head.story)
    standfirst, story = _standfirst(story)
    pieces, look = _pieces(story)
    return Found(
        source=source,
        kind="text",
        title=head.title,
        date=head.date,
        date_from="said" if head.date else "",
        standfirst=standfirst,
        author=head.author,
        pieces=tuple(pieces),
        cards=tuple(cards),
        look=(*look, *unused),
    )


def text_pieces(text: str) -> list[Piece]:
    """Plain text that is all story, such as the text of a mail, in pieces."""
    pieces, _ = _pieces(_without_sign_up(_blocks(text)))
    return pieces


def _blocks(text: str) -> list[str]:
    """Paragraphs: parted by empty lines, or each line one when the text has hardly any empty lines.

    A line of its own before a date or a long paragraph is a paragraph too (a title above its date line).
    """
    rows = [row.strip() for row in text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")]
    filled = [row for row in rows if row]
    empty = sum(1 for one, two in pairwise(rows) if not two and one)
    wrapped = (
        bool(filled)
        and sum(60 <= len(row) <= 80 for row in filled) > 0.4 * len(filled)
        and max(map(len, filled)) <= 100
    )
    if empty < len(filled) // 8 or not wrapped:
        return filled
    return [
        squeezed(block) if not _listed(block) else block
        for block in re.split(r"\n\s*\n", "\n".join(rows))
        if block.strip()
    ]


def _listed(block: str) -> bool:
    return all(_BULLET.match(row) or _NUMBER.match(row) for row in block.strip().split("\n"))


def _without_sign_up(blocks: list[str]) -> list[str]:
    """Without furniture: a line that asks to sign up takes the lines of its form with it."""
    kept: list[str] = []
    form = False
    for number, block in enumerate(blocks):
        asks = len(block) <= 160 and bool(_SIGN_UP.search(block))
        form = asks and (form or _is_dropped(block) or not _END.search(block)) and number > 0
        if not form and not _is_dropped(block):
            kept.append(block)
    return kept


def _is_dropped(block: str) -> bool:
    if _FURTHER.match(folded(block)):
        return False
    return says_furniture(block) or bool(_FOOT.match(block)) or not folded(block)


def _parted(blocks: list[str]) -> tuple[list[str], list[Card], list[str]]:
    """The story, the cards below the line that says further reading, and what to say about lines left out there.

    `Read more` and the like are such a line only when teasers follow: they also stand in the middle of stories.
    """
    marks = [number for number, block in enumerate(blocks) if _FURTHER.match(folded(block))]
    for number in sorted(marks, key=lambda each: says_furniture(blocks[each])):
        below = [part for each in blocks[number + 1 :] if not says_furniture(each) for part in _undated(each)]
        cards = list(_cards(below))
        if not says_furniture(blocks[number]) or (cards and cards[0].title in below[:2]):
            story = [block for block in blocks[:number] if not says_furniture(block)]
            return story, cards, list(_unused(below, cards))
    return [block for block in blocks if not says_furniture(block)], [], []


def _unused(below: list[str], cards: list[Card]) -> Iterator[str]:
    """Lines below further reading that look like titles and became no card, having no date."""
    used = {text for card in cards for text in (card.title, card.standfirst)}
    for block in below:
        if block not in used and len(block.split()) >= 3 and not _END.search(block) and not dates.only_a_date(block):
            yield f"“{_short(block)}” stood below further reading without a date, and was left out."


def _undated(block: str) -> list[str]:
    """`A title (8 June 2021)` as the title and its date."""
    found = re.match(r"^(.{8,}?)\s*[(–—|-]\s*([^()–—|]{6,30})\)?$", block)
    return [found[1], found[2]] if found and dates.only_a_date(found[2]) else [block]


def _cards(blocks: list[str]) -> Iterator[Card]:
    """Teasers: a title, with its date before it, after it, or after a sentence; perhaps a sentence.

    The lines before the first date tell which of these the page has: none, one or more. Between two dates, then,
    either the first line is a title, or the last is the title of the date to come.
    """
    days = [dates.only_a_date(block) for block in blocks]
    stops = [number for number, day in enumerate(days) if day]
    if not stops:
        return
    parts = [blocks[start + 1 : stop] for start, stop in pairwise([-1, *stops, len(blocks)])]
    if len(parts[0]) == 1:
        titles, rests = [part[-1:] for part in parts[:-1]], [part[:-1] for part in parts[1:-1]] + [parts[-1]]
    else:
        owned = [part[_headline(part) :] for part in parts[:-1]] if parts[0] else parts[1:]
        titles, rests = [part[:1] for part in owned], [part[1:] for part in owned]
    for title, rest, stop in zip(titles, rests, stops, strict=True):
        if title:
            sentence = rest[0] if rest and len(rest[0]) > 20 and _END.search(rest[0]) else ""
            yield Card(title=title[0], date=days[stop], standfirst=sentence)


def _headline(part: list[str]) -> int:
    """The line nearest to the date below it that is a title: those above it have no date of their own."""
    lines = [number for number, line in enumerate(part) if len(line.split()) >= 3 and not _END.search(line)]
    return lines[-1] if lines else 0


def _standfirst(story: list[str]) -> tuple[str, list[str]]:
    """The opening paragraph, when the story goes on after it."""
    for number, block in enumerate(story[:3]):
        if len(block) >= 40 and _END.search(block) and len(story) > number + 1:
            return squeezed(block), story[:number] + story[number + 1 :]
    return "", story


def _pieces(story: list[str]) -> tuple[list[Piece], list[str]]:
    pieces: list[Piece] = []
    look: list[str] = []
    for number, block in enumerate(story):
        following = story[number + 1] if number + 1 < len(story) else ""
        listed = _list(block)
        if listed is not None:
            if pieces and isinstance(pieces[-1], Listing) and pieces[-1].ordered == listed.ordered:
                pieces[-1] = Listing((*pieces[-1].items, *listed.items), listed.ordered, pieces[-1].start)
            else:
                pieces.append(listed)
        elif _QUOTED.match(block) and len(block) > 40:
            pieces.append(_quote(block, following))
        elif pieces and isinstance(pieces[-1], Quotation) and pieces[-1].who and _is_name_line(block):
            continue  # taken as the attribution of the quote above
        else:
            pieces.append(Prose(escaped(squeezed(block))))
            if not _END.search(block) and len(block) <= 200:
                look.append(_question(block, pieces))
    return pieces, look


def _question(block: str, pieces: Sequence[Piece]) -> str:
    """What a person should tell of a short line that was kept as a paragraph."""
    below_quote = any(isinstance(each, Quotation) for each in pieces[-3:-1])
    if split_credit(block)[1] and not split_credit(block)[0]:
        return f"The credit of a picture? “{_short(block)}”"
    return f"{'Who is quoted above' if below_quote else 'Heading, caption, alt text or name'}? “{_short(block)}”"


def _list(block: str) -> Listing | None:
    rows = block.strip().split("\n")
    if all(_BULLET.match(row) for row in rows):
        return Listing(tuple(Item(escaped(squeezed(_BULLET.sub("", row)))) for row in rows))
    numbers = [_NUMBER.match(row) for row in rows]
    if all(numbers):
        items = tuple(Item(escaped(squeezed(_NUMBER.sub("", row)))) for row in rows)
        return Listing(items, True, int(numbers[0][1]) if numbers[0] else 1)
    return None


def _quote(block: str, following: str) -> Quotation:
    """A paragraph that is one quotation; a short line after it that begins with a dash says whose."""
    words = escaped(squeezed(block))
    if re.match(r"^(?:[—–―]|--)\s*\S", following) and len(following) <= 160:
        name, _, role = re.sub(r"^(?:[—–―]|--)\s*", "", following).partition(",")
        return Quotation((words,), name.strip(), role.strip())
    return Quotation((words,))


def _is_name_line(block: str) -> bool:
    return bool(re.match(r"^(?:[—–―]|--)\s*\S", block))


def _short(block: str) -> str:
    return block if len(block) <= 50 else block[:49] + "…"
