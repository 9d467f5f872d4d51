"""The rules of a mail's style sheets: read by premailer and cssutils once, then kept on disk by their hash."""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from newsletter_cli.compose.known_styles import known_attribute, known_sheets
from newsletter_cli.paths import write_file
from newsletter_cli.records import record

Pairs = tuple[tuple[str, str], ...]

# Raised when the meaning of what is kept on disk changes.
FORM = "6"


@record
class Rule:
    """One selector with some declarations, to be written into style attributes.

    Attributes:
        order: what a later rule of the cascade has larger: importance, specificity (ids, classes, elements), place.
        xpath: the elements it applies to.
        pairs: property and value; an important value ends with ` !important`.
        subject: the names in the last part of its selector, such as {"td", ".lead"}.
    """

    order: tuple[int, ...]
    xpath: str
    pairs: Pairs
    subject: frozenset[str] = frozenset()


@record
class Sheets:
    """What the style elements of a mail say.

    Attributes:
        rules: those that go into style attributes, in the order of the cascade.
        kept: for each style element the CSS that must stay in one ("" for none).
    """

    rules: tuple[Rule, ...]
    kept: tuple[str, ...]


class StyleReader:
    """Reads style sheets and style attributes, with what was read before kept in a folder.

    Args:
        folder: of the cache; None keeps nothing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._attributes: dict[str, Pairs] | None = None
        self._new_attributes = False

    def sheets(self, texts: Sequence[str]) -> Sheets:
        """The rules of these style elements, in their order."""
        if (known := _shipped(tuple(texts))) is not None:
            return known
        key = hashlib.sha256(json.dumps([FORM, *texts]).encode("utf-8", "surrogatepass")).hexdigest()
        path = self._folder / f"{key}.json" if self._folder else None
        if (kept := _load(path)) is not None:
            return kept
        from newsletter_cli.compose.style_reading import read_sheets

        sheets = read_sheets(texts)
        if path:
            write_file(path, as_json(sheets))
        return sheets

    def attribute(self, text: str) -> Pairs:
        """The declarations of a style attribute, as cssutils reads them."""
        if self._attributes is None:
            self._attributes = self._load_attributes()
        if text not in self._attributes:
            known = _shipped_attribute(text)
            self._attributes[text] = _read_attribute(text) if known is None else known
            self._new_attributes = self._new_attributes or known is None
        return self._attributes[text]

    def save(self) -> None:
        """Write down the style attributes that were new."""
        if self._folder and self._new_attributes and self._attributes is not None:
            write_file(self._folder / f"attributes-{FORM}.json", json.dumps(self._attributes))
            self._new_attributes = False

    def _load_attributes(self) -> dict[str, Pairs]:
        if self._folder is None:
            return {}
        try:
            raw = json.loads((self._folder / f"attributes-{FORM}.json").read_text("utf-8"))
            return {str(text): tuple((str(key), str(value)) for key, value in pairs) for text, pairs in raw.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}


def as_json(sheets: Sheets) -> str:
    """The sheets as they are kept on disk."""
    rules = [[each.order, each.xpath, each.pairs] for each in sheets.rules]
    return json.dumps({"rules": rules, "kept": sheets.kept})


def _load(path: Path | None) -> Sheets | None:
    """What was kept, or None; a damaged file is read anew."""
    if path is None:
        return None
    try:
        return _sheets(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return None


# Remembered, because a live preview asks again with every change of a word.
@lru_cache(maxsize=8)
def _shipped(texts: tuple[str, ...]) -> Sheets | None:
    found = known_sheets(FORM, texts)
    return None if found is None else _sheets(found)


@lru_cache(maxsize=1024)
def _shipped_attribute(text: str) -> Pairs | None:
    found = known_attribute(FORM, text)
    return None if found is None else _pairs(found)


def _sheets(raw: Any) -> Sheets:
    rules = tuple(Rule(tuple(order), str(xpath), _pairs(pairs)) for order, xpath, pairs in raw["rules"])
    return Sheets(rules, tuple(str(each) for each in raw["kept"]))


def _pairs(raw: Any) -> Pairs:
    return tuple((str(name), str(value)) for name, value in raw)


def _read_attribute(text: str) -> Pairs:
    from newsletter_cli.compose.style_reading import read_declarations

    return read_declarations(text)
