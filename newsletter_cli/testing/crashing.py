"""Runs a send in a process that may be killed, again and again until it ends by itself."""

import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from newsletter_cli.config.settings import PaceSettings
from newsletter_cli.database import open_database
from newsletter_cli.delivery import crashpoints
from newsletter_cli.delivery.carrying import Carrier, database_clock
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.pace import shorten_back_off
from newsletter_cli.delivery.queueing import Beats, work
from newsletter_cli.delivery.sender import deliver
from newsletter_cli.model.campaign import Counts
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.providers.base import Batch, Doubtful
from newsletter_cli.testing.samples import sample_message, sample_people
from newsletter_cli.testing.simulated import Simulated, Simulator

# Forked from a server that has everything imported: a process costs 20 ms instead of a second.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["newsletter_cli.testing.crashing"])


def carry_on(file: Path, url: str, kind: str, campaign_id: int, workers: int, die_at: str) -> None:
    """One run of the real loop, in a process of its own; leaves its counts beside the ledger when it ends."""
    shorten_back_off(0.05)
    if die_at:
        crashpoints.arm(die_at)
    database = open_database(file)
    try:
        result = deliver(Ledger(database), Simulated(url, kind), campaign_id, PaceSettings(workers=workers))
    finally:
        database.close()
    file.with_name("ended").write_text(json.dumps(str(result.stopped)), encoding="utf-8")


def carry_as_worker(url: str, provider_url: str, kind: str) -> None:
    """A worker on a shared ledger, quick to notice that another one died."""
    shorten_back_off(0.05)
    database = open_database(Path(), url)
    carrier = Carrier(Ledger(database, database_clock(database)), Simulated(provider_url, kind), PaceSettings())
    work(carrier, lambda _words: None, Beats(heartbeat=0.5, silence=2.0, sweep=0.3))


def start_worker(url: str, provider_url: str, kind: str) -> BaseProcess:
    process = _CONTEXT.Process(target=carry_as_worker, args=(url, provider_url, kind))
    process.start()
    return process


@dataclass
class CrashedSend:
    """A campaign of so many people that is sent by processes which die."""

    simulator: Simulator
    folder: Path
    people: int
    batch_size: int = 20
    workers: int = 1
    target: Callable[..., None] = carry_on
    kills: int = 0
    campaign_id: int = field(init=False)

    def __post_init__(self) -> None:
        self.file = self.folder / "newsletter.sqlite"
        database = open_database(self.file)
        self.campaign_id = Ledger(database).freeze(
            issue="2022-02",
            message=sample_message(),
            audience_rule="everybody",
            recipients=sample_people(self.people),
            provider="simulated",
            batch_size=self.batch_size,
        )
        database.close()

    def run(self, die_at: str = "", kill_after: float | None = None) -> bool:
        """One process; True when it ended by itself."""
        ended = self.folder / "ended"
        ended.unlink(missing_ok=True)
        process = self.start(die_at)
        process.join(kill_after)
        if process.is_alive():
            process.kill()
            process.join()
        if not ended.exists():
            self.kills += 1
            if process.exitcode != -signal.SIGKILL:
                raise AssertionError("the sender ended by a fault of its own")
        return ended.exists()

    def start(self, die_at: str = "") -> BaseProcess:
        """A sender's process, under way."""
        arguments = (self.file, self.simulator.url, self.simulator.kind, self.campaign_id, self.workers, die_at)
        process = _CONTEXT.Process(target=self.target, args=arguments)
        process.start()
        return process

    def until_done(self, attempts: int = 20) -> None:
        for _ in range(attempts):
            if self.run():
                return
        raise AssertionError("it never ended")

    def with_random_kills(self, kills: int, chance: random.Random, longest: float) -> None:
        """Kill it so often while it is under way, then let it end; `self.kills` tells how often it came to that."""
        while self.kills < kills and not self.run(kill_after=chance.uniform(0.02, longest)):
            pass
        self.until_done()

    def counts(self) -> Counts:
        database = open_database(self.file)
        try:
            return Ledger(database).counts(self.campaign_id)
        finally:
            database.close()

    def unknown(self) -> set[str]:
        database = open_database(self.file)
        try:
            return {each.email for each in Ledger(database).people(self.campaign_id) if each.state == "unknown"}
        finally:
            database.close()


def scaled(small: int, full: int) -> int:
    """The size of a proof: small in the everyday suite, full with NEWSLETTER_PROOF=full."""
    return full if os.environ.get("NEWSLETTER_PROOF") == "full" else small


def naive(file: Path, url: str, kind: str, campaign_id: int, workers: int, die_at: str) -> None:
    """What most programs do: send a batch, then write down how far one got. A negative control."""
    del campaign_id, workers, die_at
    provider = Simulated(url, kind)
    place = file.with_name("place")
    done = int(place.read_text()) if place.exists() else 0
    everybody = [*sample_people(int(file.with_name("people").read_text()))]
    while done < len(everybody):
        part = everybody[done : done + 20]
        batch = Batch(
            f"{time.time()}",
            f"naive-{done}",
            "naive",
            tuple(Recipient(done + n, each.email, each.name, {}, "<x@example.org>") for n, each in enumerate(part)),
        )
        try:
            provider.send(sample_message(), batch)
        except Doubtful:
            continue  # try again: the blind retry
        done += len(part)
        place.write_text(str(done))
    file.with_name("ended").write_text("null", encoding="utf-8")
