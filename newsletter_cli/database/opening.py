"""Opens the state database: SQLite with WAL and synchronous=FULL, or PostgreSQL."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from newsletter_cli.database.faults import DatabaseFault, fault_of
from newsletter_cli.database.migrations import upgrade
from newsletter_cli.paths import make_folder

_READING = "newsletter_reading"


@dataclass(frozen=True, slots=True)
class Database:
    """An open state database. `file` is None on PostgreSQL; `url` is "" on SQLite."""

    engine: Engine
    file: Path | None
    url: str = ""
    _turn: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    @property
    def is_sqlite(self) -> bool:
        return self.file is not None

    def turn(self) -> AbstractContextManager[object]:
        """Held by the one thread of this process that writes."""
        return self._turn if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads: it waits for no writer and keeps none waiting (WAL, or MVCC).

        Raises:
            DatabaseFault: the database's own fault, in words, with what to do.
        """
        try:
            with self.engine.connect().execution_options(**{_READING: True}) as connection:
                yield connection
        except DBAPIError as error:
            raise fault_of(error, self.file) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write; durable when the block has ended, rolled back when it raises.

        On SQLite the writers of this process queue at a lock of ours: its own busy handler sleeps and is not fair.

        Raises:
            DatabaseFault: full disk, read-only file, a lock held too long; nothing was written then.
        """
        try:
            with self.turn(), self.engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise fault_of(error, self.file) from error

    @contextmanager
    def kept(self) -> "Iterator[Kept]":
        """One connection for several transactions, so that its temporary tables last; they are gone afterwards.

        Raises:
            DatabaseFault: the database's own fault, in words, with what to do.
        """
        try:
            connection = self.engine.connect()
        except DBAPIError as error:
            raise fault_of(error, self.file) from error
        try:
            yield Kept(self, connection)
        finally:
            connection.detach()
            connection.close()

    def close(self) -> None:
        self.engine.dispose()


@dataclass(frozen=True, slots=True)
class Kept:
    """A connection that its owner keeps: `Database.reading` and `Database.writing` on it, in turn.

    What is written to temporary tables within `reading` stays; to others nothing may be.
    """

    database: Database
    connection: Connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See `Database.reading`."""
        with self._transaction(reads=True) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """See `Database.writing`."""
        with self.database.turn(), self._transaction(reads=False) as connection:
            yield connection

    @contextmanager
    def _transaction(self, reads: bool) -> Iterator[Connection]:
        self.connection.execution_options(**{_READING: reads})
        try:
            with self.connection.begin():
                yield self.connection
        except DBAPIError as error:
            raise fault_of(error, self.database.file) from error


def open_database(file: Path, url: str = "") -> Database:
    """Open the state database; create it or bring it to this version's form where needed.

    Args:
        file: where the SQLite file lies.
        url: a `postgresql://` address instead; "" for SQLite.

    Raises:
        NewsletterError: it cannot be opened or written, or a newer version wrote it; with what to do.
    """
    if url:
        from newsletter_cli.database.postgresql import postgresql_engine

        database = Database(postgresql_engine(url), None, url)
    else:
        database = Database(_sqlite_engine(file), file)
    try:
        upgrade(database.engine, database.file)
    except DBAPIError as error:
        database.close()
        raise fault_of(error, database.file) from error
    except BaseException:
        database.close()
        raise
    return database


def _sqlite_engine(file: Path) -> Engine:
    try:
        make_folder(file.parent)
    except OSError as error:
        raise DatabaseFault(
            f"{file.parent} could not be made: {error.strerror}.", "Check that you may write to this folder."
        ) from error
    engine = create_engine(
        f"sqlite:///{file}", connect_args={"timeout": 30, "check_same_thread": False}, max_overflow=100
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get(_READING)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine
