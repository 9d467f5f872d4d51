"""How often one host is asked: never faster than its pace."""

import threading
import time
from collections.abc import Callable


class Pace:
    """Gives each host a next free moment.

    Args:
        per_second: requests a second to one host.
        clock: seconds, monotonic.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        per_second: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1 / per_second
        self._gaps: dict[str, float] = {}
        self._free: dict[str, float] = {}
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()

    def slow_down(self, host: str, gap: float) -> None:
        """Leave at least `gap` seconds between requests to this host (a crawl delay)."""
        self._gaps[host] = max(gap, self._gap)

    def wait(self, host: str) -> None:
        """Return when this host may be asked again."""
        with self._lock:
            now = self._clock()
            start = max(now, self._free.get(host, now))
            self._free[host] = start + self._gaps.get(host, self._gap)
        if start > now:
            self._sleep(start - now)
