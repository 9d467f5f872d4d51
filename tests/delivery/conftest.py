"""Fixtures of the delivery tests: a ledger in a folder, and campaigns in it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.database import Database, open_database
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.testing.samples import sample_message, sample_people
from tests.delivery.kit import Clock, Sending


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / ".newsletter" / "newsletter.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, clock)


@pytest.fixture
def sending(ledger: Ledger, clock: Clock) -> Callable[..., Sending]:
    def start(count: int, batch_size: int = 10, **more: Any) -> Sending:
        campaign_id = ledger.freeze(
            issue=more.pop("issue", "2022-02"),
            message=sample_message(),
            audience_rule="everybody",
            recipients=sample_people(count),
            provider="postman",
            batch_size=batch_size,
            **more,
        )
        return Sending(ledger, clock, campaign_id)

    return start
