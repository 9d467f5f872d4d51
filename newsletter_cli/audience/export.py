"""Writes the list as CSV that an import reads again."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from newsletter_cli.model.subscriber import Subscriber, SuppressionReason
from newsletter_cli.paths import write_file


class _Writer(Protocol):
    def writerow(self, row: Iterable[str], /) -> object: ...


def export_csv(
    people: Iterable[tuple[Subscriber, SuppressionReason | None]], attributes: Sequence[str], path: Path | None
) -> str | int:
    """Write people with all their columns; `status` says who is not written to and why.

    Returns:
        The number of people; or, when `path` is None, the CSV text. A file is readable by its owner only and
        begins with a BOM, which Excel needs to read names in UTF-8.
    """
    text = io.StringIO(newline="")
    total = _write(csv.writer(text), people, attributes)
    if path is None:
        return text.getvalue()
    write_file(path, "\ufeff" + text.getvalue(), mode=0o600)
    return total


def _write(
    out: _Writer, people: Iterable[tuple[Subscriber, SuppressionReason | None]], attributes: Sequence[str]
) -> int:
    out.writerow(("email", "first_name", "last_name", "status", "basis", "source", "joined", *attributes))
    total = 0
    for person, reason in people:
        joined = person.joined.isoformat(timespec="seconds") if person.joined else ""
        status = reason.value if reason else "subscribed"
        extra = (person.attributes.get(name, "") for name in attributes)
        out.writerow(
            (person.email, person.first_name, person.last_name, status, person.basis, person.source, joined, *extra)
        )
        total += 1
    return total
