"""How much the ledger costs: our send against a raw-socket loop and a plain requests loop on the same rows.

    python benchmarks/send.py                      # 100,000 people, 3 rounds
    python benchmarks/send.py --people 1000000 --rounds 1 --latency 0.05 --workers 8

The provider is a socket in a process of its own that reads a request and answers. Each run is a process of its own;
CPU seconds are its own (user and system) without imports, memory its peak with all of them.
"""

import argparse
import json
import multiprocessing
import resource
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"id": "abc12"}'
BATCH = 1000
Run = Callable[[Path, str, int, int], None]


def provider(ready: Any, latency: float) -> None:
    """Reads requests with a Content-Length and answers each after the latency; counts the bytes."""
    server = socket.create_server(("127.0.0.1", 0))
    ready.send(f"http://127.0.0.1:{server.getsockname()[1]}")

    def serve(line: socket.socket) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = line.makefile("rb", 1 << 20)
        while head := stream.readline():
            length = 0
            while head not in (b"\r\n", b""):
                if head.lower().startswith(b"content-length:"):
                    length = int(head.split(b":")[1])
                head = stream.readline()
            stream.read(length)
            time.sleep(latency)
            line.sendall(ANSWER)

    while True:
        line, _ = server.accept()
        threading.Thread(target=serve, args=(line,), daemon=True).start()


def freeze(file: Path, people: int) -> int:
    from newsletter_cli.database import open_database
    from newsletter_cli.delivery.ledger import Ledger
    from newsletter_cli.testing.samples import sample_message, sample_people

    database = open_database(file)
    campaign = Ledger(database).freeze(
        issue="2022-02",
        message=sample_message(paragraphs=400),
        audience_rule="everybody",
        recipients=sample_people(people),
        provider="simulated",
        batch_size=BATCH,
    )
    database.close()
    return campaign


def ours(file: Path, url: str, campaign: int, workers: int) -> None:
    """`deliver`, as `newsletter send` runs it, with the adapter of the simulator."""
    from newsletter_cli.config.settings import PaceSettings
    from newsletter_cli.database import open_database
    from newsletter_cli.delivery.ledger import Ledger
    from newsletter_cli.delivery.sender import deliver
    from newsletter_cli.testing.simulated import Simulated

    database = open_database(file)
    result = deliver(Ledger(database), Simulated(url, "key"), campaign, PaceSettings(workers=workers))
    assert result.counts.accepted == result.counts.audience, result
    database.close()


def rows(file: Path, campaign: int) -> Any:
    import sqlite3

    connection = sqlite3.connect(file)
    last = -1
    while found := connection.execute(
        "SELECT seq, email, merge_values FROM recipient WHERE campaign_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        (campaign, last, BATCH),
    ).fetchall():
        yield json.dumps(
            {"people": [{"seq": seq, "email": email, "values": json.loads(values)} for seq, email, values in found]}
        ).encode()
        last = found[-1][0]


def raw_socket(file: Path, url: str, campaign: int, workers: int) -> None:
    """The floor: read the rows, write JSON, send it down a socket; no ledger, no checks."""
    host, port = url.removeprefix("http://").split(":")
    line = socket.create_connection((host, int(port)))
    stream = line.makefile("rb")
    for body in rows(file, campaign):
        line.sendall(b"POST /send HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        while stream.readline() != b"\r\n":
            pass
        json.loads(stream.read(15))


def naive(file: Path, url: str, campaign: int, workers: int) -> None:
    """What most programs do: requests in a loop; no ledger."""
    import requests

    session = requests.Session()
    for body in rows(file, campaign):
        session.post(url + "/send", data=body, timeout=60).json()


def measured(run: Run, file: Path, url: str, campaign: int, workers: int, answer: Any) -> None:
    import newsletter_cli.delivery.sender
    import newsletter_cli.testing.simulated  # noqa: F401  (starting Python is benchmarks/start.py's subject)

    began, cpu = time.perf_counter(), time.process_time()
    run(file, url, campaign, workers)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer.send((time.perf_counter() - began, time.process_time() - cpu, peak))


def once(run: Run, people: int, url: str, workers: int) -> tuple[float, float, float, float]:
    """Wall seconds, CPU seconds, peak MB, and seconds to freeze."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "newsletter.sqlite"
        began = time.perf_counter()
        campaign = freeze(file, people)
        frozen = time.perf_counter() - began
        here, there = context.Pipe()
        process = context.Process(target=measured, args=(run, file, url, campaign, workers, there))
        process.start()
        wall, cpu, peak = here.recv()
        process.join()
    return wall, cpu, peak, frozen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds the provider takes")
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=provider, args=(there, chosen.latency), daemon=True)
    server.start()
    url = here.recv()
    runs: dict[str, Run] = {"raw socket": raw_socket, "requests": naive, "ours": ours}
    found: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in runs}
    for _ in range(chosen.rounds):
        for name, run in runs.items():
            found[name].append(once(run, chosen.people, url, chosen.workers))
    medians = {name: [statistics.median(column) for column in zip(*each, strict=True)] for name, each in found.items()}
    print(f"{chosen.people:,} people, {BATCH} a call, {chosen.latency * 1000:g} ms, {chosen.workers} workers")
    print("run           wall s    CPU s  people/s  peak MB  freeze s  CPU / raw")
    for name, (wall, cpu, peak, frozen) in medians.items():
        ratio = cpu / medians["raw socket"][1]
        print(
            f"{name:<12}{wall:>8.2f}{cpu:>9.2f}{chosen.people / wall:>10,.0f}{peak:>9.0f}{frozen:>10.2f}{ratio:>11.2f}"
        )
    server.kill()


if __name__ == "__main__":
    main()
