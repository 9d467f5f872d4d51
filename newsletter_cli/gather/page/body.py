"""Finds the story on a page: trafilatura says which words, the original tree says what they are."""

from dataclasses import replace

from newsletter_cli.gather.page.furniture import is_furniture, link_share, says_furniture
from newsletter_cli.gather.page.pictures import same_picture
from newsletter_cli.gather.page.structure import Candidate, Structure, plain
from newsletter_cli.gather.page.tree import Element, text_of, without_dead_parts
from newsletter_cli.gather.pieces import Call, Grid, Listing, Picture, Piece, Prose, Quotation, Rule, Title
from newsletter_cli.gather.words import folded

_LONG = 25


class Story:
    """The words of the story, to ask whether a text is part of it."""

    def __init__(self, text: str) -> None:
        lines = [folded(line.lstrip("- ")) for line in text.splitlines()]
        self._lines = {line for line in lines if line}
        self._all = f" {' '.join(lines)} "

    def __bool__(self) -> bool:
        return bool(self._lines)

    def has(self, text: str) -> bool:
        """Whether these words stand in the story; short ones only as a line of their own."""
        words = folded(text)
        if not words:
            return False
        if len(words) < _LONG:
            return words in self._lines
        if f" {words} " in self._all:
            return True
        parts = words.split()
        return len(parts) >= 16 and all(f" {' '.join(each)} " in self._all for each in (parts[:8], parts[-8:]))


def story_text(page: str) -> str:
    """The words of the story as trafilatura finds them, a paragraph a line; "" when it finds none."""
    import trafilatura

    return trafilatura.extract(page, output_format="txt", include_comments=False, include_tables=True) or ""


def read_body(root: Element, page: str, base: str) -> list[Candidate]:
    """The story's pieces in order, as candidates (their elements are needed to read the teasers around them)."""
    story = Story(story_text(page))
    without_dead_parts(root)
    body = root.find("body")
    tree = body if body is not None else root
    if not story:
        story = Story(
            "\n".join(text for each in tree.iter("p") if len(text := text_of(each)) > 60 and link_share(each) < 0.5)
        )
    keep = _holders(tree, story)
    return _chosen(Structure(base, keep).candidates(tree), story)


def _holders(tree: Element, story: Story) -> frozenset[Element]:
    """Elements that look like furniture by their class but hold a good part of the story."""
    lengths: dict[Element, int] = {}
    total = 0
    for each in tree.iter("p", "li", "h2", "h3", "blockquote", "div", "td"):
        own = text_of(each) if each.tag != "div" or len(each) == 0 else (each.text or "").strip()
        if len(own) >= _LONG and story.has(own):
            total += len(own)
            for up in each.iterancestors():
                lengths[up] = lengths.get(up, 0) + len(own)
    return frozenset(each for each, length in lengths.items() if length >= 0.3 * total and is_furniture(each))


def _chosen(candidates: list[Candidate], story: Story) -> list[Candidate]:
    """What belongs to the story, and what stands inside it: figures, quotes, buttons that are no running text."""
    matched = [_belongs(each.piece, story) for each in candidates]
    solid = [number for number, each in enumerate(candidates) if matched[number] and len(plain(each.piece)) >= _LONG]
    if not solid:
        return []
    first, last = solid[0], solid[-1]
    parents = {candidates[number].element.getparent() for number in solid}
    kept: list[Candidate] = []
    for number, each in enumerate(candidates):
        inside = first <= number <= last
        closing = isinstance(each.piece, Call) and last < number <= last + 2
        if matched[number] or closing or _stands_inside(each, inside, number - first, parents):
            kept.append(each)
    return _tidied(kept)


def _belongs(piece: Piece, story: Story) -> bool:
    match piece:
        case Prose() | Title() | Call():
            return story.has(plain(piece)) and not says_furniture(plain(piece))
        case Quotation(paragraphs):
            return any(story.has(plain(Prose(each))) for each in paragraphs)
        case Listing(items):
            return sum(story.has(plain(Prose(item.text))) for item in items) * 2 >= len(items)
        case Grid(rows):
            cells = [cell for row in rows for cell in row if folded(cell)]
            return sum(story.has(plain(Prose(cell))) for cell in cells) * 2 >= len(cells)
        case _:
            return False


def _stands_inside(each: Candidate, inside: bool, offset: int, parents: set[Element | None]) -> bool:
    """Whether a piece that is not among the story's words belongs to it by its place."""
    sibling = each.element.getparent() in parents
    match each.piece:
        case Picture():
            return inside or -6 <= offset < 0
        case Quotation():
            return inside
        case Title(_, text):
            return inside and sibling and not says_furniture(text) and link_share(each.element) < 0.5
        case Call() | Rule():
            return inside
        case Listing() | Grid():
            return inside and sibling and link_share(each.element) < 0.5
        case Prose(text):
            return inside and sibling and not says_furniture(text) and link_share(each.element) < 0.5
    return False


def _tidied(kept: list[Candidate]) -> list[Candidate]:
    """Without a paragraph or picture twice, and without headings and dividers that head nothing."""
    seen: set[str] = set()
    pictures: list[str] = []
    result: list[Candidate] = []
    for each in kept:
        words = folded(plain(each.piece))
        if isinstance(each.piece, Picture):
            if any(same_picture(each.piece.src, src) for src in pictures):
                continue
            pictures.append(each.piece.src)
        elif isinstance(each.piece, Prose | Listing) and len(words) >= _LONG:
            if words in seen:
                continue
            seen.add(words)
        result.append(each)
    while result and isinstance(result[-1].piece, Title | Rule):
        result.pop()
    while result and isinstance(result[0].piece, Rule):
        result.pop(0)
    return result


def levelled(pieces: list[Piece]) -> list[Piece]:
    """Headings from level 2 on, whatever level the page began with, at most three levels deep."""
    levels = sorted({each.level for each in pieces if isinstance(each, Title)})
    place = {level: min(number + 2, 4) for number, level in enumerate(levels)}
    return [replace(each, level=place[each.level]) if isinstance(each, Title) else each for each in pieces]
