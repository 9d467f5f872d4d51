"""The queue that carries batches between machines: procrastinate, in the ledger's own PostgreSQL database.

A job holds a batch id and nothing else. Jobs may be lost or run twice; the ledger makes both harmless, and `sweep`
puts back what is due.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from newsletter_cli.database import Database
from newsletter_cli.delivery.carrying import Carrier, due, open_campaigns
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.errors import NewsletterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from procrastinate import App

QUEUE = "newsletter"
TASK = "newsletter.carry"
_SCHEMA_LOCK = 7246001


class QueueMissing(NewsletterError):
    """procrastinate is not installed."""

    def __init__(self) -> None:
        super().__init__("Several machines need procrastinate.", "pip install 'newsletter-cli[postgres]'")


@dataclass(frozen=True, slots=True)
class Beats:
    """Seconds: how often a worker says that it lives, after which silence it counts as dead, and how often it sweeps."""

    heartbeat: float = 10.0
    silence: float = 30.0
    sweep: float = 10.0


def ensure_queue(database: Database) -> None:
    """Create procrastinate's tables in the ledger's database, once.

    Raises:
        QueueMissing.
    """
    if inspect(database.engine).has_table("procrastinate_jobs"):
        return
    with database.writing() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")
        if not inspect(connection).has_table("procrastinate_jobs"):
            with _sending_app(database.url) as app:
                app.schema_manager.apply_schema()


def sweep(ledger: Ledger) -> int:
    """Put every batch that may be carried now into the queue, unless it is there; gives how many were put."""
    from procrastinate.exceptions import AlreadyEnqueued

    wanted = [each for campaign_id in open_campaigns(ledger) for each in due(ledger, campaign_id)]
    put = 0
    if wanted:
        with _sending_app(ledger.database.url) as app:
            for batch_id in wanted:
                job = app.configure_task(TASK, queue=QUEUE, queueing_lock=f"batch-{batch_id}", allow_unknown=True)
                try:
                    job.defer(batch_id=batch_id)
                    put += 1
                except AlreadyEnqueued:
                    continue
    return put


def work(carrier: Carrier, note: Callable[[str], None], beats: Beats = Beats(), once: bool = False) -> None:
    """Carry batches until a signal says stop, or with `once` until the queue is empty.

    Concurrency is 1: one machine, one call; more workers, more calls.
    """
    import asyncio

    asyncio.run(_work(carrier, note, beats, once))


async def _work(carrier: Carrier, note: Callable[[str], None], beats: Beats, once: bool) -> None:
    import asyncio

    try:
        from procrastinate import App, PsycopgConnector
    except ImportError as error:
        raise QueueMissing from error
    app = App(connector=PsycopgConnector(conninfo=carrier.ledger.database.url))
    turn = threading.Lock()

    @app.task(name=TASK, queue=QUEUE)
    def carry(batch_id: int) -> None:
        with turn:
            if done := carrier.carry(batch_id):
                note(done)

    async def tend() -> None:
        while True:
            try:
                await _bury(app, beats)
                await asyncio.to_thread(_tend, carrier)
            except Exception as fault:  # noqa: BLE001  (without sweeps nothing would move any more: the next one tries again)
                note(f"The queue was not looked after: {_in_words(fault)} It is tried again.")
            await asyncio.sleep(beats.sweep)

    async with app.open_async():
        if once:
            await asyncio.to_thread(_tend, carrier)
        tending = None if once else asyncio.create_task(tend())
        try:
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=1,
                wait=not once,
                delete_jobs="successful",
                update_heartbeat_interval=beats.heartbeat,
                stalled_worker_timeout=beats.silence,
            )
        finally:
            carrier.stop.request()
            if tending:
                tending.cancel()


def _tend(carrier: Carrier) -> None:
    sweep(carrier.ledger)
    carrier.close_finished()


async def _bury(app: App, beats: Beats) -> None:
    """Take jobs of dead workers out of the queue; the sweep puts a batch back as soon as the ledger says that it is due.

    Retried as it is, such a job could meet another for the same batch, which the queue's lock forbids.
    """
    from procrastinate.exceptions import ConnectorException
    from procrastinate.jobs import Status

    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=beats.silence):
        with suppress(ConnectorException):  # another worker was quicker
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


def _in_words(fault: Exception) -> str:
    """A fault of the database in its words; of any other only the kind, for its text may quote a job."""
    return fault.message if isinstance(fault, NewsletterError) else f"{type(fault).__name__}."


def _sending_app(url: str) -> App:
    try:
        from procrastinate import App, SyncPsycopgConnector
    except ImportError as error:
        raise QueueMissing from error
    return App(connector=SyncPsycopgConnector(conninfo=url)).open()
