"""Works out how an element looks: the CSS cascade for the few properties that the rules ask about.

`!important` of a style sheet stands above an inlined declaration, and presentational attributes (bgcolor, color)
below everything: the order of CSS 2.1, section 6.4.1. An inliner's own idea of the cascade is not used.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from cssselect import HTMLTranslator, SelectorError
from cssselect import parse as parse_selectors
from lxml import etree

from newsletter_cli.check.colour import BLACK, LINK, WHITE, Colour, parse_colour
from newsletter_cli.check.page import Element, Page
from newsletter_cli.check.sheet import Declaration, Sheet, parse_style

Scheme = Literal["light", "dark"]
_SIZES = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h5": 0.83, "h6": 0.67, "small": 0.83, "sub": 0.83, "sup": 0.83, "big": 1.2}
_NAMED_SIZES = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
}
_FONT_ATTRIBUTE = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
_BOLD = frozenset(["b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"])
_LENGTH = re.compile(r"^([+-]?[\d.]+(?:e[+-]?\d+)?)\s*(px|pt|em|rem|%|ex|ch|vw|vh|in|cm|mm|pc)?$", re.I)
_PX = {"px": 1.0, "pt": 4 / 3, "in": 96.0, "cm": 37.8, "mm": 3.78, "pc": 16.0, "vw": 6.4, "vh": 8.0, "rem": 16.0}
_WIDTH = 640


def length(text: str, font_size: float = 16.0) -> float | None:
    """A CSS length in px, or None for a percentage or what is no length."""
    found = _LENGTH.match(text.strip())
    if not found:
        return None
    try:
        number = float(found[1])
    except ValueError:
        return None
    unit = (found[2] or "px").lower()
    if unit == "%":
        return None
    return number * (font_size * (0.5 if unit in ("ex", "ch") else 1) if unit in ("em", "ex", "ch") else _PX[unit])


@dataclass(frozen=True, slots=True)
class Background:
    """What is behind text: a colour, or unknown because a picture lies over it."""

    colour: Colour
    known: bool = True


class Styles:
    """The computed looks of one page in one colour scheme, at 640 px."""

    def __init__(self, page: Page, sheets: tuple[Sheet, ...], scheme: Scheme = "light") -> None:
        self._link = parse_colour(page.body.get("link") or "", legacy=True) or LINK
        self._rank: dict[Element, dict[str, tuple[tuple[bool, int, tuple[int, int, int], int], str]]] = {}
        self._hidden: dict[Element, bool] = {}
        self._sizes: dict[Element, float] = {}
        order = 0
        for sheet in sheets:
            if sheet.media and not media_matches(sheet.media, scheme):
                continue
            for rule in sheet.rules:
                order += 1
                if all(_condition_holds(each, scheme) for each in rule.conditions):
                    self._apply(page, rule.selectors, rule.declarations, order)
        for element in page.root.iter():
            for name, value in _hints(element):
                self._put(element, name, value, (False, 0, (0, 0, 0), -1))
            for each in parse_style(element.get("style") or ""):
                for name, value in _expand(each):
                    self._put(element, name, value, (each.important, 2, (0, 0, 0), 0))

    def _apply(self, page: Page, selectors: str, declarations: tuple[Declaration, ...], order: int) -> None:
        for path, specificity in _paths(selectors):
            found: Any = path(page.root)
            for element in found:
                for each in declarations:
                    for name, value in _expand(each):
                        self._put(element, name, value, (each.important, 1, specificity, order))

    def _put(self, element: Element, name: str, value: str, rank: tuple[bool, int, tuple[int, int, int], int]) -> None:
        held = self._rank.setdefault(element, {}).get(name)
        if held is None or held[0] <= rank:
            self._rank[element][name] = (rank, value)

    def value(self, element: Element, name: str) -> str:
        """The winning declared value on this very element, lower case; "" when none."""
        found = self._rank.get(element, {}).get(name)
        return found[1].lower() if found else ""

    def hidden(self, element: Element) -> bool:
        """Whether neither eye nor screen reader meets it: display none, no size, no opacity."""
        known = self._hidden.get(element)
        if known is None:
            parent = element.getparent()
            known = self._hides(element) or (parent is not None and self.hidden(parent))
            self._hidden[element] = known
        return known

    def _hides(self, element: Element) -> bool:
        declared = self._rank.get(element, {})
        if element.tag in ("head", "style", "script", "title", "template") or element.get("hidden") is not None:
            return "display" not in declared or element.tag != "div"
        if self.value(element, "display") == "none" or self.value(element, "visibility") == "hidden":
            return True
        clipped = self.value(element, "overflow").startswith("hidden") and any(
            length(self.value(element, name) or "1px") == 0 for name in ("max-height", "height", "max-width", "width")
        )
        return clipped or self.value(element, "opacity").rstrip("%") in ("0", "0.0", ".0")

    def font_size(self, element: Element) -> float:
        """In px."""
        known = self._sizes.get(element)
        if known is not None:
            return known
        parent = element.getparent()
        inherited = 16.0 if parent is None else self.font_size(parent)
        value = self.value(element, "font-size")
        size = inherited * _SIZES.get(str(element.tag), 1.0) if not value else _size(value, inherited)
        self._sizes[element] = size
        return size

    def bold(self, element: Element) -> bool:
        for each in _upwards(element):
            value = self.value(each, "font-weight")
            if value in ("normal", "lighter") or (value.isdigit() and int(value) < 600):
                return False
            if value in ("bold", "bolder") or value.isdigit() or (not value and each.tag in _BOLD):
                return True
        return False

    def colour(self, element: Element) -> Colour | None:
        """The text colour; None when it cannot be known (a variable)."""
        for each in _upwards(element):
            value = self.value(each, "color")
            if value and value not in ("inherit", "unset", "currentcolor", "initial"):
                return parse_colour(value) or (None if "var(" in value else BLACK)
            if each.tag == "a" and each.get("href") is not None and not value:
                return self._link
        return BLACK

    def background(self, element: Element) -> Background:
        """What lies behind this element's text, layers painted over each other down to white."""
        layers: list[Colour] = []
        for each in _upwards(element):
            image = self.value(each, "background-image")
            if image and image not in ("none", "initial") and ("(" in image):
                return Background(WHITE, known=False)
            value = self.value(each, "background-color")
            if not value or value in ("inherit", "initial", "unset", "none"):
                continue
            found = parse_colour(value)
            if found is None:
                if "var(" in value:
                    return Background(WHITE, known=False)
                continue
            layers.append(found)
            if found.alpha == 1:
                break
        result = WHITE
        for layer in reversed(layers):
            result = layer.over(result)
        return Background(result)

    def inherited(self, element: Element, name: str) -> str:
        """The nearest declared value at or above the element."""
        return next((value for each in _upwards(element) if (value := self.value(each, name))), "")


