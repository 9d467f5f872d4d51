"""Reads style sheets and style attributes into rules and declarations."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2

from newsletter_cli.check.page import Element, Page, line_of


@dataclass(frozen=True, slots=True)
class Declaration:
    """`name: value`, the name lower case, the value without `!important`."""

    name: str
    value: str
    important: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class StyleRule:
    """Selectors and declarations; `conditions` are the at-rules around it, such as `@media (max-width: 600px)`."""

    selectors: str
    declarations: tuple[Declaration, ...]
    conditions: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class AtRule:
    """An at-rule where it stands: `@import url(…)`, `@font-face`."""

    name: str
    prelude: str
    line: int
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One `<style>` element: its text, the line of its tag, its rules, its at-rules."""

    text: str
    line: int
    media: str
    rules: tuple[StyleRule, ...]
    at_rules: tuple[AtRule, ...]


def sheets_of(page: Page) -> tuple[Sheet, ...]:
    """Every `<style>` of the page, in order."""
    return tuple(_sheet(element) for element in page.all("style"))


@lru_cache(maxsize=4096)
def parse_style(text: str) -> tuple[Declaration, ...]:
    """The declarations of a style attribute; what cannot be read is left out."""
    return tuple(_declarations(tinycss2.parse_declaration_list(text, skip_comments=True, skip_whitespace=True), 0))


def style_of(element: Element) -> tuple[Declaration, ...]:
    return parse_style(element.get("style") or "")


def _sheet(element: Element) -> Sheet:
    text = element.text or ""
    line = line_of(element)
    at_rules: list[AtRule] = []
    cleaned = re.sub(r"<!--|-->|<!\[CDATA\[|\]\]>", lambda found: " " * len(found[0]), text)
    rules = tuple(_rules(tinycss2.parse_stylesheet(cleaned, True, True), (), line - 1, at_rules))
    return Sheet(text, line, element.get("media") or "", rules, tuple(at_rules))


def _rules(nodes: Sequence[Any], around: tuple[str, ...], offset: int, at: list[AtRule]) -> Iterator[StyleRule]:
    for node in nodes:
        if node.type == "qualified-rule":
            inside = tinycss2.parse_declaration_list(node.content, True, True)
            yield StyleRule(
                tinycss2.serialize(node.prelude).strip(),
                tuple(_declarations(inside, offset)),
                around,
                node.source_line + offset,
            )
        elif node.type == "at-rule":
            name = node.lower_at_keyword
            prelude = tinycss2.serialize(node.prelude).strip()
            at.append(AtRule(name, prelude, node.source_line + offset, around[-1] if around else ""))
            if node.content is not None and name in ("media", "supports", "layer", "container") and len(around) < 8:
                inner = tinycss2.parse_rule_list(node.content, True, True)
                yield from _rules(inner, (*around, f"@{name} {prelude}"), offset, at)


def _declarations(nodes: Sequence[Any], offset: int) -> Iterator[Declaration]:
    for node in nodes:
        if node.type == "declaration":
            value = tinycss2.serialize(node.value).strip()
            yield Declaration(node.lower_name, value, node.important, node.source_line + offset)
