"""`newsletter approve`: somebody stands by this very message."""

from typing import TYPE_CHECKING

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command
from newsletter_cli.errors import ExitStatus

if TYPE_CHECKING:
    from newsletter_cli.workflow.approve import Approved


@command("approve")
@click.argument("issue_id", metavar="ISSUE")
@click.option("--by", required=True, metavar="NAME", help="Who approves; kept in the ledger and in the receipt.")
@click.option("--code", default="", help="The code on the reviewer's proof: only that very version is approved.")
@click.option("--withdraw", is_flag=True, help="Take the approval back.")
def approve(app: App, issue_id: str, by: str, code: str, withdraw: bool) -> None:
    """Approve an issue: one changed comma and it counts no more."""
    from newsletter_cli.workflow.approve import approve_issue, withdraw_approval

    if withdraw:
        done = withdraw_approval(app.workspace, app.settings, issue_id, by, app.now)
        app.result(f"The approval of issue {issue_id} is withdrawn." if done else "There was no approval.")
        app.emit({"issue": issue_id, "approved": False, "withdrawn": done})
        if not done:
            app.exit(ExitStatus.NOTHING_TO_DO)
        return
    approved = approve_issue(app.workspace, app.settings, issue_id, by, app.now, code)
    _show(app, issue_id, by, approved)
    app.emit(
        {
            "issue": issue_id,
            "approved": True,
            "by": by,
            "code": approved.code,
            "message_sha256": approved.message.fingerprint,
            "audience_rule": approved.rule,
            "recipients": approved.readership.recipients,
            "errors": _errors(approved),
        }
    )


def _show(app: App, issue_id: str, by: str, approved: "Approved") -> None:
    from newsletter_cli.delivery.readers import as_shown

    app.result(f"Issue {issue_id} is approved by {by}.")
    app.result(f"  Subject   {as_shown(approved.message.subject, approved.message)}")
    app.result(f"  To        {plural(approved.readership.recipients, 'person', 'people')} today ({approved.rule})")
    app.result(f"  Code      {approved.code}")
    app.note("Any change to the message or the rule, be it a comma, takes a new approval.")
    if errors := _errors(approved):
        app.warn(
            f"The check finds {plural(errors, 'error')}: the send will be refused. Mending it voids this approval."
        )
        app.next(f"newsletter check {issue_id}")
    else:
        app.next(f"newsletter send {issue_id} --dry-run")


def _errors(approved: "Approved") -> int:
    return sum(each.severity.value == "error" for each in approved.findings)
