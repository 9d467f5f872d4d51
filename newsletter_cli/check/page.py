"""The HTML of a mail as a tree whose elements know their line, built without moving or inventing anything.

libxml2 takes a table out of the link around it and html5lib forgets the lines; both matter here, so the tree is
built from the standard library's tokens.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from lxml import etree

from newsletter_cli.model.elements import CLOSES_PARAGRAPH, TABLE_ROWS, VOID

Element = etree._Element
_HEAD = frozenset(["base", "link", "meta", "title", "style", "script", "noscript"])
_OPTIONAL_END = frozenset(
    ["p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dd", "dt", "option", "html", "body", "head", "colgroup"]
)
_SIBLINGS = {
    "li": ({"li"}, {"ul", "ol"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "td": ({"td", "th"}, {"tr", "table"}),
    "th": ({"td", "th"}, {"tr", "table"}),
    "tr": ({"tr"}, {"table"}),
    "tbody": ({"tbody", "thead", "tfoot"}, {"table"}),
    "thead": ({"tbody", "thead", "tfoot"}, {"table"}),
    "tfoot": ({"tbody", "thead", "tfoot"}, {"table"}),
    "a": ({"a"}, {"td", "th", "table"}),
    "option": ({"option"}, {"select"}),
}
_NAME = re.compile(r"[^A-Za-z0-9_.-]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DEEPEST = 150


@dataclass(frozen=True, slots=True)
class Note:
    """Something at a line: a comment, a style block, a fault of the markup."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed mail.

    Attributes:
        root: always an `html` element, whether written or not (`written` tells); names are lower case, a colon in a
            name becomes `--`.
        comments: text between `<!--` and `-->`, conditional ones too.
        faults: unclosed and stray tags, repeated ids.
        written: every tag the source holds.
    """

    source: str
    root: Element
    doctype: str
    comments: tuple[Note, ...]
    faults: tuple[Note, ...]
    written: frozenset[str] = field(default_factory=frozenset)

    def all(self, *tags: str) -> Iterator[Element]:
        """Elements of these tags in document order."""
        return self.root.iter(*tags)

    def first(self, tag: str) -> Element | None:
        return next(self.root.iter(tag), None)

    @property
    def body(self) -> Element:
        found = self.first("body")
        return self.root if found is None else found

    def line_at(self, position: int) -> int:
        """The line of a character position in the source."""
        return self.source.count("\n", 0, position) + 1


def line_of(element: Element) -> int:
    """The line of the element's start tag; 0 for one that nobody wrote."""
    # By name: some type stubs of lxml call the attribute an ellipsis.
    return int(getattr(element, "sourceline", 0) or 0)


