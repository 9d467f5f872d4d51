"""The two ways of `newsletter send` that deliver to no reader: the dry run and the test."""

from itertools import islice
from typing import TYPE_CHECKING, Any

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.send_when import due_slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter_cli.delivery.guards import Lift
    from newsletter_cli.workflow.plan import Prepared
    from newsletter_cli.workflow.requests import PlannedCall

_SHOWN = 5


def dry_run(app: App, issue_id: str | None, lifted: "frozenset[Lift]") -> None:
    """Plan and requests; no file, row or connection is touched. Never says that anything went out."""
    from newsletter_cli.cli.plan_view import plan_json, show_plan, show_refusals
    from newsletter_cli.delivery.ledger import Ledger
    from newsletter_cli.workflow.plan import leaving_no_trace, prepare_send, reading_only
    from newsletter_cli.workflow.requests import planned_calls
    from newsletter_cli.workflow.send import earlier_send, open_account

    with reading_only(app.workspace, app.settings) as database, leaving_no_trace(app.workspace) as workspace:
        ledger = Ledger(database, lambda: app.now)
        provider = open_account(app.workspace, app.settings, app.environ, need_key=False)
        slot = None if issue_id else due_slot(app, ledger)
        issue = issue_id or (slot.issue if slot else "")
        prepared = prepare_send(workspace, app.settings, ledger, provider, issue, app.now, lifted, write=False)
        show_plan(app, prepared, slot)
        if before := earlier_send(ledger, issue):
            app.result(app.style(before, fg="yellow"))
        show_refusals(app, prepared.refusals)
        requests = _show_requests(app, planned_calls(ledger, provider, app.settings, prepared, _SHOWN), prepared)
        provider.close()
    app.result("Dry run: nothing was touched, and nobody was written to.")
    app.emit({"issue": issue, "dry_run": True, "plan": plan_json(prepared), "requests": requests})
    app.next(f"newsletter send {issue}" if not prepared.refusals else f"newsletter approve {issue} --by NAME")


def _show_requests(app: App, calls: "Iterator[PlannedCall]", prepared: "Prepared") -> list[dict[str, Any]]:
    """The first requests, each in full with -v; the rest is a number, and with --json they stand there."""
    from newsletter_cli.workflow.requests import as_curl

    batches = prepared.plan.batches
    shown = list(islice(calls, _SHOWN))
    if not shown and batches:
        app.result(f"No request is made: {prepared.plan.provider} works on this machine.")
    elif shown:
        app.result(f"Requests ({plural(batches, 'call')}):")
    for planned in shown:
        call = planned.call
        people = plural(planned.people, "person", "people")
        app.result(f"  {call.method} {call.url}  ({people}, {len(call.body):,} bytes)")
        if app.verbose:
            app.result(as_curl(call))
    if batches > len(shown) > 0:
        app.result(f"  ... and {batches - len(shown):,} more to the same address")
    return [
        {
            "method": planned.call.method,
            "url": planned.call.url,
            "headers": dict(planned.call.headers),
            "people": planned.people,
            "bytes": len(planned.call.body),
            **({"curl": as_curl(planned.call)} if app.verbose else {}),
        }
        for planned in shown
    ]


def test_send(app: App, issue: str, addresses: tuple[str, ...], reader: str) -> None:
    """A marked copy to a few people; needs no approval and counts as no delivery."""
    from newsletter_cli.workflow.rehearse import rehearse_issue

    testers = tuple(part.strip() for each in addresses for part in each.split(",") if part.strip())
    if app.dry_run:
        app.result(f"A marked test of issue {issue} would go to {', '.join(testers)}. Dry run: nothing was touched.")
        app.emit({"issue": issue, "dry_run": True, "test": True, "to": list(testers)})
        return
    rehearsed = rehearse_issue(app.workspace, app.settings, issue, testers, reader, app.environ, app.now)
    done = rehearsed.test
    refused = {each.seq: each.words for each in done.refused}
    for seq, email in enumerate(done.to):
        app.result(f"  {email}: {'refused: ' + refused[seq] if seq in refused else 'accepted by ' + done.provider}")
    app.emit(
        {
            "issue": issue,
            "test": True,
            "accepted": len(done.to) - len(refused),
            "refused": [{"to": done.to[seq], "why": words} for seq, words in refused.items()],
        }
    )
    app.note("A test, marked [TEST]: it counts as no delivery of the issue.")
    app.next(f"newsletter send {issue} --dry-run" if rehearsed.approved else f"newsletter approve {issue} --by NAME")
