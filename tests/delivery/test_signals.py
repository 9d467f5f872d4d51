"""SIGINT and SIGTERM: once finishes what is under way, twice ends at once with the doubt written."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from newsletter_cli.testing.crashing import CrashedSend
from newsletter_cli.testing.simulated import simulator


def running(send: CrashedSend) -> multiprocessing.process.BaseProcess:
    """A send under way: it has made its second call."""
    process = send.start()
    deadline = time.monotonic() + 60
    while send.simulator.truth()["calls"] < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_once_finishes_the_calls_under_way(number: int, tmp_path: Path) -> None:
    with simulator("opaque") as provider:
        provider.mode(latency=0.3)
        send = CrashedSend(provider, tmp_path, people=300)
        process = running(send)
        os.kill(process.pid or 0, number)
        process.join(60)
        assert process.exitcode == 0
        assert (tmp_path / "ended").read_text() == '"interrupted"'
        counts, truth = send.counts(), provider.truth()
    assert counts.unknown == 0
    assert counts.accepted == truth["people"] > 0
    assert counts.pending == 300 - counts.accepted


def test_twice_ends_at_once_and_writes_the_doubt(tmp_path: Path) -> None:
    with simulator("query") as provider:
        provider.mode(script=["", "hang"], hang=1.8, lag=0.3)
        send = CrashedSend(provider, tmp_path, people=100)
        process = running(send)
        os.kill(process.pid or 0, signal.SIGINT)
        time.sleep(0.1)
        os.kill(process.pid or 0, signal.SIGINT)
        process.join(60)
        assert process.exitcode == 0
        counts = send.counts()
        assert (counts.accepted, counts.unknown, counts.pending) == (10, 20, 70)
        send.until_done()
        assert provider.truth()["doubled"] == 0
        assert send.counts().accepted == 100
