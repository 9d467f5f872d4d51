"""The runs of the send benchmark, each in a process of its own: `python senders.py RUN FILE CAMPAIGN HTTP SMTP WORKERS`.

Every run imports and prepares first; wall and CPU seconds are those of the send alone, memory is the process's peak.
All of them send the same frozen people and values.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BATCH = 1000
FIRST_NAME, TOKEN = "nlfieldfirst", "nlfieldtoken"
BODY = f"<p>Dear {FIRST_NAME},</p>" + "".join(
    f"<p>This is paragraph {number} of the letter, and no other.</p>" for number in range(480)
)
WAY_OUT = "https://example.org/leave/"


@dataclass(frozen=True, slots=True)
class Task:
    """What one run gets: the ledger's file, its campaign and where the servers listen."""

    file: Path
    campaign: int
    http: int
    smtp: int
    workers: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http}"


def raw_socket(task: Task) -> Callable[[], None]:
    """The floor: read the rows, write JSON, send it down a socket; no ledger, no checks."""
    import socket
    import sqlite3

    del sqlite3

    def run() -> None:
        line = socket.create_connection(("127.0.0.1", task.http))
        stream = line.makefile("rb")
        for body in bodies(task):
            line.sendall(b"POST /send HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            while stream.readline() != b"\r\n":
                pass
            json.loads(stream.read(15))

    return run


def requests_loop(task: Task) -> Callable[[], None]:
    """What most programs do: requests in a loop; no ledger."""
    import requests

    def run() -> None:
        session = requests.Session()
        for body in bodies(task):
            session.post(task.url + "/send", data=body, timeout=60).json()

    return run


def ours(task: Task) -> Callable[[], None]:
    """`deliver`, as `newsletter send` runs it, with the adapter of the simulator."""
    from newsletter_cli.testing.simulated import Simulated

    return delivery(task, Simulated(task.url, "key"))


def ours_sendgrid(task: Task) -> Callable[[], None]:
    """`deliver` with the SendGrid adapter."""
    return delivery(task, account("sendgrid", base_url=task.url))


def ours_smtp(task: Task) -> Callable[[], None]:
    """`deliver` with the SMTP adapter, one mail a person, on one connection."""
    return delivery(task, account("smtp", host="127.0.0.1", port=task.smtp, security="none"))


def anymail(task: Task) -> Callable[[], None]:
    """django-anymail's merge_data with its SendGrid backend; no ledger."""
    import django
    from django.conf import settings

    settings.configure(
        ANYMAIL={
            "SENDGRID_API_KEY": "key",
            "SENDGRID_API_URL": task.url + "/v3/",
            "SENDGRID_GENERATE_MESSAGE_ID": False,
        },
        EMAIL_BACKEND="anymail.backends.sendgrid.EmailBackend",
    )
    django.setup()
    from anymail.message import AnymailMessage
    from django.core.mail import get_connection

    def run() -> None:
        connection = get_connection()
        for page in pages(task):
            mail = AnymailMessage("Sleeping cells", f"Dear {FIRST_NAME}", "news@example.org", connection=connection)
            mail.attach_alternative(BODY, "text/html")
            mail.to = [email for _, email, _ in page]
            mail.merge_data = {email: {FIRST_NAME: first, TOKEN: token} for _, email, (first, token) in page}
            mail.merge_headers = {
                email: {
                    "List-Unsubscribe": f"<{WAY_OUT}{token}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                }
                for _, email, (_, token) in page
            }
            mail.esp_extra = {"merge_field_format": "{}"}
            mail.send()

    return run


def mailmerge(task: Task) -> Callable[[], None]:
    """mailmerge, as its command runs it: one SMTP connection and mail a person; no ledger."""
    import contextlib
    import csv
    import io

    from mailmerge.__main__ import main

    folder = task.file.parent
    head = "TO: {{email}}\nSUBJECT: Sleeping cells\nFROM: news@example.org\n"
    head += f"List-Unsubscribe: <{WAY_OUT}{{{{token}}}}>\nContent-Type: text/html\n\n"
    (folder / "mail.txt").write_text(head + BODY.replace(FIRST_NAME, "{{first}}"))
    (folder / "mail.conf").write_text(f"[smtp_server]\nhost = 127.0.0.1\nport = {task.smtp}\n")
    with (folder / "mail.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("email", "first", "token"))
        out.writerows((email, *values) for page in pages(task) for _, email, values in page)
    words = ["--no-dry-run", "--no-limit", "--template", str(folder / "mail.txt")]
    words += ["--database", str(folder / "mail.csv"), "--config", str(folder / "mail.conf")]

    def run() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            main(words, standalone_mode=False)

    return run


RUNS = {
    "raw socket": raw_socket,
    "requests": requests_loop,
    "ours": ours,
    "ours SendGrid": ours_sendgrid,
    "anymail": anymail,
    "ours SMTP": ours_smtp,
    "mailmerge": mailmerge,
}


def delivery(task: Task, provider: Any) -> Callable[[], None]:
    from newsletter_cli.config.settings import PaceSettings
    from newsletter_cli.database import open_database
    from newsletter_cli.delivery.ledger import Ledger
    from newsletter_cli.delivery.sender import deliver

    database = open_database(task.file)

    def run() -> None:
        counts = deliver(Ledger(database), provider, task.campaign, PaceSettings(workers=task.workers)).counts
        assert counts.accepted + counts.suppressed == counts.audience, counts

    return run


def account(name: str, **settings: Any) -> Any:
    from newsletter_cli.config.settings import ProviderSettings
    from newsletter_cli.providers.registry import open_provider

    keys = {"SENDGRID_API_KEY": "key"}
    return open_provider(ProviderSettings(name=name, own_unsubscribe=False, **settings), keys, Path())


def pages(task: Task) -> Iterator[list[tuple[int, str, list[str]]]]:
    """The frozen people, a thousand at a time: seq, address, values."""
    import sqlite3

    connection = sqlite3.connect(task.file)
    last = -1
    while found := connection.execute(
        "SELECT seq, email, merge_values FROM recipient WHERE campaign_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        (task.campaign, last, BATCH),
    ).fetchall():
        yield [(seq, email, json.loads(values)) for seq, email, values in found]
        last = found[-1][0]


def bodies(task: Task) -> Iterator[bytes]:
    for page in pages(task):
        yield json.dumps({"people": [{"seq": seq, "email": to, "values": values} for seq, to, values in page]}).encode()


def peak() -> float:
    """The most memory of this process, in MB; on Linux not counting what its parent had (ru_maxrss does)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / (1024 if sys.platform == "darwin" else 1)


if __name__ == "__main__":
    name, file, *numbers = sys.argv[1:]
    campaign, http, smtp, workers = map(int, numbers)
    work = RUNS[name](Task(Path(file), campaign, http, smtp, workers))
    began, cpu = time.perf_counter(), time.process_time()
    work()
    print(json.dumps([time.perf_counter() - began, time.process_time() - cpu, peak()]))
