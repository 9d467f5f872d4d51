"""Reads a tree into pieces in order: headings, paragraphs, lists, quotes, figures, buttons, tables."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from newsletter_cli.gather.links import absolute
from newsletter_cli.gather.markdown_text import escaped
from newsletter_cli.gather.page.furniture import is_furniture, is_unseen
from newsletter_cli.gather.page.inline import Inline, Run, children
from newsletter_cli.gather.page.pictures import (
    CAPTION,
    CREDIT,
    alt_of,
    is_caption,
    is_icon,
    is_picture_box,
    read_picture,
    split_credit,
    unloaded_picture,
)
from newsletter_cli.gather.page.quotes import is_quote, read_quote
from newsletter_cli.gather.page.tree import Element, break_lines, names_of, text_of
from newsletter_cli.gather.pieces import (
    Call,
    Grid,
    Item,
    Listing,
    Picture,
    Piece,
    Prose,
    Quotation,
    Rule,
    Title,
    Written,
)
from newsletter_cli.gather.words import folded
from newsletter_cli.model.elements import BLOCKS

# Pictures stand between paragraphs here, also those that a script would load in the place of a `noscript`.
STANDALONE = BLOCKS | {"img", "picture", "noscript"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HEADED = re.compile(
    r"(?:^|[\s_-])(?:sub-?head(?:er|ing|line)?|cross-?head(?:er|ing|line)?|(?:online)?interline|inter-?titre|ladillo|"
    r"zwischen-?(?:titel|(?:ue|ü)berschrift)|section-?(?:title|heading))(?:$|[\s_-])"
)
_HEADING_AT_MOST = 120
_MARKS = re.compile(r"\]\(<?[^()\s]*(?:\([^()]*\)[^()\s]*)*>?\)|\\([\W_])|[*`\[]|(?<!\w)_|_(?!\w)")
_BUTTON = re.compile(r"(?:^|[\s_-])(?:btn|(?:mcn|kt-|hs-)?button|cta|donate|call-to-action)(?:$|[\s_-])")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece, the element it was read from, and whether that stands among what looks like furniture."""

    piece: Piece
    element: Element
    furniture: bool = False


