"""Who left stays away, however the address is spelt and whoever brings it back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter_cli.audience.addresses import BadAddress, address_key, check_address, masked
from newsletter_cli.audience.suppression import each_suppression, erase, lift, suppress, suppressed_among
from newsletter_cli.database import Database, open_database
from newsletter_cli.model.subscriber import SuppressionReason

NOW = datetime(2022, 2, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "n.sqlite")
    yield opened
    opened.close()


def test_a_suppressed_address_is_found_in_any_spelling(database: Database) -> None:
    with database.engine.begin() as connection:
        assert suppress(connection, "Ann@Example.org", SuppressionReason.UNSUBSCRIBED, "link", NOW)
        key = address_key("ann@EXAMPLE.ORG ")
        assert suppressed_among(connection, [key, "bob@example.org"]) == {key: SuppressionReason.UNSUBSCRIBED}


def test_suppressing_twice_keeps_the_first_reason(database: Database) -> None:
    with database.engine.begin() as connection:
        suppress(connection, "ann@example.org", SuppressionReason.COMPLAINT, "provider", NOW)
        assert not suppress(connection, "ann@example.org", SuppressionReason.MANUAL, "us", NOW)
        assert [each.reason for each in each_suppression(connection)] == [SuppressionReason.COMPLAINT]


def test_lifting_keeps_the_history_and_frees_the_address(database: Database) -> None:
    with database.engine.begin() as connection:
        suppress(connection, "ann@example.org", SuppressionReason.MANUAL, "us", NOW)
        assert lift(connection, "ANN@example.org", "asked by phone", NOW)
        assert suppressed_among(connection, ["ann@example.org"]) == {}
        assert suppress(connection, "ann@example.org", SuppressionReason.UNSUBSCRIBED, "link", NOW)
        assert suppressed_among(connection, ["ann@example.org"]) == {"ann@example.org": SuppressionReason.UNSUBSCRIBED}


def test_an_erased_person_leaves_no_address_and_is_still_kept_away(database: Database) -> None:
    with database.engine.begin() as connection:
        suppress(connection, "ann@example.org", SuppressionReason.UNSUBSCRIBED, "link", NOW)
        erase(connection, "ann@example.org", "request", NOW)
        assert "ann" not in "".join(each.address_key + each.email for each in each_suppression(connection))
        assert suppressed_among(connection, ["ann@example.org"]) == {"ann@example.org": SuppressionReason.ERASED}
        assert not lift(connection, "ann@example.org", "import", NOW)


def test_many_keys_are_looked_up_in_one_go(database: Database) -> None:
    with database.engine.begin() as connection:
        for number in range(0, 3000, 3):
            suppress(connection, f"p{number}@example.org", SuppressionReason.HARD_BOUNCE, "", NOW)
        assert len(suppressed_among(connection, [f"p{number}@example.org" for number in range(3000)])) == 1000


@pytest.mark.parametrize(
    "email", ["o'neil@example.org", "ann+news@example.org", "jürgen@example.org", "x@münchen.example"]
)
def test_good_addresses_are_taken(email: str) -> None:
    assert check_address(email).key == address_key(email)


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@", "@example.org", "a b@example.org", "ann@example", "a..b@example.org", "a@b@c.org"]
)
def test_bad_addresses_are_refused_without_repeating_them(email: str) -> None:
    with pytest.raises(BadAddress) as caught:
        check_address(email)
    assert not email or email not in caught.value.message


def test_a_masked_address_names_nobody() -> None:
    assert masked("ann.example@example.org") == "a…@example.org"
