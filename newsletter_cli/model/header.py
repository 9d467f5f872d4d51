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
    aliases = aliases or {}
    known = tuple(known)
    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next((number for number, row in enumerate(rows) if row.strip()), 0)
    problems: list[HeaderProblem] = []
    if not _RULE.match(rows[start]):
        if not _forgot_the_rule(rows[start:], known, aliases):
            return Header({}, {}, "\n".join(rows), 1)
        message, hint = "The header has no `---` line above it.", "Put a line of three hyphens before the first key."
        problems.append(HeaderProblem(start + 1, message, hint))
        start -= 1
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    parts: dict[str, list[tuple[int, str]]] = {}
    current = ""
    for number, row in enumerate(rows[start + 1 :], start + 2):
        if _RULE.match(row):
            cleaned = {key: _unquoted(value.strip()) for key, value in values.items()}
            placed = {key: tuple(each) for key, each in parts.items()}
            return Header(cleaned, lines, "\n".join(rows[number:]), number + 1, tuple(problems), placed)
        if not row.strip() or row.startswith("#"):
            continue
        if (row[:1] in (" ", "\t") or row.startswith("- ")) and lines:
            if current:
                values[current] += "\n" + row.strip()
                parts[current].append((number, row.strip()))
            continue
        found = _PAIR.match(row)
        if not found:
            problems.append(
                HeaderProblem(
                    number,
                    f"“{_short(row)}” is not a `key: value` line.",
                    "Write `key: value`, or indent the line to continue the one above.",
                )
            )
            continue
        written = re.sub(r"[ -]+", "_", found[1].strip().lower())
        current = aliases.get(written, written)
        if current not in known:
            from difflib import get_close_matches

            near = get_close_matches(written, [*known, *aliases], n=1)
            problems.append(
                HeaderProblem(
                    number,
                    f"The key `{found[1]}` is not known.",
                    f"Did you mean `{near[0]}`?" if near else f"Known keys: {', '.join(known)}.",
                )
            )
        elif current in values:
            problems.append(
                HeaderProblem(
                    number,
                    f"The key `{current}` stands twice; the first is used (line {lines[current]}).",
                    "Remove one of the two lines.",
                )
            )
            current = ""
            continue
        values[current] = found[2]
        lines[current] = number
        parts[current] = [(number, found[2].strip())] if found[2].strip() else []
    message = f"The header that starts at line {start + 1} has no closing `---` line."
    problems.append(
        HeaderProblem(start + 1, message, "Put a line of three hyphens after the last `key: value` line.", True)
    )
    return Header({}, {}, "", len(rows), tuple(problems))


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
