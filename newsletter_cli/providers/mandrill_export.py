"""Mandrill's denylist as its export job gives it: a zip archive with one table, for lists of more than a thousand."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from newsletter_cli.providers.pages import AnswerNotUnderstood, parse_time

_TABLE = "rejects.csv"
_CAP = 200_000_000  # bytes unpacked: some two million addresses
_COLUMNS = {"email", "reason"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table."""

    email: str
    reason: str
    detail: str
    created: datetime | None
    expires: datetime | None


def entries(archive: bytes) -> Iterator[Entry]:
    """The lines of rejects.csv (exports/rejects: email, reason, detail, created_at, expires_at ...).

    Raises:
        AnswerNotUnderstood: it is no such archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            if packed.getinfo(_TABLE).file_size > _CAP:
                raise AnswerNotUnderstood(1)
            text = packed.read(_TABLE).decode("utf-8-sig", "replace")
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError) as error:
        raise AnswerNotUnderstood(1) from error
    lines = csv.reader(io.StringIO(text, newline=""))
    names = [each.strip().lower().replace(" ", "_") for each in next(lines, [])]
    if not set(names) >= _COLUMNS:
        raise AnswerNotUnderstood(len(_COLUMNS - set(names)))
    for line in lines:
        row = dict(zip(names, line, strict=False))
        if row.get("email"):
            yield Entry(
                row["email"],
                row.get("reason", ""),
                row.get("detail", ""),
                parse_time(row.get("created_at")),
                parse_time(row.get("expires_at")),
            )
