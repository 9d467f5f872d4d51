"""Rule on what the newsletter's mail programs do not know, from caniemail's tests; silent on what degrades well."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter_cli.check.blocks import Place
from newsletter_cli.check.clients import Client, Feature, load_table, parse_clients
from newsletter_cli.check.material import Material
from newsletter_cli.check.rules import WARNING, Example, Hit, rule
from newsletter_cli.check.sheet import Declaration, style_of

# Only what breaks the layout or loses content where it is not known. Rounded corners, shadows, media queries,
# web fonts, hover, dark mode and the like are simply absent there, which is fine.
_PROPERTIES = {
    "position": "css-position",
    "grid-template-columns": "css-grid-template",
    "grid-template-areas": "css-grid-template",
    "aspect-ratio": "css-aspect-ratio",
    "inset": "css-inset",
    "margin-inline": "css-margin-inline-block",
    "margin-block": "css-margin-inline-block",
    "padding-inline": "css-padding-inline-block",
    "padding-block": "css-padding-inline-block",
    "inline-size": "css-inline-size",
    "column-count": "css-column-count",
    "writing-mode": "css-writing-mode",
    "clip-path": "css-clip-path",
    "transform": "css-transform",
}
_DISPLAYS = {
    "flex": "css-display-flex",
    "inline-flex": "css-display-flex",
    "grid": "css-display-grid",
    "inline-grid": "css-display-grid",
}
_FUNCTIONS = {
    "calc": "css-unit-calc",
    "clamp": "css-function-clamp",
    "min": "css-function-min",
    "max": "css-function-max",
    "var": "css-variables",
    "light-dark": "css-function-light-dark",
    "oklch": "css-modern-color",
    "oklab": "css-modern-color",
    "lch": "css-modern-color",
    "lab": "css-modern-color",
}
_CALL = re.compile(r"(?<![\w-])(calc|clamp|min|max|var|light-dark|oklch|oklab|lch|lab)\(", re.I)
_QUIET_VALUES = {"static", "relative", "none", "auto", "initial", "inherit", "unset"}
_TAGS = {"svg": "html-svg", "dialog": "html-dialog", "meter": "html-meter", "progress": "html-progress"}
_LEAST = 3.0


@dataclass(frozen=True, slots=True)
class Use:
    """A feature used at a place."""

    slug: str
    place: Place


@rule(
    "css-client",
    WARNING,
    "A layout that a reader’s mail program does not know falls apart there.",
    "Lay out with tables and inline-block, and write plain values before modern ones.",
    passing=Example(html='<td style="width:300px;padding:10px;border-radius:4px">Hello</td>'),
    failing=Example(html='<div style="display:grid"><p>Hello</p></div>'),
)
def css_client(material: Material) -> Iterator[Hit]:
    table = load_table()
    clients = parse_clients(material.settings.check.clients if material.settings else ())
    first: dict[str, Place] = {}
    for use in _uses(material):
        first.setdefault(use.slug, use.place)
    for slug, place in first.items():
        without = table.missing(slug, clients)
        if sum(each.share for each in without) >= _LEAST:
            yield Hit(_sentence(table.features[slug], without), place)


def _sentence(feature: Feature, without: tuple[Client, ...]) -> str:
    names = [each.name for each in without]
    some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{feature.title.strip()}: not known to {some} (tested {feature.tested[:7]})."


def _uses(material: Material) -> Iterator[Use]:
    for sheet in material.sheets:
        for each in sheet.rules:
            # What stands in a condition is for programs that know conditions.
            if not each.conditions:
                for slug, line in _declared(each.declarations):
                    yield Use(slug, material.html_line(line))
    for element in material.page.body.iter():
        if element.get("style"):
            for slug, _ in _declared(style_of(element)):
                yield Use(slug, material.place(element))
        slug = _TAGS.get(str(element.tag), "")
        if slug:
            yield Use(slug, material.place(element))


def _declared(declarations: tuple[Declaration, ...]) -> Iterator[tuple[str, int]]:
    before: set[str] = set()
    for each in declarations:
        value = each.value.lower()
        slug = _DISPLAYS.get(value, "") if each.name == "display" else _PROPERTIES.get(each.name, "")
        if value in _QUIET_VALUES or each.name.startswith(("mso-", "-", "--")):
            slug = ""
        calls = {_FUNCTIONS[found.lower()] for found in _CALL.findall(value)}
        # An earlier plain value of the same property is what older programs keep.
        if each.name not in before:
            for found in sorted({slug, *calls} - {""}):
                yield found, each.line
        before.add(each.name)
