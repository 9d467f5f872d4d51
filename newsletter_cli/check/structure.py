"""Rules on headings and tables: what a screen reader walks along."""

from collections.abc import Iterator

from newsletter_cli.check.elements import visible
from newsletter_cli.check.material import Material
from newsletter_cli.check.page import Element
from newsletter_cli.check.rules import ERROR, INFO, WARNING, Example, Hit, rule
from newsletter_cli.check.words import own_text, short, text_of

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@rule(
    "table-role",
    ERROR,
    "A screen reader announces rows and columns of a layout table before every line (in 84 % of mails).",
    'Put role="presentation" on every table that only lays out; give data tables <th>.',
    passing=Example(html='<table role="presentation"><tr><td>Hello</td></tr></table>'),
    failing=Example(html="<table><tr><td>Hello</td></tr></table>"),
)
def table_role(material: Material) -> Iterator[Hit]:
    bare = [each for each in material.page.all("table") if _lays_out(each) and visible(material, each)]
    if bare:
        count = "1 layout table has" if len(bare) == 1 else f"{len(bare)} layout tables have"
        yield Hit(f'{count} no role="presentation".', material.place(bare[0]))


def _lays_out(table: Element) -> bool:
    if (table.get("role") or "").strip().lower() in ("presentation", "none", "table", "grid"):
        return False
    own = (each for each in table.iter("th", "caption", "table") if each is not table)
    # Only a `th` of this very table makes it a data table, not one of a table inside.
    return not any(each.tag != "table" and _nearest_table(each) is table for each in own)


def _nearest_table(element: Element) -> Element | None:
    return next(element.iterancestors("table"), None)


def _headings(material: Material) -> list[Element]:
    return [each for each in material.page.all(*_HEADINGS) if visible(material, each) and text_of(each, alts=True)]


@rule(
    "h1",
    WARNING,
    "People who listen jump from heading to heading; the first one says what the mail is.",
    "Make the main title an <h1>, and only that.",
    passing=Example(html="<h1>Cells that sleep</h1><h2>More</h2>"),
    failing=Example(html="<p>Cells that sleep</p><h2>More</h2>"),
)
def h1(material: Material) -> Iterator[Hit]:
    found = [each for each in _headings(material) if each.tag == "h1"]
    if not text_of(material.page.body):
        return
    if not found:
        some = bool(_headings(material))
        yield Hit("There is no <h1>." if some else "There is no heading at all.", material.html_line(0))
    elif len(found) > 1:
        second = found[1]
        yield Hit(f"There are {len(found)} <h1>; the second is “{short(text_of(second), 40)}”.", material.place(second))


@rule(
    "heading-skip",
    WARNING,
    "A skipped level sounds like a missing chapter.",
    "Use the next level: h2 below h1, h3 below h2.",
    passing=Example(html="<h1>News</h1><h2>Research</h2><h3>In Padua</h3><h2>Events</h2>"),
    failing=Example(html="<h1>News</h1><h3>In Padua</h3>"),
)
def heading_skip(material: Material) -> Iterator[Hit]:
    before = 0
    for each in _headings(material):
        level = int(str(each.tag)[1])
        if before and level > before + 1:
            yield Hit(f"<h{level}> “{short(text_of(each), 40)}” follows <h{before}>.", material.place(each))
        before = level


@rule(
    "heading-as-bold",
    INFO,
    "Large bold text looks like a heading but is none to a screen reader.",
    "Make it a real heading, <h2> or <h3>.",
    passing=Example(html='<h2 style="font-size:22px">Research</h2><p>…</p>'),
    failing=Example(html='<p style="font-size:22px"><b>Research in Padua</b></p><p>…</p>'),
)
def heading_as_bold(material: Material) -> Iterator[Hit]:
    hits = []
    name = material.settings.newsletter.name if material.settings else ""
    for each in material.page.all("p", "div", "td"):
        if any(part is not each for part in each.iter("table", "p", "div", "td", "a", *_HEADINGS)):
            continue
        words = text_of(each)
        inside = next(each.iterancestors("a", *_HEADINGS), None) is not None
        # The newsletter's own name in the masthead is a sign, not a heading.
        if not 3 <= len(words) <= 80 or words == name or inside or not visible(material, each):
            continue
        inner = next((part for part in each.iter() if own_text(part) == words), None)
        if inner is not None and material.light.bold(inner) and material.light.font_size(inner) >= 20:
            hits.append((words, each))
    if hits:
        words, first = hits[0]
        more = f" and {len(hits) - 1} more" if len(hits) > 1 else ""
        yield Hit(f"“{short(words, 40)}”{more} looks like a heading but is none.", material.place(first))
