"""A copy of the state database that can be taken while a send is under way."""

import os
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

from newsletter_cli.database.faults import DatabaseFault
from newsletter_cli.database.guards import BACKUP


def backup(file: Path, target: Path, now: datetime) -> int:
    """Copy the database by SQLite's online backup; the copy knows that it is one, and never sends by mistake.

    Returns:
        The copy's size in bytes.

    Raises:
        DatabaseFault: there is a file of that name, or it could not be written.
    """
    if target.exists():
        raise DatabaseFault(f"{target} is there already.", "Name a file that does not exist yet.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(handle)
        try:
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(name)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
                copy.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (BACKUP, now.isoformat(timespec="seconds")))
                copy.commit()
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except (OSError, sqlite3.Error) as error:
        raise DatabaseFault(
            f"{target} could not be written: {error}.", "Check the free disk space and that you may write there."
        ) from error
    return target.stat().st_size
