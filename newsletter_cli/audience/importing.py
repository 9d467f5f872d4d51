"""Imports a list: first what would change, then the change; never brings back somebody who left."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, insert, select, update

from newsletter_cli.audience.addresses import BadAddress, check_address
from newsletter_cli.audience.columns import Columns, map_columns
from newsletter_cli.audience.csv_file import csv_rows
from newsletter_cli.audience.suppression import suppress, suppressed_among
from newsletter_cli.database import Database
from newsletter_cli.database.tables import subscriber
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.subscriber import SuppressionReason

_PAGE = 1000
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


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be imported: the line it starts on and why (never the address)."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do, in people; `rows` is the sum of all of them.

    `kept_away` asked to leave earlier (or bounced, complained, were erased) and stay away; `leaving` are marked as
    opted out in the file: they are kept on the list, so that every receipt accounts for them, and never written to.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    kept_away: int = 0
    leaving: int = 0
    refused: tuple[RefusedRow, ...] = ()
    roles: int = 0
    columns: Columns = field(default_factory=lambda: Columns((), ()))


class ListImport:
    """One import: the file is read once into a temporary database, compared, and applied in one transaction.

    Use as a context manager. Memory stays flat for any size of file.
    """

    def __init__(self, database: Database, path: Path, chosen: Mapping[str, str], *, basis: str, source: str) -> None:
        self._database, self._path, self._chosen = database, path, chosen
        self._basis, self._source = basis, source or path.name
        self._stage = sqlite3.connect("")  # a temporary file of SQLite's own, gone when closed
        self._stage.execute(
            "CREATE TABLE person (key TEXT PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, attributes TEXT, "
            "basis TEXT, source TEXT, joined TEXT, leaves TEXT, fate TEXT) WITHOUT ROWID"
        )
        self._read: ImportPlan | None = None

    def __enter__(self) -> "ListImport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stage.close()

    def plan(self) -> ImportPlan:
        """Read the file and compare it with the list; nothing is changed."""
        self._read = self._read_file()
        with self._database.engine.connect() as connection:
            return self._compare(connection, self._read)

    def apply(self, now: datetime) -> ImportPlan:
        """Change the list, all or nothing; what `plan` found is compared afresh in the same transaction."""
        if self._read is None:
            self._read = self._read_file()
        with self._database.engine.begin() as connection:
            done = self._compare(connection, self._read)
            for page in self._pages():
                self._write(connection, page, now)
                for row in page:
                    if row["leaves"] and row["fate"] != "kept_away":
                        reason = SuppressionReason(row["leaves"])
                        suppress(connection, row["email"], reason, f"import: {self._source}", now)
        return done

    def _read_file(self) -> ImportPlan:
        rows = csv_rows(self._path)
        _, headings = next(rows, (1, []))
        if not headings:
            raise NewsletterError(
                f"{self._path} is empty.", "The first line must hold the column names, such as email,first_name."
            )
        columns = map_columns(headings, self._chosen)
        refused: list[RefusedRow] = []
        total = duplicates = roles = 0
        for line, cells in rows:
            total += 1
            try:
                values, is_role = self._person(columns, cells)
            except (BadAddress, ValueError) as error:
                refused.append(RefusedRow(line, error.reason if isinstance(error, BadAddress) else str(error)))
                continue
            roles += is_role
            if not self._stage_person(values):
                duplicates += 1
        self._stage.commit()
        return ImportPlan(rows=total, duplicates=duplicates, roles=roles, refused=tuple(refused), columns=columns)

    def _person(self, columns: Columns, cells: Sequence[str]) -> tuple[tuple[Any, ...], bool]:
        if len(cells) > len(columns.fields) and any(cells[len(columns.fields) :]):
            raise ValueError(f"{len(cells)} cells, but the first line names {len(columns.fields)} columns")
        found = {name: cell for name, cell in zip(columns.fields, cells, strict=False) if name}
        if bad := next(
            (name for name, cell in found.items() if any(ord(each) < 32 or ord(each) == 127 for each in cell)), None
        ):
            raise ValueError(f"the column {bad} holds a line break or another control character")
        checked = check_address(found.get("email", ""))
        extra = {name: found[name] for name in columns.attributes if found.get(name)}
        values = (
            checked.key, checked.email, found.get("first_name", ""), found.get("last_name", ""),
            json.dumps(extra, ensure_ascii=False, sort_keys=True), found.get("basis") or self._basis,
            found.get("source") or self._source, _moment(found.get("joined", "")), _leaves(found),
        )  # fmt: skip
        return values, checked.is_role

    def _stage_person(self, values: tuple[Any, ...]) -> bool:
        """False for an address seen before in the file: the first row counts, but an opt-out in any row counts."""
        cursor = self._stage.execute("INSERT OR IGNORE INTO person VALUES (?,?,?,?,?,?,?,?,?,'')", values)
        if cursor.rowcount:
            return True
        if values[8]:
            self._stage.execute("UPDATE person SET leaves = ? WHERE key = ?", (values[8], values[0]))
        return False

    def _compare(self, connection: Connection, plan: ImportPlan) -> ImportPlan:
        counts: Counter[str] = Counter()
        for page in self._pages():
            keys = [row["key"] for row in page]
            away = suppressed_among(connection, keys)
            known = {
                row.address_key: row
                for row in connection.execute(select(subscriber).where(subscriber.c.address_key.in_(keys)))
            }
            fates = []
            for row in page:
                fate = "kept_away" if row["key"] in away else _fate(row, known.get(row["key"]))
                counts["leaving" if row["leaves"] and fate != "kept_away" else fate] += 1
                fates.append((fate, row["key"]))
            self._stage.executemany("UPDATE person SET fate = ? WHERE key = ?", fates)
        return replace(
            plan,
            new=counts["new"],
            changed=counts["changed"],
            unchanged=counts["unchanged"],
            kept_away=counts["kept_away"],
            leaving=counts["leaving"],
        )

    def _pages(self) -> Iterator[list[sqlite3.Row]]:
        last = ""
        while True:
            cursor = self._stage.cursor()
            cursor.row_factory = sqlite3.Row
            page = cursor.execute("SELECT * FROM person WHERE key > ? ORDER BY key LIMIT ?", (last, _PAGE)).fetchall()
            if not page:
                return
            yield page
            last = page[-1]["key"]

    def _write(self, connection: Connection, page: Sequence[sqlite3.Row], now: datetime) -> None:
        fresh = [_row(each, now) for each in page if each["fate"] == "new"]
        if fresh:
            connection.execute(insert(subscriber), fresh)
        for each in (row for row in page if row["fate"] == "changed"):
            mine = subscriber.c.address_key == each["key"]
            old = json.loads(connection.execute(select(subscriber.c.attributes).where(mine)).scalar_one())
            merged = json.dumps(old | json.loads(each["attributes"]), ensure_ascii=False, sort_keys=True)
            names = {name: each[name] for name in ("email", "first_name", "last_name") if each[name]}
            connection.execute(update(subscriber).where(mine).values(attributes=merged, **names))


def _fate(row: sqlite3.Row, known: Any) -> str:
    """A blank cell never wipes out what is known; only a value that differs is a change."""
    if known is None:
        return "new"
    stored = json.loads(known.attributes)
    differs = any(row[name] and row[name] != getattr(known, name) for name in ("email", "first_name", "last_name"))
    extra = any(stored.get(name) != value for name, value in json.loads(row["attributes"]).items())
    return "changed" if differs or extra else "unchanged"


def _row(each: sqlite3.Row, now: datetime) -> dict[str, Any]:
    names = ("email", "first_name", "last_name", "attributes", "basis", "source")
    joined = each["joined"] or now.astimezone(UTC).isoformat(timespec="seconds")
    return {"address_key": each["key"], "joined": joined, **{name: each[name] for name in names}}


def _leaves(found: Mapping[str, str]) -> str:
    if found.get("opted_out", "").casefold() in _YES:
        return SuppressionReason.UNSUBSCRIBED.value
    reason = _LEFT.get(found.get("status", "").casefold())
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
