"""A provider to test against: a process of its own on loopback that takes batches, misbehaves on demand, and counts the truth.

Run it: `python -m newsletter_cli.testing.simulator --kind key`; the first line it prints is its address.

POST /send takes a batch, GET /batches/TAG tells (kind query) who of it was taken, GET /truth how often each person
was really taken, POST /mode says how to misbehave. Kinds: `key` replays the answer to a known key, `refuse` refuses a
known key, `query` can be asked, `opaque` neither.
"""

import argparse
import json
import os
import random
import signal
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

KINDS = ("key", "refuse", "query", "opaque")
# What can go wrong with one call. "taken": the people were taken all the same; who only sees the line cannot know.
FAULTS = {
    "drop": "read the request, take nothing, cut the line",
    "cut": "taken; cut the line before any answer",
    "cut-headers": "taken; cut the line inside the headers",
    "cut-body": "taken; cut the line inside the body",
    "empty": "taken; 200 with an empty body",
    "truncated": "taken; 200 with half of the JSON, of correct length",
    "no-id": "taken; 200 and JSON without an id",
    "other": "taken; 200 and a page of HTML",
    "429": "not taken; 429",
    "429-after": "not taken; 429 with Retry-After",
    "500": "taken; 500",
    "500-nothing": "not taken; 500",
    "hang": "taken; no answer at all",
    "slow": "taken; a slow answer",
    "reject": "taken but for the first person, who is refused",
    "kill": "taken; the sender is killed before the answer",
    "kill-nothing": "not taken; the sender is killed",
}


@dataclass
class Mode:
    """How to behave: a script of faults first, then faults by chance."""

    script: list[str] = field(default_factory=list)
    chances: dict[str, float] = field(default_factory=dict)
    latency: float = 0.0
    lag: float = 0.0
    retry_after: float = 1.0
    hang: float = 30.0
    seed: int = 0


@dataclass
class Provider:
    """What the provider knows: who was taken how often, under which key and tag, and when."""

    kind: str
    mode: Mode = field(default_factory=Mode)
    taken: Counter[str] = field(default_factory=Counter)
    by_key: dict[str, tuple[bytes, dict[str, Any]]] = field(default_factory=dict)
    by_tag: dict[str, list[tuple[float, list[str]]]] = field(default_factory=dict)
    calls: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self) -> str:
        """What goes wrong with this call; "" for nothing."""
        with self.lock:
            self.calls += 1
            if self.mode.script:
                return self.mode.script.pop(0)
            roll = self.chance.random()
            for name, chance in self.mode.chances.items():
                if roll < chance:
                    return name
                roll -= chance
        return ""

    def take(self, body: bytes, *, skip_first: bool = False) -> tuple[int, dict[str, Any]]:
        """Take a batch, unless its key is known."""
        batch = json.loads(body)
        key = batch["key"]
        with self.lock:
            if self.kind in ("key", "refuse") and key in self.by_key:
                first, answer = self.by_key[key]
                if first != body:
                    return 409, {"error": "another body under the same key"}
                return (200, answer) if self.kind == "key" else (400, {"error": "duplicate_parameter"})
            people = batch["people"][1:] if skip_first else batch["people"]
            emails = [person["email"] for person in people]
            self.taken.update(emails)
            answer = {"id": f"batch-{self.calls}"}
            if skip_first:
                answer["rejected"] = [{"seq": batch["people"][0]["seq"], "code": "550", "words": "no such user"}]
            self.by_key[key] = (body, answer)
            self.by_tag.setdefault(batch["tag"], []).append((time.monotonic(), emails))
        return 200, answer

    def found(self, tag: str) -> list[str]:
        """Who was taken under this tag, as far as the index has caught up."""
        now = time.monotonic()
        with self.lock:
            return [email for at, emails in self.by_tag.get(tag, []) if now - at >= self.mode.lag for email in emails]

    def truth(self) -> dict[str, Any]:
        with self.lock:
            doubled = sum(times > 1 for times in self.taken.values())
            return {"people": len(self.taken), "taken": self.taken.total(), "doubled": doubled, "calls": self.calls}


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    provider: Provider
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path == "/truth":
            self._answer(200, self.provider.truth())
        elif path == "/addresses":
            self._answer(200, dict(self.provider.taken))
        elif path.startswith("/batches/") and self.provider.kind == "query":
            self._answer(200, {"found": self.provider.found(path.removeprefix("/batches/"))})
        else:
            self._answer(404, {"error": "no such page"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/mode":
            self.provider.mode = Mode(**json.loads(body))
            self.provider.chance = random.Random(self.provider.mode.seed)  # noqa: S311
            self._answer(200, {})
        elif self.path == "/send":
            self._send(body)
        else:
            self._answer(404, {"error": "no such page"})

    def _send(self, body: bytes) -> None:
        provider = self.provider
        fault = provider.fault()
        time.sleep(provider.mode.latency)
        if fault in ("429", "429-after"):
            wait = {"Retry-After": f"{provider.mode.retry_after:g}"} if fault == "429-after" else {}
            return self._answer(429, {"error": "too fast"}, wait)
        if fault == "500-nothing":
            return self._answer(500, {"error": "internal"})
        if fault == "kill-nothing":
            return self._kill()
        if fault == "drop":
            return self._cut()
        status, answer = provider.take(body, skip_first=fault == "reject")
        return self._misbehave(fault, status, answer)

    def _misbehave(self, fault: str, status: int, answer: dict[str, Any]) -> None:
        text = json.dumps(answer).encode()
        match fault:
            case "kill":
                self._kill()
            case "cut":
                self._cut()
            case "cut-headers":
                self._cut(b"HTTP/1.1 200 OK\r\nContent-Ty")
            case "cut-body":
                self._cut(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text[:5]))
            case "empty":
                self._raw(200, b"")
            case "truncated":
                self._raw(200, text[: len(text) // 2])
            case "no-id":
                self._answer(200, {"status": "ok"})
            case "other":
                self._raw(200, b"<html><title>Down for maintenance</title></html>")
            case "500":
                self._answer(500, {"error": "internal"})
            case "hang":
                time.sleep(self.provider.mode.hang)
                self._cut()
            case "slow":
                time.sleep(min(0.5, self.provider.mode.hang))
                self._answer(status, answer)
            case _:
                self._answer(status, answer)

    def _answer(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        self._raw(status, json.dumps(value).encode(), headers)

    def _raw(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _cut(self, before: bytes = b"") -> None:
        """Close the line at once (with a reset), after these bytes."""
        if before:
            self.connection.sendall(before)
            time.sleep(0.05)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _kill(self) -> None:
        pid = int(self.headers.get("X-Sender-Pid", "0"))
        if pid > 1:
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        self._cut()


class Server(ThreadingHTTPServer):
    """Many connections at once, and no word about those that are cut."""

    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed sender's line breaks: that is what we are here for."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="newsletter_cli.testing.simulator", description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=KINDS, default="query")
    parser.add_argument("--port", type=int, default=0)
    chosen = parser.parse_args()
    handler = type("Bound", (Handler,), {"provider": Provider(chosen.kind)})
    server = Server(("127.0.0.1", chosen.port), handler)
    server.daemon_threads = True
    os.write(1, f"http://127.0.0.1:{server.server_address[1]}\n".encode())
    server.serve_forever()


if __name__ == "__main__":
    main()
