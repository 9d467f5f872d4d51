"""Named points in the send loop at which a test may kill the process; they do nothing otherwise."""

import os
import signal

POINTS = ("before intent", "mid-commit", "after intent", "after answer")
_ENV = "NEWSLETTER_DIE_AT"


_point, _left = "", 0


def arm(wish: str) -> None:
    """Die at a point, as in "after intent" or, the third time it is reached, "after intent:3"."""
    global _point, _left
    _point, _, times = wish.partition(":")
    _left = int(times or 1)


arm(os.environ.get(_ENV, ""))


def reached(point: str) -> None:
    """Die here without any clean-up, as `kill -9` or a power cut does, if the environment asks for this point."""
    global _left
    if point != _point:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
