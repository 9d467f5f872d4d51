"""The progress of a send, on a terminal and elsewhere."""

import io

from newsletter_cli.cli.progress import ProgressView, bar, progress_line
from newsletter_cli.model.campaign import Counts

HALF = Counts(audience=1000, accepted=400, suppressed=100, pending=500)


class Screen(io.StringIO):
    """A terminal that remembers."""

    def isatty(self) -> bool:
        return True


class Seconds:
    """A clock that moves when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_rate_and_time_left_come_from_this_run() -> None:
    line = progress_line(HALF, "keeping the pace", done=200, elapsed=4.0)
    assert line == "400 of 1,000 accepted, 100 left out, 50/s, 0:10 left (keeping the pace)"


def test_a_slow_send_is_told_by_the_minute_and_a_long_one_in_hours() -> None:
    line = progress_line(HALF, "", done=10, elapsed=100.0)
    assert line == "400 of 1,000 accepted, 100 left out, 6/min, 1:23:20 left"


def test_nothing_is_divided_by_nothing() -> None:
    assert progress_line(Counts(), "", 0, 0.0) == "0 of 0 accepted"
    assert bar(Counts(), 80) == ""


def test_the_bar_fills_and_stays_in_its_room() -> None:
    assert bar(HALF, 80) == "[############............] "
    assert len(bar(HALF, 20)) <= 20
    assert bar(HALF, 8) == ""


def test_a_terminal_gets_one_line_that_is_drawn_over() -> None:
    screen = Screen()
    view = ProgressView(screen, quiet=False, width=80, clock=Seconds())
    view(HALF, "")
    view(Counts(audience=1000, accepted=900, suppressed=100), "")
    view.end()
    assert screen.getvalue().count("\r") == 2
    assert screen.getvalue().count("\n") == 1
    assert "[########################] 900 of 1,000 accepted" in screen.getvalue()


def test_elsewhere_a_plain_line_comes_now_and_then_and_at_the_end() -> None:
    stream, clock = io.StringIO(), Seconds()
    view = ProgressView(stream, quiet=False, width=80, clock=clock)
    for second in range(20):
        clock.now = float(second)
        view(Counts(audience=1000, accepted=second * 10, pending=1000 - second * 10), "")
    view(Counts(audience=1000, accepted=1000), "")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[-1].startswith("1,000 of 1,000 accepted")
    assert "\r" not in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_quiet_is_quiet() -> None:
    stream = io.StringIO()
    view = ProgressView(stream, quiet=True, width=80)
    view(HALF, "")
    view.countdown(60)
    view.end()
    assert stream.getvalue() == ""


def test_the_countdown_is_told_by_the_minute_elsewhere() -> None:
    stream = io.StringIO()
    view = ProgressView(stream, quiet=False, width=80)
    for left in range(130, 0, -1):
        view.countdown(left)
    assert stream.getvalue().splitlines() == [
        "Handing over begins in 2:00.",
        "Handing over begins in 1:00.",
        "Handing over begins in 0:10.",
    ]