def media_matches(query: str, scheme: Scheme, width: int = _WIDTH) -> bool:
    """Whether a media query list holds on a screen of this width and colour scheme."""
    return any(_one_query(each.strip().lower(), scheme, width) for each in query.split(","))


def _one_query(query: str, scheme: Scheme, width: int) -> bool:
    if query.startswith("not "):
        return not _one_query(query[4:], scheme, width)
    kind = re.match(r"^(?:only\s+)?([a-z-]+)", query)
    if kind and kind[1] not in ("screen", "all", "and"):
        return False
    for feature in re.findall(r"\(([^()]*)\)", query):
        name, _, value = (part.strip() for part in feature.partition(":"))
        pixels = length(value) or 0.0
        holds = {
            "max-width": width <= pixels,
            "min-width": width >= pixels,
            "max-device-width": width <= pixels,
            "min-device-width": width >= pixels,
            "prefers-color-scheme": value == scheme,
            "orientation": value == "portrait",
        }
        if not holds.get(name, False):
            return False
    return True


def _condition_holds(condition: str, scheme: Scheme) -> bool:
    name, _, prelude = condition.partition(" ")
    return media_matches(prelude, scheme) if name == "@media" else name == "@layer"


@lru_cache(maxsize=4096)
def _paths(selectors: str) -> tuple[tuple[etree.XPath, tuple[int, int, int]], ...]:
    try:
        parsed = parse_selectors(selectors)
    except SelectorError:
        return ()
    found = []
    for each in parsed:
        if each.pseudo_element is not None:
            continue
        try:
            found.append((etree.XPath(HTMLTranslator().selector_to_xpath(each)), each.specificity()))
        except (SelectorError, etree.XPathError, ValueError, TypeError):
            continue
    return tuple(found)


