"""Where on the page a finding speaks of: words, a picture's alt or an address, taken from the line it names."""

import html as html_escape
import re
from collections.abc import Sequence
from dataclasses import dataclass

_KEY = re.compile(r"^\s*-?\s*([a-z_]+):\s+(.*)$")
_FILE_KEYS = frozenset(("image", "design", "date", "articles", "consent", "embargo", "portrait", "file"))
_NEAR = 6  # lines below the named one in which words are looked for
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Letters and digits, lower case, as `fold` gives them; "" for a finding about the whole message.

    `words` are found in the text or an alternative text, `address` in a link's target.
    """

    words: str = ""
    address: str = ""


def find_place(lines: Sequence[str], line: int) -> Place:
    """The place that a line (counted from 1) of an author's file, a template or the HTML speaks of."""
    if not 1 <= line <= len(lines):
        return Place()
    address = ""
    for row in lines[line - 1 : line - 1 + _NEAR]:
        found = _addresses(row)
        address = address or (fold(found[0]) if found else "")
        words = fold(_words(row))
        if len(words) >= 3:
            return Place(words, address)
    return Place("", address)


def fold(text: str) -> str:
    """Only what typography, white space and markup leave alone: letters and digits in lower case, 60 at most."""
    return "".join(each for each in text.lower() if each.isalnum())[:_LONGEST]


def _words(row: str) -> str:
    key = _KEY.match(row)
    if key:
        row = "" if key[1] in _FILE_KEYS else key[2]
    alt = re.search(r"""alt\s*=\s*(["'])(.*?)\1""", row)
    if alt and alt[2].strip():
        return html_escape.unescape(alt[2])
    row = re.sub(r"!\[([^\]]*)\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)(\{[^}]*\})?", lambda m: m[1] or m[2] or "", row)
    row = re.sub(r"\{\{.*?\}\}.*|\s*->.*", "", row)
    row = re.sub(r"<[^>]*>?|^[^<]*>", " ", row)
    return html_escape.unescape(row)


def _addresses(row: str) -> list[str]:
    return re.findall(r"(?:https?:|mailto:)[^\s\"'<>)\]}]+", row)
