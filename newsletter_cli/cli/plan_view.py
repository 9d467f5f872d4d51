"""Shows the plan of a send, for people and as JSON."""

from typing import TYPE_CHECKING, Any

from newsletter_cli.cli.app import App, plural

if TYPE_CHECKING:
    from newsletter_cli.delivery.guards import Refusal
    from newsletter_cli.delivery.plan import Plan
    from newsletter_cli.delivery.schedule import Slot
    from newsletter_cli.model.message import Address
    from newsletter_cli.workflow.plan import Prepared

_LABEL = 14


def show_plan(app: App, prepared: "Prepared", slot: "Slot | None" = None) -> None:
    """The plan, a fact a line."""
    plan = prepared.plan
    app.result(app.style(f"Issue {plan.issue}", bold=True))
    for label, value in _facts(prepared, slot):
        if value:
            app.result(f"  {label:<{_LABEL}}{value}")
    for note in plan.notes:
        app.result(f"  {'Note':<{_LABEL}}{note}")
    _show_findings(app, plan)


def _facts(prepared: "Prepared", slot: "Slot | None") -> list[tuple[str, str]]:
    plan, approved = prepared.plan, prepared.approved
    readers = plan.readership
    people = f"{plural(readers.recipients, 'person', 'people')}"
    ends = f"; under [pace] per_day the last one is reached on {plan.ends:%a %d %B %Y}" if plan.ends else ""
    return [
        ("Subject", plan.subject),
        ("Preheader", plan.preheader),
        ("From", _mailbox(plan.sender)),
        ("Reply to", _mailbox(plan.reply_to) if plan.reply_to else ""),
        ("Provider", plan.provider),
        ("To", f"{people}  ({plan.rule})"),
        ("Left out", _left_out(plan)),
        ("First, last", f"{readers.first}, {readers.last}" if readers.first else ""),
        ("Before", _change(plan)),
        (
            "Roles",
            f"{plural(readers.roles, 'address', 'addresses')} such as info@, of no one person" if readers.roles else "",
        ),
        ("Calls", f"{plural(plan.batches, 'batch', 'batches')}{ends}" if plan.batches else ""),
        ("Unsubscribe", plan.way_out),
        ("Approved", f"by {approved.by} on {approved.at:%d %B %Y at %H:%M} UTC" if approved else "no"),
        ("Time", f"due {slot.sends:%a %d %b %H:%M %Z}, not after {slot.not_after:%a %d %b %H:%M %Z}" if slot else ""),
    ]


def _mailbox(address: "Address") -> str:
    return f"{address.name} <{address.email}>" if address.name else address.email


def _left_out(plan: "Plan") -> str:
    excluded = plan.readership.excluded
    if not excluded:
        return ""
    reasons = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in excluded)
    return f"{sum(count for _, count in excluded):,} of {plan.readership.audience:,}: {reasons}"


def _change(plan: "Plan") -> str:
    if plan.earlier is None:
        return "this is the first issue in this ledger"
    difference = plan.readership.recipients - plan.earlier.recipients
    words = f"{abs(difference):,} {'more' if difference > 0 else 'fewer'} than" if difference else "as many as"
    return f"{words} issue {plan.earlier.issue} ({plan.earlier.change(plan.readership.recipients):+.1f} %)"


def _show_findings(app: App, plan: "Plan") -> None:
    if not plan.findings:
        app.result(f"  {'Check':<{_LABEL}}nothing found")
        return
    kinds = [each.severity.value for each in plan.findings]
    sums = ", ".join(plural(kinds.count(kind), name) for kind, name in (("error", "error"), ("warning", "warning"), ("info", "remark")) if kind in kinds)  # fmt: skip
    app.result(f"  {'Check':<{_LABEL}}{sums}  (newsletter check {plan.issue})")
    for each in [each for each in plan.findings if each.severity.value == "error"][:8]:
        place = f"{each.file}:{each.line}: " if each.file else ""
        app.result(f"  {'':<{_LABEL}}{place}{each.message}")


def show_refusals(app: App, refusals: "tuple[Refusal, ...]") -> None:
    """What a real run would be refused for; for a dry run."""
    for each in refusals:
        app.result(app.style(f"A real run would stop here: {each.message}", fg="yellow"))
        for problem in each.problems:
            app.result(f"    {problem}")
        app.result(f"  {each.lift.value} goes over it.")


def plan_json(prepared: "Prepared") -> dict[str, Any]:
    """The plan as JSON; addresses stay masked."""
    plan, approved = prepared.plan, prepared.approved
    readers = plan.readership
    return {
        "subject": plan.subject,
        "preheader": plan.preheader,
        "sender": _mailbox(plan.sender),
        "provider": plan.provider,
        "audience_rule": plan.rule,
        "audience": readers.audience,
        "recipients": readers.recipients,
        "excluded": dict(readers.excluded),
        "first": readers.first,
        "last": readers.last,
        "earlier": {"issue": plan.earlier.issue, "recipients": plan.earlier.recipients} if plan.earlier else None,
        "change_percent": round(plan.earlier.change(readers.recipients), 1) if plan.earlier else None,
        "batches": plan.batches,
        "last_day": plan.ends.isoformat() if plan.ends else None,
        "unsubscribe": plan.way_out,
        "notes": list(plan.notes),
        "redirect_to": plan.redirect_to,
        "approved_by": approved.by if approved else None,
        "findings": [
            {
                "rule": each.rule,
                "severity": each.severity.value,
                "message": each.message,
                "file": each.file,
                "line": each.line,
            }
            for each in plan.findings
        ],
        "refusals": [
            {"message": each.message, "lifted_by": each.lift.value, "exit_status": int(each.status)}
            for each in prepared.refusals
        ],
    }
