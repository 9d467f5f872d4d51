"""A provider on this machine: takes real HTTP requests, keeps them, and answers as it is told."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Captured:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Canned:
    """An answer: status, body and headers. `cut` closes the line after that many bytes of the body were promised."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    cut: bool = False


Answering = Callable[[Captured], Canned]


@dataclass
class Loopback:
    """Listens on a free port of 127.0.0.1 while the `with` block runs.

    Attributes:
        answer: what to say to each request; may be changed at any time.
        requests: what arrived, in order.
    """

    answer: Answering = lambda _: Canned()
    requests: list[Captured] = field(default_factory=list)

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                request = Captured(self.command, self.path, dict(self.headers), self.rfile.read(length))
                outer.requests.append(request)
                _reply(self, outer.answer(request))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"


def _reply(handler: BaseHTTPRequestHandler, canned: Canned) -> None:
    handler.send_response(canned.status)
    for name, value in canned.headers:
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(canned.body) + (10 if canned.cut else 0)))
    handler.end_headers()
    handler.wfile.write(canned.body)
    handler.wfile.flush()
    if canned.cut:
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return f"http://127.0.0.1:{port}"
