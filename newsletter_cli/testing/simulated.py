"""The adapter for the provider simulator, and the simulator's process."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from newsletter_cli.model.message import Message
from newsletter_cli.providers.base import (
    AlreadyTaken,
    Answer,
    Batch,
    Capabilities,
    Doubtful,
    FaultKind,
    HttpCall,
    IdempotencyKey,
    Provider,
    Query,
    Receipt,
    Refused,
    Rejection,
)
from newsletter_cli.providers.pages import answer_for
from newsletter_cli.providers.transport import Reply, Transport


class Simulated(Provider):
    """Speaks to a `Simulator`. Not in the registry: nobody can choose it by a setting."""

    name = "simulated"
    title = "The simulator"

    def __init__(self, url: str, kind: str, *, lag: int = 1, timeout: tuple[float, float] = (1.0, 2.0)) -> None:
        self.url = url
        self.transport = Transport(self.title, (), timeout)
        repeat: Any = {"key": "replay", "refuse": "refuse"}.get(kind)
        self.capabilities = Capabilities(
            max_recipients=1000,
            merges=True,
            key=IdempotencyKey(3600, repeat) if repeat else None,
            query=Query(lag, "batch") if kind == "query" else None,
            call_seconds=sum(timeout),
        )

    def prepare(self, message: Message) -> None:
        """Everything can be expressed."""

    def send(self, message: Message, batch: Batch) -> Receipt:
        people = [
            {"seq": each.seq, "email": each.email, "values": [*each.values.values()]} for each in batch.recipients
        ]
        body = orjson.dumps({"key": batch.key, "tag": batch.tag, "people": people})
        headers = (("Content-Type", "application/json"), ("X-Sender-Pid", str(os.getpid())))
        reply = self.transport.call(HttpCall("POST", f"{self.url}/send", headers, body))
        if reply.status == 200:
            return self._receipt(reply)
        if reply.status == 429:
            after = reply.headers.get("Retry-After")
            raise Refused(FaultKind.RATE, "Too fast.", status=429, retry_after=float(after) if after else None)
        if b"duplicate_parameter" in reply.body:
            raise AlreadyTaken("The key is known.")
        raise Doubtful(f"HTTP {reply.status}")

    def ask(self, batch: Batch, since: datetime) -> Answer:
        reply = self.transport.call(HttpCall("GET", f"{self.url}/batches/{batch.tag}", (), b""))
        return answer_for(batch, json.loads(reply.body)["found"])

    def close(self) -> None:
        self.transport.close()

    def _receipt(self, reply: Reply) -> Receipt:
        try:
            answer = json.loads(reply.body)
            rejected = tuple(Rejection(**each) for each in answer.get("rejected", ()))
            return Receipt((answer["id"],), rejected)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Doubtful("the answer was not understood") from error


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator."""

    url: str
    kind: str

    def provider(self, lag: int = 1) -> Simulated:
        return Simulated(self.url, self.kind, lag=lag)

    def mode(self, **mode: Any) -> None:
        """Say how it is to behave: script, chances, latency, lag, ... (see simulator.Mode)."""
        self._ask("/mode", json.dumps(mode).encode())

    def truth(self) -> Mapping[str, int]:
        """people, taken, doubled, calls."""
        truth: dict[str, int] = self._ask("/truth")
        return truth

    def addresses(self) -> Mapping[str, int]:
        """How often each address was really taken."""
        addresses: dict[str, int] = self._ask("/addresses")
        return addresses

    def _ask(self, path: str, body: bytes | None = None) -> Any:
        with urllib.request.urlopen(self.url + path, data=body, timeout=30) as answer:  # noqa: S310  (loopback)
            return json.loads(answer.read())


@contextmanager
def simulator(kind: str) -> Iterator[Simulator]:
    """Start a simulator as a process of its own; it ends with the block."""
    command = [sys.executable, "-m", "newsletter_cli.testing.simulator", "--kind", kind]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  (our own module)
    try:
        line = process.stdout.readline() if process.stdout else ""
        yield Simulator(line.strip(), kind)
    finally:
        process.kill()
        process.wait()
