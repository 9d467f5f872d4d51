"""Finds the story on a page: trafilatura says which words, the original tree says what they are."""

from collections.abc import Iterator
from dataclasses import replace

from newsletter_cli.gather.page.furniture import is_furniture, link_share, says_furniture
from newsletter_cli.gather.page.pictures import same_picture
from newsletter_cli.gather.page.structure import STANDALONE, Candidate, Structure, plain
from newsletter_cli.gather.page.tree import Element, text_of, without_dead_parts
from newsletter_cli.gather.pieces import Call, Grid, Listing, Picture, Piece, Prose, Quotation, Rule, Title
from newsletter_cli.gather.words import folded

_LONG = 25
_MOST_CALLS = 3
_LEAVES = frozenset(["p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "dd", "dt", "figcaption", "pre"])


class Story:
    """The words of the story, to ask whether a text is part of it."""

    def __init__(self, text: str) -> None:
        lines = [folded(line.lstrip("- ")) for line in text.splitlines()]
        cells = [folded(cell) for line in text.splitlines() if "|" in line for cell in line.split("|")]
        self._lines = {line for line in (*lines, *cells) if line}
        self._all = "".join(lines).replace(" ", "")

    def __bool__(self) -> bool:
        return bool(self._lines)

    def has(self, text: str) -> bool:
        """Whether these words stand in the story; short ones only as a line of their own."""
        words = folded(text)
        if not words:
            return False
        if len(words) < _LONG and not (len(words) >= 8 and " " not in words and not words.isascii()):
            return words in self._lines
        # Without spaces: a link or a ruby annotation inside a word parts it in one reading and not in the other.
        dense = words.replace(" ", "")
        return dense in self._all or (len(dense) >= 120 and dense[:50] in self._all and dense[-50:] in self._all)


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
    """Elements that look like furniture by their class, yet whose text is mostly the story's."""
    told: dict[Element, int] = {}
    for each in tree.iter():
        leaf = each.tag in _LEAVES or (
            each.tag == "div" and not any(below.tag in STANDALONE for below in each.iterdescendants())
        )
        for text, holder in _texts(each, leaf):
            if len(text) >= _LONG and story.has(text):
                for up in (holder, *holder.iterancestors()):
                    told[up] = told.get(up, 0) + len(text)
    total = told.get(tree, 0)
    return frozenset(
        each
        for each, length in told.items()
        if is_furniture(each) and (length >= 0.3 * total or (length >= _LONG and length >= 0.5 * len(text_of(each))))
    )


def _texts(element: Element, leaf: bool) -> Iterator[tuple[str, Element]]:
    """The whole text of a leaf block, else the loose text in and after an element, with what it belongs to."""
    parent = element.getparent()
    if leaf:
        yield text_of(element), element
    elif not any(up.tag in _LEAVES for up in (element, *element.iterancestors())):
        yield element.text or "", element
    if parent is not None and parent.tag not in _LEAVES:
        yield element.tail or "", parent


def _chosen(candidates: list[Candidate], story: Story) -> list[Candidate]:
    """What belongs to the story, and what stands inside it: figures, quotes, buttons that are no running text."""
    matched = [_belongs(each.piece, story) for each in candidates]
    told = [number for number, each in enumerate(matched) if each]
    solid = [number for number in told if len(plain(candidates[number].piece)) >= _LONG] or told
    if not solid:
        return []
    first, last = solid[0], solid[-1]
    parents = {candidates[number].element.getparent() for number in solid}
    calls = sum(isinstance(each.piece, Call) for each in candidates[first : last + 1])
    kept: list[Candidate] = []
    for number, each in enumerate(candidates):
        if isinstance(each.piece, Call) and not matched[number] and calls > _MOST_CALLS:
            continue  # shop buttons, not the story's call
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
    seen: dict[str, Element | None] = {}
    pictures: list[int] = []
    result: list[Candidate] = []
    for each in kept:
        words = folded(plain(each.piece))
        if isinstance(each.piece, Picture):
            again = next((place for place in pictures if _shows(result[place].piece, each.piece)), None)
            if again is not None:
                result[again] = replace(result[again], piece=_both(result[again].piece, each.piece))
                continue
            pictures.append(len(result))
        elif isinstance(each.piece, Prose | Listing) and len(words) >= _LONG:
            # A text twice in one place is the author's; in two places it is one for narrow and one for wide screens.
            parent = each.element.getparent()
            if seen.setdefault(words, parent) is not parent:
                continue
        result.append(each)
    while result and isinstance(result[-1].piece, Title | Rule):
        result.pop()
    while result and isinstance(result[0].piece, Rule):
        result.pop(0)
    return result


def _shows(one: Piece, other: Picture) -> bool:
    return isinstance(one, Picture) and same_picture(one.src, other.src)


def _both(one: Piece, other: Picture) -> Piece:
    """A picture shown twice, with what only its second place says of it."""
    if not isinstance(one, Picture):
        return one
    return replace(
        one, alt=one.alt or other.alt, caption=one.caption or other.caption, credit=one.credit or other.credit
    )
