"""When the ledger cannot be written, no call is made."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from newsletter_cli.database import open_database
from newsletter_cli.database.faults import Damaged, DatabaseFault, DiskFull, ReadOnly
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.verifying import verify
from newsletter_cli.model.campaign import Counts
from newsletter_cli.providers.base import Batch, Capabilities, Query, Receipt
from tests.delivery.kit import Postman, Sending

Start = Callable[..., Sending]


def fill_the_disk(ledger: Ledger) -> Callable[[], None]:
    """From now on the database file may not grow by a page, as on a full disk; gives what makes room again."""
    with ledger.database.reading() as connection:
        connection.exec_driver_sql("SELECT 1")
    full = [True]

    @event.listens_for(ledger.database.engine, "begin")
    def _full(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages if full[0] else 1 << 30}")

    def make_room() -> None:
        full[0] = False

    return make_room


def test_a_full_disk_at_the_intent_makes_no_call(sending: Start) -> None:
    campaign = sending(3000, batch_size=1000)
    provider = Postman()
    many = {"rejected": 990}

    def fill(batch: Batch, postman: Postman) -> Receipt:
        fill_the_disk(campaign.ledger)
        receipt = postman.take(batch)
        from newsletter_cli.providers.base import Rejection

        people = batch.recipients[: many["rejected"]]
        words = "the mailbox of this person is full, and the provider says so at great length " * 4
        return Receipt(receipt.ids, rejected=tuple(Rejection(each.seq, "552", words) for each in people[:-1]))

    provider.script = [lambda batch, postman: postman.take(batch), fill]
    with pytest.raises(DiskFull):
        campaign.send(provider)
    assert len(provider.calls_made) == 2


def test_what_was_in_flight_when_the_disk_filled_is_settled_when_there_is_room(sending: Start) -> None:
    campaign = sending(3000, batch_size=1000)
    provider = Postman(Capabilities(max_recipients=1000, query=Query(60, "batch")))
    rooms: list[Callable[[], None]] = []

    def fill(batch: Batch, postman: Postman) -> Receipt:
        rooms.append(fill_the_disk(campaign.ledger))
        receipt = postman.take(batch)
        return Receipt(tuple(f"{receipt.ids[0]}-{each.seq:0200}" for each in batch.recipients))

    provider.script = [fill]
    try:
        campaign.send(provider)
    except DiskFull:
        rooms[0]()
    provider.script = []
    rooms[0]()
    assert campaign.send(provider).counts == Counts(audience=3000, accepted=3000)
    assert provider.doubled == []
    assert verify(campaign.ledger) == ()


@contextmanager
def only_a_user(file: Path) -> Iterator[None]:
    """Root may write everything: a test run by root is nobody while the block lasts."""
    if os.geteuid() != 0:
        yield
        return
    for folder in list(file.parents)[:-2]:
        folder.chmod(folder.stat().st_mode | stat.S_IROTH | stat.S_IXOTH)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_read_only_file_makes_no_call(sending: Start) -> None:
    campaign = sending(30)
    assert campaign.ledger.database.file
    campaign.ledger.database.close()
    campaign.ledger.database.file.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    provider = Postman()
    with only_a_user(campaign.ledger.database.file), pytest.raises(ReadOnly):
        campaign.send(provider)
    assert provider.calls_made == []


def test_a_database_that_may_only_be_read_makes_no_call(sending: Start) -> None:
    campaign = sending(30)

    @event.listens_for(campaign.ledger.database.engine, "begin")
    def _read_only(connection: Any) -> None:
        connection.exec_driver_sql("PRAGMA query_only=ON")

    provider = Postman()
    with pytest.raises(ReadOnly):
        campaign.send(provider)
    assert provider.calls_made == []


def test_a_file_that_is_no_database_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "newsletter.sqlite").write_bytes(b"this is a letter, not a database " * 40)
    with pytest.raises(Damaged):
        open_database(tmp_path / "newsletter.sqlite")


def test_a_fault_never_repeats_statement_or_parameters(sending: Start) -> None:
    campaign = sending(3)
    with pytest.raises(DatabaseFault) as raised, campaign.ledger.database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (?)", ("reader1@example.org",))
    assert "reader1" not in raised.value.message
