"""Finds the elements that a rule applies to: by tag and class in an index of the mail, else by XPath."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

# What cssselect writes for `td`, `.lead` and `td.lead`; nearly all rules of a mail are of these kinds.
_SIMPLE = re.compile(
    r"descendant-or-self::(\*|[a-z][a-z0-9]*)"
    r"(?:\[@class and contains\(concat\(' ', normalize-space\(@class\), ' '\), ' ([\w-]+) '\)\])?"
)
_SPACE = re.compile(r"[ \t\r\n]+")  # what XPath's normalize-space takes for space, and no more


class Matcher:
    """The elements of one mail, looked through once."""

    def __init__(self, root: "_Element") -> None:
        self._root = root
        self._tags: dict[str, list[_Element]] = {}
        self._classes: dict[str, list[_Element]] = {}
        for element in root.iter("*"):
            self._tags.setdefault(str(element.tag), []).append(element)
            if names := element.get("class"):
                for name in dict.fromkeys(_SPACE.split(str(names))):
                    self._classes.setdefault(name, []).append(element)

    def elements(self, xpath: str) -> "Iterable[_Element]":
        """The elements of this XPath, in the order of the mail."""
        simple = _SIMPLE.fullmatch(xpath)
        if simple is None or simple[0] == "descendant-or-self::*":
            return self._by_xpath(xpath)
        tag, name = simple.groups()
        if name is None:
            return self._tags.get(tag, ())
        found = self._classes.get(name, ())
        return found if tag == "*" else [each for each in found if each.tag == tag]

    def _by_xpath(self, xpath: str) -> "Iterable[_Element]":
        from lxml import etree

        found: Any = etree.XPath(xpath)(self._root)
        return found  # type: ignore[no-any-return]
