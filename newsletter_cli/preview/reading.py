"""Reads the final HTML as a sighted person would: visible words, pictures, buttons and columns, in order."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from newsletter_cli.errors import NewsletterError
from newsletter_cli.preview import styling
from newsletter_cli.preview.inheriting import State, heading_level, inherit
from newsletter_cli.preview.page import (
    Announced,
    ButtonPiece,
    Columns,
    Grid,
    Link,
    Listing,
    Look,
    Page,
    Picture,
    Piece,
    Quotation,
    RuleLine,
    Span,
    Text,
    Title,
    plain,
    walk,
)
from newsletter_cli.preview.words import SPACE, clean, squeeze

_SKIPPED = frozenset(["head", "script", "style", "template", "noscript", "title", "meta", "link"])


class TooDeep(NewsletterError):
    """The HTML nests more than about a hundred elements in each other."""

    def __init__(self) -> None:
        super().__init__(
            "The HTML nests its elements too deeply to be read; some mail programs would give up on it too.",
            "Take tables or divs that hold nothing but another one out of the design.",
        )


def read_page(html: str, *, for_ear: bool = False) -> Page:
    """Take the HTML apart.

    Args:
        html: the final, inlined HTML, merge fields filled.
        for_ear: leave out what screen readers skip (aria-hidden) and use the names they speak (aria-label).

    Raises:
        TooDeep: it nests too deeply.
    """
    import lxml.html

    if not html.strip():
        return Page((), ())
    # A str with an encoding declaration is refused by lxml, and only bytes are decoded as the charset says.
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    root = lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    reader = _Reader(for_ear)
    body = root.find("body")
    try:
        pieces = tuple(reader.flow(body if body is not None else root, State()))
    except RecursionError as error:
        raise TooDeep() from error
    rtl = any((each.get("dir") or "").lower() == "rtl" for each in root.iter("html", "body", "div", "table"))
    return Page(pieces, tuple(reader.links), root.get("lang") or "", rtl)


class _Reader:
    def __init__(self, for_ear: bool) -> None:
        self.for_ear = for_ear
        self.links: list[Link] = []

    def flow(self, element: Any, state: State) -> list[Piece]:
        """The pieces inside an element: runs of words become paragraphs, blocks their own pieces."""
        return _Flow(self).through(element, state)

    def link(self, element: Any) -> int:
        """The number of the link, numbered on first sight."""
        label = squeeze(element.get("aria-label") or " ".join(element.itertext()))
        if not label:
            label = next((squeeze(each.get("alt") or "") for each in element.iter("img")), "")
        target = clean(element.get("href") or "").strip()
        self.links.append(Link(len(self.links) + 1, label, target, squeeze(element.get("title") or "")))
        return len(self.links)


class _Flow:
    """One pass through an element: words gather in `run` until a block ends them."""

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader
        self.run: list[Span] = []
        self.pieces: list[Piece] = []
        self.beside: list[tuple[Any, dict[str, str]]] = []

    def through(self, element: Any, state: State) -> list[Piece]:
        self.inside(element, state)
        self.flush(state)
        return self.pieces

    def inside(self, element: Any, state: State) -> None:
        self.words(element.text, state)
        for child in element:
            if isinstance(child.tag, str):
                self.child(child, state)
            self.words(child.tail, state)
        self.columns(state)

    def words(self, text: str | None, state: State) -> None:
        if not text or state.nothing:
            return
        text = SPACE.sub(" ", clean(text))
        if not text.strip(" ") and (self.beside or not self.run):
            return
        self.columns(state)
        text = text.upper() if state.upper else text
        if not self.run or self.run[-1].text.endswith((" ", "\n")):
            text = text.lstrip(" ")
        if text:
            self.run.append(Span(text, state.bold, state.italic, state.link))

    def child(self, child: Any, outer: State) -> None:
        style = styling.declarations(child)
        if child.tag in _SKIPPED or styling.is_hidden(child, style):
            return
        if self.reader.for_ear and child.get("aria-hidden") == "true":
            return
        state = inherit(child, style, outer)
        if styling.is_side_by_side(child, style):
            if self.run:
                self.flush(outer)
            self.beside.append((child, style))
            return
        if child.tag == "br":
            self.columns(outer)
            self.run.append(Span("\n"))
        elif child.tag == "img":
            self.picture(child, state)
        elif child.tag == "a" and child.get("href") is not None:
            self.anchor(child, style, state)
        elif styling.is_block(child, style):
            self.columns(outer)
            self.flush(outer)
            self.pieces += self.block(child, style, state)
        else:
            self.inside(child, state)

    def block(self, element: Any, style: dict[str, str], state: State) -> list[Piece]:
        tag = element.tag
        if tag == "hr":
            return [RuleLine()]
        level = heading_level(element)
        if level:
            return _titled(level, self.reader.flow(element, replace(state, bold=False)), state.look)
        if tag == "blockquote":
            inner = tuple(self.reader.flow(element, state))
            return [Quotation(inner)] if inner else []
        if tag in ("ul", "ol"):
            return self.listing(element, state)
        if tag == "table":
            return self.table(element, state)
        if tag == "tr":
            return self.row(element, state)
        pieces = self.reader.flow(element, state)
        if not pieces and styling.is_divider(element, style):
            return [RuleLine()]
        return pieces

    def anchor(self, element: Any, style: dict[str, str], state: State) -> None:
        number = self.reader.link(element)
        inside = replace(state, link=number)
        if styling.is_button(element, style) and not any(True for _ in element.iter("img")):
            self.columns(state)
            self.flush(state)
            words = _spans(self.reader.flow(element, replace(inside, bold=False)))
            words = words or (Span(self.reader.links[-1].label or "(no words)"),)
            ground, ink = styling.ground(element, style), styling.colour(style.get("color", ""))
            self.pieces.append(ButtonPiece(words, number, ground, ink, state.look))
        elif any(styling.is_block(each, styling.declarations(each)) for each in _elements(element)):
            self.flush(state)
            self.pieces += self.reader.flow(element, inside)
        else:
            self.inside(element, inside)

    def picture(self, element: Any, state: State) -> None:
        width = styling.pixels(element.get("width")) or 0
        alt = element.get("alt")
        if width == 1 and not alt:
            return  # a counting pixel
        if alt is not None and not alt.strip() and not state.link:
            alt = ""
        self.columns(state)
        self.flush(state)
        words = None if alt is None else squeeze(alt)
        self.pieces.append(Picture(clean(element.get("src") or ""), words, state.link, width, state.look))

    def listing(self, element: Any, state: State) -> list[Piece]:
        number = int(element.get("start") or 1) if (element.get("start") or "1").isdigit() else 1
        items: list[tuple[str, tuple[Piece, ...]]] = []
        for each in element:
            if each.tag == "li":
                inner = tuple(self.reader.flow(each, state))
                items.append(("•" if element.tag == "ul" else f"{number + len(items)}.", inner))
        return [Listing(tuple(items))] if items else []

    def table(self, element: Any, state: State) -> list[Piece]:
        rows = [each for each in element.iter("tr") if next(each.iterancestors("table")) is element]
        cells = [[each for each in row if each.tag in ("td", "th")] for row in rows]
        quiet = element.get("role") in ("presentation", "none")
        if not quiet and any(each.tag == "th" for row in cells for each in row):
            grid = tuple(tuple(_spans(self.reader.flow(each, state)) for each in row) for row in cells if row)
            heads = sum(1 for row in cells if row and all(each.tag == "th" for each in row))
            return [Grid(grid, heads)] if grid else []
        pieces = self.reader.flow(element, state)
        if quiet or not pieces or not self.reader.for_ear:
            return pieces
        return [Announced(max((len(row) for row in cells), default=0), len(rows), tuple(pieces))]

    def row(self, element: Any, state: State) -> list[Piece]:
        cells = []
        for each in element:
            if each.tag not in ("td", "th"):
                continue
            style = styling.declarations(each)
            if not styling.is_hidden(each, style):
                cells.append((each, style, tuple(self.block(each, style, inherit(each, style, state)))))
        full = [each for each in cells if any(not isinstance(piece, RuleLine) for piece in each[2])]
        if len(full) < 2:
            return [piece for _, _, pieces in cells for piece in pieces]
        widths = tuple(styling.column_width(each, style) for each, style, _ in full)
        return [Columns(tuple(pieces for _, _, pieces in full), widths)]

    def columns(self, state: State) -> None:
        """Close the row of boxes standing side by side."""
        boxes, self.beside = self.beside, []
        full = []
        for box, style in boxes:
            pieces = tuple(self.block(box, style, inherit(box, style, state)))
            if pieces:
                full.append((pieces, styling.column_width(box, style)))
        if len(full) > 1:
            self.pieces.append(Columns(tuple(each for each, _ in full), tuple(width for _, width in full)))
        else:
            self.pieces += [piece for pieces, _ in full for piece in pieces]

    def flush(self, state: State) -> None:
        run, self.run = self.run, []
        spans = _trimmed(run)
        if spans:
            self.pieces.append(Text(spans, state.look))


def _titled(level: int, pieces: list[Piece], look: Look) -> list[Piece]:
    """A heading's words as one title; pictures in it stay pictures."""
    words = tuple(span for piece in pieces if isinstance(piece, Text) for span in piece.spans)
    rest: list[Piece] = [piece for piece in pieces if not isinstance(piece, Text)]
    return [*([Title(level, words, look)] if words else []), *rest]


