"""`newsletter send` where a platform keeps the list: the plan, the confirmation, one campaign."""

from typing import TYPE_CHECKING, Any

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.send_when import count_down, due_slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter_cli.delivery.guards import Lift
    from newsletter_cli.delivery.hosted import Hosted
    from newsletter_cli.providers.platform import Platform, PlatformReport
    from newsletter_cli.workflow.hosted import PreparedHosted

_NUMBERS = ("recipients", "delivered", "bounced", "complained", "unsubscribed", "opened", "clicked")


def send_at_platform(
    app: App, issue_id: str | None, lifted: "frozenset[Lift]", delay: int, confirm: "Callable[[App, str, int], None]"
) -> None:
    """Plan, guards, confirmation, and the one call."""
    from newsletter_cli.delivery.guards import SendRefused
    from newsletter_cli.workflow import hosted
    from newsletter_cli.workflow.ledger import open_ledger

    platform = hosted.open_platform(app.workspace, app.settings, app.environ)
    try:
        with open_ledger(app.workspace, app.settings) as ledger:
            issue = issue_id or due_slot(app, ledger).issue
            hosted.must_be_new(ledger, platform, issue, app.now)
            prepared = hosted.prepare_hosted(app.workspace, app.settings, ledger, platform, issue, app.now, lifted)
            _show_plan(app, platform, prepared)
            if prepared.refusals:
                raise SendRefused(issue, prepared.refusals)
            if issue_id:
                confirm(app, issue, prepared.members.count or 0)
            count_down(app, ledger, issue, delay)
            record = hosted.send_hosted(app.workspace, ledger, platform, prepared, app.now)
    finally:
        platform.close()
    app.result(f"{platform.title} has the campaign: {record.stage} ({record.raw}).")
    app.emit({"dry_run": False, "exit_status": 0, **hosted.hosted_json(record)})
    app.next(f"newsletter receipt {issue}", f"asks {platform.title} how far it is")


def dry_run_at_platform(app: App, issue_id: str | None, lifted: "frozenset[Lift]") -> None:
    """The plan and the very calls; the platform is not asked anything."""
    from newsletter_cli.cli.plan_view import show_refusals
    from newsletter_cli.delivery.ledger import Ledger
    from newsletter_cli.workflow import hosted
    from newsletter_cli.workflow.plan import reading_only
    from newsletter_cli.workflow.requests import as_curl

    platform = hosted.open_platform(app.workspace, app.settings, app.environ, need_key=False)
    with reading_only(app.workspace, app.settings) as database:
        ledger = Ledger(database, lambda: app.now)
        issue = issue_id or due_slot(app, ledger).issue
        prepared = hosted.prepare_hosted(
            app.workspace, app.settings, ledger, platform, issue, app.now, lifted, ask=False
        )
    _show_plan(app, platform, prepared)
    show_refusals(app, prepared.refusals)
    calls = hosted.hosted_calls(platform, prepared)
    app.result(f"Requests ({plural(len(calls), 'call')}):")
    for call in calls:
        app.result(f"  {call.method} {call.url}  ({len(call.body):,} bytes)")
        if app.verbose:
            app.result(as_curl(call))
    app.result("Dry run: nothing was touched, and nobody was written to.")
    requests = [
        {"method": call.method, "url": call.url, "headers": dict(call.headers), "bytes": len(call.body)}
        for call in calls
    ]
    app.emit({"issue": issue, "dry_run": True, "plan": _plan_json(platform, prepared), "requests": requests})
    app.next(f"newsletter send {issue}" if not prepared.refusals else f"newsletter approve {issue} --by NAME")


def test_at_platform(app: App, issue: str, addresses: tuple[str, ...]) -> None:
    """A marked test copy, made by the platform."""
    from newsletter_cli.workflow import hosted
    from newsletter_cli.workflow.ledger import open_ledger

    platform = hosted.open_platform(app.workspace, app.settings, app.environ)
    try:
        with open_ledger(app.workspace, app.settings) as ledger:
            prepared = hosted.prepare_hosted(app.workspace, app.settings, ledger, platform, issue, app.now)
            testers = hosted.test_hosted(platform, prepared, addresses)
    finally:
        platform.close()
    app.result(
        f"{platform.title} was asked to mail a test, marked [TEST], to {plural(len(testers), 'address', 'addresses')}."
    )
    app.emit({"issue": issue, "test": True, "to": list(testers), "provider": platform.title})
    app.next(f"newsletter send {issue} --dry-run" if prepared.approved else f"newsletter approve {issue} --by NAME")


def show_hosted(app: App, record: "Hosted", report: "PlatformReport | None", why: str) -> None:
    """The receipt of a campaign at a platform."""
    from newsletter_cli.cli.receipt_view import show_sum
    from newsletter_cli.providers.registry import provider_class

    title = provider_class(record.provider).title
    app.result(app.style(f"Receipt of issue {record.issue}", bold=True))
    app.result(f"  {title} says: {record.stage} ({record.raw}), read {record.at:%d %B %Y %H:%M} UTC")
    if why:
        app.warn(f"  It could not be asked now: {why}")
    show_sum(app, record.counts, title)
    if report:
        app.result(f"  As {title} counts:")
        for name in _NUMBERS:
            value = getattr(report, name)
            app.result(f"    {name:<13} {'unknown' if value is None else f'{value:,}'}")
    app.result(f"  Content   sha256 {record.message_hash}")


def _show_plan(app: App, platform: "Platform", prepared: "PreparedHosted") -> None:
    from newsletter_cli.delivery.readers import as_shown

    message, members = prepared.message, prepared.members
    count = "people as the platform counts them" if members.count is None else plural(members.count, "person", "people")
    approved = prepared.approved
    facts = [
        ("Subject", as_shown(message.subject, message)),
        ("Preheader", as_shown(message.preheader, message)),
        ("From", f"{message.sender.name} <{message.sender.email}>"),
        ("Platform", platform.title),
        ("To", f"{count}  (list {members.name})"),
        ("Unsubscribe", f"{platform.title}'s own address"),
        ("Approved", f"by {approved.by} on {approved.at:%d %B %Y at %H:%M} UTC" if approved else "no"),
        ("Check", plural(len(prepared.findings), "finding") if prepared.findings else "nothing found"),
    ]
    app.result(app.style(f"Issue {prepared.issue}", bold=True))
    for label, value in facts:
        app.result(f"  {label:<14}{value}")
    for note in platform.capabilities.header_notes:
        app.result(f"  {'Note':<14}{note}")
    if prepared.left_here:
        app.warn(
            f"{plural(prepared.left_here, 'person', 'people')} left here (newsletter subscribers list --suppressed), "
            f"which {platform.title} does not know: take them off its list."
        )


def _plan_json(platform: "Platform", prepared: "PreparedHosted") -> dict[str, Any]:
    from newsletter_cli.delivery.readers import as_shown

    return {
        "subject": as_shown(prepared.message.subject, prepared.message),
        "provider": platform.title,
        "list": prepared.members.name,
        "members": prepared.members.count,
        "left_here": prepared.left_here,
        "approved_by": prepared.approved.by if prepared.approved else None,
        "refusals": [
            {"message": each.message, "lifted_by": each.lift.value, "exit_status": int(each.status)}
            for each in prepared.refusals
        ],
    }
