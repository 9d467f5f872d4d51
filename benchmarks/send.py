"""Sending: our durable send, two floors without a ledger, and other programs, in turn against the same servers.

    python benchmarks/send.py                                  # 100,000 people, 3 rounds, no latency
    python benchmarks/send.py --latency 0.05 --workers 8       # the same with a provider that takes 50 ms
    python benchmarks/send.py --scale                          # ours alone with 1,000, 100,000 and 1,000,000 people

A thousand people a call, two values each (a name, an unsubscribe token), 1,000 addresses that left. mailmerge and our
SMTP send far fewer, one mail a person, and are compared by people a second. Each run is a process of its own; CPU and
wall seconds are the send's, memory is the process's peak with all imports, wire is the bytes of the requests a person.
Peers are in the `benchmark` extra; what is not installed is named and not measured.
"""

import argparse
import importlib.util
import json
import math
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from loopback import http, running, smtp  # noqa: E402
from senders import BATCH, BODY, FIRST_NAME, TOKEN, WAY_OUT  # noqa: E402

SLOW = {"ours SMTP": 20, "mailmerge": 100}  # a so manieth of the people
NEEDS = {"anymail": "anymail", "mailmerge": "mailmerge"}
LEFT = 1000


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: seconds, MB, and bytes a person."""

    people: int
    wall: float
    cpu: float
    peak: float
    wire: float

    @property
    def rate(self) -> float:
        return self.people / self.wall


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the servers listen, and how many bytes they took."""

    http: int
    smtp: int
    taken: Any


def freeze(folder: Path, people: int) -> tuple[Path, int]:
    """A ledger with a campaign of so many people, and its id."""
    file = folder / f"{people}.sqlite"
    program = f"import sys; sys.path[:0] = {sys.path[:2]!r}; import send; print(send.frozen({str(file)!r}, {people}))"
    printed = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True).stdout
    return file, int(printed)


