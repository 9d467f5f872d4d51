"""How doubt about a batch is settled, as a function of what is known: no ledger, no provider."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter_cli.delivery.settle import Doubt, Found, after_look, plan
from newsletter_cli.providers.base import Answer, Capabilities, IdempotencyKey, Query

BEGAN = datetime(2022, 2, 24, 10, 0, tzinfo=UTC)
DOUBT = Doubt(first_try=BEGAN, last_alive=BEGAN + timedelta(minutes=1), tries=1, looks=0, same=True)
KEYED = Capabilities(max_recipients=100, key=IdempotencyKey(3600, "replay"), call_seconds=60)
ASKED = Capabilities(max_recipients=100, query=Query(300, "person"), call_seconds=60)
BOTH = replace(ASKED, key=IdempotencyKey(3600, "replay"))
LATE = BEGAN + timedelta(minutes=30)  # after the request is dead and the provider's index has caught up
PEOPLE = frozenset({1, 2, 3})
TWICE = replace(DOUBT, looks=1)


def ways(doubt: Doubt, after: timedelta) -> dict[str, str]:
    able = {"key": KEYED, "question": ASKED, "both": BOTH, "neither": Capabilities(max_recipients=100)}
    return {name: plan(doubt, each, BEGAN + after).way for name, each in able.items()}


def test_a_key_is_surest_then_a_question_then_a_person() -> None:
    assert ways(DOUBT, timedelta(minutes=5)) == {
        "key": "repeat",
        "question": "ask",
        "both": "repeat",
        "neither": "person",
    }


@pytest.mark.parametrize(
    ("doubt", "after"),
    [
        pytest.param(replace(DOUBT, same=False), timedelta(minutes=5), id="somebody left, or the bytes differ"),
        pytest.param(DOUBT, timedelta(minutes=48), id="the key has lived 80 % of its hour"),
        pytest.param(replace(DOUBT, tries=6), timedelta(minutes=5), id="it was tried six times"),
        pytest.param(DOUBT, -timedelta(hours=2), id="the clock was set back, and its age is not known"),
    ],
)
def test_a_key_is_not_used_when(doubt: Doubt, after: timedelta) -> None:
    assert ways(doubt, after) == {"key": "person", "question": "ask", "both": "ask", "neither": "person"}


def test_a_yes_settles_it_at_once() -> None:
    assert after_look(DOUBT, Answer("yes"), PEOPLE, ASKED, BEGAN + timedelta(minutes=2)) == Found("accepted")


def test_everybody_named_is_a_yes_and_one_missing_is_none() -> None:
    early = BEGAN + timedelta(minutes=2)

    everybody = after_look(DOUBT, Answer("some", seqs=PEOPLE), PEOPLE, ASKED, early)
    one_missing = after_look(DOUBT, Answer("some", seqs=PEOPLE - {2}), PEOPLE, ASKED, early)

    assert everybody == Found("accepted")
    assert (one_missing.verdict, one_missing.counted) == ("doubt", False)


def test_who_is_missing_twice_after_the_window_is_told() -> None:
    assert after_look(TWICE, Answer("some", seqs=PEOPLE - {2}), PEOPLE, ASKED, LATE) == Found(
        "accepted", missing=frozenset({2})
    )


@pytest.mark.parametrize("answer", [Answer("no"), Answer("some", seqs=frozenset({1}))], ids=["no", "some"])
def test_not_found_counts_only_after_the_window_and_only_twice(answer: Answer) -> None:
    window = DOUBT.last_alive + timedelta(seconds=60 + 300)

    before = after_look(TWICE, answer, PEOPLE, ASKED, window - timedelta(seconds=1))
    once = after_look(DOUBT, answer, PEOPLE, ASKED, window)

    assert (before.verdict, before.counted) == ("doubt", False)
    assert (once.verdict, once.counted) == ("doubt", True)
    assert once.next_look is not None
    assert once.next_look > window


def test_not_found_twice_after_the_window_means_never_taken() -> None:
    assert after_look(TWICE, Answer("no"), PEOPLE, ASKED, LATE) == Found("never")
