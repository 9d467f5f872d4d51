"""An import shows what it would change, refuses rows by line, and never brings back somebody who left."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter_cli.audience import store
from newsletter_cli.audience.addresses import BadAddress, address_key, checked
from newsletter_cli.audience.importing import ImportPlan, ListImport
from newsletter_cli.audience.suppression import erase, suppress, suppressed_among
from newsletter_cli.database import Database, open_database
from newsletter_cli.errors import NewsletterError, UsageError
from newsletter_cli.model.subscriber import Subscriber, SuppressionReason

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


def test_of_several_opt_outs_the_last_one_counts_and_everything_else_is_the_first_row(
    database: Database, tmp_path: Path
) -> None:
    plan = imported(
        database,
        tmp_path,
        "email,first_name,status\nann@example.org,Ann,bounced\nbob@example.org,Bob,\n"
        "ANN@example.org,Anna,complained\nann@example.org,Annie,\nBob@example.org,Bobby,\n",
    )
    assert (plan.rows, plan.new, plan.leaving, plan.duplicates) == (5, 1, 1, 3)
    assert [person.first_name for person in store.each_subscriber(database)] == ["Ann", "Bob"]
    with database.engine.connect() as connection:
        assert suppressed_among(connection, ["ann@example.org"]) == {"ann@example.org": SuppressionReason.COMPLAINT}


def test_what_a_row_says_of_itself_stands_and_the_rest_is_given(database: Database, tmp_path: Path) -> None:
    imported(
        database,
        tmp_path,
        "email,basis,source,joined\nann@example.org,soft_opt_in_charity,fair,2021-05-01\nbob@example.org,,,soon\n"
        "cid@example.org\n",
    )
    ann, bob, cid = store.each_subscriber(database)
    assert (ann.basis, ann.source, ann.joined) == ("soft_opt_in_charity", "fair", datetime(2021, 5, 1, tzinfo=UTC))
    assert {(each.basis, each.source, each.joined) for each in (bob, cid)} == {("consent", "list.csv", NOW)}
    assert bob.attributes == {}


def test_between_plan_and_apply_the_list_may_change(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("email,town\nann@example.org,Padua\nbob@example.org,Padua\ncid@example.org,Padua\n")
    with ListImport(database, path, {}, basis="consent", source="") as work:
        assert work.plan().new == 3
        with database.writing() as connection:
            suppress(connection, "ann@example.org", SuppressionReason.UNSUBSCRIBED, "link", NOW)
            store.put(connection, Subscriber("bob@example.org", attributes={"town": "Pisa"}))
        done = work.apply(NOW)
    assert (done.new, done.changed, done.kept_away) == (1, 1, 1)
    assert [(each.email, each.attributes) for each in store.each_subscriber(database)] == [
        ("bob@example.org", {"town": "Padua"}),
        ("cid@example.org", {"town": "Padua"}),
    ]


def test_a_large_list_is_the_same_in_pages(database: Database, tmp_path: Path) -> None:
    rows = [f"P{number % 2500}@example.org,{number}" for number in range(3500)]
    assert imported(database, tmp_path, "\n".join(["email,number", *rows])).new == 2500
    with database.writing() as connection:
        for number in range(0, 2500, 5):
            suppress(connection, f"p{number}@example.org", SuppressionReason.MANUAL, "", NOW)
        erase(connection, "p1@example.org", "request", NOW)
    again = [f"P{number}@example.org,{number + number % 2}" for number in range(3000)]
    plan = imported(database, tmp_path, "\n".join(["email,number", *again]))
    assert (plan.kept_away, plan.new, plan.changed, plan.unchanged) == (501, 500, 999, 1000)


LOCAL = st.text("ab.C+_-é'\" @", min_size=0, max_size=70)
DOMAIN = st.sampled_from(
    [
        "example.org",
        "EXAMPLE.org",
        "a..b",
        "münchen.example.org",
        "xn--a",
        "localhost",
        "example.test",
        "[127.0.0.1]",
        "",
    ]
)


@given(LOCAL, DOMAIN)
@example("a" * 65, "example.org")
@example("a", "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 57 + ".org")
def test_the_quick_look_at_an_address_says_what_email_validator_says(local: str, domain: str) -> None:
    email = f"{local}@{domain}".strip()
    try:
        expected = validate_email(email, check_deliverability=False, allow_domain_literal=False).normalized
    except EmailNotValidError:
        with pytest.raises(BadAddress):
            checked(email)
        return
    assert checked(email) == (expected, address_key(expected))
