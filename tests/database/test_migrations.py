"""An older state database is upgraded in place after a copy was kept; a newer one is refused."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert

from newsletter_cli.database import open_database
from newsletter_cli.database.migrations import LATEST, NewerDatabase
from newsletter_cli.database.tables import metadata, suppression


def old_database(file: Path) -> None:
    """The form before batches counted their exceptions."""
    engine = create_engine(f"sqlite:///{file}")
    tables = [each for name, each in metadata.tables.items() if name not in ("pace", "breaker")]
    metadata.create_all(engine, tables)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX batch_by_place")
        for column in ("doubts", "suppressed", "rejected", "unknown"):
            connection.exec_driver_sql(f"ALTER TABLE batch DROP COLUMN {column}")
        connection.exec_driver_sql(
            "INSERT INTO campaign (id, issue, message_hash, audience_hash, provider, machine_id, message, created, "
            "state, why, audience, rehearsal) VALUES (1, '2022-01', 'm', 'a', 'p', 'x', '{}', '2022', 'open', '', 5, 0)"
        )
        connection.exec_driver_sql(
            "INSERT INTO batch (id, campaign_id, lo, hi, state, attempt, key, body_hash, owner, looks, request_id, why) "
            "VALUES (1, 1, 0, 5, 'accepted', 1, '', '', '', 0, '', '')"
        )
        connection.exec_driver_sql("INSERT INTO exception VALUES (1, 3, 'rejected', 'no such user')")
        connection.execute(
            insert(suppression).values(address_key="ann@example.org", reason="unsubscribed", active=1, at="2022")
        )
    engine.dispose()


def test_an_older_database_is_upgraded_and_a_copy_kept(tmp_path: Path) -> None:
    file = tmp_path / "newsletter.sqlite"
    old_database(file)
    database = open_database(file)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT rejected, suppressed FROM batch").all() == [(1, 0)]
        assert connection.exec_driver_sql("SELECT count(*) FROM suppression").scalar() == 1
    with closing(sqlite3.connect(tmp_path / "newsletter.sqlite.form-1")) as copy:
        assert copy.execute("SELECT count(*) FROM suppression").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError):
            copy.execute("SELECT rejected FROM batch")


def test_opening_an_upgraded_database_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "newsletter.sqlite"
    old_database(file)
    open_database(file).close()
    (tmp_path / "newsletter.sqlite.form-1").unlink()
    open_database(file).close()
    assert not (tmp_path / "newsletter.sqlite.form-1").exists()


def test_a_newer_database_is_refused_with_the_version_that_reads_it(tmp_path: Path) -> None:
    database = open_database(tmp_path / "newsletter.sqlite")
    with database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE meta SET value = '{LATEST + 1}' WHERE key = 'schema_version'")
        connection.exec_driver_sql("UPDATE meta SET value = '9.1' WHERE key = 'schema_written_by'")
    database.close()
    with pytest.raises(NewerDatabase, match=r"newsletter 9\.1") as raised:
        open_database(tmp_path / "newsletter.sqlite")
    assert "9.1" in raised.value.hint