@lru_cache(maxsize=8192)
def _expand(each: Declaration) -> tuple[tuple[str, str], ...]:
    """The declaration, and the longhands that the rules ask for when it is a shorthand."""
    if each.name == "background":
        image = re.search(r"[\w-]*(?:url|gradient|image-set)\([^)]*\)", each.value, re.I)
        rest = each.value.replace(image[0], " ") if image else each.value
        colours = re.findall(r"(?:rgba?|hsla?|var)\([^)]*\)|[#\w-]+", rest)
        colour = next((word for word in colours if word.startswith("var(") or parse_colour(word)), "transparent")
        return (("background-color", colour), ("background-image", image[0] if image else "none"))
    if each.name == "font":
        size = re.search(r"(?:^|\s)([\d.]+(?:px|pt|em|rem|%))\s*(?:/\s*([\d.]+\w*|normal))?", each.value)
        weight = "bold" if re.search(r"\b(bold|[6-9]00)\b", each.value) else "normal"
        parts = [("font-weight", weight)]
        if size:
            parts += [("font-size", size[1]), ("line-height", size[2] or "normal")]
        return tuple(parts)
    if each.name == "padding":
        words = each.value.split()
        if not 1 <= len(words) <= 4:
            return ()
        top, right, bottom, left = (words * 4)[:4] if len(words) != 3 else (words[0], words[1], words[2], words[1])
        if len(words) == 2:
            top, right, bottom, left = words[0], words[1], words[0], words[1]
        sides = (("top", top), ("right", right), ("bottom", bottom), ("left", left))
        return tuple((f"padding-{side}", value) for side, value in sides)
    if each.name == "text-decoration-line":
        return (("text-decoration", each.value),)
    return ((each.name, each.value),)


def _hints(element: Element) -> Iterator[tuple[str, str]]:
    """Presentational attributes as declarations (HTML, section 15.3)."""
    for attribute, name in (("bgcolor", "background-color"), ("background", "background-image")):
        value = element.get(attribute)
        if value:
            if name == "background-image":
                yield name, f"url({value})"
            else:
                found = parse_colour(value, legacy=True)
                if found:
                    yield name, str(found)
    text = element.get("color") if element.tag == "font" else element.get("text") if element.tag == "body" else None
    found = parse_colour(text, legacy=True) if text else None
    if found:
        yield "color", str(found)
    if element.tag == "font" and element.get("size") in _FONT_ATTRIBUTE:
        yield "font-size", f"{_FONT_ATTRIBUTE[element.get('size') or '3']}px"


def _size(value: str, inherited: float) -> float:
    if value in _NAMED_SIZES:
        return _NAMED_SIZES[value]
    if value in ("smaller", "larger"):
        return inherited * (0.83 if value == "smaller" else 1.2)
    if value.endswith("%"):
        try:
            return inherited * float(value[:-1]) / 100
        except ValueError:
            return inherited
    found = length(value, inherited)
    return inherited if found is None else found


def _upwards(element: Element) -> Iterator[Element]:
    node: Element | None = element
    while node is not None:
        yield node
        node = node.getparent()
