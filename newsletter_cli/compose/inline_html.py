"""Turns the inline tokens of one piece of Markdown into safe inline HTML."""

import re
from collections.abc import Sequence
from dataclasses import field as dataclass_field
from html import escape
from typing import TYPE_CHECKING

from newsletter_cli.model.article import Button, Figure
from newsletter_cli.model.cards import address_fault
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.records import record

if TYPE_CHECKING:
    from markdown_it.token import Token

_PAIRS = {"em": "em", "strong": "strong", "s": "s"}
_CREDIT = re.compile(r"(?:^|[\s;,(–—-]+)(?:photo\s+|image\s+|picture\s+)?credits?:\s*(.+?)\)?$", re.I)
_UNREAD = re.compile(r"!?\[[^\]\n]*\]\([^)\n]*\s[^)\n]*\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--")


@record(frozen=False)
class Inline:
    """One run of text with what was found in it."""

    file: str
    line: int
    field: str = ""
    html: str = ""
    figures: list[Figure] = dataclass_field(default_factory=list)
    buttons: list[Button] = dataclass_field(default_factory=list)
    words: bool = False
    findings: list[Finding] = dataclass_field(default_factory=list)

    def warn(self, rule: str, severity: Severity, message: str, hint: str) -> None:
        self.findings.append(Finding(rule, severity, message, hint, self.file, self.line))


def render_inline(tokens: Sequence["Token"], file: str, line: int, field: str = "") -> Inline:
    """The HTML of these tokens (a, em, strong, s, code, br only), with pictures and button links taken out.

    A link that a reader could not follow loses its address and is reported; a button link stays in `html` as well,
    so that it is not lost when it stands inside a sentence.

    Args:
        tokens: children of a markdown-it inline token.
        file: for findings, relative to the workspace.
        line: of the first token, from 1.
        field: how the token of a merge field begins; such an address is a good one.
    """
    inline = Inline(file, line, field)
    parts: list[str] = []
    closings: list[str] = []
    label: list[str] | None = None
    for token in tokens:
        kind, _, way = token.type.rpartition("_")
        if token.type == "text":
            _look_at_text(inline, token.content)
            parts.append(escape(token.content, quote=False))
            inline.words = inline.words or bool(label is None and token.content.strip())
            if label is not None:
                label.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("<br>\n" if token.type == "hardbreak" else "\n")
            inline.line += 1
        elif token.type == "code_inline":
            parts.append(f"<code>{escape(token.content, quote=False)}</code>")
            inline.words = True
        elif token.type == "image":
            inline.figures.append(_figure(token, inline.line))
        elif kind == "link" and way == "open":
            href = str(token.attrGet("href") or "")
            closings.append(_open_link(inline, parts, href))
            label = [] if "button" in str(token.attrGet("class") or "").split() and closings[-1] else None
            inline.words = inline.words or label is None
            if label is not None:
                inline.buttons.append(Button("", href, inline.line))
        elif kind == "link":
            parts.append(closings.pop())
            if label is not None:
                last = inline.buttons[-1]
                inline.buttons[-1] = Button("".join(label).strip(), last.url, last.line)
                label = None
        elif kind in _PAIRS:
            parts.append(f"<{'/' if way == 'close' else ''}{_PAIRS[kind]}>")
    inline.html = "".join(parts).strip()
    return inline


def plain_inline(tokens: Sequence["Token"]) -> str:
    """The words alone; a line break is a newline."""
    rows = (
        "\n" if each.type in ("softbreak", "hardbreak") else each.content
        for each in tokens
        if each.type in ("text", "code_inline", "softbreak", "hardbreak")
    )
    return "".join(rows).strip()


def split_credit(text: str) -> tuple[str, str]:
    """Caption and credit: what follows `Credit:` is the credit."""
    found = _CREDIT.search(text)
    return (text[: found.start()].strip(" –—-;,"), found[1].strip()) if found else (text.strip(), "")


def _figure(token: "Token", line: int) -> Figure:
    caption, credit = split_credit(str(token.attrGet("title") or ""))
    decorative = "decorative" in str(token.attrGet("class") or "").split()
    alt = plain_inline(token.children or ()).replace("\n", " ")
    return Figure(str(token.meta.get("src", "")), alt, caption, credit, decorative, line=line)


def _open_link(inline: Inline, parts: list[str], href: str) -> str:
    """Write the opening tag and give the closing one; "" for both when the address is of no use."""
    fault = address_fault(href)
    if fault and not (inline.field and href.startswith(inline.field)):
        inline.warn("link-unusable", Severity.ERROR, fault, "Write the whole address, such as https://www.example.org.")
        return ""
    parts.append(f'<a href="{escape(href)}">')
    return "</a>"


def _look_at_text(inline: Inline, text: str) -> None:
    if tag := _TAG.search(text):
        inline.warn(
            "raw-html",
            Severity.WARNING,
            f"HTML such as `{tag[0]}` is shown as it is written, not carried out.",
            "Use Markdown: **bold**, *italic*, [link](https://…).",
        )
    if unread := _UNREAD.search(text):
        what = "picture" if unread[0].startswith("!") else "link"
        inline.warn(
            "markdown-unread",
            Severity.ERROR,
            f"`{unread[0]}` is not read as a {what}: there is a space in its address.",
            "Rename the file without spaces, or put the address between < and >.",
        )
