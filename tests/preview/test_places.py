"""The place of the message that a finding speaks of."""

import pytest

from newsletter_cli.preview.places import Place, find_place, fold


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("title: Killing cells: how sleep matters", Place("killingcellshowsleepmatters")),
        ("It’s [a link](https://a.example/x) — *here*.", Place("itsalinkhere", "httpsaexamplex")),
        ("Give -> https://a.example/give", Place("give", "httpsaexamplegive")),
        ('  <img src="x.jpg" alt="A bench" width="600">', Place("abench")),
        ("<p>Fish &amp; chips</p>", Place("fishchips")),
        ("Dear {{ subscriber.first_name }},", Place("dear")),
        ("--", Place()),
    ],
)
def test_words_and_addresses_of_the_line_are_the_place(line: str, place: Place) -> None:
    assert find_place([line], 1) == place


def test_a_line_without_words_points_to_those_below() -> None:
    lines = ["image: images/friend.jpg", "alt: Drawing of a bench"]
    assert find_place(lines, 1) == Place("drawingofabench")


def test_a_line_that_is_not_there_is_no_place() -> None:
    assert find_place(["x"], 0) == find_place(["x"], 9) == Place()


def test_folding_leaves_letters_and_digits_of_any_script() -> None:
    assert fold("Žena’s  “2×”") == "ženas2"
