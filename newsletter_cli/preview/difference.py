"""What differs between two messages for their reader: words, links, pictures; never markup."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from newsletter_cli.model.message import Message
from newsletter_cli.preview import page as read
from newsletter_cli.preview.reading import read_page

Part = tuple[Literal["same", "old", "new"], str]
_LABELS = ("Subject: ", "Preheader: ")
_ALIKE = 0.4  # of their words: below that a sentence counts as another one, not as a changed one


@dataclass(frozen=True, slots=True)
class Change:
    """One place that differs, as runs of words that stayed, went or came."""

    kind: Literal["added", "removed", "changed"]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs; `kept` counts the paragraphs that are the same word for word."""

    words: tuple[Change, ...]
    links: tuple[Change, ...]
    pictures: tuple[Change, ...]
    kept: int

    @property
    def nothing(self) -> bool:
        return not (self.words or self.links or self.pictures)


def compare(old: Message, new: Message) -> Difference:
    """Compare two messages as their reader sees them (tokens filled or not, but alike in both)."""
    before, after = read_page(old.html), read_page(new.html)
    rows_before, rows_after = _rows(old, before), _rows(new, after)
    matcher = difflib.SequenceMatcher(None, rows_before, rows_after, autojunk=False)
    return Difference(
        words=tuple(_changes(rows_before, rows_after, matcher)),
        links=tuple(_keyed({each.target: each.label for each in before.links}, _links(after))),
        pictures=tuple(_keyed(_pictures(before), _pictures(after))),
        kept=sum(block.size for block in matcher.get_matching_blocks()),
    )


def word_parts(old: str, new: str) -> tuple[Part, ...]:
    """Two sentences as one, with the words that went and came marked."""
    before, after = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    parts: list[Part] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(
        None, [each.rstrip() for each in before], [each.rstrip() for each in after], autojunk=False
    ).get_opcodes():
        if tag == "equal":
            parts.append(("same", "".join(after[c:d])))
            continue
        parts += [("old", "".join(before[a:b]))] if b > a else []
        parts += [("new", "".join(after[c:d]))] if d > c else []
    return tuple(parts)


def _rows(message: Message, page: read.Page) -> list[str]:
    rows = [f"{label}{text}" for label, text in zip(_LABELS, (message.subject, message.preheader), strict=True)]
    for piece in read.walk(page.pieces):
        if isinstance(piece, read.Text | read.Title | read.ButtonPiece):
            rows.append(" ".join(read.plain(piece.spans).split()))
        elif isinstance(piece, read.Grid):
            rows += [" | ".join(read.plain(cell) for cell in row) for row in piece.rows]
    return rows


def _changes(old: Sequence[str], new: Sequence[str], matcher: "difflib.SequenceMatcher[str]") -> list[Change]:
    found: list[Change] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone = list(old[a:b])
        for row in new[c:d]:
            match = max(gone, key=lambda each: _likeness(each, row), default=None)
            if match is not None and _likeness(match, row) >= _ALIKE:
                skipped = gone[: gone.index(match)]
                found += [Change("removed", (("old", each),)) for each in skipped]
                gone = gone[len(skipped) + 1 :]
                found.append(Change("changed", word_parts(match, row)))
            else:
                found.append(Change("added", (("new", row),)))
        found += [Change("removed", (("old", each),)) for each in gone]
    return found


def _likeness(old: str, new: str) -> float:
    """Share of words two sentences have in common, from 0 to 1; a subject is always like a subject."""
    if any(old.startswith(each) and new.startswith(each) for each in _LABELS):
        return 1
    before, after = set(old.lower().split()), set(new.lower().split())
    return 2 * len(before & after) / max(1, len(before) + len(after))


def _links(page: read.Page) -> dict[str, str]:
    return {each.target: each.label for each in page.links}


def _pictures(page: read.Page) -> dict[str, str]:
    return {each.src: each.alt if each.alt is not None else "(no alt)" for each in page.pictures if each.alt != ""}


def _keyed(old: dict[str, str], new: dict[str, str]) -> list[Change]:
    """Changes of things known by an address: which came, which went, which are called otherwise now."""
    found: list[Change] = []
    for key, name in new.items():
        if key not in old:
            found.append(Change("added", (("new", f"{name}  {key}".strip()),)))
        elif old[key] != name:
            found.append(Change("changed", (*word_parts(old[key], name), ("same", f"  {key}"))))
    found += [Change("removed", (("old", f"{name}  {key}".strip()),)) for key, name in old.items() if key not in new]
    return found
