"""Filters of the text part: inline HTML as words, wrapped lines, indented quotes."""

import re
import textwrap
from html import unescape

_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.S)
_TAG = re.compile(r"</?[a-z]+>")
_BREAK = re.compile(r"\s*<br>\s*")
# A line that ends with an address is never wrapped: a broken address cannot be followed.
_ENDS_WITH_ADDRESS = re.compile(r"(?:^|\s)(?:https?://|mailto:|tel:)\S+$")


def plain(html: str) -> str:
    """The words of inline HTML; below them each link as `label: address` on a line of its own.

    A line break stays one. A link whose label is its address is not repeated.
    """
    links: list[str] = []

    def take(found: re.Match[str]) -> str:
        label, url = _words(found[2]), unescape(found[1])
        if label != url.removeprefix("mailto:").removeprefix("tel:") and f"{label}: {url}" not in links:
            links.append(f"{label}: {url}")
        return found[2]

    text = _words(_LINK.sub(take, str(html)))
    return "\n".join([text, *links]) if links else text


def _words(html: str) -> str:
    rows = _BREAK.split(html)
    return "\n".join(" ".join(unescape(_TAG.sub("", row)).split()) for row in rows)


def wrap(text: str, width: int = 72, indent: str = "") -> str:
    """The text with no line longer than `width`, save lines that end with an address.

    Args:
        text: its own line breaks stay.
        width: in characters.
        indent: what the second and later lines of a wrapped one begin with, for list items.
    """
    wrapper = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent)
    rows = (row if _ENDS_WITH_ADDRESS.search(row) else wrapper.fill(row) for row in str(text).split("\n"))
    return "\n".join(rows)


def indent_text(text: str, prefix: str | int = 2) -> str:
    """Each line with this prefix, or so many spaces, before it."""
    start = " " * prefix if isinstance(prefix, int) else prefix
    return "\n".join(f"{start}{row}".rstrip() for row in str(text).split("\n"))


def tidy(text: str) -> str:
    """No trailing spaces, at most one blank line in a row, one newline at the end."""
    rows = "\n".join(row.rstrip() for row in text.strip("\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", rows).strip("\n") + "\n"