def _spans(pieces: list[Piece]) -> tuple[Span, ...]:
    """All words of some pieces as one run."""
    found: list[Span] = []
    for piece in walk(tuple(pieces)):
        if isinstance(piece, Text | Title | ButtonPiece):
            found += [*([Span(" ")] if found else []), *piece.spans]
        elif isinstance(piece, Picture) and piece.alt:
            found += [*([Span(" ")] if found else []), Span(piece.alt, link=piece.link)]
    return tuple(found)


def _trimmed(run: list[Span]) -> tuple[Span, ...]:
    """A run without white space at its ends or around its line breaks."""
    if not plain(tuple(run)).strip():  # no-break spaces alone hold a cell open, and are nothing to read
        return ()
    while run and not run[0].text.strip(" \n"):
        run = run[1:]
    while run and not run[-1].text.strip(" \n"):
        run = run[:-1]
    last = replace(run[-1], text=run[-1].text.rstrip(" "))
    spans = [replace(run[0], text=run[0].text.lstrip(" ")), *run[1:-1], last] if len(run) > 1 else [last]
    return tuple(
        replace(span, text=span.text.rstrip(" ")) if after is not None and after.text == "\n" else span
        for span, after in zip(spans, [*spans[1:], None], strict=True)
    )


def _elements(element: Any) -> Iterator[Any]:
    return (each for each in element.iterdescendants() if isinstance(each.tag, str))
