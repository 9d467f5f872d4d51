"""`newsletter check`: what a reader would trip over, before it goes out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter_cli.cli.app import App
from newsletter_cli.cli.options import command
from newsletter_cli.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from newsletter_cli.check.verdict import CheckReport

_FILES = (".html", ".htm", ".eml")


@command("check")
@click.argument("what", metavar="ISSUE|FILE", required=False, default="")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--select", metavar="RULE", multiple=True, help="Run this rule only, or a pattern such as link-*; repeatable."
)
@click.option("--ignore", metavar="RULE", multiple=True, help="Leave this rule out; repeatable.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How to print the findings.",
)
@click.option("--explain", metavar="RULE", help="Say what a rule looks for and why, with examples; `all` lists them.")
def check(
    app: App, what: str, strict: bool, select: tuple[str, ...], ignore: tuple[str, ...], form: str, explain: str | None
) -> None:
    """Check an issue, or any .html or .eml file, for faults."""
    if explain:
        _explain(app, explain)
        return
    if not what:
        raise UsageError(
            "Which issue, or which file?", "Try `newsletter check 2022-02`, or `newsletter check FILE.html`."
        )
    report = _report(app, what, select, ignore)
    _print(app, report, form, what)
    if report.errors or (strict and report.warnings):
        if not app.json:
            app.next(f"newsletter check {what}", "once the errors are mended")
        app.exit(ExitStatus.CHECK_FAILED)
    elif not _is_file(what):
        app.next(f"newsletter preview {what}")


def _is_file(what: str) -> bool:
    return Path(what).suffix.lower() in _FILES or (("/" in what or "\\" in what) and Path(what).is_file())


def _report(app: App, what: str, select: tuple[str, ...], ignore: tuple[str, ...]) -> "CheckReport":
    from newsletter_cli.errors import WorkspaceNotFound
    from newsletter_cli.workflow.check import Choice, check_file, check_issue

    choice = Choice(select, ignore)
    if _is_file(what):
        try:
            settings = app.settings
        except WorkspaceNotFound:
            settings = None
        return check_file(Path(what), settings, today=app.now.date(), choice=choice, name=what)
    today = app.now.astimezone(app.settings.zone).date()
    if not app.workspace.database_file.is_file() and not app.settings.ledger.url:
        return check_issue(app.workspace, app.settings, what, today=today, choice=choice)
    from newsletter_cli.database import open_database

    database = open_database(app.workspace.database_file, app.settings.ledger.url)
    try:
        return check_issue(app.workspace, app.settings, what, today=today, database=database, choice=choice)
    finally:
        database.close()


def _print(app: App, report: "CheckReport", form: str, what: str) -> None:
    from newsletter_cli.cli.check_output import as_github, as_json, as_mapping, as_sarif, as_text

    app.emit(as_mapping(report))
    if form == "json":
        app.result(as_json(report))
    elif form == "sarif":
        app.result(as_sarif(report))
    elif form == "github":
        app.result(as_github(report))
    else:
        app.result(as_text(report, what, width=app.width, style=app.style, verbose=app.verbose))


def _explain(app: App, name: str) -> None:
    from newsletter_cli.check import all_rules, find_rule
    from newsletter_cli.cli.check_output import explained

    if name == "all":
        app.result("\n".join(f"{each.id:<30} {each.severity:<8} {each.reason}" for each in all_rules()))
        app.emit(
            {
                "rules": [
                    {"id": each.id, "severity": each.severity, "reason": each.reason, "hint": each.hint}
                    for each in all_rules()
                ]
            }
        )
        return
    rule = find_rule(name)
    if rule is None:
        from difflib import get_close_matches

        near = get_close_matches(name, [each.id for each in all_rules()], n=1)
        raise UsageError(
            f"There is no rule {name}.", f"Did you mean {near[0]}?" if near else "`--explain all` lists them."
        )
    app.result(explained(rule, app.width))
    app.emit({"id": rule.id, "severity": rule.severity, "reason": rule.reason, "hint": rule.hint})
