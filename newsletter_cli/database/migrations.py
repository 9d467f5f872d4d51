"""Brings a state database to this version's form, by numbered steps."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect

from newsletter_cli import __version__
from newsletter_cli.database.notes import note, noted
from newsletter_cli.database.tables import breaker, hosted, metadata, pace
from newsletter_cli.errors import NewsletterError

VERSION_KEY = "schema_version"
WRITTEN_BY = "schema_written_by"


class NewerDatabase(NewsletterError):
    """A newer version of this program made the file; an older one must not guess what it means."""

    def __init__(self, found: int, written_by: str) -> None:
        super().__init__(
            f"This workspace's state was written by newsletter {written_by} (form {found}; this is newsletter "
            f"{__version__}, which reads up to form {LATEST}).",
            f"Install newsletter-cli {written_by} or newer: pip install 'newsletter-cli>={written_by}'.",
        )


def _count_in_batches(connection: Connection) -> None:
    """2: a batch counts its own exceptions and doubts; pace and breaker live in the ledger."""
    for column in ("doubts", "suppressed", "rejected", "unknown"):
        connection.exec_driver_sql(f"ALTER TABLE batch ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")
    for state in ("suppressed", "rejected", "unknown"):
        connection.exec_driver_sql(
            f"UPDATE batch SET {state} = (SELECT count(*) FROM exception e WHERE e.campaign_id = batch.campaign_id "  # noqa: S608
            f"AND e.seq >= batch.lo AND e.seq < batch.hi AND e.state = '{state}')"
        )
    connection.exec_driver_sql("CREATE INDEX batch_by_place ON batch (campaign_id, lo)")
    metadata.create_all(connection, [pace, breaker])


def _hosted(connection: Connection) -> None:
    """3: campaigns at platforms that keep the list themselves."""
    metadata.create_all(connection, [hosted])


# Step n brings form n to form n + 1. A new table or column gets a step here besides its line in tables.py.
STEPS: tuple[Callable[[Connection], None], ...] = (_count_in_batches, _hosted)
LATEST = len(STEPS) + 1


def upgrade(engine: Engine, file: Path | None) -> None:
    """Create the tables, or upgrade them in place after a copy of the file was kept beside it.

    Raises:
        NewerDatabase: this version is too old for the file.
    """
    form = _form(engine)
    if form == LATEST:
        return
    if form > LATEST:
        with engine.connect() as connection:
            written_by = noted(connection, WRITTEN_BY)
        raise NewerDatabase(form, written_by or "of a later date")
    if form and file:
        _keep_copy(file, file.with_name(f"{file.name}.form-{form}"))
    with engine.begin() as connection:
        form = _form_in(connection)  # another process may have been quicker
        if form == 0:
            metadata.create_all(connection)
        else:
            for step in STEPS[form - 1 :]:
                step(connection)
        if form < LATEST:
            _remember(connection)


def _form(engine: Engine) -> int:
    with engine.connect() as connection:
        return _form_in(connection)


def _form_in(connection: Connection) -> int:
    """0 for an empty database, 1 for one of before forms were numbered."""
    if not inspect(connection).has_table("meta"):
        return 0
    found = noted(connection, VERSION_KEY)
    return int(found) if found else 1


def _remember(connection: Connection) -> None:
    note(connection, VERSION_KEY, str(LATEST))
    note(connection, WRITTEN_BY, __version__)


def _keep_copy(file: Path, copy: Path) -> None:
    """SQLite's online backup: a plain file copy would miss what is still in the WAL."""
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
