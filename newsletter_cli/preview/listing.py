"""Draws the preview's lists in a terminal: reading order, versions, differences."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from newsletter_cli.preview.difference import Change, Difference
from newsletter_cli.preview.order import Heard
from newsletter_cli.preview.terminal import draw
from newsletter_cli.preview.variants import Variant
from newsletter_cli.preview.words import clean

_MARKS = {"old": ("[-", "-]", "red strike"), "new": ("{+", "+}", "green")}
_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}


def render_order(heard: Sequence[Heard], width: int, colour: bool) -> str:
    """Each announcement on a line: its number, its kind, its words; `!` before what a listener stumbles over."""
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(justify="right", style="dim", no_wrap=True)
    rows.add_column(no_wrap=True)
    rows.add_column()
    for number, each in enumerate(heard, 1):
        kind = f"! {each.kind}" if each.fault else each.kind
        style = "bold red" if each.fault else "bold" if each.kind.startswith("heading") else ""
        rows.add_row(str(number), Text(kind, style or "cyan"), Text(each.words, style))
    return draw([rows], width, colour)


def render_variants(variants: Sequence[Variant], width: int, colour: bool) -> str:
    """Each version with its count; those with a gap in red."""
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(justify="right", no_wrap=True)
    rows.add_column()
    for each in variants:
        text = Text("\n".join(clean(line) for line in each.lines) or "the same for everybody")
        if each.broken:
            text.append("\n(a gap shows: the field has no default)", "bold red")
        rows.add_row(Text(f"{each.count:,} ×", "bold"), text)
    return draw([rows], width, colour)


def render_difference(name: str, difference: Difference, width: int, colour: bool) -> str:
    """What came, went and changed; words that went in [-…-], words that came in {+…+}, and in colour."""
    if difference.nothing:
        return f"Compared with {name}: the same words, links and pictures.\n"
    kept = difference.kept
    parts: list[RenderableType] = [
        f"Compared with {name}: {kept} paragraph{'s' if kept != 1 else ''} word for word the same."
    ]
    for title, changes in (
        ("Words", difference.words),
        ("Links", difference.links),
        ("Pictures", difference.pictures),
    ):
        if changes:
            parts += ["", Text(title, "bold"), _changes(changes)]
    return draw(parts, width, colour)


def _changes(changes: Sequence[Change]) -> Table:
    rows = Table.grid(padding=(0, 1, 0, 0))
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    for change in changes:
        sign, style = _SIGNS[change.kind]
        rows.add_row(Text(f"  {sign}", style), _sentence(change))
    return rows


def _sentence(change: Change) -> Text:
    text = Text()
    for kind, words in change.parts:
        if kind == "same" or change.kind != "changed":
            text.append(clean(words), _MARKS[kind][2].split()[0] if kind != "same" else "")
            continue
        opening, closing, style = _MARKS[kind]
        bare = clean(words)
        text.append(opening + bare.rstrip() + closing, style).append(bare[len(bare.rstrip()) :])
    return text
