"""The faults a database can have, in words that say what to do."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from newsletter_cli.errors import NewsletterError


class DatabaseFault(NewsletterError):
    """The state database could not be read or written."""


class DiskFull(DatabaseFault):
    """There was no room to write; the transaction did not happen."""

    def __init__(self, file: Path | None) -> None:
        super().__init__(
            f"The disk is full: {file or 'the database'} could not be written.",
            "Make room and run the same command again. What was written before is safe.",
        )


class DiskFailing(DatabaseFault):
    """The disk refused to read or write; a quota or a nearly full disk gives this too."""

    def __init__(self, file: Path | None) -> None:
        super().__init__(
            f"The disk could not read or write {file or 'the database'}: it is full, or failing.",
            "Make room, look at the disk, then run `newsletter ledger verify` and the same command again.",
        )


class ReadOnly(DatabaseFault):
    """The file, or its folder, may not be written to."""

    def __init__(self, file: Path | None) -> None:
        super().__init__(
            f"{file or 'The database'} may not be written to.",
            "Give yourself the right to write to this file and its folder (SQLite keeps two files beside it).",
        )


class Busy(DatabaseFault):
    """Another process kept the file for longer than we wait."""

    def __init__(self, file: Path | None) -> None:
        super().__init__(
            f"Another program has held {file or 'the database'} for half a minute.",
            "Run the command again when the other one has ended.",
        )


class Damaged(DatabaseFault):
    """The file is no database, or no longer."""

    def __init__(self, file: Path | None) -> None:
        super().__init__(
            f"{file or 'The database'} is damaged, or is no database.",
            "Send nothing. Restore the newest `newsletter ledger backup`, and see docs/delivery.md, Restoring.",
        )


_BY_WORDS: tuple[tuple[str, Callable[[Path | None], DatabaseFault]], ...] = (
    ("database or disk is full", DiskFull),
    ("no space left", DiskFull),
    ("disk i/o error", DiskFailing),
    ("readonly database", ReadOnly),
    ("unable to open database", ReadOnly),
    ("read-only transaction", ReadOnly),
    ("database is locked", Busy),
    ("malformed", Damaged),
    ("not a database", Damaged),
)


def fault_of(error: DBAPIError, file: Path | None) -> DatabaseFault:
    """The fault behind a driver's error. Its SQL and parameters (addresses) are never repeated."""
    words = str(error.orig).splitlines()[0] if error.orig else "unknown fault"
    for part, fault in _BY_WORDS:
        if part in words.lower():
            return fault(file)
    return DatabaseFault(
        f"The database answered: {words}", "Run the same command again; if it stays, `newsletter ledger verify`."
    )
