"""The collector is calmed while many rows pass, and as it was afterwards."""

import gc
from collections.abc import Iterator

import pytest

from newsletter_cli.bulk import many_rows


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def fail_among_many_rows() -> None:
    with many_rows():
        assert gc.get_threshold()[0] > 10_000
        assert gc.get_freeze_count() > 0
        raise KeyError


def test_the_collector_runs_seldom_inside_and_as_before_outside_even_after_a_fault() -> None:
    gc.set_threshold(700, 10, 10)
    with pytest.raises(KeyError):
        fail_among_many_rows()
    assert gc.get_threshold() == (700, 10, 10)
    assert gc.get_freeze_count() == 0


def test_a_program_that_switched_the_collector_off_keeps_it_off() -> None:
    gc.set_threshold(0, 10, 10)
    with many_rows():
        assert gc.get_threshold()[0] == 0
    assert gc.get_threshold()[0] == 0


def test_blocks_may_lie_in_each_other() -> None:
    gc.set_threshold(700, 10, 10)
    with many_rows(), many_rows():
        pass
    assert gc.get_threshold() == (700, 10, 10)
    assert gc.get_freeze_count() == 0