class Structure:
    """Reads pieces from a tree.

    Args:
        base: the address relative links hang on.
        keep: elements that are read even though their class looks like furniture (they hold the story).
        furniture: read furniture too, its candidates marked.
    """

    def __init__(self, base: str, keep: frozenset[Element] = frozenset(), furniture: bool = False) -> None:
        self._base, self._keep, self._furniture = base, keep, furniture
        self._inline = Inline(base)
        self._aside = False
        self._used: set[Element] = set()

    def candidates(self, root: Element) -> list[Candidate]:
        """Every piece below `root`, in document order."""
        return list(self._walk(root))

    def _made(self, piece: Piece | None, element: Element) -> Iterator[Candidate]:
        if piece is not None:
            yield Candidate(piece, element, self._aside)

    def _walk(self, element: Element) -> Iterator[Candidate]:
        if element in self._used:
            return
        if element not in self._keep and is_furniture(element) and not self._aside and not is_quote(element):
            if self._furniture:
                self._aside = True
                yield from self._read(element)
                self._aside = False
            return
        yield from self._read(element)

    def _read(self, element: Element) -> Iterator[Candidate]:
        tag = element.tag
        if tag in _HEADINGS or _headed(element):
            yield from self._heading(element)
        elif is_quote(element) and element not in self._keep:
            yield from self._made(read_quote(element, self._inline, self._base), element)
        elif tag == "figure" or _figure_like(element):
            yield from self._figure(element)
        elif tag == "img":
            yield from self._loose_picture(element)
        elif tag in ("ul", "ol"):
            yield from self._list(element)
        elif tag == "table":
            yield from self._table(element)
        elif tag == "hr":
            yield from self._made(Rule(), element)
        elif tag == "pre":
            break_lines(element)
            yield from self._made(_prose(self._inline.of(element)), element)
        else:
            yield from self._container(element)

    def _container(self, element: Element) -> Iterator[Candidate]:
        runs: list[Run] = [element.text or ""]
        for child in element:
            if not isinstance(child.tag, str):
                runs.append(child.tail or "")
                continue
            if child.tag in STANDALONE or any(below.tag in STANDALONE for below in child.iterdescendants()):
                yield from self._flush(runs, element)
                yield from self._walk(child)
                runs = []
            elif not is_unseen(child):
                runs.append(child)
            runs.append(child.tail or "")
        yield from self._flush(runs, element)

    def _flush(self, runs: list[Run], element: Element) -> Iterator[Candidate]:
        call = self._call(runs)
        if call is not None:
            yield from self._made(call, element)
            return
        for text in self._inline.paragraphs(runs):
            yield from self._made(_prose(text), element)

    def _call(self, runs: list[Run]) -> Call | None:
        """A link that stands alone in its block and whose class, or its parent's, says button."""
        solid = [run for run in runs if not isinstance(run, str) or run.strip()]
        if len(solid) != 1 or isinstance(solid[0], str):
            return None
        element = solid[0]
        anchor = element if element.tag == "a" else next(iter(element.iter("a")), None)
        if anchor is None:
            return None
        parents = [element, anchor, *list(anchor.iterancestors())[:2]]
        looks = any(_BUTTON.search(names_of(each)) or each.get("role") == "button" for each in parents)
        looks = looks or _drawn_as_button(anchor)
        label, url = text_of(anchor), absolute(str(anchor.get("href") or ""), self._base)
        return Call(label, url) if looks and label and url and len(label) <= 60 else None

    def _heading(self, element: Element) -> Iterator[Candidate]:
        for image in element.iter("img"):
            yield from self._made(read_picture(image, self._base), image)
        runs = [each for each in children(element) if isinstance(each, str) or not is_unseen(each)]
        text = self._inline.text([element.text or "", *runs]).replace("\\\n", " ").replace("**", "")
        if any(each.isalnum() for each in text):
            yield from self._made(Title(_HEADINGS.get(element.tag, 3), text), element)
        elif text:
            yield from self._made(Rule(), element)  # `___`, `* * *`

    def _figure(self, element: Element) -> Iterator[Candidate]:
        images = list(element.iter("img"))
        if element.find(".//table") is not None and not images:
            yield from self._container(element)
            return
        for number, image in enumerate(images):
            holder = element if number == 0 or len(images) == 1 else image.getparent()
            picture = read_picture(image, self._base, holder)
            if picture is not None and not picture.caption and number == len(images) - 1:
                picture = self._captioned(picture, element)
            yield from self._made(picture, image)
        if not images:
            picture = unloaded_picture(element, self._base)
            yield from self._made(picture, element) if picture else self._container(element)

    def _captioned(self, picture: Picture, figure: Element) -> Picture:
        """With the caption that stands after its figure instead of in it."""
        after = figure.getnext()
        if after is None or not is_caption(after) or len(text_of(after)) > 400:
            return picture
        self._used.add(after)
        caption, credit = split_credit(text_of(after))
        return replace(picture, caption=caption, credit=credit or picture.credit)

    def _loose_picture(self, image: Element) -> Iterator[Candidate]:
        """A picture outside a figure, with a caption marked by class in one of the boxes around it."""
        for number, above in enumerate(image.iterancestors()):
            if number > 3 or above.tag in ("body", "main", "article") or len(list(above.iter("img"))) > 1:
                break
            marked = [each for each in above.iterdescendants() if CAPTION.search(names_of(each)) and text_of(each)]
            if marked and len(text_of(marked[0])) <= 400:
                self._used.update(marked)
                yield from self._made(read_picture(image, self._base, above), image)
                return
        yield from self._made(read_picture(image, self._base), image)

    def _list(self, element: Element) -> Iterator[Candidate]:
        """A list; one whose items are whole blocks (pictures, headings, several paragraphs) is read as those."""
        if any(
            below.tag in ("img", "h1", "h2", "h3", "h4", "table", "blockquote") for below in element.iterdescendants()
        ):
            yield from self._container(element)
            return
        listing = self._listing(element)
        yield from self._made(listing, element)

    def _listing(self, element: Element) -> Listing | None:
        items: list[Item] = []
        for child in element:
            if child.tag == "li":
                text = "\\\n".join(each for each in self._blocks_of(child) if each)
                below = self._below(child)
                if text:
                    items.append(Item(text, below))
                elif below is not None:
                    items = _under(items, below)
            elif child.tag in ("ul", "ol") and (below := self._listing(child)) is not None:
                items = _under(items, below)
        start = re.fullmatch(r"\s*(\d{1,6})\s*", str(element.get("start") or "1"))
        return Listing(tuple(items), element.tag == "ol", int(start[1]) if start else 1) if items else None

    def _below(self, item: Element) -> Listing | None:
        """The lists right below an item as one."""
        found: Listing | None = None
        for each in item.iterdescendants():
            if (
                each.tag in ("ul", "ol")
                and next(up for up in each.iterancestors() if up.tag in ("ul", "ol", "li")) is item
            ):
                found = _joined(found, self._listing(each))
        return found

    def _blocks_of(self, element: Element) -> Iterator[str]:
        """The text of an item, a cell: its blocks one after the other, without a list below it."""
        runs: list[Run] = [element.text or ""]
        for child in children(element):
            if not isinstance(child, str) and isinstance(child.tag, str) and child.tag in STANDALONE:
                yield self._inline.text(runs)
                runs = []
                if child.tag not in ("ul", "ol"):
                    yield from self._blocks_of(child)
            else:
                runs.append(child)
        yield self._inline.text(runs)

    def _table(self, element: Element) -> Iterator[Candidate]:
        """A data table as a grid; a table used for layout as what its cells hold."""
        rows = [[each for each in row if each.tag in ("td", "th")] for row in element.iter("tr")]
        rows = [row for row in rows if row]
        layout = not rows or max(map(len, rows)) < 2 or len(rows) < 2
        if layout or any(
            each.tag in ("table", "ul", "blockquote", "h2") or (each.tag == "img" and not is_icon(each))
            for row in rows
            for cell in row
            for each in cell.iterdescendants()
        ):
            yield from self._container(element)
            return
        cells = tuple(tuple(self._cell(cell) for cell in row) for row in rows)
        caption = element.find("caption")
        yield from self._made(_prose(self._inline.of(caption)) if caption is not None else None, element)
        yield from self._made(Grid(cells) if any(any(row) for row in cells) else None, element)

    def _cell(self, cell: Element) -> str:
        """The text of a cell; of one that holds only an icon what the icon stands for."""
        text = " ".join(filter(None, self._blocks_of(cell)))
        return text or escaped(", ".join(filter(None, map(alt_of, cell.iter("img")))))


