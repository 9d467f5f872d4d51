"""Rules on what the eye meets: contrast in light and dark, size of text, size of buttons."""

from collections import defaultdict
from collections.abc import Iterator

from newsletter_cli.check.cascade import Styles, length
from newsletter_cli.check.colour import Colour, contrast
from newsletter_cli.check.elements import links
from newsletter_cli.check.material import Material
from newsletter_cli.check.page import Element
from newsletter_cli.check.rules import ERROR, WARNING, Example, Hit, rule
from newsletter_cli.check.words import own_text, short, text_of

_Pair = tuple[str, str, bool]


@rule(
    "contrast",
    ERROR,
    "Text that hardly differs from its background is unreadable in the sun and for one reader in twelve (WCAG 1.4.3).",
    "Take a darker text or a lighter background: 4.5 to 1, and 3 to 1 for large text.",
    passing=Example(html='<p style="color:#595959;background:#ffffff">Read me</p>'),
    failing=Example(html='<p style="color:#bbbbbb;background:#ffffff">Read me</p>'),
)
def contrast_light(material: Material) -> Iterator[Hit]:
    yield from _contrast_hits(material, weak_pairs(material, material.light), "")


@rule(
    "contrast-dark",
    WARNING,
    "The dark colours of the mail’s own style sheet need contrast as well.",
    "Set text and background together in the dark rules, each with !important.",
    passing=Example(
        html="<style>@media (prefers-color-scheme:dark){.c{background:#111111!important;color:#eeeeee!important}}</style>"
        '<p class="c" style="background:#ffffff;color:#222222">Read me</p>'
    ),
    failing=Example(
        html="<style>@media (prefers-color-scheme:dark){.c{background:#111111!important}}</style>"
        '<p class="c" style="background:#ffffff;color:#222222">Read me</p>'
    ),
)
def contrast_dark(material: Material) -> Iterator[Hit]:
    dark = any(
        "prefers-color-scheme" in each and "dark" in each
        for sheet in material.sheets
        for rule in sheet.rules
        for each in rule.conditions
    )
    if not dark:
        return
    weak = weak_pairs(material, Styles(material.page, material.sheets, "dark"))
    known = weak_pairs(material, material.light)
    yield from _contrast_hits(
        material, {pair: found for pair, found in weak.items() if pair not in known}, " in dark mode"
    )


def weak_pairs(material: Material, styles: Styles) -> dict[_Pair, list[Element]]:
    """Elements whose own words have too little contrast, by colour pair and whether the words are large."""
    found: dict[_Pair, list[Element]] = defaultdict(list)
    for element in material.page.body.iter():
        if not isinstance(element.tag, str) or len(own_text(element)) < 2 or styles.hidden(element):
            continue
        if not any(each.isalnum() for each in own_text(element)):
            continue
        size = styles.font_size(element)
        front, behind = styles.colour(element), styles.background(element)
        if size <= 2 or front is None or not behind.known or front.alpha == 0:
            continue
        large = size >= 24 or (size >= 18.66 and styles.bold(element))
        front = front.over(behind.colour)
        if contrast(front, behind.colour) < (3 if large else 4.5):
            found[str(front), str(behind.colour), large].append(element)
    return found


def _contrast_hits(material: Material, weak: dict[_Pair, list[Element]], where: str) -> Iterator[Hit]:
    for (front, behind, _large), elements in weak.items():
        ratio = contrast(_hex(front), _hex(behind))
        first = elements[0]
        more = f" and {len(elements) - 1} more" if len(elements) > 1 else ""
        severity = ERROR if ratio < 3 and not where else WARNING
        # Never rounded up to the limit it fails.
        shown = f"{int(ratio * 100) / 100:.2f}"
        yield Hit(
            f"“{short(text_of(first), 40)}”{more}{where}: {front} on {behind} is only {shown} to 1.",
            material.place(first),
            severity,
        )


def _hex(text: str) -> Colour:
    return Colour(*(int(text[start : start + 2], 16) for start in (1, 3, 5)))


@rule(
    "font-size",
    WARNING,
    "Small print is not read, on a phone least of all.",
    "At least 14 px, better 16.",
    passing=Example(html='<p style="font-size:16px">Read me please</p>'),
    failing=Example(html='<p style="font-size:11px">Read me please</p>'),
)
def font_size(material: Material) -> Iterator[Hit]:
    small: dict[float, list[Element]] = defaultdict(list)
    for element in material.page.body.iter():
        text = own_text(element)
        if len(text) < 3 or element.tag in ("sup", "sub") or not any(each.isalnum() for each in text):
            continue
        size = material.light.font_size(element)
        if 2 < size < 13.9 and not material.light.hidden(element):
            small[round(size, 1)].append(element)
    for size, elements in sorted(small.items()):
        more = f" and {len(elements) - 1} more" if len(elements) > 1 else ""
        severity = ERROR if size < 11.9 else WARNING
        yield Hit(f"“{short(text_of(elements[0]), 40)}”{more} is {size:g} px.", material.place(elements[0]), severity)


@rule(
    "target-size",
    WARNING,
    "A button lower than 24 px is hard to hit with a finger (WCAG 2.5.8); 44 is comfortable.",
    "Give the button more padding.",
    passing=Example(
        html='<a href="https://b.org" style="display:inline-block;padding:14px 28px;background:#003366;color:#ffffff">Give</a>'
    ),
    failing=Example(
        html='<a href="https://b.org" style="display:inline-block;background:#003366;color:#ffffff;font-size:14px">Give</a>'
    ),
)
def target_size(material: Material) -> Iterator[Hit]:
    for link in links(material):
        height = _button_height(material, link)
        if height is not None and height < 24:
            yield Hit(f"The button “{short(text_of(link), 40)}” is about {height:.0f} px high.", material.place(link))


def _border(styles: Styles, element: Element, side: str) -> float:
    """Thickness of one border in px; some mails make their buttons of borders alone."""
    words = (styles.value(element, f"border-{side}") or styles.value(element, "border")).split()
    width = styles.value(element, f"border-{side}-width") or styles.value(element, "border-width").split(" ")[0]
    sizes = [size for word in (width, *words) if (size := length(word)) is not None]
    return sizes[0] if sizes else 0.0


def _button_height(material: Material, link: Element) -> float | None:
    """Height of a link that looks like a button, in px; None when it does not, or cannot be told."""
    styles = material.light
    if not text_of(link) or next(link.iter("img"), None) is not None:
        return None
    if styles.value(link, "display") not in ("inline-block", "block"):
        return None
    if not any(styles.value(link, name) for name in ("background-color", "border", "background-image")):
        return None
    size = styles.font_size(link)
    text = styles.inherited(link, "line-height")
    line = length(text, size) if text and not text.replace(".", "").isdigit() else None
    if line is None:
        factor = float(text) if text.replace(".", "", 1).isdigit() and text.strip(".") else 1.2
        line = size * factor
    explicit = length(styles.value(link, "height") or "")
    sides = [length(styles.value(link, f"padding-{side}"), size) or 0.0 for side in ("top", "bottom")]
    extra = sum(_border(styles, link, side) for side in ("top", "bottom"))
    cell = link.getparent()
    if (
        cell is not None
        and cell.tag == "td"
        and text_of(cell) == text_of(link)
        and styles.value(cell, "background-color")
    ):
        sides += [length(styles.value(cell, f"padding-{side}"), size) or 0.0 for side in ("top", "bottom")]
    return (explicit or line) + sum(sides) + extra
