"""The providers of the send benchmark: an HTTP and an SMTP server on the loopback that read everything and say yes.

Each is a process of its own. `latency` is how long an answer takes: once a request, once a mail.
"""

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SIMULATED = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"id": "abc12"}'
SENDGRID = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: abc12\r\nContent-Length: 0\r\n\r\n"
CREDITS = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{"remain": 9999999}'
Serve = Callable[[Any, float, Any], None]


@contextmanager
def running(serve: Serve, latency: float, taken: Any) -> Iterator[int]:
    """The port of a server that adds the bytes it was sent to `taken`; it ends with the block."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, latency, taken), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.kill()
        process.join()


def http(ready: Any, latency: float, taken: Any) -> None:
    """Reads requests with a Content-Length; answers as SendGrid does at its path, else as the simulator."""

    def serve(line: socket.socket) -> None:
        stream = line.makefile("rb", 1 << 20)
        while first := stream.readline():
            length, size = 0, len(first)
            while (head := stream.readline()) not in (b"\r\n", b""):
                size += len(head)
                if head.lower().startswith(b"content-length:"):
                    length = int(head.split(b":")[1])
            stream.read(length)
            with taken.get_lock():
                taken.value += size + length
            time.sleep(latency)
            line.sendall(SENDGRID if b"/mail/send" in first else CREDITS if b"/credits" in first else SIMULATED)

    _accept(ready, serve)


def smtp(ready: Any, latency: float, taken: Any) -> None:
    """Takes every mail (RFC 5321)."""

    def serve(line: socket.socket) -> None:
        stream = line.makefile("rb", 1 << 20)
        line.sendall(b"220 ready\r\n")
        while word := stream.readline():
            if word[:4].upper() == b"DATA":
                line.sendall(b"354 go on\r\n")
                size = 0
                while (text := stream.readline()) not in (b".\r\n", b""):
                    size += len(text)
                with taken.get_lock():
                    taken.value += size
                time.sleep(latency)
            line.sendall(b"221 bye\r\n" if word[:4].upper() == b"QUIT" else b"250 yes\r\n")

    _accept(ready, serve)


def _accept(ready: Any, serve: Callable[[socket.socket], None]) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    ready.send(server.getsockname()[1])
    while True:
        line, _ = server.accept()
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(line,), daemon=True).start()
