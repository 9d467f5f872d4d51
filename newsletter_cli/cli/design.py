"""`newsletter design`: the designs, what one is made of, and a copy to edit."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import subcommand

if TYPE_CHECKING:
    from newsletter_cli.workflow.design import DesignEntry


@click.group("design")
def design() -> None:
    """List the designs, show what one is made of, copy one to edit."""


@subcommand(design, "list")
def list_(app: App) -> None:
    """List the designs, shipped and your own."""
    from newsletter_cli.workflow.design import list_designs

    entries = list_designs(app.workspace, app.settings)
    wide = max(len(each.name) for each in entries)
    for each in entries:
        mark = "*" if each.used else " "
        app.result(f"{mark} {app.style(each.name.ljust(wide), bold=True)}  {each.about}{_changes(each)}")
    app.note("* is the design that newsletter.toml names; an issue can name another in its header.")
    app.emit({"designs": [asdict(each) for each in entries]})
    app.next("newsletter design show NAME")


@subcommand(design, "show")
@click.argument("name", metavar="NAME")
def show(app: App, name: str) -> None:
    """Show the files and the theme of a design, and where each value comes from."""
    from newsletter_cli.workflow.design import show_design

    sheet = show_design(app.workspace, app.settings, name)
    app.result(app.style(sheet.entry.title, bold=True) + (f": {sheet.entry.about}" if sheet.entry.about else ""))
    app.result("\nFiles")
    for file, place in sheet.files:
        app.result(f"  {file:24}  {place}")
    app.result("\nTheme")
    for value in sheet.theme:
        source = "" if value.source == "design" else f"  ({value.source})"
        app.result(f"  {value.key:18}  {_swatch(app, value.value)}{value.value}{source}".rstrip())
    app.emit(
        {
            "design": asdict(sheet.entry),
            "files": [{"name": file, "place": place} for file, place in sheet.files],
            "theme": [asdict(each) for each in sheet.theme],
        }
    )
    app.next(f"newsletter design copy {name}", "or change single values under [theme] in newsletter.toml")


@subcommand(design, "copy", dry_run=True)
@click.argument("name", metavar="NAME")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--as", "new_name", default="", metavar="NEW", help="Name of the copy; default: the same name.")
def copy(app: App, name: str, files: tuple[str, ...], new_name: str) -> None:
    """Copy a design, or only some of its files, to templates/ for editing; overwrites nothing."""
    from newsletter_cli.workflow.design import copy_design

    done = copy_design(app.workspace, name, files, new_name, write=not app.dry_run)
    would = "Would copy" if app.dry_run else "Copied"
    for each in done.written:
        app.result(f"{would} {done.folder}/{each}")
    for each in done.kept:
        app.note(f"{done.folder}/{each} is there already and was left alone.")
    app.emit({"dry_run": app.dry_run, **asdict(done)})
    app.next("newsletter compose ISSUE", "docs/designers.md says what each file is for")


def _changes(entry: "DesignEntry") -> str:
    if not entry.own:
        return ""
    return f" ({plural(len(entry.own), 'file')} of your own)" if entry.shipped else " (your own)"


def _swatch(app: App, value: str | int) -> str:
    """A patch of the colour, on a terminal that takes colour."""
    if not app.colour or not isinstance(value, str) or not value.startswith("#"):
        return ""
    return click.style("  ", bg=(int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16))) + " "
