"""Imports a list: first what would change, then the change; never brings back somebody who left."""

import json
import re
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
from newsletter_cli.database.lookup import among
from newsletter_cli.database.tables import subscriber
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.subscriber import SuppressionReason

_PAGE = 1000
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_AS_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
# key, email, first name, last name, attributes, basis, source, joined, leaves
Person = tuple[str, str, str, str, str, str, str, str | None, str]
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
class _Compared:
    """A person of the file and what becomes of them: new, changed, unchanged or kept_away."""

    person: Person
    fate: str

    @property
    def counted(self) -> str:
        return "leaving" if self.person[8] and self.fate != "kept_away" else self.fate


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
            "basis TEXT, source TEXT, joined TEXT, leaves TEXT) WITHOUT ROWID"
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
        counts: Counter[str] = Counter()
        with self._database.reading() as connection:
            for page in self._compared(connection):
                counts.update(each.counted for each in page)
        return _counted(self._read, counts)

    def apply(self, now: datetime) -> ImportPlan:
        """Change the list, all or nothing; what `plan` found is compared afresh in the same transaction."""
        if self._read is None:
            self._read = self._read_file()
        counts: Counter[str] = Counter()
        with self._database.writing() as connection:
            for page in self._compared(connection):
                counts.update(each.counted for each in page)
                self._write(connection, page, now)
        return _counted(self._read, counts)

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
        page: list[Person] = []
        for line, cells in rows:
            total += 1
            try:
                person, is_role = self._person(columns, cells)
            except (BadAddress, ValueError) as error:
                refused.append(RefusedRow(line, error.reason if isinstance(error, BadAddress) else str(error)))
                continue
            roles += is_role
            page.append(person)
            if len(page) == _PAGE:
                duplicates += self._stage_people(page)
                page = []
        duplicates += self._stage_people(page)
        self._stage.commit()
        return ImportPlan(rows=total, duplicates=duplicates, roles=roles, refused=tuple(refused), columns=columns)

    def _person(self, columns: Columns, cells: Sequence[str]) -> tuple[Person, bool]:
        if len(cells) > len(columns.fields) and any(cells[len(columns.fields) :]):
            raise ValueError(f"{len(cells)} cells, but the first line names {len(columns.fields)} columns")
        if _CONTROL.search("".join(cells)):
            raise ValueError("a cell holds a line break or another control character")
        found = dict(zip(columns.fields, cells, strict=False))
        checked = check_address(found.get("email", ""))
        extra = {name: found[name] for name in columns.attributes if found.get(name)}
        person = (
            checked.key, checked.email, found.get("first_name", ""), found.get("last_name", ""),
            _AS_JSON(extra) if extra else "{}", found.get("basis") or self._basis,
            found.get("source") or self._source, _moment(found["joined"]) if found.get("joined") else None, _leaves(found),
        )  # fmt: skip
        return person, checked.is_role

    def _stage_people(self, page: Sequence[Person]) -> int:
        """Keep a page of people; gives how many were seen before: their first row counts, but an opt-out in any does."""
        kept = self._stage.executemany("INSERT OR IGNORE INTO person VALUES (?,?,?,?,?,?,?,?,?)", page).rowcount
        leaving = [(person[8], person[0]) for person in page if person[8]]
        self._stage.executemany("UPDATE person SET leaves = ? WHERE key = ?", leaving)
        return len(page) - max(kept, 0)

    def _compared(self, connection: Connection) -> Iterator[list[_Compared]]:
        """The people of the file in pages, each with what becomes of them."""
        last = ""
        while page := self._stage.execute(
            "SELECT * FROM person WHERE key > ? ORDER BY key LIMIT ?", (last, _PAGE)
        ).fetchall():
            keys = [person[0] for person in page]
            away = suppressed_among(connection, keys)
            rows = connection.execute(select(subscriber).where(among(connection, subscriber.c.address_key, keys)))
            known = {row.address_key: row for row in rows}
            yield [
                _Compared(person, "kept_away" if person[0] in away else _fate(person, known.get(person[0])))
                for person in page
            ]
            last = keys[-1]

    def _write(self, connection: Connection, page: Sequence[_Compared], now: datetime) -> None:
        moment = now.astimezone(UTC).isoformat(timespec="seconds")
        fresh = [_row(each.person, moment) for each in page if each.fate == "new"]
        if fresh:
            connection.execute(insert(subscriber), fresh)
        for each in page:
            if each.fate == "changed":
                self._change(connection, each.person)
            if each.counted == "leaving":
                email, reason = each.person[1], SuppressionReason(each.person[8])
                suppress(connection, email, reason, f"import: {self._source}", now)

    def _change(self, connection: Connection, person: Person) -> None:
        mine = subscriber.c.address_key == person[0]
        old = json.loads(connection.execute(select(subscriber.c.attributes).where(mine)).scalar_one())
        values = dict(zip(("email", "first_name", "last_name"), person[1:4], strict=True))
        filled = {name: value for name, value in values.items() if value}
        merged = _AS_JSON(old | json.loads(person[4]))
        connection.execute(update(subscriber).where(mine).values(attributes=merged, **filled))


def _counted(plan: ImportPlan, counts: Mapping[str, int]) -> ImportPlan:
    return replace(
        plan,
        new=counts["new"],
        changed=counts["changed"],
        unchanged=counts["unchanged"],
        kept_away=counts["kept_away"],
        leaving=counts["leaving"],
    )


def _fate(person: Person, known: Any) -> str:
    """A blank cell never wipes out what is known; only a value that differs is a change."""
    if known is None:
        return "new"
    stored = json.loads(known.attributes)
    before = (known.email, known.first_name, known.last_name)
    differs = any(mine and mine != theirs for mine, theirs in zip(person[1:4], before, strict=True))
    extra = any(stored.get(name) != value for name, value in json.loads(person[4]).items())
    return "changed" if differs or extra else "unchanged"


def _row(person: Person, moment: str) -> dict[str, Any]:
    key, email, first_name, last_name, attributes, basis, source, joined, _ = person
    return {
        "address_key": key, "email": email, "first_name": first_name, "last_name": last_name, "attributes": attributes,
        "basis": basis, "source": source, "joined": joined or moment,
    }  # fmt: skip


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
