"""The header of issue and article files: `key: the rest of the line` between two `---` lines.

Not YAML: plain YAML fails on 28.5 % of 494 real article titles, such as `Killing cells: how sleep matters`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from itertools import takewhile

from newsletter_cli.records import record

_RULE = re.compile(r"^(?:-{3,}|[—–―]{1,3}-?)\s*$")
_PAIR = re.compile(r"^([A-Za-z][A-Za-z0-9_ -]*?)\s*:(?:\s+|$)(.*)$")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’"}


@record
class HeaderProblem:
    """Something wrong in a header, at a line counted from 1; `fatal` when the header cannot be used at all."""

    line: int
    message: str
    hint: str
    fatal: bool = False


@record
class Header:
    """A file taken apart: values as strings, the line each came from, and the body after the header."""

    values: Mapping[str, str]
    lines: Mapping[str, int]
    body: str
    body_line: int
    problems: tuple[HeaderProblem, ...] = ()
    rows: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)

    def get(self, key: str, default: str = "") -> str:
        return self.values.get(key, default)

    def line(self, key: str) -> int:
        """The line of a key, or 1 when it is not there."""
        return self.lines.get(key, 1)

    def rows_of(self, key: str) -> tuple[tuple[int, str], ...]:
        """The lines of a value, each with its number; blank ones left out."""
        return self.rows.get(key, ())


def read_header(text: str, known: Iterable[str], aliases: Mapping[str, str] | None = None) -> Header:
    """Read a header. BOM, CRLF and Word's long dashes are accepted; indented lines continue a value.

    A continued line is joined by a newline; blank lines between do not end the value, and a line
    with `- ` continues it even when it is not indented. Keys are lower case with underscores; an alias is stored under its
    canonical key. An unknown key is kept and reported with the nearest known one; a file without a header is
    all body.

    Args:
        text: the whole file.
        known: canonical keys.
        aliases: other spellings, to canonical keys.
    """
    reading = _Reading(tuple(known), aliases or {})
    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next((number for number, row in enumerate(rows) if row.strip()), 0)
    if not _RULE.match(rows[start]):
        if not _forgot_the_rule(rows[start:], reading.known, reading.aliases):
            return Header({}, {}, "\n".join(rows), 1)
        reading.fault(
            start + 1, "The header has no `---` line above it.", "Put a line of three hyphens before the first key."
        )
        start -= 1
    for number, row in enumerate(rows[start + 1 :], start + 2):
        if _RULE.match(row):
            return reading.header("\n".join(rows[number:]), number + 1)
        reading.take(number, row)
    reading.fault(
        start + 1,
        f"The header that starts at line {start + 1} has no closing `---` line.",
        "Put a line of three hyphens after the last `key: value` line.",
        fatal=True,
    )
    return Header({}, {}, "", len(rows), tuple(reading.problems))


class _Reading:
    """What has been read of a header, row by row; `current` is the key that an indented row continues, "" for none."""

    def __init__(self, known: tuple[str, ...], aliases: Mapping[str, str]) -> None:
        self.known, self.aliases = known, aliases
        self.values: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        self.parts: dict[str, list[tuple[int, str]]] = {}
        self.problems: list[HeaderProblem] = []
        self.current = ""

    def header(self, body: str, body_line: int) -> Header:
        """All of it, with what stands below."""
        values = {key: _unquoted(value.strip()) for key, value in self.values.items()}
        rows = {key: tuple(each) for key, each in self.parts.items()}
        return Header(values, self.lines, body, body_line, tuple(self.problems), rows)

    def fault(self, line: int, message: str, hint: str, fatal: bool = False) -> None:
        self.problems.append(HeaderProblem(line, message, hint, fatal))

    def take(self, number: int, row: str) -> None:
        """One row between the rules."""
        if not row.strip() or row.startswith("#"):
            return
        if (row[:1] in (" ", "\t") or row.startswith("- ")) and self.lines:
            self._continue(number, row.strip())
        elif found := _PAIR.match(row):
            self._begin(number, found[1].strip(), found[2])
        else:
            hint = "Write `key: value`, or indent the line to continue the one above."
            self.fault(number, f"“{_short(row)}” is not a `key: value` line.", hint)

    def _continue(self, number: int, text: str) -> None:
        if self.current:
            self.values[self.current] += "\n" + text
            self.parts[self.current].append((number, text))

    def _begin(self, number: int, name: str, value: str) -> None:
        written = re.sub(r"[ -]+", "_", name.lower())
        key = self.aliases.get(written, written)
        if key in self.known and key in self.values:
            message = f"The key `{key}` stands twice; the first is used (line {self.lines[key]})."
            self.fault(number, message, "Remove one of the two lines.")
            self.current = ""
            return
        if key not in self.known:
            self.fault(number, f"The key `{name}` is not known.", self._nearest(written))
        self.current, self.values[key], self.lines[key] = key, value, number
        self.parts[key] = [(number, value.strip())] if value.strip() else []

    def _nearest(self, written: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(written, [*self.known, *self.aliases], n=1)
        return f"Did you mean `{near[0]}`?" if near else f"Known keys: {', '.join(self.known)}."


def _forgot_the_rule(rows: Sequence[str], known: Iterable[str], aliases: Mapping[str, str]) -> bool:
    """Whether a header begins here without its first `---`: a known key on top, and only header lines down to a rule."""
    first = _PAIR.match(rows[0])
    if not first or re.sub(r"[ -]+", "_", first[1].strip().lower()) not in {*known, *aliases}:
        return False
    above = list(takewhile(lambda row: not _RULE.match(row), rows))
    fits = all(not row.strip() or row[:1] in (" ", "\t", "#", "-") or _PAIR.match(row) for row in above)
    return fits and len(above) < len(rows)


def write_header(values: Mapping[str, str], body: str) -> str:
    """The text of a file with this header (empty values left out, order kept) and body."""
    rows = ["---"]
    for key, value in values.items():
        if not value:
            continue
        first, *rest = str(value).split("\n")
        quoted = f'"{first}"' if not rest and first != _unquoted(first) else first
        rows += [f"{key}: {quoted}".rstrip(), *(f"  {row}" for row in rest if row.strip())]
    return "\n".join([*rows, "---", body.strip("\n"), ""])


def _unquoted(value: str) -> str:
    """Without the quotes around the whole value; quotes inside, as in `"A" and "B"`, stay."""
    closing = _QUOTES.get(value[:1])
    if (
        closing
        and len(value) >= 2
        and value.endswith(closing)
        and closing not in value[1:-1]
        and value[0] not in value[1:-1]
    ):
        return value[1:-1]
    return value


def _short(row: str) -> str:
    return row if len(row) <= 40 else row[:39] + "…"
