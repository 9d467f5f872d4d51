"""`newsletter gather`: fetch the month's articles, ready to edit."""

import re
from typing import TYPE_CHECKING

import click

from newsletter_cli.cli.app import App
from newsletter_cli.cli.gather_view import list_choices, report_gathering, rows, show_articles, tell_failed
from newsletter_cli.cli.options import command
from newsletter_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newsletter_cli.config import Settings
    from newsletter_cli.gather.window import Window
    from newsletter_cli.paths import Workspace
    from newsletter_cli.workflow.gather import Choice

_ISSUE = re.compile(r"^\d{4}-\d{2}(?:-[a-z0-9-]+)?$")


@command("gather", dry_run=True)
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option("--issue", "issue_id", metavar="ISSUE", default="", help="The issue to gather for; default: the newest.")
@click.option("--month", metavar="YYYY-MM", default="", help="Take what was published in this month.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Take what was published from this day on."
)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Take what was published up to this day."
)
@click.option("--pick", is_flag=True, help="Choose from a numbered list.")
@click.option("--all", "everything", is_flag=True, help="Take near misses, undated and older ones too.")
@click.option("--only", metavar="NUMBERS", default="", help="Take these numbers of the list, such as 1,3,5.")
@click.option("--again", is_flag=True, help="Take also what an earlier issue already ran.")
@click.option("--offline", is_flag=True, help="Fetch nothing; use what was fetched before.")
@click.option("--allow-local", is_flag=True, help="Open addresses of this machine and of private networks too.")
@click.option("--show", is_flag=True, help="Print the articles as Markdown and write nothing.")
def gather(
    app: App,
    sources: tuple[str, ...],
    issue_id: str,
    month: str,
    since: "datetime | None",
    until: "datetime | None",
    pick: bool,
    everything: bool,
    only: str,
    again: bool,
    offline: bool,
    allow_local: bool,
    show: bool,
) -> None:
    """Gather articles from pages, feeds, Word and text files into an issue."""
    from newsletter_cli.workflow.gather import Gatherer, chosen_window, left_out

    workspace, settings = _place(app, show)
    issue_id, names = _issue_and_sources(app, workspace, sources, issue_id, show)
    window = chosen_window(month, since.date() if since else None, until.date() if until else None)
    gatherer = Gatherer(
        workspace,
        settings,
        issue_id,
        app.now,
        window=_window(workspace, window, names, issue_id),
        again=again or show,
        leaves_nothing=show or app.dry_run,
        offline=offline,
        allow_local=allow_local,
        pasted=_standard_input,
        progress=lambda what: app.note(f"  {what}"),
    )
    choices, failed = gatherer.choices(names)
    if pick and app.can_ask:
        tell_failed(app, failed)  # who chooses should know what is not in the list
    taken = _taken(app, choices, only, everything, pick, bool(names) and window is None)
    if show:
        show_articles(app, gatherer, taken, failed)
        return
    if app.dry_run:
        list_choices(app, choices, taken, failed)
        return
    if taken:
        _start(app, issue_id)
    report_gathering(app, gatherer.gather(taken, [*failed, *left_out(choices, taken)]))


def _standard_input() -> str:
    """What was pasted or piped in, whatever its encoding."""
    import sys

    from newsletter_cli.gather.words import decoded

    return decoded(sys.stdin.buffer.read())


def _place(app: App, show: bool) -> "tuple[Workspace, Settings]":
    """The workspace and its settings; --show needs none and does with the folder here and the usual settings."""
    from pathlib import Path

    from newsletter_cli.errors import WorkspaceNotFound

    try:
        return app.workspace, app.settings
    except WorkspaceNotFound:
        if not show or app.directory is not None:
            raise
    from newsletter_cli.config import parse_settings
    from newsletter_cli.paths import Workspace

    here = Workspace(Path.cwd())
    plain = '[newsletter]\nname = "Newsletter"\n[sender]\nemail = "news@example.org"\n'
    return here, parse_settings(plain, str(here.settings_file))


