"""The rules of a mail's style sheets: read by premailer and cssutils once, then kept on disk by their hash."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from newsletter_cli.compose.kept_rules import Pairs, Rule
from newsletter_cli.paths import write_file
from newsletter_cli.records import record

# Raised when the meaning of what is kept on disk changes.
_FORMAT = "4"


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
        key = hashlib.sha256(json.dumps([_FORMAT, *texts]).encode("utf-8", "surrogatepass")).hexdigest()
        path = self._folder / f"{key}.json" if self._folder else None
        kept = _load(path)
        if kept is not None:
            return kept
        from newsletter_cli.compose.style_reading import read_sheets

        sheets = read_sheets(texts)
        if path:
            raw = {"rules": [[each.order, each.xpath, each.pairs] for each in sheets.rules], "kept": sheets.kept}
            write_file(path, json.dumps(raw))
        return sheets

    def attribute(self, text: str) -> Pairs:
        """The declarations of a style attribute, as cssutils reads them."""
        if self._attributes is None:
            self._attributes = self._load_attributes()
        if text not in self._attributes:
            from newsletter_cli.compose.style_reading import read_declarations

            self._attributes[text] = read_declarations(text)
            self._new_attributes = True
        return self._attributes[text]

    def save(self) -> None:
        """Write down the style attributes that were new."""
        if self._folder and self._new_attributes and self._attributes is not None:
            write_file(self._folder / f"attributes-{_FORMAT}.json", json.dumps(self._attributes))
            self._new_attributes = False

    def _load_attributes(self) -> dict[str, Pairs]:
        if self._folder is None:
            return {}
        try:
            raw = json.loads((self._folder / f"attributes-{_FORMAT}.json").read_text("utf-8"))
            return {str(text): tuple((str(key), str(value)) for key, value in pairs) for text, pairs in raw.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}


def _load(path: Path | None) -> Sheets | None:
    """What was kept, or None; a damaged file is read anew."""
    if path is None:
        return None
    try:
        raw = json.loads(path.read_text("utf-8"))
        rules = tuple(
            Rule(tuple(order), str(xpath), tuple((key, value) for key, value in pairs))
            for order, xpath, pairs in raw["rules"]
        )
        return Sheets(rules, tuple(str(each) for each in raw["kept"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
