"""The rules of a mail's style sheets: read by premailer and cssutils once, then kept on disk by their hash."""

import hashlib
import json
import logging
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter_cli.paths import write_file

# Raised when the meaning of what is kept on disk changes.
_FORMAT = "2"
# What depends on the reader's doing or on what is not an element cannot be written into a style attribute.
_MOVING = re.compile(
    r":(?:hover|active|focus|visited|link|any-link|target|checked|disabled|enabled|is|where|has|lang|dir|root|before|after"
    r"|first-line|first-letter)|::|\[data-ogs[bc]\]|\bx-apple|\bu\s*\+|#MessageViewBody|\.ExternalClass|#outlook|\[owa\]|\.moz-",
    re.I,
)

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector with some declarations.

    Attributes:
        order: what a later rule of the cascade has larger: importance, specificity (ids, classes, elements), place.
        xpath: the elements it applies to.
        pairs: property and value; an important value ends with ` !important`.
    """

    order: tuple[int, ...]
    xpath: str
    pairs: Pairs


@dataclass(frozen=True, slots=True)
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
        sheets = _read_sheets(texts)
        if path:
            raw = {"rules": [[each.order, each.xpath, each.pairs] for each in sheets.rules], "kept": sheets.kept}
            write_file(path, json.dumps(raw))
        return sheets

    def attribute(self, text: str) -> Pairs:
        """The declarations of a style attribute, as cssutils reads them."""
        if self._attributes is None:
            self._attributes = self._load_attributes()
        if text not in self._attributes:
            self._attributes[text] = _read_declarations(text)
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


def _read_sheets(texts: Sequence[str]) -> Sheets:
    premailer = _premailer()
    rules: list[Rule] = []
    kept: list[str] = []
    for index, text in enumerate(texts):
        plain, stays = _split(text)
        found, leftover = premailer._parse_style_rules(plain, index)
        stays += [f"{selector}{{{bulk}}}" for selector, bulk in leftover]
        for (important, *_, place, number), selector, bulk in found:
            xpath = _xpath(selector)
            if xpath is None:
                stays.append(f"{selector}{{{bulk}}}")
                continue
            path, specificity = xpath
            rules.append(Rule((important, *specificity, place, number), path, _read_declarations(bulk)))
        kept.append("\n".join(stays))
    return Sheets(tuple(sorted(rules, key=lambda rule: rule.order)), tuple(kept))


def _split(text: str) -> tuple[str, list[str]]:
    """The plain rules of a sheet, and what must stay in a style element: at-rules, states, client selectors."""
    import tinycss2

    plain: list[str] = []
    stays: list[str] = []
    for node in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if node.type == "at-rule":
            # Fetching a sheet is never wanted; @charset means nothing here.
            if node.lower_at_keyword not in ("import", "charset"):
                stays.append(node.serialize())
        elif node.type == "qualified-rule":
            body = tinycss2.serialize(node.content)
            for selector in _selectors(tinycss2.serialize(node.prelude)):
                # premailer would cut `:not(a,b)` at its comma.
                stay = "," in selector or _MOVING.search(selector)
                (stays if stay else plain).append(f"{selector}{{{body}}}")
    return "\n".join(plain), stays


def _selectors(prelude: str) -> list[str]:
    """A selector list at its commas; one inside brackets does not part."""
    return [each.strip() for each in re.split(r",(?![^(\[]*[)\]])", prelude) if each.strip()]


def _xpath(selector: str) -> tuple[str, tuple[int, int, int]] | None:
    """The selector as XPath with its specificity, or None when it cannot be said in XPath."""
    from cssselect import HTMLTranslator, SelectorError, parse

    try:
        parsed = parse(selector)
        if len(parsed) != 1 or parsed[0].pseudo_element:
            return None
        return HTMLTranslator().selector_to_xpath(parsed[0]), parsed[0].specificity()
    except SelectorError:
        return None


def _read_declarations(text: str) -> Pairs:
    from premailer.merge_style import format_value

    _premailer()
    style = sys.modules["cssutils"].parseStyle(text, validate=False)
    return tuple((prop.name.strip(), format_value(prop)) for prop in style)


def _premailer() -> Any:
    """premailer's reader of rules, with everything off that fetches, logs or rewrites."""
    if "premailer" not in sys.modules:
        _import_lazily("requests")  # premailer imports it at its top and needs it only for fetching
    import cssutils
    from premailer import Premailer

    parser = cssutils.CSSParser(
        # Called for @import even with allow_network=False.
        fetcher=lambda url: (None, b""),
        parseComments=False,
        validate=False,
        loglevel=logging.CRITICAL,
    )

    class Reader(Premailer):  # type: ignore[misc]  # premailer is untyped
        def _parse_css_string(self, css_body: str, validate: bool = True) -> Any:
            return parser.parseString(css_body, validate=False)

    cssutils.log.setLevel(logging.CRITICAL)
    cssutils.ser.prefs.minimizeColorHash = False  # #112233 must not become #123: Lotus Notes and Word read six digits
    return Reader(
        "<p></p>",
        allow_network=False,
        allow_loading_external_files=False,
        strip_important=False,
        disable_validation=True,
        include_star_selectors=True,
        exclude_pseudoclasses=False,
        cssutils_logging_level=logging.CRITICAL,
        session=object(),
    )


def _import_lazily(name: str) -> None:
    """Put a module in place that is loaded when it is first used (the recipe of importlib's documentation)."""
    import importlib.util

    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
