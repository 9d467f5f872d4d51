"""Runs a worker: one of several machines that carry the batches of one ledger."""

from collections.abc import Callable, Mapping

from newsletter_cli.config import Settings
from newsletter_cli.delivery.carrying import Carrier, database_clock
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.queueing import ensure_queue, work
from newsletter_cli.errors import UsageError
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.ledger import open_ledger
from newsletter_cli.workflow.send import open_account


def run_worker(
    workspace: Workspace,
    settings: Settings,
    environ: Mapping[str, str],
    note: Callable[[str], None],
    *,
    once: bool = False,
) -> None:
    """Carry batches until a signal says stop; with `once` until nothing is due.

    Raises:
        UsageError: the ledger is a file, which one machine sends from alone.
    """
    if not settings.ledger.url:
        raise UsageError(
            "A worker needs a ledger that several machines can share.",
            "Set [ledger] url to a PostgreSQL server (docs/several-machines.md); on one machine `newsletter send` is all.",
        )
    with open_ledger(workspace, settings) as opened:
        ensure_queue(opened.database)
        ledger = Ledger(opened.database, database_clock(opened.database))
        provider = open_account(workspace, settings, environ)
        try:
            work(Carrier(ledger, provider, settings.pace), note, once=once)
        finally:
            provider.close()
