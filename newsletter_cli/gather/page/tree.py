"""A page as a tree: parsed without network, entities or surprise, with what readers never see taken out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

from lxml import etree, html

from newsletter_cli.gather.words import squeezed
from newsletter_cli.model.elements import BLOCKS


class Element(Protocol):
    """What this program uses of an lxml element (its stubs know nothing of lxml.html)."""

    tag: Any
    text: str | None
    tail: str | None

    @property
    def attrib(self) -> Mapping[str, str]: ...
    def __iter__(self) -> Iterator["Element"]: ...
    def __len__(self) -> int: ...
    def get(self, key: str, default: str | None = None) -> str | None: ...
    def set(self, key: str, value: str) -> None: ...
    def iter(self, *tags: str) -> Iterator["Element"]: ...
    def iterancestors(self) -> Iterator["Element"]: ...
    def iterdescendants(self) -> Iterator["Element"]: ...
    def itertext(self) -> Iterator[str]: ...
    def getparent(self) -> "Element | None": ...
    def getnext(self) -> "Element | None": ...
    def find(self, path: str) -> "Element | None": ...
    def xpath(self, query: str) -> Any: ...
    def text_content(self) -> str: ...
    def getprevious(self) -> "Element | None": ...
    def remove(self, child: "Element") -> None: ...
    def append(self, child: "Element") -> None: ...
    def insert(self, place: int, child: "Element") -> None: ...


_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DEAD = ("script", "style", "template", "svg", "iframe", "object", "embed", "applet", "math", "select", "textarea")
# Choices of a form stand each on a line as well; a line break ends one.
_BREAKS = BLOCKS | {"br", "option"}


def parsed(text: str) -> Element:
    """The root of a page; of an empty or hopeless one, an empty root.

    Encoded first, because lxml refuses text that carries an XML encoding declaration.
    """
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    data = text.replace("\x00", "").encode("utf-8", "replace")
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        root = html.document_fromstring(b"<html><body></body></html>")
    return cast(Element, root)


def as_html(root: Element) -> str:
    """The tree as HTML text."""
    return str(etree.tostring(cast(Any, root), encoding="unicode", method="html"))


def new_element(tag: str) -> Element:
    """An element that stands nowhere yet."""
    return cast(Element, etree.Element(tag))


def without_dead_parts(root: Element) -> Element:
    """The same tree without scripts and other parts that show no text; `noscript` is opened, for lazy pictures."""
    for each in list(root.iter(*_DEAD)):
        drop(each)
    return root


def drop(element: Element) -> None:
    """Take an element out and keep the text after it.

    lxml's own drop_tree raises on a control character in that text, and pages do hold `&#1;`.
    """
    parent = element.getparent()
    if parent is None:
        return
    tail = _UNWRITABLE.sub(" ", element.tail or "")
    previous = element.getprevious()
    if previous is not None:
        previous.tail = _UNWRITABLE.sub(" ", previous.tail or "") + tail
    else:
        parent.text = _UNWRITABLE.sub(" ", parent.text or "") + tail
    parent.remove(element)


def text_of(element: Element) -> str:
    """All text of an element on one line; a block or a line break separates words."""
    return squeezed("".join(_texts(element)))


def _texts(element: Element) -> Iterator[str]:
    for event, each in etree.iterwalk(element, events=("start", "end")):
        apart = each.tag in _BREAKS
        if event == "start":
            if apart:
                yield " "
            yield each.text or ""
        else:
            if apart:
                yield " "
            if each is not element:
                yield each.tail or ""


def names_of(element: Element) -> str:
    """Class and id in lower case, for class rules."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower()


def lang_of(root: Element) -> str:
    """The page's language tag, or ""."""
    return str(root.get("lang") or root.get("xml:lang") or "").strip()[:12]


def up(element: Element) -> Iterator[Element]:
    """The element and everything above it, nearest first."""
    yield element
    yield from element.iterancestors()


def break_lines(element: Element) -> None:
    """Put a `br` for each line break of preformatted text, which otherwise is white space."""
    for each in list(element.iter()):
        first, *others = (each.text or "").split("\n")
        if others and each.tag != "br":
            each.text = first
            for place, line in enumerate(others):
                each.insert(place, _line(line))
        first, *others = (each.tail or "").split("\n")
        parent = each.getparent()
        if others and parent is not None and each is not element:
            each.tail = first
            for place, line in enumerate(others, list(parent).index(each) + 1):
                parent.insert(place, _line(line))


def _line(text: str) -> Element:
    made = new_element("br")
    made.tail = text
    return made
