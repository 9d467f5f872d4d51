"""One sender at a time on one machine: a lock the system gives back when its holder dies."""

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from newsletter_cli.database.faults import DiskFull, ReadOnly
from newsletter_cli.errors import ExitStatus, NewsletterError


class AnotherSender(NewsletterError):
    """Another process is sending from this ledger."""

    exit_status = ExitStatus.NOTHING_SENT

    def __init__(self, holder: str) -> None:
        super().__init__(
            f"Another process is sending from this workspace{holder}. This one leaves it alone.",
            "`newsletter status` shows how far it is.",
        )


# By which thread of this process: a send takes the lock before it freezes and keeps it to its end.
_held: dict[Path, int] = {}


@contextmanager
def sending_alone(file: Path | None) -> Iterator[None]:
    """Hold the lock beside the ledger while the block runs; None (PostgreSQL) needs none. May be nested in one thread.

    Whoever holds it knows that every call marked as under way belongs to a dead sender (flock(2) ends with its holder).

    Raises:
        AnotherSender: somebody else holds it.
        ReadOnly, DiskFull: the lock cannot be written, so neither could the ledger.
    """
    if file is None or _held.get(file.resolve()) == threading.get_ident():
        yield
        return
    with _opened(file) as lock:
        if not _try(lock):
            lock.seek(0)
            pid = lock.read().strip()
            raise AnotherSender(f" (process {pid})" if pid else "")
        _sign(lock, file)
        _held[file.resolve()] = threading.get_ident()
        try:
            yield
        finally:
            del _held[file.resolve()]


def _opened(file: Path) -> IO[str]:
    try:
        return file.with_name(f"{file.name}.sending").open("a+", encoding="ascii")
    except OSError as error:
        raise (DiskFull if error.errno == errno.ENOSPC else ReadOnly)(file) from error


def _sign(lock: IO[str], file: Path) -> None:
    """Write who holds it, for the message of the one who is turned away."""
    try:
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
    except OSError as error:
        raise DiskFull(file) from error


def _try(lock: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:
        return _try_windows(lock)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _try_windows(lock: IO[str]) -> bool:
    import importlib

    msvcrt = importlib.import_module("msvcrt")
    lock.seek(1 << 30)  # a byte far outside: Windows forbids reading what is locked
    try:
        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
