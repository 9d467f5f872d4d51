"""What premailer and cssutils read in the style sheets of the shipped designs, so that a first run need not ask them.

Kept by shape: the text of a sheet with its colours and pixel numbers left open, so that a house's own colours and sizes
are no new sheet. Anything else that differs, a font or one rule more, is another shape and is read as any sheet is.
`make known-styles` writes the files; a test holds them to what is read.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "known_styles"
ATTRIBUTES = "attributes"
_MARK = "¤"
# As cssutils gives them back letter for letter. It writes 0px as 0, so a zero stays in the shape.
OPEN = re.compile(r"#[0-9a-f]{6}(?![\w-])|(?<![\w.#-])[1-9]\d{0,4}px(?![\w-])")
_FILLED = re.compile(rf"{_MARK}(\d+){_MARK}")


def known_sheets(form: str, texts: Sequence[str]) -> Any:
    """What was read of these sheets, as `StyleReader` keeps it; None when they are no shipped ones.

    Args:
        form: of what is kept; data in another form is not known.
        texts: the style elements of a page.
    """
    shapes, values = open_up(texts)
    path = FOLDER / f"{sheet_name(form, shapes)}.json"
    return json.loads(_fill(path.read_text("utf-8"), values)) if path.is_file() else None


def known_attribute(form: str, text: str) -> Any:
    """The declarations of a style attribute, or None."""
    shapes, values = open_up([text])
    found = _attributes(form).get(shapes[0])
    return None if found is None else [[name, _fill(value, values)] for name, value in found]


@cache
def _attributes(form: str) -> dict[str, list[tuple[str, str]]]:
    kept = json.loads((FOLDER / f"{ATTRIBUTES}.json").read_text("utf-8"))
    found: dict[str, list[tuple[str, str]]] = kept["attributes"] if kept["form"] == form else {}
    return found


def sheet_name(form: str, shapes: Sequence[str]) -> str:
    """The name of the file for sheets of these shapes."""
    return hashlib.sha256(json.dumps([form, *shapes]).encode()).hexdigest()[:32]


def open_up(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The texts with a mark for each colour and pixel number, and what stood there."""
    values: list[str] = []

    def take(found: re.Match[str]) -> str:
        values.append(found[0])
        return f"{_MARK}{found[0][0] if found[0][0] == '#' else 'px'}{_MARK}"

    # A text that holds the mark itself has no shape of its own.
    return [_MARK * 3 if _MARK in text else OPEN.sub(take, text) for text in texts], values


def _fill(text: str, values: Sequence[str]) -> str:
    return _FILLED.sub(lambda found: values[int(found[1])], text)


def numbered(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The texts with values of which no two are alike, so that each can be found again in what is read; and these."""
    values: list[str] = []

    def take(found: re.Match[str]) -> str:
        number = len(values)
        values.append(f"#{0xA00000 + number:06x}" if found[0][0] == "#" else f"{20_000 + number}px")
        return values[-1]

    return [OPEN.sub(take, text) for text in texts], values


def as_marks(text: str, values: Sequence[str]) -> str:
    """The text with the number of each of these values in its place."""
    places = {value: number for number, value in enumerate(values)}
    return OPEN.sub(lambda found: f"{_MARK}{places[found[0]]}{_MARK}" if found[0] in places else found[0], text)
