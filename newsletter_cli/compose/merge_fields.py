"""Merge fields in what a person writes: subject, preheader and letter.

`{{ subscriber.first_name | default("friend") }}`, `{{ unsubscribe_url }}` and `{{ browser_url }}`: the same notation
as in templates, but read by this small grammar and never evaluated as a template.
"""

import re
from collections.abc import Callable

from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.message import BROWSER, UNSUBSCRIBE
from newsletter_cli.records import record

_BRACES = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#(.*?)#\}", re.S)
_NAME = r"(subscriber\.[A-Za-z][A-Za-z0-9_]*|unsubscribe_url|browser_url)"
# Word turns the quotes of default("friend") into curly ones.
_DEFAULT = r"""(?:\|\s*(?:default|d)\(\s*(?:"([^"]*)"|'([^']*)'|[“„”]([^“”]*)[“”]|[‘‚’]([^‘’]*)[‘’])\s*(?:,\s*true\s*)?\)\s*)?"""
_EXPRESSION = re.compile(rf"^\s*{_NAME}\s*{_DEFAULT}$", re.S)
_USUAL = ("subscriber.first_name", "subscriber.last_name", "subscriber.name", "subscriber.email", UNSUBSCRIBE, BROWSER)
SEGMENTS = (
    "A message is one text for all; only merge fields differ. To write differently to some readers, give them an issue "
    "of their own with `segment: …` in its header."
)


@record
class MergeExpression:
    """One merge field as written: its name, its default (None when there is none) and the source."""

    name: str
    default: str | None
    source: str


def replace_fields(
    text: str, write: Callable[[MergeExpression], str], file: str, line: int
) -> tuple[str, tuple[Finding, ...]]:
    """The text with each merge field replaced by what `write` gives; what is none stays and is reported.

    Args:
        text: as written.
        write: gives the replacement, such as a token.
        file: for findings.
        line: of the first line of `text`.
    """
    findings: list[Finding] = []

    def put(found: re.Match[str]) -> str:
        expression = _EXPRESSION.match(found[1]) if found[1] is not None else None
        if expression:
            default = next((each for each in expression.groups()[1:] if each is not None), None)
            return write(MergeExpression(expression[1], default, found[0]))
        message, hint = _fault(found)
        place = line + text.count("\n", 0, found.start())
        findings.append(Finding("merge-field", Severity.ERROR, message, hint, file, place))
        return found[0]

    return _BRACES.sub(put, text), tuple(findings)


def _fault(found: re.Match[str]) -> tuple[str, str]:
    written = " ".join(found[0].split())
    if found[1] is None:
        return f"`{written}` is not carried out here.", SEGMENTS
    name, bar, rest = found[1].partition("|")
    name = name.strip()
    if bar and name.startswith("subscriber."):
        return (
            f"`{rest.strip()}` cannot be applied to {name}: the value is not known before the provider fills it in.",
            'Only `| default("…")` can follow, with text in quotes.',
        )
    from difflib import get_close_matches

    near = get_close_matches(name, _USUAL, n=1, cutoff=0.5)
    hint = (
        f"Did you mean {{{{ {near[0]} }}}}?" if near else f"Known fields: {', '.join(_USUAL)}, and the list's columns."
    )
    return f"`{written}` is not a merge field.", hint