def frozen(file: str, people: int) -> int:
    from newsletter_cli.audience.suppression import suppress
    from newsletter_cli.database import open_database
    from newsletter_cli.delivery.ledger import Frozen, Ledger
    from newsletter_cli.delivery.unsubscribe import Tokens
    from newsletter_cli.model.message import Address, MergeField, Message
    from newsletter_cli.model.subscriber import SuppressionReason

    database = open_database(Path(file))
    with database.writing() as connection:
        for number in range(LEFT):  # nine of ten of them were never in this audience
            domain = "example.org" if number % 10 == 0 else "example.net"
            email = f"reader{number * 7}@{domain}"
            suppress(connection, email, SuppressionReason.UNSUBSCRIBED, "benchmark", datetime.now(UTC))
    message = Message(
        issue_id="2022-02",
        subject="Sleeping cells",
        preheader="",
        html=BODY,
        text=f"Dear {FIRST_NAME}",
        sender=Address("news@example.org", "Example News"),
        headers=(
            ("List-Unsubscribe", f"<{WAY_OUT}{TOKEN}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ),
        merge_fields=(
            MergeField(FIRST_NAME, "subscriber.first_name", "friend"),
            MergeField(TOKEN, "unsubscribe_token"),
        ),
    )
    emails = (f"reader{number}@example.org" for number in range(people))
    campaign = Ledger(database).freeze(
        issue="2022-02",
        message=message,
        audience_rule="everybody",
        recipients=(Frozen(each, each, "", (f"First{number % 1000}", "")) for number, each in enumerate(emails)),
        provider="simulated",
        batch_size=BATCH,
        token=Tokens(("secret",)).maker(),
    )
    database.close()
    return campaign


def once(name: str, source: tuple[Path, int], people: int, servers: Servers, workers: int) -> Measured:
    """One run in a process of its own, on a copy of the ledger."""
    file, campaign = source
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        copy = shutil.copy(file, folder)
        provider = {"ours SendGrid": "sendgrid", "ours SMTP": "smtp"}.get(name, "simulated")
        if provider != "simulated":
            adopt(copy, provider, one_by_one=provider == "smtp")
        servers.taken.value = 0
        words = [str(each) for each in (name, copy, campaign, servers.http, servers.smtp, workers)]
        program = [sys.executable, str(ROOT / "benchmarks" / "senders.py"), *words]
        printed = subprocess.run(program, stdout=subprocess.PIPE, env=env, check=True).stdout
    wall, cpu, peak = json.loads(printed)
    return Measured(people, wall, cpu, peak, servers.taken.value / people)


def adopt(file: str, provider: str, *, one_by_one: bool) -> None:
    """Give the frozen campaign to another provider, which for SMTP means one person a call."""
    import sqlite3

    connection = sqlite3.connect(file)
    connection.execute("UPDATE campaign SET provider = ?", (provider,))
    if one_by_one:
        connection.execute("DELETE FROM batch")
        connection.execute(
            "INSERT INTO batch (campaign_id, lo, hi, state, attempt, key, body_hash, owner, looks, request_id, why) "
            "SELECT campaign_id, seq, seq + 1, 'pending', 0, '', '', '', 0, '', '' FROM recipient"
        )
    connection.commit()
    connection.close()


def installed() -> Iterator[str]:
    """The names of the runs that can be made; says which cannot."""
    from senders import RUNS

    for name in RUNS:
        if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None:
            print(f"{name}: not measured: not installed (pip install 'newsletter-cli[benchmark]')")
        else:
            yield name
    if shutil.which("listmonk") is None:
        print("listmonk: not measured: not installed (it is a Go program with a PostgreSQL of its own)")


def middle(runs: list[Measured]) -> Measured:
    """The median of each column."""
    wall, cpu, peak, wire = (
        statistics.median(getattr(each, name) for each in runs) for name in ("wall", "cpu", "peak", "wire")
    )
    return Measured(runs[0].people, wall, cpu, peak, wire)


def report(found: dict[str, Measured], latency: float, workers: int) -> None:
    print("run             people   wall s    CPU s   people/s  peak MB  wire B  CPU/raw")
    floor = found["raw socket"].cpu / found["raw socket"].people
    for name, each in found.items():
        ratio = f"{each.cpu / each.people / floor:9.2f}"
        print(
            f"{name:<13}{each.people:>9,}{each.wall:>9.2f}{each.cpu:>9.2f}{each.rate:>11,.0f}{each.peak:>9.0f}"
            f"{each.wire:>8,.0f}{ratio}"
        )
    compared = [("ours", "anymail"), ("ours SendGrid", "anymail"), ("ours", "mailmerge"), ("ours SMTP", "mailmerge")]
    for mine, theirs in compared:
        if theirs in found:
            print(f"{mine} / {theirs}: {found[mine].rate / found[theirs].rate:,.1f} x the people a second")
    if latency:
        ideal = math.ceil(found["ours"].people / BATCH) * latency / workers
        print(f"ours: {found['ours'].wall / ideal:.2f} x batches x latency / workers ({ideal:.2f} s)")


def compare(folder: Path, people: int, rounds: int, servers: Servers, chosen: argparse.Namespace) -> None:
    names = [name for name in installed() if not chosen.only or name in chosen.only]
    sizes = {
        name: max(10, people // SLOW.get(name, 1) // (10 if chosen.latency and name in SLOW else 1)) for name in names
    }
    sources = {size: freeze(folder, size) for size in set(sizes.values())}
    found: dict[str, list[Measured]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, size in sizes.items():
            found[name].append(once(name, sources[size], size, servers, chosen.workers))
    report({name: middle(runs) for name, runs in found.items()}, chosen.latency, chosen.workers)


def scale(folder: Path, rounds: int, servers: Servers, workers: int) -> None:
    sizes = (1000, 100_000, 1_000_000)
    found: dict[int, list[Measured]] = {size: [] for size in sizes}
    sources = {size: freeze(folder, size) for size in sizes}
    for _ in range(rounds):
        for size in sizes:
            found[size].append(once("ours", sources[size], size, servers, workers))
    small, large, huge = (middle(found[size]) for size in sizes)
    for each in (small, large, huge):
        print(f"{each.people:>9,} people: {each.wall:.2f} s, {each.cpu:.2f} s CPU, {each.peak:.1f} MB")
    print(f"memory of a million / of a thousand: {huge.peak / small.peak:.2f}")
    print(f"time for a million / for 100,000: {huge.wall / large.wall:.1f} (CPU {huge.cpu / large.cpu:.1f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds the provider takes")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", action="append", help="a run's name; with others, that many times")
    parser.add_argument("--scale", action="store_true", help="how time and memory grow")
    chosen = parser.parse_args()
    taken = multiprocessing.get_context("spawn").Value("Q", 0)
    with (
        running(http, chosen.latency, taken) as web,
        running(smtp, chosen.latency, taken) as mail,
        tempfile.TemporaryDirectory() as folder,
    ):
        servers = Servers(web, mail, taken)
        print(f"{chosen.people:,} people, {BATCH} a call, {chosen.latency * 1000:g} ms, {chosen.workers} workers")
        if chosen.scale:
            scale(Path(folder), chosen.rounds, servers, chosen.workers)
        else:
            compare(Path(folder), chosen.people, chosen.rounds, servers, chosen)


if __name__ == "__main__":
    main()
