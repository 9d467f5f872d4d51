"""Shows how far a send is, a bar on a terminal, a plain line now and then elsewhere; and says how long it waits."""

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from newsletter_cli.cli.app import App
    from newsletter_cli.model.campaign import Counts

_EVERY = 15.0  # seconds between plain lines
_BAR = 24
_NOTICED = 3.0


class ProgressView:
    """Is told the counts now and then. `clock` gives seconds that only go forward."""

    def __init__(self, stream: TextIO, *, quiet: bool, width: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.stream, self.quiet, self.width, self.clock = stream, quiet, width, clock
        self.terminal = stream.isatty()
        self.began = clock()
        self.before: int | None = None
        self.told = float("-inf")
        self.last = ""
        self.drawn = False

    def __call__(self, counts: "Counts", note: str) -> None:
        if self.quiet:
            return
        settled = counts.audience - counts.pending
        if self.before is None:
            self.before = settled
        line = progress_line(counts, note, settled - self.before, self.clock() - self.began)
        if self.terminal:
            self.stream.write("\r" + bar(counts, self.width - len(line) - 2) + line.ljust(8) + "\x1b[K")
            self.drawn = True
        elif line != self.last and (self.clock() - self.told >= _EVERY or not (counts.pending or counts.unknown)):
            self.told, self.last = self.clock(), line
            self.stream.write(line + "\n")
        self.stream.flush()

    def end(self) -> None:
        """Leave the bar's line."""
        if self.drawn:
            self.stream.write("\n")
            self.stream.flush()
            self.drawn = False

    def countdown(self, left: int) -> None:
        """One second of a delay."""
        if self.quiet:
            return
        if self.terminal:
            self.stream.write(f"\rHanding over begins in {left // 60}:{left % 60:02}. Ctrl-C calls it off.\x1b[K")
            self.drawn = True
        elif left % 60 == 0 or left == 10:
            self.stream.write(f"Handing over begins in {left // 60}:{left % 60:02}.\n")
        self.stream.flush()


def progress_line(counts: "Counts", note: str, done: int, elapsed: float) -> str:
    """`1,200 of 5,000 accepted, 100 under way, 240/s, 0:16 left (keeping the pace)`.

    Args:
        done: people settled in this run.
        elapsed: seconds of this run.
    """
    parts = [f"{counts.accepted:,} of {counts.audience:,} accepted"]
    parts += [f"{number:,} {words}" for number, words in _others(counts) if number]
    rate = done / elapsed if elapsed > 0 else 0.0
    if rate > 0:
        parts.append(f"{rate:,.0f}/s" if rate >= 1 else f"{rate * 60:,.0f}/min")
        if counts.pending:
            parts.append(f"{_clock(counts.pending / rate)} left")
    return ", ".join(parts) + (f" ({note})" if note else "")


def _others(counts: "Counts") -> "tuple[tuple[int, str], ...]":
    """What is unknown during a send is, but for rare cases, a call under way."""
    return (counts.suppressed, "left out"), (counts.rejected, "rejected"), (counts.unknown, "under way")


def bar(counts: "Counts", room: int) -> str:
    """`[#####.....]  ` in at most so many columns; nothing where there is no room."""
    size = min(_BAR, room - 4)
    if size < 5 or not counts.audience:
        return ""
    full = size * (counts.audience - counts.pending) // counts.audience
    return f"[{'#' * full}{'.' * (size - full)}] "


def _clock(seconds: float) -> str:
    whole = int(seconds + 0.5)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def stderr_view(quiet: bool, width: int) -> ProgressView:
    """The view on the command's own stderr."""
    return ProgressView(sys.stderr, quiet=quiet, width=width)


def waits(app: "App") -> Callable[[float], None]:
    """Waits as long as a provider asks for; a wait that somebody notices is told."""

    def wait(seconds: float) -> None:
        if seconds >= _NOTICED:
            app.note(f"The provider asks to wait {seconds:.0f} seconds.")
        time.sleep(seconds)

    return wait
