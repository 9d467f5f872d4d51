"""What delivery tests share: a clock that stands still, people, and a provider in the process."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from newsletter_cli.config.settings import PaceSettings
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.sender import SendResult, Stop, deliver
from newsletter_cli.model.message import Message
from newsletter_cli.providers.base import (
    Answer,
    Batch,
    Capabilities,
    Provider,
    Receipt,
)

START = datetime(2022, 2, 24, 10, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that moves only when told, or when somebody waits."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class FakeStop(Stop):
    """A Stop whose waiting moves the clock."""

    clock: Clock = field(default_factory=Clock)

    def wait(self, seconds: float) -> bool:
        self.clock.forward(seconds)
        return self.requested


Script = Callable[[Batch], Receipt]


class Postman(Provider):
    """A provider in this process that counts the truth: how often each address was taken."""

    name = "postman"
    title = "Postman"

    def __init__(self, capabilities: Capabilities | None = None) -> None:
        self.capabilities = capabilities or Capabilities(max_recipients=1000, merges=True)
        self.taken: dict[str, int] = {}
        self.calls_made: list[Batch] = []
        self.keys: dict[str, Receipt] = {}
        self.script: list[Callable[[Batch, Postman], Receipt]] = []
        self.answers: list[Answer | Exception] = []
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def prepare(self, message: Message) -> None:
        """Anything goes."""

    def send(self, message: Message, batch: Batch) -> Receipt:
        with self._lock:
            self.calls_made.append(batch)
            step = self.script.pop(0) if self.script else None
        return step(batch, self) if step else self.take(batch)

    def take(self, batch: Batch) -> Receipt:
        with self._lock:
            if self.capabilities.key and batch.key in self.keys:
                return self.keys[batch.key]
            for person in batch.recipients:
                self.taken[person.email] = self.taken.get(person.email, 0) + 1
            return self.keys.setdefault(batch.key, Receipt((f"id-{len(self.calls_made)}",)))

    def ask(self, batch: Batch, since: datetime) -> Answer:
        self.asked.append(batch.tag)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            return answer
        seqs = frozenset(each.seq for each in batch.recipients if each.email in self.taken)
        return Answer("some", seqs) if seqs else Answer("no")

    @property
    def doubled(self) -> list[str]:
        return [email for email, times in self.taken.items() if times > 1]


@dataclass
class Sending:
    """A campaign of so many people, and how to carry it on."""

    ledger: Ledger
    clock: Clock
    campaign_id: int

    def send(self, provider: Provider, **pace: Any) -> SendResult:
        settings = PaceSettings(**({"workers": 1} | pace))
        return deliver(self.ledger, provider, self.campaign_id, settings, stop=FakeStop(clock=self.clock))

    def states(self) -> dict[str, str]:
        return {person.email: str(person.state) for person in self.ledger.people(self.campaign_id)}
