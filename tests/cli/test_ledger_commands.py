"""`newsletter ledger` and `newsletter resolve` as a person or a script runs them."""

import json
from pathlib import Path

import pytest

from newsletter_cli.config.settings import PaceSettings
from newsletter_cli.database import open_database
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.sender import deliver
from newsletter_cli.providers.base import Batch, Doubtful, Receipt
from newsletter_cli.testing.samples import sample_message, sample_people
from tests.conftest import Run
from tests.delivery.kit import Postman


@pytest.fixture
def in_doubt(workspace_folder: Path) -> Path:
    """A workspace whose issue 2022-02 went to 20 of 30 people; of 10 nobody can say."""
    database = open_database(workspace_folder / ".newsletter" / "newsletter.sqlite")
    ledger = Ledger(database)
    campaign_id = ledger.freeze(
        issue="2022-02",
        message=sample_message(),
        audience_rule="everybody",
        recipients=sample_people(30),
        provider="postman",
        batch_size=10,
    )

    def lost(batch: Batch, postman: Postman) -> Receipt:
        raise Doubtful("the line was cut")

    provider = Postman()
    provider.script = [lost]
    deliver(ledger, provider, campaign_id, PaceSettings(workers=1))
    database.close()
    return workspace_folder


def test_resolve_lists_the_people_and_names_the_next_command(newsletter: Run, in_doubt: Path) -> None:
    ran = newsletter("resolve", "2022-02", cwd=in_doubt)
    assert ran.status == 0
    assert "reader0@example.org" in ran.stdout
    assert "10 people" in ran.stdout
    assert "newsletter resolve 2022-02 --went" in ran.stderr


def test_without_a_terminal_the_number_must_be_given_and_be_right(newsletter: Run, in_doubt: Path) -> None:
    ran = newsletter("resolve", "2022-02", "--again", cwd=in_doubt)
    assert (ran.status, "--count 10" in ran.stderr) == (2, True)
    wrong = newsletter("resolve", "2022-02", "--again", "--count", "11", cwd=in_doubt)
    assert (wrong.status, "10 people are concerned, not 11" in wrong.stderr) == (2, True)
    right = newsletter("resolve", "2022-02", "--went", "--count", "10", "--json", cwd=in_doubt)
    assert json.loads(right.stdout)["decided"] == "went"
    assert newsletter("resolve", "2022-02", cwd=in_doubt).status == 6


def test_backup_and_verify(newsletter: Run, in_doubt: Path) -> None:
    ran = newsletter("ledger", "backup", "copy.sqlite", cwd=in_doubt)
    assert (ran.status, (in_doubt / "copy.sqlite").exists()) == (0, True)
    assert newsletter("ledger", "backup", "copy.sqlite", cwd=in_doubt).status == 1
    ran = newsletter("ledger", "verify", "--json", cwd=in_doubt)
    assert json.loads(ran.stdout) == {"campaigns": 1, "faults": []}


def test_verify_tells_a_sum_that_is_wrong(newsletter: Run, in_doubt: Path) -> None:
    database = open_database(in_doubt / ".newsletter" / "newsletter.sqlite")
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE batch SET rejected = 3 WHERE id = 2")
    database.close()
    ran = newsletter("ledger", "verify", cwd=in_doubt)
    assert (ran.status, "counts its exceptions wrongly" in ran.stdout) == (1, True)


def test_a_copied_workspace_is_adopted_by_a_word(newsletter: Run, in_doubt: Path) -> None:
    assert newsletter("ledger", "adopt", cwd=in_doubt).status == 2
    ran = newsletter("ledger", "adopt", "--yes", cwd=in_doubt)
    assert (ran.status, "sends from now on" in ran.stdout) == (0, True)


def test_a_worker_without_a_shared_ledger_says_what_it_needs(newsletter: Run, workspace_folder: Path) -> None:
    ran = newsletter("worker", cwd=workspace_folder)
    assert (ran.status, "[ledger] url" in ran.stderr) == (2, True)
