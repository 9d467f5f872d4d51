"""`newsletter gather`: fetch the month's articles, ready to edit."""

import re
from typing import TYPE_CHECKING, Any

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command
from newsletter_cli.errors import ExitStatus, NewsletterError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from newsletter_cli.config import Settings
    from newsletter_cli.gather.candidates import Skipped
    from newsletter_cli.gather.window import Window
    from newsletter_cli.gather.writing import Gathered
    from newsletter_cli.model.article import Card
    from newsletter_cli.paths import Workspace
    from newsletter_cli.workflow.gather import Choice, Gatherer, Gathering

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
    taken = _taken(app, choices, only, everything, pick, bool(names) and window is None)
    if show:
        _show(app, gatherer, taken, failed)
        return
    if app.dry_run:
        _list(app, choices, taken, failed)
        return
    if taken:
        _start(app, issue_id)
    _report(app, gatherer.gather(taken, [*failed, *left_out(choices, taken)]))


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
    for each in choices:
        click.echo(_row(each), err=True)
    default = ",".join(str(each.number) for each in choices if each.taken) or "none"
    answer = (
        str(click.prompt("Which ones? Numbers such as 1,3,5, or all, or none", default=default, err=True))
        .strip()
        .lower()
    )
    if answer == "none":
        return []
    return list(choices) if answer == "all" else _numbered(choices, answer)


def _row(choice: "Choice") -> str:
    marks = {"near": "a day outside", "undated": "no date", "outside": "outside", "ran": "already ran"}
    mark = marks.get(choice.standing, "")
    each = choice.candidate
    day = each.date.isoformat() if each.date else "          "
    return f"{choice.number:>3}  {day}  {each.title or each.link or each.source}" + (f"  ({mark})" if mark else "")


def _show(app: App, gatherer: "Gatherer", taken: "Sequence[Choice]", failed: "Sequence[Skipped]") -> None:
    shown = gatherer.show(taken)
    text = "\n".join(shown.texts)
    failed = [*failed, *shown.failed]
    if failed and not shown.texts:
        raise NewsletterError(failed[0].why, "", [each.why for each in failed[1:]])
    app.result(text.rstrip("\n") if shown.texts else "Nothing to show.")
    for card in shown.cards:
        app.note(f"Further reading: {card.title}" + (f", {card.date}" if card.date else ""))
    for each in failed:
        app.warn(f"Failed: {each.why}")
    app.emit({"markdown": text, "further_reading": _cards(shown.cards), "skipped": _skipped(failed)})
    if failed:
        app.exit(ExitStatus.FAILED)


def _list(app: App, choices: "Sequence[Choice]", taken: "Sequence[Choice]", failed: "Sequence[Any]") -> None:
    numbers = {each.number for each in taken}
    for each in choices:
        app.result(("* " if each.number in numbers else "  ") + _row(each))
    for each in failed:
        app.warn(f"Failed: {each.why}")
    app.emit(
        {
            "choices": [
                {
                    "number": each.number,
                    "title": each.candidate.title,
                    "date": _iso(each.candidate.date),
                    "link": each.candidate.link,
                    "source": each.candidate.source,
                    "standing": each.standing,
                    "taken": each.number in numbers,
                }
                for each in choices
            ],
            "skipped": _skipped(failed),
        }
    )
    app.note(f"{plural(len(numbers), 'article')} of {len(choices)} would be taken (*). Nothing was written.")


def _start(app: App, issue_id: str) -> None:
    """Start the issue when it is not there yet."""
    if (app.workspace.issue(issue_id) / "issue.md").exists():
        return
    from newsletter_cli.workflow.workspace import start_issue

    started = start_issue(app.workspace, issue_id)
    app.note(f"Started {started.file}.")


def _report(app: App, gathering: "Gathering") -> None:
    for each in gathering.articles:
        _report_article(app, each)
    if gathering.added:
        app.result(
            f"{plural(len(gathering.added), 'further-reading card')} added to issues/{gathering.issue_id}/issue.md:"
        )
        for card in gathering.added:
            app.result(f"  {card.title}" + (f", {card.date}" if card.date else ""))
    for skipped in gathering.skipped:
        tell = app.warn if skipped.fault else app.note
        tell(f"Left out: {skipped.source}: {skipped.why}")
    if not gathering.articles and not gathering.failed:
        app.result("Nothing was gathered.")
    app.emit(_as_json(app, gathering))
    if gathering.articles:
        doubtful = any(each.look for each in gathering.articles)
        app.next(f"newsletter compose {gathering.issue_id}", "after a look at the lines marked ?" if doubtful else "")
    if gathering.failed:
        app.exit(ExitStatus.FAILED)


def _report_article(app: App, each: "Gathered") -> None:
    states = {
        "new": "",
        "unchanged": "  (unchanged)",
        "refreshed": "  (refreshed: the source changed, nobody had edited the file)",
        "kept": "  (yours, kept: the source is unchanged)",
        "waiting": "  (yours, kept: the source changed)",
    }
    app.result(app.style(app.workspace.relative(each.path), bold=True) + states[each.state])
    app.result(
        f"  {each.found.title}" + (f", {each.found.date.day} {each.found.date:%B %Y}" if each.found.date else "")
    )
    if each.beside is not None:
        app.result(f"  The new text is in {app.workspace.relative(each.beside)}.")
    for line in each.changes:
        app.result(f"  ~ {line}")
    for line in each.look:
        app.result(f"  ? {line}")


def _as_json(app: App, gathering: "Gathering") -> dict[str, Any]:
    return {
        "articles": [
            {
                "file": app.workspace.relative(each.path),
                "title": each.found.title,
                "date": _iso(each.found.date),
                "standfirst": each.found.standfirst,
                "link": each.found.link,
                "image": each.found.image.src if each.found.image else "",
                "alt": each.found.image.alt if each.found.image else "",
                "look": list(each.look),
                "state": each.state,
                "new_file": app.workspace.relative(each.beside) if each.beside else None,
                "changes": list(each.changes),
            }
            for each in gathering.articles
        ],
        "further_reading": _cards(gathering.cards),
        "skipped": _skipped(gathering.skipped),
    }


def _cards(cards: "Sequence[Card]") -> list[dict[str, Any]]:
    return [
        {"title": card.title, "date": _iso(card.date), "standfirst": card.standfirst, "link": card.link}
        for card in cards
    ]


def _skipped(left: "Sequence[Skipped]") -> list[dict[str, str]]:
    return [{"source": each.source, "why": each.why} for each in left]


def _iso(day: "date | None") -> str | None:
    return day.isoformat() if day else None
