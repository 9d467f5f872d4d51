"""Keeps the ledger: backup, verification, and making a moved one this machine's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from newsletter_cli.config import Settings
from newsletter_cli.database import open_database
from newsletter_cli.database.backup import backup
from newsletter_cli.database.guards import adopt
from newsletter_cli.database.locking import sending_alone
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.verifying import verify
from newsletter_cli.errors import NewsletterError
from newsletter_cli.paths import Workspace


@contextmanager
def open_ledger(workspace: Workspace, settings: Settings) -> Iterator[Ledger]:
    """The workspace's ledger while the block runs."""
    database = open_database(workspace.database_file, settings.ledger.url)
    try:
        yield Ledger(database)
    finally:
        database.close()


def backup_ledger(workspace: Workspace, settings: Settings, target: Path, now: datetime) -> int:
    """Copy the state database into a file, also during a send; gives its size in bytes."""
    with open_ledger(workspace, settings) as ledger:
        return backup(_file(ledger), target, now)


def verify_ledger(workspace: Workspace, settings: Settings) -> tuple[tuple[str, ...], int]:
    """The faults found, and how many campaigns were looked at."""
    with open_ledger(workspace, settings) as ledger:
        return verify(ledger), len(ledger.campaigns())


def adopt_ledger(workspace: Workspace, settings: Settings) -> None:
    """Make this file on this machine the one that sends."""
    with (
        open_ledger(workspace, settings) as ledger,
        sending_alone(_file(ledger)),
        ledger.database.writing() as connection,
    ):
        adopt(connection, _file(ledger))
        ledger.record(connection, "this ledger was adopted", "")


def _file(ledger: Ledger) -> Path:
    if ledger.database.file is None:
        raise NewsletterError("This ledger is on PostgreSQL; the server takes care of that.", "For a copy use pg_dump.")
    return ledger.database.file
