"""A ledger that must not send, or cannot be written, stops everything before the first call."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from newsletter_cli.database import Database, open_database
from newsletter_cli.database import identity as identity_module
from newsletter_cli.database.backup import backup
from newsletter_cli.database.guards import CopiedLedger, UnsafePlace, adopt, check_may_send, unsafe_place
from newsletter_cli.database.locking import AnotherSender, sending_alone
from tests.delivery.kit import START


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = open_database(tmp_path / "one" / "newsletter.sqlite")
    check_may_send(opened)
    return opened


def test_a_copy_on_the_same_machine_may_not_send_until_it_is_adopted(database: Database, tmp_path: Path) -> None:
    database.close()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    copy = open_database(tmp_path / "two" / "newsletter.sqlite")
    with pytest.raises(CopiedLedger, match="copy of the one in"):
        check_may_send(copy)
    with copy.writing() as connection:
        adopt(connection, tmp_path / "two" / "newsletter.sqlite")
    check_may_send(copy)


def test_a_moved_ledger_still_sends(database: Database, tmp_path: Path) -> None:
    database.close()
    (tmp_path / "one").rename(tmp_path / "moved")
    check_may_send(open_database(tmp_path / "moved" / "newsletter.sqlite"))


def test_another_machines_ledger_may_not_send(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(identity_module.OVERRIDE, "another-machine")
    identity_module.machine_id.cache_clear()
    try:
        with pytest.raises(CopiedLedger, match="belongs to another machine"):
            check_may_send(database)
    finally:
        monkeypatch.delenv(identity_module.OVERRIDE)
        identity_module.machine_id.cache_clear()


def test_a_backup_may_not_send(database: Database, tmp_path: Path) -> None:
    assert database.file
    backup(database.file, tmp_path / "copy.sqlite", START)
    with pytest.raises(CopiedLedger, match="backup of 2022-02-24"):
        check_may_send(open_database(tmp_path / "copy.sqlite"))


@pytest.mark.parametrize("folder", ["Dropbox", "OneDrive - Example Charity", "Nextcloud"])
def test_a_synced_folder_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(UnsafePlace, match="synced folder"):
        check_may_send(open_database(tmp_path / folder / "newsletter.sqlite"))


def test_a_folder_with_the_mark_of_a_sync_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".stfolder").mkdir()
    assert "synced" in unsafe_place(tmp_path / "state" / "newsletter.sqlite")


def test_a_network_file_system_is_refused(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/share {tmp_path.resolve()} nfs4 rw 0 0\n")
    assert unsafe_place(tmp_path / "newsletter.sqlite", str(mounts)) == "a network folder (nfs4)"
    mounts.write_text("/dev/sda / ext4 rw 0 0\nserver:/share /elsewhere nfs4 rw 0 0\n")
    assert unsafe_place(tmp_path / "newsletter.sqlite", str(mounts)) == ""


def test_the_second_sender_says_so_and_leaves(database: Database) -> None:
    def second() -> str:
        try:
            with sending_alone(database.file):
                return "sent"
        except AnotherSender as fault:
            return fault.message

    with ThreadPoolExecutor() as others:
        with sending_alone(database.file), sending_alone(database.file):
            assert f"process {os.getpid()}" in others.submit(second).result()
        assert others.submit(second).result() == "sent"
