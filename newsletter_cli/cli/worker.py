"""`newsletter worker`: one of several machines that carry a send."""

import click

from newsletter_cli.cli.app import App
from newsletter_cli.cli.options import command


@command("worker")
@click.option("--once", is_flag=True, help="End when nothing is due.")
def worker(app: App, once: bool) -> None:
    """Carry batches of a ledger on PostgreSQL, on any machine."""
    from newsletter_cli.workflow.worker import run_worker

    app.note("Waiting for batches; Ctrl-C ends after the call under way.")
    run_worker(app.workspace, app.settings, app.environ, app.note, once=once)
    app.emit({"ended": True})
    app.next("newsletter status")
