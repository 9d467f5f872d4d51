"""Connects to a state database on PostgreSQL."""

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from newsletter_cli.database.faults import DatabaseFault


class Unsafe(DatabaseFault):
    """The server may forget what it confirmed."""

    def __init__(self, setting: str) -> None:
        super().__init__(
            f"The PostgreSQL server runs with {setting}=off: after a power cut it forgets what it has confirmed, "
            "and people would be mailed twice.",
            f"Set {setting} = on for this database, then run the command again.",
        )


def postgresql_engine(url: str) -> Engine:
    """An engine for a `postgresql://` address, proven to be reachable and to keep what it confirms.

    Raises:
        DatabaseFault: no driver, no server, a wrong address; Unsafe: synchronous_commit or fsync is off.
    """
    try:
        import psycopg
    except ImportError as error:
        raise DatabaseFault(
            "A ledger on PostgreSQL needs the psycopg driver.", "pip install 'newsletter-cli[postgres]'"
        ) from error
    del psycopg
    try:
        address = make_url(url).set(drivername="postgresql+psycopg")
    except ArgumentError as error:
        raise DatabaseFault("[ledger] url is no database address.", "Write postgresql://user@host/name.") from error
    engine = create_engine(address, pool_pre_ping=True, max_overflow=100)

    @event.listens_for(engine, "connect")
    def _safe(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            for setting in ("synchronous_commit", "fsync"):
                cursor.execute(f"SHOW {setting}")
                if cursor.fetchone()[0] == "off":
                    raise Unsafe(setting)
        connection.rollback()

    try:
        with engine.connect():
            pass
    except DBAPIError as error:
        where = f"{address.host or 'local socket'}/{address.database or ''}"
        raise DatabaseFault(
            f"The PostgreSQL server at {where} did not let us in: {_first_line(error)}",
            "Check [ledger] url, that the server runs, and its user and password (PGPASSWORD or ~/.pgpass).",
        ) from error
    return engine


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0] if error.orig else "no answer"
