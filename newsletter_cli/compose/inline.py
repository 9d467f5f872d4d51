"""Writes the style sheet of a mail into style attributes, once an issue, without network or file.

premailer reads the rules (its defaults break most real mail: they fetch, drop the doctype and `!important`, and
overwrite width attributes); the elements they apply to are found and written here.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter_cli.compose.hidden_parts import hide
from newsletter_cli.compose.matching import Matcher
from newsletter_cli.compose.style_rules import Pairs, StyleReader
from newsletter_cli.errors import NewsletterError

if TYPE_CHECKING:
    from lxml.etree import _Element

_LIMIT = 10_000_000
_IGNORE = "data-premailer"
_LINK = re.compile(r"<a\b([^>]*)>((?:(?!<a\b|</a\s*>).)*?<table\b.*?)</a\s*>", re.I | re.S)
_LINK_STAND_IN = "nl-a"


class InlineRefused(NewsletterError):
    """A text that cannot be treated as an HTML mail."""


def inline_styles(html: str, cache: Path | None = None) -> str:
    """The mail with its rules in style attributes.

    At-rules, states such as :hover, and `<style data-premailer="ignore">` stay in style elements. Doctype, comments
    (Word's conditional ones too) and the merge notations of all providers come out as they went in.

    Args:
        html: a whole mail or a piece of one; never fetched from, whatever it links to.
        cache: folder for what was read of style sheets; None keeps nothing.

    Raises:
        InlineRefused: over 10 MB, or nothing that could be an element.
    """
    if len(html) > _LIMIT:
        raise InlineRefused("The HTML is larger than 10 MB.", "No mail client would show it; leave articles out.")
    body, hidden = hide(html.replace("\0", ""))
    reader = StyleReader(cache)
    root = _parse(_LINK.sub(rf"<{_LINK_STAND_IN}\1>\2</{_LINK_STAND_IN}>", body))
    for link in root.iter(_LINK_STAND_IN):
        link.tag = "a"
    _apply(root, reader)
    reader.save()
    return hidden.restore(_serialize(root))


def _parse(body: str) -> "_Element":
    from lxml import etree

    # A parser of one's own each time: lxml keeps names it has seen, and a mail is parsed once.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    data = body.strip().encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser) if data else None
    except (etree.ParserError, etree.XMLSyntaxError):
        root = None
    if root is None:
        raise InlineRefused("There is no HTML to inline styles in.", "The template rendered to nothing.")
    if any("depth" in each.message.lower() for each in parser.error_log):
        # libxml2 drops what lies deeper, in silence.
        raise InlineRefused(
            "The HTML is nested too deeply.", "No mail client would show it; take out tables in tables."
        )
    return root


def _apply(root: "_Element", reader: StyleReader) -> None:
    for each in root.iter("style"):
        _media_into_text(each)
    styles = [each for each in root.iter("style") if _inlinable(each)]
    for each in root.iter("style"):
        if _IGNORE in each.attrib:
            del each.attrib[_IGNORE]
    sheets = reader.sheets([each.text or "" for each in styles])
    for style, kept in zip(styles, sheets.kept, strict=True):
        _keep(style, kept)
    matcher = Matcher(root)
    found: dict[_Element, dict[str, str]] = {}
    for rule in sheets.rules:
        for element in matcher.elements(rule.xpath):
            _declare(found.setdefault(element, {}), rule.pairs)
    for element, declared in found.items():
        own = element.attrib.get("style", "").strip()
        if own:
            _declare(declared, reader.attribute(own), own=True)
        if declared:
            element.attrib["style"] = "; ".join(f"{name}:{value}" for name, value in declared.items())


def _inlinable(style: "_Element") -> bool:
    media = style.attrib.get("media", "").strip().lower()
    kind = style.attrib.get("type", "").strip().lower()
    return media in ("", "all", "screen") and kind in ("", "text/css") and style.attrib.get(_IGNORE) != "ignore"


def _media_into_text(style: "_Element") -> None:
    """`<style media="…">` as `@media … {}`: it must go on winning over what will stand in style attributes."""
    media, text = style.attrib.get("media", "").strip(), style.text or ""
    if media.lower() in ("", "all", "screen") or style.attrib.get(_IGNORE) == "ignore" or "@" in text:
        return
    if text.count("{") == text.count("}") and not re.search(r"[{};<]", media):
        style.text = f"@media {media}{{{text}}}"
        del style.attrib["media"]


def _keep(style: "_Element", css: str) -> None:
    """Leave this CSS in the style element, or take the element away."""
    if css:
        style.text = css
        return
    parent = style.getparent()
    if parent is None:
        style.text = ""
        return
    before, tail = style.getprevious(), style.tail or ""
    if tail.strip() and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail.strip():
        parent.text = (parent.text or "") + tail
    parent.remove(style)


def _declare(declared: dict[str, str], pairs: Pairs, *, own: bool = False) -> None:
    """Add declarations that come later in the cascade; `own` when they are the element's style attribute."""
    for name, value in pairs:
        old = declared.get(name, "")
        # Rules come sorted by importance, so only a style attribute can meet a stronger value.
        if own and old.endswith("!important") and not value.endswith("!important"):
            continue
        if old and _related(name, declared):
            del declared[name]  # written again at the end: `padding` must come after an older `padding-left`
        declared[name] = value


def _related(name: str, declared: dict[str, str]) -> bool:
    """Whether a shorthand and one of its longhands are both there; all of `border` counts as one family."""
    if name.startswith("border"):
        return sum(each.startswith("border") for each in declared) > 1
    return any(each.startswith(f"{name}-") or name.startswith(f"{each}-") for each in declared)


def _serialize(root: "_Element") -> str:
    from lxml import etree

    return str(etree.tostring(root, method="html", encoding="unicode", pretty_print=False))
