"""How a person or the system stops a send: once for after the calls under way, twice for now."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_SLICE = 0.2


@dataclass(slots=True)
class Stop:
    """A wish to stop, shared by all threads of a send.

    A plain number and no Event: a signal handler that takes a lock can meet itself.
    """

    wishes: int = 0

    @property
    def requested(self) -> bool:
        """Finish what is under way and begin nothing."""
        return self.wishes > 0

    @property
    def at_once(self) -> bool:
        """Do not even wait for the answers of calls under way."""
        return self.wishes > 1

    def request(self) -> None:
        """Ask to stop; asked a second time, at once."""
        self.wishes += 1

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until a stop is requested; True when it is."""
        end = time.monotonic() + seconds
        while not self.requested and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE))
        return self.requested


@contextmanager
def stopped_by_signals(stop: Stop) -> Iterator[Stop]:
    """SIGINT and SIGTERM request a stop while the block runs (main thread only; elsewhere nothing changes)."""
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.request()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
