"""`newsletter report`: what became of an issue after the provider took it."""

from typing import TYPE_CHECKING, Any

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command
from newsletter_cli.cli.progress import waits
from newsletter_cli.errors import UsageError

if TYPE_CHECKING:
    from newsletter_cli.delivery.hosted import Hosted
    from newsletter_cli.providers.platform import PlatformReport
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

    if _at_platform(app, issue_id, offline, what):
        return
    found = make_report(
        app.workspace, app.settings, app.environ, issue_id, lambda: app.now, ask=not offline, sleep=waits(app)
    )
    people = list(people_of(app.workspace, app.settings, issue_id, what)) if what else []
    app.emit(_facts(found) | ({what: [email for email, _ in people]} if what else {}))
    if what:
        for email, words in people:
            app.result(email + (f"  {words}" if words else ""))
    else:
        _show(app, found)
    app.next(f"newsletter receipt {issue_id}")


def _at_platform(app: App, issue_id: str, offline: bool, what: str | None) -> bool:
    """Report a campaign at a platform, which counts and names nobody; False when the issue has none."""
    from newsletter_cli.delivery.ledger import Ledger
    from newsletter_cli.workflow.hosted import hosted_account
    from newsletter_cli.workflow.plan import reading_only

    with reading_only(app.workspace, app.settings) as database:
        ledger = Ledger(database, lambda: app.now)
        found = hosted_account(
            app.workspace, app.settings, app.environ, ledger, issue_id, app.now, ask=not offline, sleep=waits(app)
        )
    if found is None:
        return False
    record, counted, why = found
    title = _title(record)
    if what:
        raise UsageError(
            f"{title} keeps the list and gives numbers only: it names nobody to us.",
            f"Look at the campaign at {title}, or leave out --list.",
        )
    app.emit(_platform_facts(record, counted))
    _show_platform(app, record, counted, why)
    app.next(f"newsletter receipt {issue_id}")
    return True


def _platform_facts(record: "Hosted", counted: "PlatformReport | None") -> dict[str, Any]:
    told = {name: getattr(counted, name) if counted else None for name in _WORDS if name != "silent"}
    return {
        "report": 1,
        "issue": record.issue,
        "provider": record.provider,
        "asked": counted is not None,
        "accepted": counted.recipients if counted else record.recipients,
        **told,
        "silent": None,
        "complaint_rate": counted.complaint_rate if counted else None,
        "newly_suppressed": None,
        "not_in_audience": None,
        "state": record.stage.value,
    }


def _show_platform(app: App, record: "Hosted", counted: "PlatformReport | None", why: str) -> None:
    title = _title(record)
    app.result(app.style(f"Report of issue {record.issue}", bold=True))
    app.result(f"  {title} says: {record.stage} ({record.raw}), read {record.at:%d %B %Y %H:%M} UTC")
    if why:
        app.warn(f"{title} could not be asked now: {why}")
    numbers = {"mailed, as the platform counts": counted.recipients if counted else record.recipients}
    numbers |= {words: getattr(counted, name) for name, words in _WORDS.items() if name != "silent"} if counted else {}
    width = max(len(f"{each:,}") for each in (*numbers.values(), 0) if each is not None)
    for words, number in numbers.items():
        if number is not None:
            app.result(f"  {number:>{width},}  {words}")
    unknown = [name for name in _WORDS if name != "silent" and (counted is None or getattr(counted, name) is None)]
    if unknown:
        app.result(f"  Unknown: {', '.join(unknown)}.")
    app.result(f"  Who is behind a number, and who left: {title} keeps that with the list.")
    _warn_of_complaints(app, counted.complaint_rate if counted else None)


def _title(record: "Hosted") -> str:
    from newsletter_cli.providers.registry import provider_class

    return provider_class(record.provider).title


def _warn_of_complaints(app: App, rate: float | None) -> None:
    from newsletter_cli.delivery.report import COMPLAINTS_WARNED

    if rate is not None and rate >= COMPLAINTS_WARNED:
        app.warn(
            f"{100 * rate:.2f} % called it spam. Mailbox providers want under 0.1 %, and refuse senders above 0.3 %: "
            "write only to people who asked for it."
        )


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
    if found.too_many_complaints:
        _warn_of_complaints(app, outcomes.complaint_rate)
