"""A sender that is killed at any point mails nobody twice and misses nobody.

The everyday sizes are small. The proof at full size (20,000 people, 200 kills a kind):

    NEWSLETTER_PROOF=full pytest -n 0 tests/delivery/test_crashes.py
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter_cli.delivery.crashpoints import POINTS
from newsletter_cli.model.campaign import Counts
from newsletter_cli.testing.crashing import CrashedSend, naive, scaled
from newsletter_cli.testing.simulated import Simulator, simulator

KINDS = ("key", "refuse", "query", "opaque")


@pytest.fixture(params=KINDS)
def provider(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    with simulator(request.param) as running:
        yield running


def assert_all_accounted_for(send: CrashedSend) -> None:
    """Nobody twice; nobody missed; for an opaque provider everyone in doubt is named, one batch a crash at most."""
    counts, truth = send.counts(), send.simulator.truth()
    assert counts.adds_up
    assert truth["doubled"] == 0
    if send.simulator.kind != "opaque":
        assert counts == Counts(audience=send.people, accepted=send.people)
        assert truth["people"] == send.people
        return
    assert counts.pending == 0
    assert counts.unknown <= send.kills * send.batch_size * send.workers
    taken = set(send.simulator.addresses())
    missed = {f"reader{number}@example.org" for number in range(send.people)} - taken
    assert missed <= send.unknown()


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_named_point(provider: Simulator, point: str, tmp_path: Path) -> None:
    send = CrashedSend(provider, tmp_path, people=70)
    assert not send.run(f"{point}:2")
    assert not send.run(f"{point}:1")
    send.until_done()
    assert send.kills == 2
    assert_all_accounted_for(send)


@pytest.mark.parametrize("fault", ["kill", "kill-nothing"])
def test_killed_while_the_request_was_at_the_provider(provider: Simulator, fault: str, tmp_path: Path) -> None:
    provider.mode(script=["", fault, "", fault], lag=0.3)
    send = CrashedSend(provider, tmp_path, people=90)
    send.until_done()
    assert send.kills == 2
    assert_all_accounted_for(send)


def test_killed_at_random_times(provider: Simulator, tmp_path: Path) -> None:
    provider.mode(latency=scaled(2, 10) / 100, lag=0.3)
    send = CrashedSend(provider, tmp_path, people=scaled(600, 20_000), batch_size=20, workers=4)
    send.with_random_kills(scaled(4, 200), random.Random(7), 0.25)
    assert send.kills >= scaled(1, 200)
    assert_all_accounted_for(send)


def test_killed_at_random_times_while_the_provider_misbehaves(provider: Simulator, tmp_path: Path) -> None:
    chances = dict.fromkeys(["drop", "cut", "cut-headers", "cut-body", "empty", "truncated", "no-id", "500"], 0.02)
    provider.mode(latency=scaled(1, 10) / 100, lag=0.3, chances=chances, seed=11)
    people = scaled(300, 20_000)
    send = CrashedSend(provider, tmp_path, people=people, batch_size=20, workers=2)
    send.with_random_kills(scaled(2, 100), random.Random(3), 0.3)
    assert send.kills >= scaled(1, 100)
    counts, truth = send.counts(), provider.truth()
    assert counts.adds_up
    assert truth["doubled"] == 0
    if provider.kind != "opaque":
        assert counts.accepted == people


def test_the_harness_sees_a_naive_loop_double_people(tmp_path: Path) -> None:
    """A negative control: without it the tests above could be blind."""
    with simulator("opaque") as running:
        running.mode(script=["", "kill", "", "cut", "kill"])
        send = CrashedSend(running, tmp_path, people=100, target=naive)
        (tmp_path / "people").write_text("100")
        send.until_done()
        assert running.truth()["doubled"] == 40
