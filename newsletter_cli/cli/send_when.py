"""When a send begins: the issue whose time has come, and the countdown; the same for every kind of provider."""

from typing import TYPE_CHECKING

from newsletter_cli.cli.app import App

if TYPE_CHECKING:
    from newsletter_cli.delivery.ledger import Ledger
    from newsletter_cli.delivery.schedule import Slot


def due_slot(app: App, ledger: "Ledger") -> "Slot":
    """The issue to send now; ends the command, in words and with its own status, when there is none."""
    from newsletter_cli.workflow.due import NothingDue, find_due
    from newsletter_cli.workflow.schedule import read_calendar

    redirect = app.settings.test_mode.redirect_to
    try:
        return find_due(read_calendar(app.workspace, app.settings), ledger, app.now, redirect)
    except NothingDue as nothing:  # no fault: most runs of a job end here, and with -q it stays silent
        app.note(nothing.message)
        status = int(nothing.exit_status)
        app.emit({"issue": None, "dry_run": app.dry_run, "exit_status": status, "why": nothing.message})
        app.exit(nothing.exit_status)
        raise


def count_down(app: App, ledger: "Ledger", issue: str, seconds: int) -> None:
    """Show the seconds that are left to change one's mind; a signal, or a hold from anywhere, ends it."""
    if not seconds:
        return
    from newsletter_cli.cli.progress import stderr_view
    from newsletter_cli.delivery.signals import Stop, stopped_by_signals
    from newsletter_cli.workflow.hold import wait_for_second_thoughts

    view = stderr_view(app.quiet or app.json, app.width)
    try:
        with stopped_by_signals(Stop()) as stop:
            wait_for_second_thoughts(ledger, issue, seconds, view.countdown, stop.wait)
    finally:
        view.end()
