"""`newsletter report`: what became of an issue after the provider took it."""

from typing import TYPE_CHECKING, Any

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command

if TYPE_CHECKING:
    from newsletter_cli.workflow.report import Report

_WORDS = {
    "delivered": "delivered to the reader's mail server",
    "bounced": "bounced",
    "complained": "called it spam",
    "unsubscribed": "unsubscribed",
    "opened": "opened (pictures were loaded)",
    "clicked": "clicked a link",
    "silent": "nothing reported yet",
}
_LISTS = ("bounced", "complained", "unsubscribed", "silent", "delivered")


@command("report")
@click.argument("issue_id", metavar="ISSUE")
@click.option("--offline", is_flag=True, help="Do not ask the provider; show what is known already.")
@click.option("--list", "what", type=click.Choice(_LISTS), help="The addresses behind one number, one a line.")
def report(app: App, issue_id: str, offline: bool, what: str | None) -> None:
    """Report what became of an issue: delivered, bounced, complained, left."""
    from newsletter_cli.workflow.report import make_report, people_of

    found = make_report(app.workspace, app.settings, app.environ, issue_id, lambda: app.now, ask=not offline)
    people = list(people_of(app.workspace, app.settings, issue_id, what)) if what else []
    app.emit(_facts(found) | ({what: [email for email, _ in people]} if what else {}))
    if what:
        for email, words in people:
            app.result(email + (f"  {words}" if words else ""))
    else:
        _show(app, found)
    app.next(f"newsletter receipt {issue_id}")


def _facts(found: "Report") -> dict[str, Any]:
    outcomes = found.outcomes
    numbers = {name: getattr(outcomes, name) for name in ("accepted", *_WORDS)}
    return {
        "report": 1,
        "issue": found.campaign.issue,
        "provider": found.campaign.provider,
        "asked": found.asked,
        **numbers,
        "complaint_rate": outcomes.complaint_rate,
        "newly_suppressed": found.left,
        "not_in_audience": found.strangers,
    }


def _show(app: App, found: "Report") -> None:
    outcomes = found.outcomes
    app.result(app.style(f"Report of issue {found.campaign.issue}", bold=True))
    app.result(f"  {found.campaign.message.subject}")
    width = len(f"{outcomes.accepted:,}")
    app.result(f"  {outcomes.accepted:>{width},}  taken by {found.provider}")
    if found.local:
        app.result("  Nothing was mailed: the outbox writes files, and nothing becomes of them.")
        return
    for name, words in _WORDS.items():
        number = getattr(outcomes, name)
        if number is not None:
            app.result(f"  {number:>{width},}  {words}")
    missing = [name for name in ("delivered", "bounced", "complained") if getattr(outcomes, name) is None]
    if missing:
        app.result(f"  {found.provider} does not report: {', '.join(missing)}.")
    if outcomes.silent:
        app.result(f"  `newsletter report {found.campaign.issue} --list silent` names the silent ones.")
    if found.left:
        app.result(f"  {plural(found.left, 'person', 'people')} put on the list of those who are never mailed.")
    if found.strangers:
        app.result(f"  {plural(found.strangers, 'report')} about addresses that are not in the audience; not counted.")
    if found.too_many_complaints and outcomes.complaint_rate:
        app.warn(
            f"{100 * outcomes.complaint_rate:.2f} % called it spam. Mailbox providers want under 0.1 %, and refuse "
            "senders above 0.3 %: write only to people who asked for it."
        )
