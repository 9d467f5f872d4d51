"""Imports a list: first what would change, then the change; never brings back somebody who left."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, bindparam, select, update

from newsletter_cli.audience import staging
from newsletter_cli.audience.columns import Columns, map_columns
from newsletter_cli.audience.csv_file import csv_rows
from newsletter_cli.audience.list_rows import RefusedRow, RowReader, as_json
from newsletter_cli.audience.suppression import suppress
from newsletter_cli.bulk import many_rows
from newsletter_cli.database import Database
from newsletter_cli.database.tables import subscriber
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.subscriber import SuppressionReason

_MINE = subscriber.c.address_key == bindparam("key")
_ATTRIBUTES = select(subscriber.c.attributes).where(_MINE)


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
    """One import: the file is read once into temporary tables, compared, and applied in one transaction.

    Use as a context manager. Memory stays flat for any size of file.
    """

    def __init__(self, database: Database, path: Path, chosen: Mapping[str, str], *, basis: str, source: str) -> None:
        self._path, self._chosen = path, chosen
        self._basis, self._source = basis, source or path.name
        self._open = ExitStack()
        self._kept = self._open.enter_context(database.kept())
        self._read: ImportPlan | None = None

    def __enter__(self) -> "ListImport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def plan(self) -> ImportPlan:
        """Read the file and compare it with the list; nothing is changed."""
        with many_rows():
            read = self._once()
            with self._kept.reading() as connection:
                return _counted(read, staging.compare(connection))

    def apply(self, now: datetime) -> ImportPlan:
        """Change the list, all or nothing; what `plan` found is compared afresh in the same transaction."""
        with many_rows():
            read = self._once()
            with self._kept.writing() as connection:
                counts = staging.compare(connection)
                self._write(connection, now)
        return _counted(read, counts)

    def _once(self) -> ImportPlan:
        """What the file holds; it is read at the first call."""
        if self._read is None:
            with self._kept.reading() as connection:
                self._read = self._read_file(connection)
        return self._read

    def _read_file(self, connection: Connection) -> ImportPlan:
        rows = csv_rows(self._path)
        _, headings = next(rows, (1, []))
        if not headings:
            raise NewsletterError(
                f"{self._path} is empty.", "The first line must hold the column names, such as email,first_name."
            )
        columns = map_columns(headings, self._chosen)
        reader = RowReader(columns)
        staging.make_tables(connection)
        for page in reader.pages(rows):
            staging.add(connection, reader.columns, page)
        duplicates = staging.unite(connection)
        return ImportPlan(
            rows=reader.rows,
            duplicates=duplicates,
            roles=reader.roles,
            refused=tuple(reader.refused),
            columns=columns,
        )

    def _write(self, connection: Connection, now: datetime) -> None:
        staging.add_new(connection, self._basis, self._source, now.astimezone(UTC).isoformat(timespec="seconds"))
        for key, email, first_name, last_name, attributes in staging.changed(connection):
            values = {"email": email, "first_name": first_name, "last_name": last_name}
            filled = {name: value for name, value in values.items() if value}
            old = json.loads(connection.execute(_ATTRIBUTES, {"key": key}).scalar_one())
            merged = as_json(old | json.loads(attributes))
            connection.execute(update(subscriber).where(_MINE).values(attributes=merged, **filled), {"key": key})
        for _, email, reason in staging.leaving(connection):
            suppress(connection, email, SuppressionReason(reason), f"import: {self._source}", now)


def _counted(plan: ImportPlan, counts: Mapping[str, int]) -> ImportPlan:
    return replace(
        plan,
        new=counts.get("new", 0),
        changed=counts.get("changed", 0),
        unchanged=counts.get("unchanged", 0),
        kept_away=counts.get("kept_away", 0),
        leaving=counts.get("leaving", 0),
    )
