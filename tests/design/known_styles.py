"""What is read in the style sheets of the shipped designs, as newsletter_cli/compose/known_styles/ keeps it.

When the CSS of a design or a style attribute of the blocks has changed, write the files again: `make known-styles`.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path

from newsletter_cli.compose import known_styles as known
from newsletter_cli.compose import message as composing
from newsletter_cli.compose.issue_file import read_issue
from newsletter_cli.compose.style_reading import read_declarations, read_sheets
from newsletter_cli.compose.style_rules import FORM, as_json
from newsletter_cli.config import load_settings
from newsletter_cli.paths import Workspace
from tests.design.conftest import DESIGNS, workspace_with

SAMPLES = ("example", "everything", "arabic")
THEMES = ("", "\nradius = 0\n")
_STYLE = re.compile(r"<style>(.*?)</style>", re.S)
_ATTRIBUTE = re.compile(r' style="([^"]*)"')


def page(folder: Path, sample: str, design: str, theme: str = "") -> str:
    """A sample in a design before its styles are inlined; `theme` are lines for the end of newsletter.toml's [theme]."""
    issue_id = workspace_with(folder, sample, design)
    place = Workspace(folder)
    text = place.settings_file.read_text("utf-8")
    text = text.replace("[theme]\n", f"[theme]\n{theme}", 1) if "[theme]" in text else f"{text}\n[theme]\n{theme}"
    place.settings_file.write_text(text, "utf-8")
    settings = load_settings(place.settings_file)
    pages: list[str] = []
    inline = composing.inline_styles
    composing.inline_styles = lambda html, cache=None: pages.append(html) or html  # type: ignore[func-returns-value]
    try:
        composing.compose(place, settings, read_issue(place, settings, issue_id).issue)
    finally:
        composing.inline_styles = inline
    return pages[-1]


def sheets_of(html: str) -> list[str]:
    """The style elements that are inlined."""
    return _STYLE.findall(re.sub(r"<!--.*?-->", "", html, flags=re.S))


def attributes_of(html: str) -> list[str]:
    return [unescape(each) for each in _ATTRIBUTE.findall(html)]


@cache
def pages() -> tuple[str, ...]:
    """Every sample in every design and theme."""
    return tuple(_pages())


def _pages() -> Iterator[str]:
    for design in DESIGNS:
        for sample in SAMPLES:
            for number, theme in enumerate(THEMES):
                with tempfile.TemporaryDirectory() as name:
                    yield page(Path(name) / f"{design}-{sample}-{number}", sample, design, theme)


def files() -> dict[str, str]:
    """Every file of the data, by name."""
    made: dict[str, str] = {}
    attributes: dict[str, object] = {}
    for html in pages():
        texts, values = known.numbered(sheets_of(html))
        shapes, _ = known.open_up(texts)
        name = f"{known.sheet_name(FORM, shapes)}.json"
        if name not in made:
            made[name] = known.as_marks(as_json(read_sheets(texts)), values) + "\n"
        for attribute in attributes_of(html):
            (text,), numbers = known.numbered([attribute])
            (shape,), _ = known.open_up([attribute])
            attributes[shape] = [[key, known.as_marks(value, numbers)] for key, value in read_declarations(text)]
    kept = {"form": FORM, "attributes": dict(sorted(attributes.items()))}
    return made | {f"{known.ATTRIBUTES}.json": json.dumps(kept, ensure_ascii=False, indent=1) + "\n"}


def write_files() -> None:
    """Bring the folder up to date."""
    known.FOLDER.mkdir(exist_ok=True)
    made = files()
    for path in known.FOLDER.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (known.FOLDER / name).write_text(text, "utf-8")