def _drawn_as_button(anchor: Element) -> bool:
    """Colour behind a link and room around its words: how mails draw their buttons."""
    style = re.sub(r"\s", "", str(anchor.get("style") or "").lower())
    return bool(re.search(r"(?:^|;)background(?:-color)?:(?!none|transparent|inherit)", style)) and "padding" in style


def _under(items: list[Item], below: Listing) -> list[Item]:
    """Items with a list that stands between them, not in one: it belongs to the item above, if there is any."""
    if not items:
        return list(below.items)
    return [*items[:-1], Item(items[-1].text, _joined(items[-1].below, below))]


def _joined(one: Listing | None, other: Listing | None) -> Listing | None:
    return replace(one, items=(*one.items, *other.items)) if one and other else one or other


def _prose(text: str) -> Prose | None:
    return Prose(text) if folded(text) else None


def _headed(element: Element) -> bool:
    """A line that is a heading by its role or class only."""
    if element.tag not in ("p", "div"):
        return False
    if element.get("role") != "heading" and not _HEADED.search(str(element.get("class") or "").lower()):
        return False
    text = text_of(element)
    return (
        0 < len(text) <= _HEADING_AT_MOST
        and text[-1] not in ".,;:"
        and not any(below.tag in BLOCKS for below in element.iterdescendants())
    )


def _figure_like(element: Element) -> bool:
    """A div that holds one picture and a caption marked by class (`wp-caption`, `p.image-description`)."""
    if element.tag not in ("div", "a", "span", "p", "section", "td", "dl"):
        return False
    images = list(element.iter("img"))
    if len(images) != 1 or len(text_of(element)) > 600:
        return False
    if is_picture_box(element):
        return True
    captions = [
        each
        for each in element.iterdescendants()
        if each.tag == "figcaption" or CAPTION.search(names_of(each)) or CREDIT.search(names_of(each))
    ]
    told = sum(len(text_of(each)) for each in captions if not any(up in captions for up in each.iterancestors()))
    return told > 0 and len(text_of(element)) - told <= 40


def plain(piece: Piece) -> str:
    """The words of a piece without mark-up, for comparing."""
    match piece:
        case Prose(text) | Title(_, text) | Written(text):
            return _unmarked(text)
        case Quotation():
            return _unmarked(" ".join(piece.paragraphs))
        case Listing(items):
            return " ".join(_item_words(items))
        case Grid(rows):
            return _unmarked(" ".join(" ".join(row) for row in rows))
        case Call(label, _):
            return label
        case Picture():
            return piece.caption
        case Rule():
            return ""


def _item_words(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        yield _unmarked(item.text)
        if item.below is not None:
            yield from _item_words(item.below.items)


def _unmarked(text: str) -> str:
    return _MARKS.sub(lambda found: found[1] or "", text)
