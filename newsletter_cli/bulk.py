"""Calms the garbage collector while many rows pass through: they hold no cycles, and reference counts free them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 50_000  # containers made and not freed; Python's 700 walks through thousands of rows again and again


@contextmanager
def many_rows() -> Iterator[None]:
    """Let the collector pass over what is there already, and run seldom; as it was when the block ends.

    Cycles made meanwhile are still found, so that memory stays flat. A program that has frozen its objects or
    switched the collector off keeps its way.
    """
    before = gc.get_threshold()
    theirs = gc.get_freeze_count() > 0
    if not theirs:
        gc.freeze()
    gc.set_threshold(max(SELDOM, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not theirs:
            gc.unfreeze()
