"""`newsletter check`: what a reader would trip over, before it goes out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter_cli.cli.app import App
from newsletter_cli.cli.options import command
from newsletter_cli.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from newsletter_cli.check.verdict import CheckReport
    from newsletter_cli.workflow.check import Choice

_FILES = (".html", ".htm", ".eml")


@command("check")
@click.argument("what", metavar="ISSUE|FILE", required=False, default="")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--select",
    metavar="RULE",
    multiple=True,
    help="Run this rule only, or a pattern such as link-*; repeatable, or several with commas.",
)
@click.option(
    "--ignore", metavar="RULE", multiple=True, help="Leave this rule out; repeatable, or several with commas."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How to print the findings.",
)
@click.option("--online", is_flag=True, help="Also follow links, load pictures and ask the name servers.")
@click.option("--explain", metavar="RULE", help="Say what a rule looks for and why, with examples; `all` lists them.")
def check(
    app: App,
    what: str,
    strict: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    form: str,
    online: bool,
    explain: str | None,
) -> None:
    """Check an issue, or any .html or .eml file, for faults."""
    if explain:
        _explain(app, explain)
        return
    if not what:
        raise UsageError(
            "Which issue, or which file?", "Try `newsletter check 2022-02`, or `newsletter check FILE.html`."
        )
    from newsletter_cli.workflow.check import Choice

    report = _report(app, what, Choice(_each(select), _each(ignore)), online)
    _print(app, report, form, what)
    if report.errors or (strict and report.warnings):
        if not app.json:
            app.next(f"newsletter check {what}", "once the errors are mended")
        app.exit(ExitStatus.CHECK_FAILED)
    elif not _is_file(what):
        app.next(f"newsletter preview {what}")


def _is_file(what: str) -> bool:
    return Path(what).suffix.lower() in _FILES or (("/" in what or "\\" in what) and Path(what).is_file())


def _each(named: tuple[str, ...]) -> tuple[str, ...]:
    """`link-*,h1` and `--select 'link-*' --select h1` alike."""
    return tuple(rule.strip() for each in named for rule in each.split(",") if rule.strip())


def _report(app: App, what: str, choice: "Choice", online: bool) -> "CheckReport":
    from newsletter_cli.errors import WorkspaceNotFound
    from newsletter_cli.workflow.check import check_file, check_issue

    if _is_file(what):
        try:
            settings = app.settings
        except WorkspaceNotFound:
            settings = None
        return check_file(
            Path(what), settings, today=app.now.date(), online=online, spamassassin=True, choice=choice, name=what
        )
    today = app.now.astimezone(app.settings.zone).date()
    if not app.workspace.database_file.is_file() and not app.settings.ledger.url:
        return check_issue(
            app.workspace, app.settings, what, today=today, online=online, spamassassin=True, choice=choice
        )
    from newsletter_cli.database import open_database

    database = open_database(app.workspace.database_file, app.settings.ledger.url)
    try:
        return check_issue(
            app.workspace,
            app.settings,
            what,
            today=today,
            online=online,
            spamassassin=True,
            database=database,
            choice=choice,
        )
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
    from newsletter_cli.check import Rule, all_rules
    from newsletter_cli.check.online import ONLINE_RULES, OnlineRule
    from newsletter_cli.check.spam import SPAMASSASSIN
    from newsletter_cli.cli.check_output import explained

    rules: dict[str, Rule | OnlineRule] = {each.id: each for each in all_rules()}
    rules |= {each.id: each for each in (*ONLINE_RULES, SPAMASSASSIN)}
    if name == "all":
        app.result("\n".join(f"{each.id:<30} {each.severity:<8} {each.reason}" for each in rules.values()))
        facts = [
            {"id": each.id, "severity": each.severity, "reason": each.reason, "hint": each.hint}
            for each in rules.values()
        ]
        app.emit({"rules": facts})
        return
    rule = rules.get(name)
    if rule is None:
        from difflib import get_close_matches

        near = get_close_matches(name, list(rules), n=1)
        raise UsageError(
            f"There is no rule {name}.", f"Did you mean {near[0]}?" if near else "`--explain all` lists them."
        )
    app.result(explained(rule, app.width))
    app.emit({"id": rule.id, "severity": rule.severity, "reason": rule.reason, "hint": rule.hint})
