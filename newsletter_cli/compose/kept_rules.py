"""Rules that must stay in a style element, made strong enough to win over the style attributes they used to win over."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from newsletter_cli.compose.style_rules import Rule
from newsletter_cli.records import record

_NAME = re.compile(r"[.#]?-?[A-Za-z_][\w-]*")
_SIDES = re.compile(r"^(margin|padding|border|font|background|list-style|outline|text-decoration|overflow)(?:-|$)")
# Not @layer: what stands in a layer loses to every rule outside of one, and did so before.
_INSIDE = ("media", "supports", "container")


@record
class Kept:
    """CSS that stays in a style element.

    Attributes:
        css: an at-rule, or one selector with its declarations.
        selector: of a plain rule; "" for an at-rule.
        place: in the order of all sheets.
    """

    css: str
    selector: str = ""
    place: int = 0


def winning(kept: Kept, rules: Sequence[Rule]) -> str:
    """The CSS, with `!important` where a style attribute would now beat what it was beaten by before.

    `@media (…) { .a { color: red } }` won over `.a { color: blue }`; once blue stands in a style attribute it loses.
    A declaration that a later or more specific rule for the same elements beat before is left as it is.
    """
    import tinycss2

    nodes = tinycss2.parse_stylesheet(kept.css, skip_comments=True)
    if not _strengthen(nodes, kept.place, rules):
        return kept.css
    return str(tinycss2.serialize(nodes))


def unbeaten(rules: Sequence[Rule], kept: Iterable[Kept]) -> frozenset[str]:
    """Properties whose important values in `kept` beat every important one of `rules`.

    In a style attribute such a value need not be important: it would beat the media rule that used to beat it.
    """
    import tinycss2

    found: dict[str, list[tuple[int, ...]]] = {}
    for each in kept:
        if "!" in each.css:
            _important(tinycss2.parse_stylesheet(each.css, skip_comments=True), each.place, found)
    weaker = set(found)
    for rule in rules:
        for name, value in rule.pairs:
            if name in weaker and value.endswith("!important") and any(order < rule.order for order in found[name]):
                weaker.discard(name)
    return frozenset(weaker)


def _important(nodes: Iterable[Any], place: int, found: dict[str, list[tuple[int, ...]]]) -> None:
    import tinycss2

    for node in nodes:
        if node.type == "at-rule" and node.lower_at_keyword in _INSIDE and node.content is not None:
            _important(tinycss2.parse_rule_list(node.content, skip_comments=True), place, found)
        elif node.type == "qualified-rule":
            order = (1, *max(_specificity(each) for each in tinycss2.serialize(node.prelude).split(",")), place)
            for part in tinycss2.parse_declaration_list(node.content, skip_comments=True, skip_whitespace=True):
                if part.type == "declaration" and part.important:
                    found.setdefault(part.lower_name, []).append(order)


def subject(selector: str) -> frozenset[str]:
    """The names in the last part of a selector."""
    last = re.split(r"[\s>+~]+", re.sub(r"::?[\w-]+(?:\([^)]*\))?|\[[^\]]*\]", "", selector).strip())[-1]
    return frozenset(_NAME.findall(last))


def _strengthen(nodes: Iterable[Any], place: int, rules: Sequence[Rule]) -> bool:
    """Change the declarations of these nodes in place; whether there was anything to change."""
    import tinycss2

    changed = False
    for node in nodes:
        if node.type == "at-rule" and node.lower_at_keyword in _INSIDE and node.content is not None:
            inner = tinycss2.parse_rule_list(node.content, skip_comments=True)
            if _strengthen(inner, place, rules):
                node.content, changed = inner, True
        elif node.type == "qualified-rule":
            selectors = tinycss2.serialize(node.prelude)
            parts = tinycss2.parse_declaration_list(node.content, skip_comments=True, skip_whitespace=True)
            # A nested rule among the declarations is left alone.
            if not all(part.type == "declaration" for part in parts):
                continue
            weak = [each for each in parts if not each.important and _beaten(each.lower_name, selectors, place, rules)]
            for each in weak:
                each.important = True
            if weak:
                node.content, changed = parts, True
    return changed


def _beaten(name: str, selectors: str, place: int, rules: Sequence[Rule]) -> bool:
    """Whether a style attribute now holds what this declaration used to win over, and nothing it used to lose to."""
    own = max((_specificity(each) for each in selectors.split(",")), default=(0, 0, 0))
    names = frozenset().union(*(subject(each) for each in selectors.split(",")))
    order = (0, *own, place)
    weaker = False
    for rule in rules:
        if not any(_touches(name, other) for other, _ in rule.pairs):
            continue
        if rule.order > order and rule.subject & names:
            return False
        weaker = weaker or rule.order < order
    return weaker


def _touches(name: str, other: str) -> bool:
    """The same property, or a shorthand and a longhand of one family."""
    if name == other:
        return True
    one, two = _SIDES.match(name), _SIDES.match(other)
    return bool(one and two and one[1] == two[1] and (name.startswith(other) or other.startswith(name)))


def _specificity(selector: str) -> tuple[int, int, int]:
    from cssselect import SelectorError, parse

    try:
        return max(each.specificity() for each in parse(selector))
    except (SelectorError, ValueError, RecursionError):
        return (0, 1, 0)
