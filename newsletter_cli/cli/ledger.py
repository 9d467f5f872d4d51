"""`newsletter ledger`: a copy, a check, and a moved ledger."""

from pathlib import Path

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import subcommand
from newsletter_cli.errors import ExitStatus, UsageError


@click.group("ledger")
def ledger() -> None:
    """Back up, verify or adopt the account of all sends."""


@subcommand(ledger, "backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(app: App, file: Path) -> None:
    """Copy the ledger into FILE, also while a send is under way."""
    from newsletter_cli.workflow.ledger import backup_ledger

    size = backup_ledger(app.workspace, app.settings, file, app.now)
    app.result(f"{file}: {size:,} bytes. It holds addresses: keep it where only you can read it.")
    app.emit({"file": str(file), "bytes": size})
    app.next("newsletter ledger verify")


@subcommand(ledger, "verify")
def verify(app: App) -> None:
    """Examine the file and the sums of every campaign."""
    from newsletter_cli.workflow.ledger import verify_ledger

    faults, campaigns = verify_ledger(app.workspace, app.settings)
    for fault in faults:
        app.result(fault)
    app.result(
        f"{plural(campaigns, 'campaign')} examined: " + (plural(len(faults), "fault") if faults else "all adds up.")
    )
    app.emit({"campaigns": campaigns, "faults": list(faults)})
    app.next("newsletter status")
    if faults:
        app.exit(ExitStatus.FAILED)


@subcommand(ledger, "adopt", yes=True)
def adopt(app: App) -> None:
    """Make a moved or restored ledger the one that sends."""
    from newsletter_cli.workflow.ledger import adopt_ledger

    app.warn("If another copy of this workspace sends too, people are mailed twice.")
    if not app.yes and not app.can_ask:
        raise UsageError(
            "There is no terminal to ask on; nothing was changed.", "If it is right: newsletter ledger adopt --yes"
        )
    if not app.yes:
        click.confirm("Is this the only copy that will send from now on?", abort=True, err=True)
    adopt_ledger(app.workspace, app.settings)
    app.result("This ledger sends from now on.")
    app.emit({"adopted": True})
    app.next("newsletter status")
