"""`newsletter schedule`: the next twelve dates, a calendar file, and the job that sends what is due."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command
from newsletter_cli.errors import UsageError

if TYPE_CHECKING:
    from newsletter_cli.delivery.job import Installation
    from newsletter_cli.delivery.schedule import Slot

KINDS = ("systemd", "crontab", "launchd", "github")


@command("schedule")
@click.option("--ics", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write a calendar file.")
@click.option(
    "--install",
    is_flag=False,
    flag_value="auto",
    type=click.Choice(("auto", *KINDS)),
    metavar="[KIND]",
    help=f"Print what makes a machine send on time: {', '.join(KINDS)}.",
)
@click.option("--write", is_flag=True, help="With --install: write the files instead of printing them.")
def schedule(app: App, ics: Path | None, install: str | None, write: bool) -> None:
    """Show the next twelve dates; make a machine send on time."""
    if write and not install:
        raise UsageError("--write belongs to --install.", "Say: newsletter schedule --install --write")
    if install:
        _install(app, install, write)
        return
    from newsletter_cli.workflow.schedule import read_calendar

    slots = read_calendar(app.workspace, app.settings).upcoming(app.now)
    app.emit({"time_zone": app.settings.newsletter.time_zone, "dates": [_as_json(slot) for slot in slots]})
    if ics:
        _write_ics(app, slots, ics)
        return
    app.result(f"Times are {app.settings.newsletter.time_zone}.")
    app.result(f"{'Issue':<10}{'Collect by':<13}{'Proof by':<13}{'Approve by':<13}Sends")
    for slot in slots:
        app.result(_row(slot))
    app.next(*_next(slots))


def _row(slot: "Slot") -> str:
    marks = ", ".join(filter(None, ["its own date" if slot.own else "", "started" if slot.exists else ""]))
    dates = "".join(f"{day:%a %d %b}   " for day in (slot.collect_by, slot.proof_by, slot.approve_by))
    return f"{slot.issue:<10}{dates}{slot.sends:%a %d %b %Y %H:%M %Z}{f'  ({marks})' if marks else ''}"


def _next(slots: "tuple[Slot, ...]") -> tuple[str, str]:
    first = slots[0] if slots else None
    if first and not first.exists:
        return f"newsletter new {first.issue}", f"{first.issue} goes out on {first.sends:%d %B}"
    return "newsletter schedule --install", "so that a machine sends on time"


def _as_json(slot: "Slot") -> dict[str, Any]:
    return {
        "issue": slot.issue,
        "collect_by": slot.collect_by.isoformat(),
        "proof_by": slot.proof_by.isoformat(),
        "approve_by": slot.approve_by.isoformat(),
        "sends": slot.sends.isoformat(),
        "not_after": slot.not_after.isoformat(),
        "own_date": slot.own,
        "started": slot.exists,
    }


def _write_ics(app: App, slots: "tuple[Slot, ...]", file: Path) -> None:
    from newsletter_cli.delivery.ics import write_ics
    from newsletter_cli.paths import write_file

    domain = app.settings.sender.email.rpartition("@")[2]
    write_file(file, write_ics(slots, app.settings.newsletter.name, domain, app.now))
    app.result(f"{file}: {plural(len(slots), 'issue')} with their deadlines. Import it into your calendar.")
    app.next("newsletter schedule --install", "so that a machine sends on time")


def _install(app: App, kind: str, write: bool) -> None:
    from newsletter_cli.workflow.install import plan_installation, write_installation

    made = plan_installation(app.workspace, app.settings, kind, app.environ, app.now)
    if write:
        paths = write_installation(made)
        for path in paths:
            app.result(f"Written: {path}")
    else:
        for file in made.files:
            app.result(f"# ---- {file.path}\n{file.text}")
    app.emit(
        {
            "files": [{"path": file.path, "text": file.text} for file in made.files],
            "steps": list(made.steps),
            "written": write,
        }
    )
    _say_steps(app, made, write)


def _say_steps(app: App, made: "Installation", write: bool) -> None:
    first = () if write else ("newsletter schedule --install KIND --write   # writes the files above",)
    app.note("Then:")
    for step in (*first, *made.steps):
        app.note(f"  {step}")