def _issue_and_sources(
    app: App, workspace: "Workspace", sources: tuple[str, ...], issue_id: str, show: bool
) -> tuple[str, list[str]]:
    """`newsletter gather 2022-02` names the issue; everything else is a source."""
    from pathlib import Path

    names = list(sources)
    if not issue_id and names and _ISSUE.match(names[0]) and not Path(names[0]).exists():
        issue_id = names.pop(0)
    if issue_id and not _ISSUE.match(issue_id):
        raise UsageError(
            f"“{issue_id}” is no issue id.", "An id is year and month, such as 2022-03, or 2022-03-appeal."
        )
    if not issue_id:
        known = workspace.issue_ids()
        if not known and show:
            return f"{app.now:%Y-%m}", names
        if not known:
            raise UsageError("There is no issue yet.", "Name one: newsletter gather SOURCE --issue 2022-02.")
        issue_id = known[-1]
    return issue_id, names


def _window(workspace: "Workspace", chosen: "Window | None", names: list[str], issue_id: str) -> "Window":
    from newsletter_cli.gather.window import Window
    from newsletter_cli.workflow.gather import default_window

    if chosen is not None:
        return chosen
    return Window() if names else default_window(workspace, issue_id)


def _taken(
    app: App, choices: "Sequence[Choice]", only: str, everything: bool, pick: bool, unbounded: bool
) -> "list[Choice]":
    from newsletter_cli.workflow.gather import MOST_AT_ONCE, RAN

    if only:
        return _numbered(choices, only)
    if pick and app.can_ask:
        return _picked(app, choices)
    if pick:
        raise UsageError("--pick needs a terminal.", "Use --only 1,3,5; -n shows the numbers.")
    if everything:
        return [each for each in choices if each.standing != RAN]
    taken = [each for each in choices if each.taken]
    listed = [each for each in taken if each.candidate.listed]
    if unbounded and len(listed) > MOST_AT_ONCE:
        # A feed without a window: its newest articles; --all, --only or --month say otherwise.
        dropped = {each.number for each in listed[MOST_AT_ONCE:]}
        app.note(f"The feed has {len(listed)} articles: the newest {MOST_AT_ONCE} are taken. --all takes every one.")
        taken = [each for each in taken if each.number not in dropped]
    return taken


def _numbered(choices: "Sequence[Choice]", text: str) -> "list[Choice]":
    """The choices of `1,3-5`."""
    numbers: set[int] = set()
    for part in text.replace(" ", "").split(","):
        found = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
        if not found:
            raise UsageError(f"“{text}” is no list of numbers.", "Write it as 1,3,5 or 2-4.")
        numbers |= set(range(int(found[1]), min(int(found[2] or found[1]), 10_000) + 1))
    unknown = numbers - {each.number for each in choices}
    if unknown:
        raise UsageError(f"There is no number {min(unknown)} in the list of {len(choices)}.", "-n shows the numbers.")
    return [each for each in choices if each.number in numbers]


def _picked(app: App, choices: "Sequence[Choice]") -> "list[Choice]":
    """Ask at the terminal until the answer is one."""
    for row, _ in rows(choices):
        click.echo(row, err=True)
    default = _ranges([each.number for each in choices if each.taken]) or "none"
    while choices:
        asked = click.prompt("Which ones? Numbers such as 1,3-5, or all, or none", default=default, err=True)
        answer = str(asked).strip().lower()
        if answer in ("all", "none"):
            return list(choices) if answer == "all" else []
        try:
            return _numbered(choices, answer)
        except UsageError as error:
            click.echo(error.message, err=True)  # what was fetched for the list is not thrown away for a slip
    return []


def _ranges(numbers: "Sequence[int]") -> str:
    """Numbers in order as `1-4,7`."""
    parts: list[list[int]] = []
    for each in numbers:
        if parts and each == parts[-1][-1] + 1:
            parts[-1].append(each)
        else:
            parts.append([each])
    return ",".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)


def _start(app: App, issue_id: str) -> None:
    """Start the issue when it is not there yet."""
    if (app.workspace.issue(issue_id) / "issue.md").exists():
        return
    from newsletter_cli.workflow.workspace import start_issue

    started = start_issue(app.workspace, issue_id)
    app.note(f"Started {started.file}.")
