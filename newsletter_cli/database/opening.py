"""Opens the state database: SQLite with WAL and synchronous=FULL, or PostgreSQL."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event

from newsletter_cli.database.tables import metadata
from newsletter_cli.errors import NewsletterError


@dataclass(frozen=True, slots=True)
class Database:
    """An open state database. `file` is None on PostgreSQL."""

    engine: Engine
    file: Path | None

    def close(self) -> None:
        self.engine.dispose()


def open_database(file: Path, url: str = "") -> Database:
    """Open, or create, the state database.

    Args:
        file: where the SQLite file lies.
        url: a `postgresql://` address instead; "" for SQLite.

    Raises:
        NewsletterError: it cannot be opened or written, with what to do.
    """
    if url:
        raise NewsletterError("A ledger on PostgreSQL is not built yet.", "Take [ledger] url out of newsletter.toml.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NewsletterError(
            f"{file.parent} could not be made: {error.strerror}.", "Check that you may write to this folder."
        ) from error
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    metadata.create_all(engine)
    return Database(engine, file)
