"""`newsletter send` with a person at the terminal: the number to type, the countdown, Ctrl-C."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.sending import Say, import_readers, make_issue, make_say, make_settings, outbox
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
_PATIENCE = 90.0


class Terminal:
    """The command at a pseudo terminal: wait for words, type an answer, press Ctrl-C."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.master, child = pty.openpty()
        environ = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "newsletter_cli", *words],
            cwd=folder,
            env=environ,
            stdin=child,
            stdout=child,
            stderr=child,
            start_new_session=True,
            close_fds=True,
        )
        os.close(child)
        self.shown = ""

    def wait_for(self, words: str) -> None:
        """Until the screen has shown this."""
        self._read(lambda: bool(re.search(words, self.shown)))
        assert re.search(words, self.shown), self.shown

    def type(self, line: str) -> None:
        os.write(self.master, line.encode() + b"\n")

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Until the command has ended; its exit status."""
        self._read(lambda: False)
        status = self.process.wait(timeout=_PATIENCE)
        os.close(self.master)
        return status

    def _read(self, enough: Callable[[], bool]) -> None:
        until = time.monotonic() + _PATIENCE
        while not enough() and time.monotonic() < until:
            ready, _, _ = select.select([self.master], [], [], 0.1)
            if ready:
                try:
                    data = os.read(self.master, 65536)
                except OSError:  # Linux: the other side is closed
                    return
                if not data:
                    return
                self.shown += data.decode("utf-8", "replace")
            elif self.process.poll() is not None:
                return


@pytest.fixture
def say(workspace_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    make_issue(workspace_folder)
    command = make_say(workspace_folder, capsys, monkeypatch)
    import_readers(workspace_folder, command)
    assert command("approve", "2022-02", "--by", "Ann").status == 0
    return command


def test_the_right_number_sends_and_a_bar_shows_how_far_it_is(say: Say, workspace_folder: Path) -> None:
    at = Terminal(workspace_folder, "send", "2022-02")
    at.wait_for(r"Type the number of people it goes to \(4\)")
    at.type("4")
    assert at.end() == 0, at.shown
    assert "[####" in at.shown
    assert len(outbox(workspace_folder)) == 4


def test_another_number_sends_nothing(say: Say, workspace_folder: Path) -> None:
    at = Terminal(workspace_folder, "send", "2022-02")
    at.wait_for(r"Type the number")
    at.type("y")
    assert at.end() == 5
    assert "That is not 4." in at.shown
    assert not outbox(workspace_folder)


def test_ctrl_c_at_the_question_sends_nothing(say: Say, workspace_folder: Path) -> None:
    at = Terminal(workspace_folder, "send", "2022-02")
    at.wait_for(r"Type the number")
    at.interrupt()
    with suppress(OSError):
        at.type("")  # Python looks at a signal that came a moment before it began to read when the line has been read
    assert at.end() == 130
    assert not outbox(workspace_folder)


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("hold", "2022-02", "--why", "a name is wrong"), 5, "a name is wrong"),
        (("cancel", "2022-02", "--yes"), 6, "called off"),
        (("approve", "2022-02", "--withdraw", "--by", "Ben"), 7, "not approved"),
    ],
)
def test_what_another_person_decides_while_the_question_stands_counts(
    say: Say, workspace_folder: Path, words: tuple[str, ...], status: int, told: str
) -> None:
    at = Terminal(workspace_folder, "send", "2022-02")
    at.wait_for(r"Type the number")
    assert say(*words).status == 0
    at.type("4")
    assert at.end() == status, at.shown
    assert told in at.shown
    assert not outbox(workspace_folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_countdown_calls_it_off_and_a_later_send_still_goes(
    number: signal.Signals, say: Say, workspace_folder: Path
) -> None:
    at = Terminal(workspace_folder, "send", "2022-02", "--yes", "--delay", "10m")
    at.wait_for(r"Handing over begins in \d+:\d\d")
    at.process.send_signal(number)
    assert at.end() == 130
    assert "Called off: nothing of issue 2022-02 was sent" in at.shown
    assert not outbox(workspace_folder)
    assert say("send", "2022-02", "--yes").status == 0
    assert len(outbox(workspace_folder)) == 4


def test_a_hold_in_the_countdown_stops_it(say: Say, workspace_folder: Path) -> None:
    at = Terminal(workspace_folder, "send", "2022-02", "--yes", "--delay", "10m")
    at.wait_for(r"Handing over begins in")
    second = say("send", "2022-02", "--yes")
    assert second.status == 5, "a second run says so and leaves"
    assert "Another process is sending" in second.stderr
    assert say("hold", "2022-02", "--why", "a name is wrong").status == 0
    assert at.end() == 5, at.shown
    assert not outbox(workspace_folder)
    assert say("release", "2022-02").status == 0
    assert say("send", "2022-02", "--yes").status == 0


def test_ctrl_c_in_the_middle_ends_with_130_and_the_next_send_carries_on(say: Say, workspace_folder: Path) -> None:
    rows = tuple(f"reader{number}@example.org,R{number}" for number in range(200))
    import_readers(workspace_folder, say, rows)
    make_settings(workspace_folder, "[pace]\nrecipients_per_second = 20\nbatch = 10\nworkers = 1")
    assert say("approve", "2022-02", "--by", "Ann").status == 0
    at = Terminal(workspace_folder, "send", "2022-02", "--yes")
    at.wait_for(r"\d0 of 204 accepted")
    at.interrupt()
    assert at.end() == 130, at.shown
    reached = len(outbox(workspace_folder))
    assert 0 < reached < 204
    assert "newsletter send 2022-02" in at.shown
    file = workspace_folder / "newsletter.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("recipients_per_second = 20\n", ""), encoding="utf-8")
    done = say("send", "2022-02", "--yes")
    assert done.status == 0, done.stderr
    assert "It goes on where it stopped" in " ".join(done.stderr.split())
    assert len(outbox(workspace_folder)) == 204
