"""The sum that must hold."""

from dataclasses import replace

import pytest

from newsletter_cli.model.campaign import Counts

COUNTS = Counts(audience=31, accepted=16, suppressed=8, rejected=4, unknown=2, pending=1)


def test_audience_is_the_sum_of_the_five_others() -> None:
    assert COUNTS.adds_up


@pytest.mark.parametrize("part", ["audience", "accepted", "suppressed", "rejected", "unknown", "pending"])
def test_one_person_more_in_any_of_them_breaks_the_sum(part: str) -> None:
    assert not replace(COUNTS, **{part: getattr(COUNTS, part) + 1}).adds_up
