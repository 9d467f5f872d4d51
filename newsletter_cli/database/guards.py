"""Looks whether this ledger may send: on this machine, from this folder, now."""

import os
from pathlib import Path

from sqlalchemy import Connection

from newsletter_cli.database.faults import ReadOnly
from newsletter_cli.database.identity import machine_id
from newsletter_cli.database.notes import forget, note, noted
from newsletter_cli.database.opening import Database
from newsletter_cli.errors import ExitStatus, NewsletterError

HOME = "home"  # machine, place and inode of the file that may send
BACKUP = "backup_of"
_NETWORK = {
    "nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "ncpfs", "davfs",
    "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.gcsfuse", "fuse.davfs2", "fuse.glusterfs", "fuse.google-drive-ocamlfuse",
}  # fmt: skip
_SYNCED = (
    "dropbox",
    "onedrive",
    "google drive",
    "googledrive",
    "icloud",
    "com~apple~clouddocs",
    "nextcloud",
    "owncloud",
)
_SYNC_MARKS = (".stfolder", ".dropbox", ".owncloudsync.log", ".sync_")


class UnsafePlace(NewsletterError):
    """The ledger lies where two machines can change it at once, or where an older state may come back."""

    exit_status = ExitStatus.NOTHING_SENT

    def __init__(self, file: Path, what: str) -> None:
        super().__init__(
            f"{file} lies in {what}. A ledger there can be changed by two machines at once, or fall back to an older "
            "state, and people would be mailed twice. Nothing was sent.",
            "Keep the workspace on a disk of the one computer that sends, or set [ledger] url to a PostgreSQL server "
            "(docs/several-machines.md).",
        )


class CopiedLedger(NewsletterError):
    """This ledger belongs to another machine or file: sending from both would mail people twice."""

    exit_status = ExitStatus.NOTHING_SENT

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}. If both send, people are mailed twice. Nothing was sent.",
            "If this is the only one that will send from now on, run `newsletter ledger adopt` here once; "
            "never send from the other again.",
        )


def check_may_send(database: Database) -> None:
    """Look at the place and the owner of the ledger; the first sender makes it its own.

    Raises:
        UnsafePlace: on a network or synced folder.
        CopiedLedger: another machine's, a copy on this machine, or a backup.
        DatabaseFault: it cannot be written.
    """
    if database.file is None:
        return
    if what := unsafe_place(database.file):
        raise UnsafePlace(database.file, what)
    with database.writing() as connection:
        if made := noted(connection, BACKUP):
            raise CopiedLedger(f"This ledger is a backup of {made}: what was sent after that is not in it")
        home = noted(connection, HOME)
        here = _home(database.file)
        if not home:
            adopt(connection, database.file)
        elif why := _difference(home, here):
            raise CopiedLedger(why)
        else:
            note(connection, HOME, here)  # the same file may have been moved; and this write proves we may write


def must_not_send(database: Database) -> NewsletterError | None:
    """What `check_may_send` would refuse, without writing anything; None when nothing is known against it."""
    if database.file is None:
        return None
    if what := unsafe_place(database.file):
        return UnsafePlace(database.file, what)
    if not os.access(database.file, os.W_OK):
        return ReadOnly(database.file)
    with database.reading() as connection:
        made, home = noted(connection, BACKUP), noted(connection, HOME)
    if made:
        return CopiedLedger(f"This ledger is a backup of {made}: what was sent after that is not in it")
    why = _difference(home, _home(database.file)) if home else ""
    return CopiedLedger(why) if why else None


def adopt(connection: Connection, file: Path) -> None:
    """From now on this file on this machine is the one that sends."""
    forget(connection, BACKUP)
    note(connection, HOME, _home(file))


def unsafe_place(file: Path, mounts: str = "/proc/mounts") -> str:
    """What is wrong with the folder, in words; "" when nothing is known against it."""
    folder = file.resolve().parent
    if kind := _network_kind(folder, mounts):
        return f"a network folder ({kind})"
    for each in (folder, *folder.parents):
        if any(word in each.name.lower() for word in _SYNCED):
            return f"a synced folder ({each.name})"
        if any((each / mark).exists() for mark in _SYNC_MARKS):
            return f"a synced folder ({each})"
    return "a network folder" if str(folder).startswith(("\\\\", "//")) else ""


def _network_kind(folder: Path, mounts: str) -> str:
    """The type of the file system if it is a network's; Linux only, "" elsewhere."""
    try:
        lines = Path(mounts).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for line in lines:
        parts = line.split()
        if len(parts) < 3:
            continue
        place = parts[1].replace("\\040", " ")
        if folder.is_relative_to(place) and len(place) >= len(best):
            best, kind = place, parts[2]
    return kind if kind in _NETWORK else ""


def _home(file: Path) -> str:
    return f"{machine_id()}\n{file.resolve()}\n{file.stat().st_ino}"


def _difference(home: str, here: str) -> str:
    """Why the file is not the one that may send. Moved (same inode) or put back in its place is still the same."""
    machine, place, inode = home.split("\n")
    machine_here, place_here, inode_here = here.split("\n")
    if machine != machine_here:
        return f"This ledger belongs to another machine ({machine}; this one is {machine_here})"
    if place != place_here and inode != inode_here:
        return f"This ledger is a copy of the one in {place}"
    return ""
