"""Turns the rows of a list into people, or says why a row is none."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from json.encoder import encode_basestring

from newsletter_cli.audience.addresses import ROLES, checked
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
_NAMES = ("first_name", "last_name")
Staged = tuple[str | None, ...]
as_json: Callable[[Mapping[str, str]], str] = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


class RowReader:
    """Reads the rows of one list; where each field stands is found once, not for every row.

    Attributes:
        columns: what `person` gives: key, email (None when it is the key), names, attributes as JSON, and those of
            basis, source, joined (None when blank) and leaves ("" or why the row's person left) that the list can tell.
    """

    def __init__(self, columns: Columns) -> None:
        place = {field: number for number, field in enumerate(columns.fields)}
        self._width = len(columns.fields)
        self._email = place["email"]
        self._names = [place.get(name, self._width) for name in _NAMES]  # one cell more than there are is blank
        self._attributes = [(f"{encode_basestring(name)}: ", place[name]) for name in sorted(columns.attributes)]
        self._more = [(name, place[name]) for name in ("basis", "source", "joined") if name in place]
        self._marks = [(name, place[name]) for name in ("opted_out", "status") if name in place]
        self.columns = ("key", "email", *_NAMES, "attributes", *(name for name, _ in self._more))
        if self._marks:
            self.columns = (*self.columns, "leaves")

    def person(self, cells: list[str]) -> tuple[Staged, bool]:
        """The person of a row of stripped cells, in `columns`, and whether the mailbox is one of a function.

        Raises:
            BadAddress: the address is none; ValueError: the row is not of the list's form. Neither holds the address.
        """
        if len(cells) > self._width and any(cells[self._width :]):
            raise ValueError(f"{len(cells)} cells, but the first line names {self._width} columns")
        text = "".join(cells)
        if not text.isprintable() and _CONTROL.search(text):
            raise ValueError("a cell holds a line break or another control character")
        blank = 1 + self._width - len(cells)
        cells += [""] * blank if blank > 0 else ()
        email, key = checked(cells[self._email])
        first, last = self._names
        extra = ", ".join([head + encode_basestring(cells[at]) for head, at in self._attributes if cells[at]])
        person: Staged = (
            key,
            None if email == key else email,
            "" if first == self._width else cells[first],
            "" if last == self._width else cells[last],
            f"{{{extra}}}",
        )
        if self._more:
            person += tuple(_moment(cells[at]) if name == "joined" else cells[at] or None for name, at in self._more)
        if self._marks:
            person = (*person, self._leaves(cells))
        return person, key.partition("@")[0] in ROLES

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
