"""A segment picks exactly whom it says; a misspelt one is an error, never everybody."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_cli.audience.segments import BadSegment, parse_segment
from newsletter_cli.model.subscriber import Subscriber

KNOWN = {"email", "first_name", "last_name", "name", "town", "member"}
ANN = Subscriber("ann@example.org", "Ann", attributes={"town": "Padua", "member": "yes"})
BOB = Subscriber("bob@example.org", attributes={"town": "Reading"})


@pytest.mark.parametrize(
    ("rule", "people"),
    [
        ("", [ANN, BOB]),
        ("town = 'padua'", [ANN]),
        ("town != Padua", [BOB]),
        ("member = ''", [BOB]),
        ("town = Padua or town = Reading", [ANN, BOB]),
        ("not (town = 'Padua' and member = 'yes')", [BOB]),
        ("email ~ '@example.org' and first_name < 'B' and first_name > ''", [ANN]),
        ("subscriber.town = ‘Reading’", [BOB]),
    ],
)
def test_a_rule_picks_whom_it_says(rule: str, people: list[Subscriber]) -> None:
    segment = parse_segment(rule, KNOWN)
    assert [person for person in (ANN, BOB) if segment.matches(person)] == people


@pytest.mark.parametrize(
    "rule", ["twon = 'Padua'", "town", "town = ", "town 'Padua'", "(town = a", "town = a b", "town = a or"]
)
def test_a_rule_that_cannot_be_read_is_an_error(rule: str) -> None:
    with pytest.raises(BadSegment):
        parse_segment(rule, KNOWN)


def test_a_misspelt_field_names_the_nearest_one() -> None:
    with pytest.raises(BadSegment) as caught:
        parse_segment("twon = 'Padua'", KNOWN)
    assert caught.value.hint == "Did you mean `town`?"


@given(st.text(max_size=40))
def test_no_text_crashes_the_reader(rule: str) -> None:
    with contextlib.suppress(BadSegment):
        parse_segment(rule, KNOWN)
