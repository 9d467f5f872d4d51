"""What an element takes over from those around it: weight, slope, case, size and side."""

import re
from dataclasses import dataclass
from typing import Any

from newsletter_cli.preview import styling
from newsletter_cli.preview.page import Align, Look

_BOLD, _ITALIC = frozenset(("b", "strong", "th")), frozenset(("i", "em", "cite"))
_PLAIN = Look()


@dataclass(frozen=True, slots=True)
class State:
    """What an element inherits from those around it."""

    bold: bool = False
    italic: bool = False
    link: int = 0
    upper: bool = False
    nothing: bool = False  # font-size 0: spacers and the white space between columns
    look: Look = _PLAIN


def inherit(element: Any, style: dict[str, str], state: State) -> State:
    """What holds inside the element, given what holds around it."""
    weight = style.get("font-weight", "")
    size = styling.pixels(style.get("font-size"))
    bold = state.bold or element.tag in _BOLD or weight in ("bold", "600", "700", "800", "900")
    return State(
        bold=bold and weight not in ("normal", "400"),
        italic=(state.italic or element.tag in _ITALIC or style.get("font-style") == "italic")
        and style.get("font-style") != "normal",
        link=state.link,
        upper=style["text-transform"] == "uppercase" if "text-transform" in style else state.upper,
        nothing=size == 0 if size is not None else state.nothing,
        look=Look(_align(element, style) or state.look.align, size < 15 if size else state.look.small),
    )


def _align(element: Any, style: dict[str, str]) -> Align | None:
    value = (style.get("text-align") or element.get("align") or "").lower()
    if styling.hugs_a_button(element):
        return None
    if element.tag == "table" or value not in ("left", "center", "right"):
        return "center" if element.tag == "center" else None
    return {"left": "left", "center": "center", "right": "right"}[value]  # type: ignore[return-value]  # three literals


def heading_level(element: Any) -> int:
    """1 to 6 for a heading, 0 for anything else."""
    if re.fullmatch(r"h[1-6]", element.tag):
        return int(element.tag[1])
    if element.get("role") == "heading":
        return int(element.get("aria-level") or 2) if (element.get("aria-level") or "2").isdigit() else 2
    return 0
