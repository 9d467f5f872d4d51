"""Compares what a browser makes of two mails: computed style of every element, at phone and desktop width, light and dark."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Scheme = Literal["light", "dark"]
VIEWS: tuple[tuple[int, Scheme], ...] = ((640, "light"), (640, "dark"), (375, "light"), (375, "dark"))

PROPERTIES = [
    "background-color",
    "background-image",
    "background-position",
    "background-repeat",
    "border-bottom-color",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-top-color",
    "border-top-style",
    "border-top-width",
    "border-top-left-radius",
    "border-bottom-right-radius",
    "clear",
    "color",
    "direction",
    "display",
    "float",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-width",
    "opacity",
    "overflow-x",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "position",
    "text-align",
    "text-decoration-line",
    "text-indent",
    "text-transform",
    "vertical-align",
    "visibility",
    "white-space",
    "width",
    "word-break",
]

_LOOK = """names => [...document.body.querySelectorAll('*'), document.body]
  .filter(each => !['STYLE', 'SCRIPT', 'TITLE', 'META', 'LINK'].includes(each.tagName))
  .map(each => { const style = getComputedStyle(each);
    return [each.tagName, each.className, names.map(name => style.getPropertyValue(name))] })"""


@dataclass(frozen=True)
class Difference:
    """One element that looks otherwise in one view."""

    view: str
    element: str
    properties: tuple[tuple[str, str, str], ...]


def look(browser: "Browser", html: str) -> list[tuple[str, list[Any]]]:
    """For each view the page's rendering mode and the computed style of each element; nothing is ever loaded."""
    page = browser.new_page()
    try:
        page.route("**/*", lambda route: route.abort())
        page.set_content(html, wait_until="load")
        seen = []
        for width, scheme in VIEWS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            seen.append((page.evaluate("document.compatMode"), page.evaluate(_LOOK, PROPERTIES)))
        return seen
    finally:
        page.close()


def differences(browser: "Browser", one: str, other: str) -> list[Difference]:
    """Every element that computes otherwise in the second mail, in any of the views."""
    found: list[Difference] = []
    for (width, scheme), before, after in zip(VIEWS, look(browser, one), look(browser, other), strict=True):
        view = f"{width} {scheme}"
        if before[0] != after[0] or len(before[1]) != len(after[1]):
            found.append(Difference(view, f"{before[0]} {len(before[1])} -> {after[0]} {len(after[1])}", ()))
            continue
        for (tag, name, old), (_, _, new) in zip(before[1], after[1], strict=True):
            changed = tuple(each for each in zip(PROPERTIES, old, new, strict=True) if each[1] != each[2])
            if changed:
                found.append(Difference(view, f"{tag}.{name}", changed))
    return found
