"""When two spellings are one person."""

import unicodedata

import pytest

from newsletter_cli.audience.addresses import address_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Ann@Example.ORG", " ann@example.org ", id="case and blanks"),
        pytest.param("JÜRGEN@example.org", "jürgen@example.org", id="case beyond ASCII"),
        pytest.param("straße@example.org", "STRASSE@example.org", id="a letter that folds into two"),
        pytest.param(unicodedata.normalize("NFD", "zoë@example.org"), "zoë@example.org", id="composed or not"),
        pytest.param("ann@bücher.example", "ann@XN--BCHER-KVA.example", id="the domain in IDNA"),
        pytest.param("ann@BÜCHER.example", "ann@bücher.example", id="case of an international domain"),
    ],
)
def test_two_spellings_are_one_person(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("ann@example.org", "anne@example.org", id="another name"),
        pytest.param("ann@example.org", "ann@example.com", id="another domain"),
        pytest.param("ann.lee@example.org", "annlee@example.org", id="dots count: not every provider ignores them"),
        pytest.param("ann+news@example.org", "ann@example.org", id="so does what follows a plus"),
    ],
)
def test_two_people_are_two(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


def test_what_is_no_address_has_a_key_too() -> None:
    assert address_key(" Nobody ") == "nobody"
