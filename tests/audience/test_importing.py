"""An import shows what it would change, refuses rows by line, and never brings back somebody who left."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter_cli.audience import store
from newsletter_cli.audience.importing import ImportPlan, ListImport
from newsletter_cli.audience.suppression import erase, suppress, suppressed_among
from newsletter_cli.database import Database, open_database
from newsletter_cli.errors import NewsletterError, UsageError
from newsletter_cli.model.subscriber import SuppressionReason

NOW = datetime(2022, 2, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "n.sqlite")
    yield opened
    opened.close()


def imported(database: Database, tmp_path: Path, data: str | bytes, **chosen: str) -> ImportPlan:
    path = tmp_path / "list.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with ListImport(database, path, chosen, basis="consent", source="") as work:
        plan = work.plan()
        assert work.apply(NOW) == plan
        return plan


def emails(database: Database) -> list[str]:
    return [person.email for person in store.each_subscriber(database)]


@pytest.mark.parametrize(
    "data",
    [
        "email,first_name\nann@example.org,Zoë\n".encode(),
        "\ufeffE-Mail;First Name\r\nann@example.org;Zoë\r\n".encode(),
        "Email Address\tFNAME\nann@example.org\tZoë\n".encode("utf-16"),
        "email;vorname\nann@example.org;Zoë\n".encode("cp1252"),
        b'"email","first_name"\n\n"ann@example.org","Zo\xc3\xab"\n\n',
    ],
)
def test_a_list_is_read_as_spreadsheets_write_it(database: Database, tmp_path: Path, data: bytes) -> None:
    assert imported(database, tmp_path, data).new == 1
    assert next(store.each_subscriber(database)).first_name == "Zoë"


def test_every_refused_row_is_named_with_its_line_and_reason(database: Database, tmp_path: Path) -> None:
    plan = imported(
        database, tmp_path, 'email,note\nann@example.org,"two\nlines"\nbob@,x\ncid@example.org,y,z\ndot@example.org,\n'
    )
    assert [row.line for row in plan.refused] == [2, 4, 5]
    assert emails(database) == ["dot@example.org"]
    assert "bob" not in plan.refused[1].why


def test_two_spellings_are_one_person_and_the_first_counts(database: Database, tmp_path: Path) -> None:
    plan = imported(database, tmp_path, "email,first_name\nAnn@Example.org,Ann\nann@example.ORG,Anna\n")
    assert (plan.new, plan.duplicates, plan.rows) == (1, 1, 2)
    assert next(store.each_subscriber(database)).first_name == "Ann"


@pytest.mark.parametrize(
    "reason", [SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINT, SuppressionReason.ERASED]
)
def test_an_import_never_brings_back_somebody_who_left(
    database: Database, tmp_path: Path, reason: SuppressionReason
) -> None:
    with database.engine.begin() as connection:
        if reason is SuppressionReason.ERASED:
            erase(connection, "ann@example.org", "request", NOW)
        else:
            suppress(connection, "ann@example.org", reason, "link", NOW)
    plan = imported(database, tmp_path, "email,status\nANN@example.org,subscribed\nbob@example.org,subscribed\n")
    assert (plan.new, plan.kept_away) == (1, 1)
    assert emails(database) == ["bob@example.org"]
    with database.engine.connect() as connection:
        assert suppressed_among(connection, ["ann@example.org"]) == {"ann@example.org": reason}


def test_an_opt_out_in_any_row_counts(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path, "email\nann@example.org\n")
    plan = imported(database, tmp_path, "email,status\nann@example.org,\nANN@example.org,Unsubscribed\n")
    assert (plan.leaving, plan.duplicates, plan.unchanged) == (1, 1, 0)
    with database.engine.connect() as connection:
        assert suppressed_among(connection, ["ann@example.org"]) == {"ann@example.org": SuppressionReason.UNSUBSCRIBED}


def test_a_blank_cell_wipes_nothing_out_and_the_same_list_changes_nothing(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path, "email,first_name,town\nann@example.org,Ann,Padua\n")
    assert imported(database, tmp_path, "email,first_name,town\nann@example.org,,\n").unchanged == 1
    assert imported(database, tmp_path, "email,first_name,member\nann@example.org,Anna,yes\n").changed == 1
    person = next(store.each_subscriber(database))
    assert (person.first_name, dict(person.attributes)) == ("Anna", {"town": "Padua", "member": "yes"})
    assert imported(database, tmp_path, "email,first_name,last_name\nann@example.org,,Lee\n").changed == 1
    person = next(store.each_subscriber(database))
    assert (person.first_name, person.last_name) == ("Anna", "Lee")


def test_a_column_is_mapped_by_hand(database: Database, tmp_path: Path) -> None:
    assert imported(database, tmp_path, "Kontakt,x\nann@example.org,1\n", Kontakt="email", x="-").new == 1
    assert dict(next(store.each_subscriber(database)).attributes) == {}


def test_a_list_without_an_address_column_or_with_a_wrong_map_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No column"):
        imported(database, tmp_path, "a,b\n1,2\n")
    with pytest.raises(UsageError, match="does not have"):
        imported(database, tmp_path, "email\nann@example.org\n", Mail="email")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04zip", b'email\n"ann@example.org\n'])
def test_a_file_that_is_no_list_is_refused_and_nothing_changes(database: Database, tmp_path: Path, data: bytes) -> None:
    with pytest.raises(NewsletterError):
        imported(database, tmp_path, data)
    assert emails(database) == []
