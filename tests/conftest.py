"""What every test may use: a workspace on disk, the real command, and no network but loopback."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A machine that is busy is no fault of the code; what must be quick has a test or a benchmark of its own.
settings.register_profile("newsletter", deadline=None)
settings.load_profile("newsletter")

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


class Site:
    """A web server on loopback; what it says is set per path, what it was asked is in `asked`."""

    def __init__(self) -> None:
        site = self
        self.pages: dict[str, Any] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.stopped = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append((self.command, self.path, headers))
                page = site.pages.get(self.path, site.pages.get(self.path.partition("?")[0]))
                if callable(page):
                    page(self)
                    return
                status, body, extra = page if page is not None else (404, b"not here", {})
                self.send_response(status)
                for name, value in ({"Content-Type": "text/html; charset=utf-8"} | extra).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def put(self, path: str, body: "bytes | str" = b"", status: int = 200, **headers: str) -> str:
        """Serve this from now on (header names with underscores) and give its address."""
        data = body.encode() if isinstance(body, str) else body
        self.pages[path] = (status, data, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.url + path

    def close(self) -> None:
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> "Iterator[Site]":
    """A loopback web server: `site.put("/news", "<h1>…")`."""
    made = Site()
    yield made
    made.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A Chromium driven by Playwright, one for all tests of a process; skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


# Test files that take long: browsers, kills, whole commands by the dozen. `pytest -m "not slow"` leaves them out.
SLOW = (
    "check/test_contrast_truth.py",
    "cli/test_send_hosted.py",
    "cli/test_send_postgres.py",
    "cli/test_send_terminal.py",
    "cli/test_send_through_a_provider.py",
    "compose/test_inline_parity.py",
    "contracts/test_ses_against_a_local_ses.py",
    "delivery/test_crashes.py",
    "delivery/test_postgresql.py",
    "delivery/test_power_cuts.py",
    "design/test_in_a_browser.py",
    "docs/test_write_a_provider.py",
    "preview/test_commands.py",
    "preview/test_live_page.py",
    "preview/test_proof.py",
    "preview/test_screenshots.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Started in the background of a shell, SIGINT would be ignored, and in every command the tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(ROOT / "tests").as_posix() in SLOW:
            item.add_marker("slow")


_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what was skipped: where every part is installed (NEWSLETTER_NO_SKIPS), a skip is a failure."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("NEWSLETTER_NO_SKIPS") and _skipped and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print(f"\n{len(_skipped)} skipped where nothing may be: {', '.join(_skipped[:5])} ...")
