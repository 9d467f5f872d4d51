"""What every test may use: a workspace on disk, the real command, and no network but loopback."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent

MINIMAL = """\
[newsletter]
name = "Example News"
time_zone = "Europe/London"
postal_address = "1 Sample Street, Sampleton, EX1 1EX"
website = "https://www.example.org"

[sender]
name = "Example News"
email = "news@example.org"

[unsubscribe]
url = "https://www.example.org/unsubscribe/{token}"
"""


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection outside loopback fails the test at the connect step."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test opened a connection to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def workspace_folder(tmp_path: Path) -> Path:
    """A folder with the smallest newsletter.toml and an empty issues/."""
    (tmp_path / "newsletter.toml").write_text(MINIMAL, encoding="utf-8")
    (tmp_path / "issues").mkdir()
    return tmp_path


class Ran:
    """How a run of the command ended."""

    def __init__(self, done: "subprocess.CompletedProcess[str]") -> None:
        self.stdout, self.stderr, self.status = done.stdout, done.stderr, done.returncode


Run = Callable[..., Ran]


@pytest.fixture
def newsletter() -> Run:
    """Run the real command in a process of its own: `newsletter("check", "2022-02", cwd=folder)`."""

    def run(*words: str, cwd: Path | None = None, stdin: str = "", **environ: str) -> Ran:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("NEWSLETTER_")}
        paths = os.pathsep.join(filter(None, [str(ROOT), clean.get("PYTHONPATH", "")]))
        env = clean | {"PYTHONPATH": paths, "COLUMNS": "80"} | environ
        return Ran(
            subprocess.run(
                [sys.executable, "-m", "newsletter_cli", *words],
                cwd=cwd,
                env=env,
                input=stdin,
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=120,
                check=False,
            )
        )

    return run
