"""The notation of further-reading cards and buttons."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from newsletter_cli.model.article import Button, Card, Figure
from newsletter_cli.model.cards import read_button, read_cards, write_cards
from newsletter_cli.model.header import HeaderProblem, read_header, write_header

HEADER = """\
---
subject: February
further_reading:
  - Remembering a friend -> https://www.example.org/friend
    8 June 2021
    Why Ana's friends run
    every spring.
    image: images/friend.jpg
    alt: Two runners

  - Five breakthroughs -> https://www.example.org/five
    12 October 2021
---
"""


def test_cards_are_read_with_their_facts_and_lines() -> None:
    cards, problems = read_cards(read_header(HEADER, ["subject", "further_reading"]).rows_of("further_reading"))

    friend = Figure("images/friend.jpg", alt="Two runners", line=8)
    assert problems == ()
    assert cards == (
        Card(
            "Remembering a friend",
            "https://www.example.org/friend",
            date(2021, 6, 8),
            "Why Ana's friends run every spring.",
            friend,
            line=4,
        ),
        Card("Five breakthroughs", "https://www.example.org/five", date(2021, 10, 12), line=11),
    )


def test_cards_without_bullets_begin_at_their_arrow() -> None:
    rows = enumerate(["A -> https://a.example.org", "2021-06-08", "B -> https://b.example.org"], 1)
    cards, _ = read_cards(rows)
    assert [(card.title, card.date) for card in cards] == [("A", date(2021, 6, 8)), ("B", None)]


def test_a_card_without_an_address_is_kept_and_reported() -> None:
    cards, problems = read_cards([(4, "- A title alone")])
    assert cards == (Card("A title alone", line=4),)
    assert [(each.line, "no address" in each.message) for each in problems] == [(4, True)]


_words = some.text(some.characters(categories=("L", "N")), min_size=1, max_size=12)


@given(
    some.lists(
        some.builds(
            Card,
            title=_words,
            link=_words.map(lambda word: "https://www.example.org/" + word),
            date=some.none() | some.dates(),
            standfirst=some.just("") | _words,
            image=some.none() | some.builds(Figure, src=_words, alt=_words, caption=_words, credit=_words),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_reads_again_as_the_same_cards(cards: list[Card]) -> None:
    text = write_header({"further_reading": write_cards(cards)}, "")
    again, problems = read_cards(read_header(text, ["further_reading"]).rows_of("further_reading"))
    assert problems == ()
    assert [_without_lines(card) for card in again] == cards


def _without_lines(card: Card) -> Card:
    from dataclasses import replace

    return replace(card, line=0, image=replace(card.image, line=0) if card.image else None)


@pytest.mark.parametrize("arrow", ["->", "→", "=>"])
def test_a_button_is_a_label_an_arrow_and_an_address(arrow: str) -> None:
    assert read_button(f"Give {arrow} https://x.org/give", 7) == Button("Give", "https://x.org/give", 7)


@pytest.mark.parametrize(
    "text", ["Give", "Give -> ", "Give -> www.example.org", "-> https://x.org", "Give -> javascript:x"]
)
def test_what_is_no_button_says_so(text: str) -> None:
    found = read_button(text, 7)
    assert isinstance(found, HeaderProblem)
    assert found.line == 7
