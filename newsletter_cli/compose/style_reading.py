"""Reads style sheets and style attributes with premailer and cssutils; imported only for those not read before."""

import logging
import re
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from types import ModuleType
from typing import Any

from newsletter_cli.compose.kept_rules import Kept, subject, unbeaten, winning
from newsletter_cli.compose.style_rules import Pairs, Rule, Sheets

# What depends on the reader's doing or on what is not an element cannot be written into a style attribute.
_MOVING = re.compile(
    r":(?:hover|active|focus|visited|link|any-link|target|checked|disabled|enabled|is|where|has|lang|dir|root|before|after"
    r"|first-line|first-letter)|::|\[data-ogs[bc]\]|\bx-apple|\bu\s*\+|#MessageViewBody|\.ExternalClass|#outlook|\[owa\]|\.moz-",
    re.I,
)


# Later versions of cssselect look for a class twice, first roughly; what is kept is the same with every version.
_TWICE = re.compile(r"contains\(@class, '[^']*'\) and ")


def read_sheets(texts: Sequence[str]) -> Sheets:
    """Each selector has its place in the order of all sheets, whether it is written into elements or kept."""
    rules: list[Rule] = []
    kept: list[list[Kept]] = []
    place = 0
    for text in texts:
        kept.append([])
        for piece in _pieces(text):
            place += 1
            written = [] if isinstance(piece, Kept) else _rules(piece, place)
            rules += written
            if not written:
                whole = piece if isinstance(piece, Kept) else Kept(f"{piece[0]}{{{piece[1]}}}", piece[0])
                kept[-1].append(replace(whole, place=place))
    loose = unbeaten(rules, (each for sheet in kept for each in sheet))
    if loose:
        rules = [replace(rule, pairs=_loosened(rule.pairs, loose)) for rule in rules]
    rules.sort(key=lambda rule: rule.order)
    return Sheets(tuple(rules), tuple("\n".join(winning(each, rules) for each in sheet) for sheet in kept))


def _loosened(pairs: Pairs, names: frozenset[str]) -> Pairs:
    return tuple((name, value.removesuffix("!important").rstrip() if name in names else value) for name, value in pairs)


def _pieces(text: str) -> Iterator[Kept | tuple[str, str]]:
    """A sheet's at-rules and the rules that must stay, and each other selector with its declarations."""
    import tinycss2

    for node in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if node.type == "at-rule":
            # An @import is kept for the check to find; neither we nor cssutils ever see its address as one to fetch.
            if node.lower_at_keyword != "charset":
                yield Kept(node.serialize())
        elif node.type == "qualified-rule":
            body = tinycss2.serialize(node.content).strip()
            if any(each.type == "{} block" for each in node.content):  # nested rules: no style attribute can hold them
                yield Kept(node.serialize())
                continue
            for selector in _selectors(tinycss2.serialize(node.prelude)):
                # premailer would cut `:not(a,b)` at its comma.
                if "," in selector or _MOVING.search(selector):
                    yield Kept(f"{selector}{{{body}}}", selector)
                elif body:
                    yield selector, body


def _rules(piece: tuple[str, str], place: int) -> list[Rule]:
    """The rules of one selector as premailer reads them; none when it cannot be said in XPath."""
    selector, body = piece
    xpath = xpath_of(selector)
    if xpath is None:
        return []
    path, specificity = xpath
    names = subject(selector)
    return [Rule((important, *specificity, place), path, pairs, names) for important, pairs in _declarations(body)]


@cache
def _declarations(body: str) -> tuple[tuple[int, Pairs], ...]:
    """A rule's declarations as premailer divides them: the important ones and the others. Many selectors share one."""
    reader = _premailer()
    found, _ = reader._parse_style_rules(f"x{{{body}}}", 0)
    properties = reader.sheet.cssRules[0].style.getProperties() if found else ()
    read = {order[0]: _pairs(properties, bool(order[0])) for order, _selector, _bulk in found}
    for important, pair in _unread(body, {name for pairs in read.values() for name, _ in pairs}):
        read[important] = (*read.get(important, ()), pair)
    return tuple(read.items())


def _unread(body: str, known: Container[str]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Declarations of which cssutils made nothing, such as `color: rgb(0 0 0 / 50%)`, word for word.

    One that has a form cssutils can read beside it is left out: that form is the author's fallback.
    """
    import tinycss2

    for each in tinycss2.parse_declaration_list(body, skip_comments=True, skip_whitespace=True):
        if (
            each.type == "declaration"
            and each.name.lower() not in known
            and (value := tinycss2.serialize(each.value).strip())
        ):
            yield int(each.important), (each.lower_name, value + (" !important" if each.important else ""))


def _pairs(properties: Iterable[Any], important: bool) -> Pairs:
    """Names and values as premailer writes them; its own text of them would have to be parsed once more."""
    from premailer.merge_style import format_value

    wanted = (each for each in properties if (each.priority == "important") == important)
    return tuple((each.name.strip(), format_value(each)) for each in wanted)


def _selectors(prelude: str) -> list[str]:
    """A selector list at its commas; one inside brackets does not part."""
    return [each.strip() for each in re.split(r",(?![^(\[]*[)\]])", prelude) if each.strip()]


def xpath_of(selector: str) -> tuple[str, tuple[int, int, int]] | None:
    """The selector as XPath with its specificity, or None when it cannot be said in XPath."""
    from cssselect import HTMLTranslator, SelectorError, parse

    try:
        parsed = parse(selector)
        if len(parsed) != 1 or parsed[0].pseudo_element:
            return None
        path = HTMLTranslator().selector_to_xpath(parsed[0])
        return _TWICE.sub("", path), parsed[0].specificity()
    except (SelectorError, RecursionError):
        return None


def read_declarations(text: str) -> Pairs:
    """The declarations of a style attribute."""
    _premailer()
    from premailer.merge_style import format_value

    style = sys.modules["cssutils"].parseStyle(text, validate=False)
    read = tuple((prop.name.strip(), format_value(prop)) for prop in style)
    return (*read, *(pair for _, pair in _unread(text, {name for name, _ in read})))


@cache
def _premailer() -> Any:
    """premailer's reader of rules, with everything off that fetches, logs or rewrites."""
    with _without_requests():
        from premailer import Premailer
    import cssutils

    parser = cssutils.CSSParser(
        # Called for @import even with allow_network=False.
        fetcher=lambda url: (None, b""),
        parseComments=False,
        validate=False,
        loglevel=logging.CRITICAL,
    )

    class Reader(Premailer):  # type: ignore[misc]  # premailer is untyped
        def _parse_css_string(self, css_body: str, validate: bool = True) -> Any:
            self.sheet = parser.parseString(css_body, validate=False)
            return self.sheet

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


@contextmanager
def _without_requests() -> Iterator[None]:
    """premailer imports requests at its top and uses it for fetching only, which never happens: 130 ms saved."""
    if "requests" in sys.modules:
        yield
        return
    sys.modules["requests"] = ModuleType("requests")
    try:
        yield
    finally:
        del sys.modules["requests"]