def parse_page(source: str) -> Page:
    """Parse any HTML, however broken; never raises for what is in it."""
    builder = _Builder()
    # A comment that is never closed swallows the rest in every browser. It is cut off here, because the standard
    # library would look for its end again at each of its characters.
    unclosed = source.find("<!--", source.rfind("-->") + 1)
    builder.feed(source if unclosed < 0 else source[:unclosed])
    builder.close()
    if unclosed >= 0:
        line = source.count("\n", 0, unclosed) + 1
        builder.comments.append(Note(line, source[unclosed + 4 : unclosed + 84]))
        builder.faults.append(Note(line, "<!-- is never closed, so the rest of the mail is not shown"))
    return builder.page(source)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = etree.Element("html")
        self.stack: list[Element] = [self.root]
        self.skipped: list[str] = []
        self.doctype = ""
        self.comments: list[Note] = []
        self.faults: list[Note] = []
        self.written: set[str] = set()
        self.ids: dict[str, int] = {}
        self.last: Element | None = None

    def page(self, source: str) -> Page:
        for element in self.stack[1:]:
            if element.tag not in _OPTIONAL_END:
                self.faults.append(Note(line_of(element), f"<{element.tag}> is never closed"))
        faults = tuple(sorted(self.faults, key=lambda each: each.line))
        return Page(source, self.root, self.doctype, tuple(self.comments), faults, frozenset(self.written))

    # -- tokens

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        tag = _name(tag)
        self.written.add(tag)
        if tag == "html":
            self._merge(self.root, attrs, line)
            return
        if tag in ("head", "body"):
            self._section(tag, attrs, line)
            return
        self._imply(tag)
        self._close_implied(tag)
        element = etree.SubElement(self.stack[-1], tag)
        self._merge(element, attrs, line)
        self.last = element
        if tag in VOID:
            return
        if len(self.stack) >= _DEEPEST:
            self.skipped.append(tag)
            return
        self.stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        name = _name(tag)
        # `<o:p/>` and SVG close themselves; `<td/>` does not in HTML, but whoever writes it means it.
        if name not in VOID and self.stack[-1].tag == name and name not in ("html", "head", "body"):
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        tag = _name(tag)
        if self.skipped and self.skipped[-1] == tag:
            self.skipped.pop()
            return
        if tag in ("html", "body") or tag in VOID:
            return
        stop = {"table"} if tag in TABLE_ROWS else set() if tag == "table" else {"td", "th", "table"}
        for depth in range(len(self.stack) - 1, 0, -1):
            element = self.stack[depth]
            if element.tag == tag:
                self._pop_to(depth)
                return
            if element.tag in stop:
                break
        if tag not in ("p", "head"):
            self.faults.append(Note(self.getpos()[0], f"</{tag}> closes nothing"))

    def handle_data(self, data: str) -> None:
        data = _CONTROL.sub("\ufffd", data)
        if not data.strip() and len(self.stack) == 1:
            return
        if len(self.stack) == 1 or (self.stack[-1].tag == "head" and data.strip()):
            self._imply("#text")
        parent = self.stack[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + data
        else:
            parent.text = (parent.text or "") + data

    def handle_comment(self, data: str) -> None:
        self.comments.append(Note(self.getpos()[0], data))

    def handle_decl(self, decl: str) -> None:
        if decl.lower().startswith("doctype") and not self.doctype:
            self.doctype = decl

    def unknown_decl(self, data: str) -> None:
        """`<![if !mso]>` and the like say nothing to a browser."""

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Skip `<![…]>` to its end; the standard library's own raises on an unknown word in it."""
        end = self.rawdata.find(">", i)
        return len(self.rawdata) if end < 0 else end + 1

    # -- the tree

    def _section(self, tag: str, attrs: list[tuple[str, str | None]], line: int) -> None:
        found = next((child for child in self.root if child.tag == tag), None)
        if tag == "body" or found is None:
            self._pop_to(1) if len(self.stack) > 1 and self.stack[-1].tag == "head" else None
        if found is None:
            found = etree.SubElement(self.root, tag)
            self.stack = [self.root, found]
        self._merge(found, attrs, line)

    def _imply(self, tag: str) -> None:
        """Open the head or the body that HTML lets one leave out; leave the head at the first thing of the body."""
        current = self.stack[-1].tag
        if len(self.stack) > 1 and current != "head":
            return
        wanted = "head" if tag in _HEAD and self.root.find("body") is None else "body"
        if current == wanted:
            return
        found = self.root.find(wanted)
        if found is None:
            found = etree.SubElement(self.root, wanted)
            _set_line(found, self.getpos()[0])
        self.stack = [self.root, found]

    def _close_implied(self, tag: str) -> None:
        if tag in CLOSES_PARAGRAPH:
            for depth in range(len(self.stack) - 1, 0, -1):
                if self.stack[depth].tag == "p":
                    self._pop_to(depth)
                    break
                # A link round the block stays round it, as browsers have it.
                if self.stack[depth].tag in ("td", "th", "table", "li", "button", "a"):
                    break
        closes, stop = _SIBLINGS.get(tag, (set(), set()))
        for depth in range(len(self.stack) - 1, 0, -1):
            if self.stack[depth].tag in closes:
                self._pop_to(depth)
                return
            if self.stack[depth].tag in stop:
                return

    def _pop_to(self, depth: int) -> None:
        for element in self.stack[depth + 1 :]:
            if element.tag not in _OPTIONAL_END:
                self.faults.append(Note(line_of(element), f"<{element.tag}> is never closed"))
        del self.stack[max(depth, 1) :]

    def _merge(self, element: Element, attrs: list[tuple[str, str | None]], line: int) -> None:
        _set_line(element, line)
        for name, value in attrs:
            name = _name(name)
            if element.get(name) is None:
                element.set(name, _CONTROL.sub("\ufffd", value or ""))
        key = element.get("id") or ""
        if key and key in self.ids:
            self.faults.append(Note(line, f'id="{key}" stands twice (first at line {self.ids[key]})'))
        elif key:
            self.ids[key] = line


def _set_line(element: Element, line: int) -> None:
    setattr(element, "sourceline", line)  # noqa: B010  (see line_of)


def _name(raw: str) -> str:
    """A name that a tree takes: `o:p` becomes `o--p`, other odd characters `_`."""
    name = _NAME.sub("_", raw.lower().replace(":", "--"))
    return name if name[:1].isalpha() or name[:1] == "_" else f"_{name}"
