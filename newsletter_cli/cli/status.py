"""`newsletter status` and `newsletter receipt`: how every issue stands, and the account of one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command
from newsletter_cli.errors import NewsletterError, UsageError

if TYPE_CHECKING:
    from newsletter_cli.delivery.receipt import Account
    from newsletter_cli.workflow.status import IssueStatus

_STOPPED = ("held", "paused", "cancelled")  # a campaign that goes on only when it is released


@command("status")
def status(app: App) -> None:
    """Show how every issue stands."""
    from dataclasses import asdict

    from newsletter_cli.workflow.status import list_status

    issues = list_status(app.workspace, app.settings)
    app.emit(
        {
            "issues": [
                {
                    "issue": each.issue,
                    "state": each.state,
                    "why": each.why,
                    "sends": each.sends.isoformat() if each.sends else None,
                    "approved_by": each.approved_by or None,
                    "counts": asdict(each.counts) if each.counts else None,
                }
                for each in issues
            ]
        }
    )
    if not issues:
        app.result("There is no issue yet.")
        app.next("newsletter new 2022-02")
        return
    for each in issues:
        app.result(_line(each))
    app.next(_next(issues[-1]))


def _line(each: "IssueStatus") -> str:
    when = f"  {each.sends:%a %d %b %Y %H:%M %Z}" if each.sends else ""
    words = f"{each.state} by {each.approved_by}" if each.state == "approved" else each.state
    counts = each.counts
    if counts:
        rest = ", ".join(
            f"{getattr(counts, name):,} {name}"
            for name in ("suppressed", "rejected", "unknown", "pending")
            if getattr(counts, name)
        )
        words += f": {counts.accepted:,} of {counts.audience:,} accepted{', ' + rest if rest else ''}"
    return f"{each.issue:<10}{words}{f' ({each.why})' if each.why else ''}{when}"


def _next(last: "IssueStatus") -> str:
    if last.counts is None:
        return {
            "approved": f"newsletter send {last.issue} --dry-run",
            "held": f"newsletter release {last.issue}",
        }.get(last.state, f"newsletter check {last.issue}")
    if last.counts.pending and last.state == "open":
        return f"newsletter send {last.issue}"
    if last.counts.pending and last.state in _STOPPED:
        return f"newsletter release {last.issue}"
    return f"newsletter receipt {last.issue}"


@command("receipt")
@click.argument("issue_id", metavar="ISSUE")
@click.option(
    "--csv",
    "csv_file",
    is_flag=False,
    flag_value="-",
    default=None,
    metavar="[FILE]",
    help="A line per person with state and reason: into FILE, or to stdout.",
)
def receipt(app: App, issue_id: str, csv_file: str | None) -> None:
    """Account for an issue: a sum that adds up, or a line per person."""
    from newsletter_cli.workflow.status import read_receipt, receipt_csv

    if csv_file is not None:
        path = None if csv_file == "-" else Path(csv_file)
        if path is None and app.json:
            raise UsageError(
                "--csv on stdout and --json do not go together.",
                f"Name a file: newsletter receipt {issue_id} --csv FILE --json",
            )
        people = receipt_csv(app.workspace, app.settings, issue_id, path, lambda line: click.echo(line, nl=False))
        if path is not None:
            app.emit({"issue": issue_id, "file": str(path), "people": people})
            app.note(f"{path}: {plural(people, 'person', 'people')}. It holds addresses: keep it out of git.")
        return
    if _at_platform(app, issue_id):
        return
    account = read_receipt(app.workspace, app.settings, issue_id)
    _keep(app, account)
    app.emit(account.to_json())
    _show(app, account)


def _keep(app: App, account: "Account") -> None:
    from newsletter_cli.workflow.receipt import refresh_receipt

    try:
        refresh_receipt(app.workspace, account)
    except (NewsletterError, OSError) as error:
        app.warn(f"The receipt beside the issue was not brought up to date: {error}")


def _at_platform(app: App, issue_id: str) -> bool:
    """Show the receipt of a campaign at a platform; False when the issue has none."""
    from newsletter_cli.cli.send_hosted import show_hosted
    from newsletter_cli.delivery.ledger import Ledger
    from newsletter_cli.workflow.hosted import hosted_account, hosted_json
    from newsletter_cli.workflow.plan import reading_only

    with reading_only(app.workspace, app.settings) as database:
        ledger = Ledger(database, lambda: app.now)
        found = hosted_account(app.workspace, app.settings, app.environ, ledger, issue_id, app.now)
    if found is None:
        return False
    record, report, why = found
    app.emit(hosted_json(record, report))
    show_hosted(app, record, report, why)
    if record.in_doubt:
        app.next(f"newsletter resolve {issue_id}", "look at the platform first")
    return True


def _show(app: App, account: "Account") -> None:
    from newsletter_cli.cli.receipt_view import show_sum
    from newsletter_cli.providers.registry import provider_class

    campaign = account.campaign
    provider = provider_class(campaign.provider)
    app.result(app.style(f"Receipt of issue {campaign.issue}", bold=True))
    app.result(f"  {account.subject}")
    approved = f", approved by {account.approved_by}" if account.approved_by else ""
    app.result(
        f"  begun {campaign.created:%d %B %Y %H:%M} UTC, last change {account.last_word:%d %B %Y %H:%M} UTC{approved}"
    )
    app.result(f"  {campaign.state.value}{': ' + campaign.why if campaign.why else ''}")
    show_sum(app, account.counts, provider.title, provider.name == "outbox")
    app.result(f"  Content   sha256 {campaign.message_hash}")
    if account.held:
        app.next(
            f"newsletter resolve {campaign.issue}", f"{plural(account.held, 'person', 'people')} nobody can vouch for"
        )
    elif account.counts.pending and campaign.state in _STOPPED:
        app.next(f"newsletter release {campaign.issue}", "lets it go on")
    elif account.counts.pending:
        app.next(f"newsletter send {campaign.issue}", "carries on")
    else:
        app.next(f"newsletter receipt {campaign.issue} --csv FILE", "a line per person")
