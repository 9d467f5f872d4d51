"""Reads the words of an element as a reader or a screen reader meets them."""

import re
from collections.abc import Iterator

from newsletter_cli.check.page import Element
from newsletter_cli.model.elements import BLOCKS

_SPACE = re.compile(r"[\s\u00a0\u2007\u200b-\u200f\u2060\ufeff\u034f\u00ad]+")
_SILENT = frozenset(["style", "script", "title", "head", "template", "noscript"])


def squeeze(text: str) -> str:
    """One line: white space, zero-width and padding characters become one space."""
    return _SPACE.sub(" ", text).strip()


def text_of(element: Element, *, alts: bool = False) -> str:
    """All words inside, in order, squeezed; with `alts` those of pictures too. Styles and scripts are silent."""
    return squeeze("".join(_pieces(element, alts)))


def _pieces(element: Element, alts: bool) -> Iterator[str]:
    # Walks with events, not by recursion: a hostile mail may nest thousands deep.
    node: Element | None = element
    closing = False
    while node is not None:
        silent = node.tag in _SILENT
        if not closing:
            if node.tag in BLOCKS or node.tag == "br":
                yield " "
            if alts and node.tag == "img":
                yield f" {node.get('alt') or ''} "
            if not silent and node.text:
                yield node.text
            if len(node) and not silent:
                node = node[0]
                continue
        if node is element:
            return
        if node.tag in BLOCKS:
            yield " "
        if node.tail:
            yield node.tail
        sibling = node.getnext()
        closing = sibling is None
        node = node.getparent() if sibling is None else sibling


def words_of(text: str) -> list[str]:
    """The words of a text, lower case."""
    return re.findall(r"[^\W_]+(?:[’'][^\W_]+)*", text.lower())


def short(text: str, width: int = 60) -> str:
    """At most `width` characters, cut with an ellipsis."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def own_text(element: Element) -> str:
    """The text that stands directly in this element, not in its children."""
    return squeeze("".join([element.text or "", *(child.tail or "" for child in element)]))
