"""`newsletter hold`, `release` and `cancel`: keep an issue back, before its send or in the middle of it."""

import getpass
from typing import TYPE_CHECKING

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command
from newsletter_cli.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from newsletter_cli.workflow.hold import Stand


@command("hold")
@click.argument("issue_id", metavar="ISSUE")
@click.option("--why", default="", metavar="WORDS", help="The reason; shown to whoever tries to send.")
def hold(app: App, issue_id: str, why: str) -> None:
    """Hold an issue back; a running send stops before its next call."""
    from newsletter_cli.workflow.hold import hold_issue

    stand = hold_issue(app.workspace, app.settings, issue_id, why, _who(), app.now)
    app.result(f"Issue {issue_id} is held. {_reached(stand)}")
    _emit(app, stand, "held")
    app.next(f"newsletter release {issue_id}")


@command("release")
@click.argument("issue_id", metavar="ISSUE")
def release(app: App, issue_id: str) -> None:
    """Let a held, paused or cancelled issue go on."""
    from newsletter_cli.workflow.hold import release_issue

    stand = release_issue(app.workspace, app.settings, issue_id, _who(), app.now)
    app.result(f"Issue {issue_id} may go on. {_reached(stand)}")
    _emit(app, stand, "released")
    app.next(f"newsletter send {issue_id}")


@command("cancel", yes=True)
@click.argument("issue_id", metavar="ISSUE")
@click.option("--why", default="", metavar="WORDS", help="The reason.")
def cancel(app: App, issue_id: str, why: str) -> None:
    """Call an issue off: whoever was not reached will not be."""
    from newsletter_cli.workflow.hold import cancel_issue, stand_of

    stand = stand_of(app.workspace, app.settings, issue_id)
    if not app.yes:
        if not app.can_ask:
            raise UsageError(
                f"This calls issue {issue_id} off and there is no terminal to ask on. {_reached(stand)}",
                f"If it is right: newsletter cancel {issue_id} --yes. To stop it for now: newsletter hold {issue_id}",
            )
        if not click.confirm(f"Call issue {issue_id} off? {_reached(stand)}", err=True):
            app.note("Nothing was changed.")
            app.exit(ExitStatus.NOTHING_TO_DO)
    stand = cancel_issue(app.workspace, app.settings, issue_id, why, _who(), app.now)
    app.result(f"Issue {issue_id} is called off. {_reached(stand)}")
    _emit(app, stand, "cancelled")
    app.next(f"newsletter receipt {issue_id}" if stand.campaign else "newsletter status")


def _who() -> str:
    """The account's name; a container may have none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _reached(stand: "Stand") -> str:
    counts = stand.counts
    if counts is None:
        return "Nothing has gone out."
    going = f", {plural(counts.pending, 'person', 'people')} left" if counts.pending else ""
    unknown = f", {counts.unknown:,} unknown" if counts.unknown else ""
    return f"{counts.accepted:,} of {counts.audience:,} were accepted{unknown}{going}."


def _emit(app: App, stand: "Stand", state: str) -> None:
    from dataclasses import asdict

    counts = stand.counts
    app.emit(
        {
            "issue": stand.issue,
            "state": state,
            "counts": asdict(counts) if counts else None,
        }
    )
