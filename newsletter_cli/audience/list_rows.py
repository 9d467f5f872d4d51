"""Turns the rows of a list into people, or says why a row is none."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from json.encoder import encode_basestring

from newsletter_cli.audience.addresses import ROLES, BadAddress, checked
from newsletter_cli.audience.columns import Columns
from newsletter_cli.model.subscriber import SuppressionReason

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_LEFT = {
    "unsubscribed": SuppressionReason.UNSUBSCRIBED,
    "opted out": SuppressionReason.UNSUBSCRIBED,
    "opted_out": SuppressionReason.UNSUBSCRIBED,
    "opt-out": SuppressionReason.UNSUBSCRIBED,
    "optout": SuppressionReason.UNSUBSCRIBED,
    "left": SuppressionReason.UNSUBSCRIBED,
    "archived": SuppressionReason.UNSUBSCRIBED,
    "cleaned": SuppressionReason.HARD_BOUNCE,
    "bounced": SuppressionReason.HARD_BOUNCE,
    "hard_bounce": SuppressionReason.HARD_BOUNCE,
    "complained": SuppressionReason.COMPLAINT,
    "complaint": SuppressionReason.COMPLAINT,
    "spam": SuppressionReason.COMPLAINT,
    "suppressed": SuppressionReason.MANUAL,
}
_YES = {"1", "yes", "y", "true", "x", "ja", "oui", "si", "sì", "sí", "opted out", "opted_out", "unsubscribed"}
_PAGE = 1000
_NAMES = ("first_name", "last_name")
Staged = tuple[str | None, ...]
as_json: Callable[[Mapping[str, str]], str] = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be imported: the line it starts on and why (never the address)."""

    line: int
    why: str


class RowReader:
    """Reads the rows of one list; where each field stands is found once, not for every row.

    Attributes:
        columns: what a person is made of: key, email (None when it is the key), names, attributes as JSON, and those of
            basis, source, joined (None when blank) and leaves ("" or why the row's person left) that the list can tell.
        rows, roles, refused: how many rows there were, how many people with the mailbox of a function, and who is none.
    """

    def __init__(self, columns: Columns) -> None:
        place = {field: number for number, field in enumerate(columns.fields)}
        self._width = len(columns.fields)
        self._email = place["email"]
        self._names = [place.get(name, self._width) for name in _NAMES]  # one cell more than there are is blank
        self._padded = self._width in self._names
        self._attributes = [(f"{encode_basestring(name)}: ", place[name]) for name in sorted(columns.attributes)]
        self._more = [(name, place[name]) for name in ("basis", "source", "joined") if name in place]
        self._marks = [(name, place[name]) for name in ("opted_out", "status") if name in place]
        self.columns = ("key", "email", *_NAMES, "attributes", *(name for name, _ in self._more))
        if self._marks:
            self.columns = (*self.columns, "leaves")
        self.rows = self.roles = 0
        self.refused: list[RefusedRow] = []

    def pages(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[list[Staged]]:
        """The people, in `columns`, of rows of stripped cells with their lines; the last page may be empty."""
        page: list[Staged] = []
        person = self._person
        for line, cells in rows:
            self.rows += 1
            try:
                page.append(person(cells))
            except (BadAddress, ValueError) as error:
                self.refused.append(RefusedRow(line, error.reason if isinstance(error, BadAddress) else str(error)))
            if len(page) == _PAGE:
                yield page
                page = []
        yield page

    def _person(self, cells: list[str]) -> Staged:
        if len(cells) != self._width or self._padded:
            self._pad(cells)
        text = "".join(cells)
        if not text.isprintable() and _CONTROL.search(text):
            raise ValueError("a cell holds a line break or another control character")
        email, key = checked(cells[self._email])
        if key[: key.index("@")] in ROLES:
            self.roles += 1
        extra = ""
        for head, at in self._attributes:
            if value := cells[at]:
                extra += f", {head}{encode_basestring(value)}" if extra else f"{head}{encode_basestring(value)}"
        first, last = self._names
        person = (key, None if email == key else email, cells[first], cells[last], f"{{{extra}}}")
        return person + self._further(cells) if self._more or self._marks else person

    def _pad(self, cells: list[str]) -> None:
        """Missing cells are blank, and one more stands for a name that the list does not have."""
        if len(cells) > self._width and any(cells[self._width :]):
            raise ValueError(f"{len(cells)} cells, but the first line names {self._width} columns")
        del cells[self._width :]
        cells += [""] * (self._width + 1 - len(cells))

    def _further(self, cells: Sequence[str]) -> Staged:
        """What few lists tell: basis, source, joined, leaves."""
        more = tuple(_moment(cells[at]) if name == "joined" else cells[at] or None for name, at in self._more)
        return (*more, self._leaves(cells)) if self._marks else more

    def _leaves(self, cells: Sequence[str]) -> str:
        found = {name: cells[at].casefold() for name, at in self._marks}
        if found.get("opted_out", "") in _YES:
            return SuppressionReason.UNSUBSCRIBED.value
        reason = _LEFT.get(found.get("status", ""))
        return reason.value if reason else ""


def _moment(text: str) -> str | None:
    """A date or moment of the `joined` column as ISO in UTC, None when it is neither (then: now)."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.combine(date.fromisoformat(text[:10]), datetime.min.time())
        except ValueError:
            return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")
