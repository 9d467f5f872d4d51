"""Inline styles of the final HTML: what an element's `style` and old attributes say about it."""

import re
from typing import Any

from newsletter_cli.model.elements import BLOCKS

_LENGTH = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(px)?\s*$")
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b")


def declarations(element: Any) -> dict[str, str]:
    """The element's `style` attribute: property in lower case to value, `!important` taken off."""
    found: dict[str, str] = {}
    for part in (element.get("style") or "").split(";"):
        name, colon, value = part.partition(":")
        if colon:
            found[name.strip().lower()] = re.sub(r"\s*!important\s*$", "", value.strip(), flags=re.I)
    return found


def is_hidden(element: Any, style: dict[str, str]) -> bool:
    """Whether no sighted reader sees it: the inlined style hides it, or it is folded to nothing."""
    if element.get("hidden") is not None or style.get("display") == "none" or style.get("visibility") == "hidden":
        return True
    if style.get("opacity") in ("0", "0.0"):
        return True
    folded = any(pixels(style.get(each)) == 0 for each in ("max-height", "height", "max-width"))
    return folded and style.get("overflow", "").startswith("hidden")


def is_block(element: Any, style: dict[str, str]) -> bool:
    """Whether it starts a line of its own."""
    display = style.get("display", "")
    if display in ("block", "table", "flex", "grid", "list-item"):
        return True
    return element.tag in BLOCKS and display != "inline"


def is_side_by_side(element: Any, style: dict[str, str]) -> bool:
    """Whether it stands beside its like: an inline-block box, or an old floated table."""
    if element.tag not in ("div", "table", "section", "article", "aside"):
        return False
    return style.get("display") in ("inline-block", "inline-table", "table-cell") or (
        element.tag == "table" and (element.get("align") or "").lower() in ("left", "right")
    )


def is_button(element: Any, style: dict[str, str]) -> bool:
    """Whether a link is drawn as a button: a box with padding and a ground or border, its own or its cell's."""
    if element.tag != "a" or not element.get("href") or style.get("display") not in ("inline-block", "block"):
        return False
    if not any(each.startswith("padding") or each.startswith("border") for each in style):
        return False
    return bool(ground(element, style)) or any(each.startswith("border") for each in style)


def hugs_a_button(element: Any) -> bool:
    """Whether a cell is a button's own: as wide as the button, so its alignment moves nothing."""
    if element.tag != "td" or (element.text or "").strip():
        return False
    inside = [each for each in element if isinstance(each.tag, str)]
    return len(inside) == 1 and is_button(inside[0], declarations(inside[0]))


def ground(element: Any, style: dict[str, str]) -> str:
    """The background colour as #rrggbb: the element's own, else that of the table cell it fills; "" for none."""
    own = colour(style.get("background-color") or style.get("background") or "")
    parent = element.getparent()
    if own or parent is None or parent.tag != "td":
        return own
    cell = declarations(parent)
    return colour(parent.get("bgcolor") or cell.get("background-color") or cell.get("background") or "")


def colour(value: str) -> str:
    """The first hex colour in a value as #rrggbb, "" when there is none."""
    found = _HEX.search(value)
    if not found:
        return ""
    digits = found[0][1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(each * 2 for each in digits))


def pixels(value: str | None) -> int | None:
    """A length in px or without a unit, rounded; None for anything else."""
    found = _LENGTH.match(value or "")
    return round(float(found[1])) if found else None


def column_width(element: Any, style: dict[str, str]) -> int:
    """How wide a column means to be, in px; 0 when it does not say."""
    for value in (element.get("width"), style.get("max-width"), style.get("width")):
        width = pixels(value)
        if width:
            return width
    return 0


def is_divider(element: Any, style: dict[str, str]) -> bool:
    """Whether an element without words draws a line: an <hr>, a border, or a coloured strip at most 4 px high."""
    if element.tag == "hr":
        return True
    border = style.get("border-top") or style.get("border-bottom") or ""
    if "solid" in border and not border.startswith("0"):
        return True
    height = pixels(style.get("height") or element.get("height"))
    return bool(height) and (height or 0) <= 4 and bool(colour(style.get("background-color", "")))
