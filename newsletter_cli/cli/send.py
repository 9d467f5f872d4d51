"""`newsletter send`: the plan, the confirmation, and the send itself; or a test, or what is due."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command
from newsletter_cli.cli.send_when import count_down, due_slot
from newsletter_cli.errors import ExitStatus, NewsletterError, UsageError

if TYPE_CHECKING:
    from newsletter_cli.delivery.guards import Lift
    from newsletter_cli.delivery.ledger import Campaign
    from newsletter_cli.delivery.schedule import Slot
    from newsletter_cli.delivery.sender import SendResult
    from newsletter_cli.workflow.plan import Prepared
    from newsletter_cli.workflow.send import Sending

LIFTS = (
    ("--unapproved", "Send although nobody approved this very version."),
    ("--despite-errors", "Send although the check found errors."),
    ("--allow-empty", "An empty audience is no fault."),
    ("--allow-change", "Send although the audience differs much from the last issue's."),
    ("--despite-complaints", "Send although too many readers called the last issue spam."),
)


def _lift_options(function: "click.decorators.FC") -> "click.decorators.FC":
    for flag, words in reversed(LIFTS):
        function = click.option(flag, flag.lstrip("-").replace("-", "_"), is_flag=True, help=words)(function)
    return function


@command("send", dry_run=True, yes=True)
@click.argument("issue_id", metavar="[ISSUE]", required=False)
@click.option("--due", is_flag=True, help="The issue whose time has come, unasked: what a scheduled job runs.")
@click.option("--to", "testers", multiple=True, metavar="ADDRESS", help="A marked test, to 20 people at most.")
@click.option("--as", "reader", default="", metavar="ADDRESS", help="With --to: with this reader's values.")
@click.option("--delay", default="", metavar="TIME", help="Count down first, such as 10m; Ctrl-C calls it off.")
@click.option("--late", is_flag=True, help="Go on although the schedule's time is over.")
@_lift_options
def send(
    app: App,
    issue_id: str | None,
    due: bool,
    testers: tuple[str, ...],
    reader: str,
    delay: str,
    late: bool,
    **lifts: bool,
) -> None:
    """Send an approved issue, once; said again, carry on."""
    if bool(issue_id) == due:
        raise UsageError("Say which issue, or --due.", "newsletter send 2022-02, or newsletter send --due")
    if reader and not testers:
        raise UsageError("--as belongs to --to.", f"newsletter send {issue_id} --to ADDRESS --as {reader}")
    if testers and due:
        raise UsageError("A test names its issue.", "newsletter send ISSUE --to ADDRESS")
    lifted = _lifted(lifts)
    if _keeps_the_list(app):
        _at_platform(app, issue_id, due, testers, lifted, _seconds(delay))
    elif testers:
        _test(app, issue_id or "", testers, reader)
    elif app.dry_run:
        _dry_run(app, issue_id, lifted)
    else:
        with _nothing_sent_yet(due):
            _send(app, issue_id, lifted, _seconds(delay), late)


def _keeps_the_list(app: App) -> bool:
    from newsletter_cli.workflow.hosted import is_hosted

    return is_hosted(app.settings)


def _at_platform(
    app: App, issue_id: str | None, due: bool, testers: tuple[str, ...], lifted: "frozenset[Lift]", delay: int
) -> None:
    from newsletter_cli.cli.send_hosted import dry_run_at_platform, send_at_platform, test_at_platform

    if testers:
        test_at_platform(app, issue_id or "", testers)
    elif app.dry_run:
        dry_run_at_platform(app, issue_id, lifted)
    else:
        with _nothing_sent_yet(due):
            send_at_platform(app, issue_id, lifted, delay, _confirm)


def _lifted(lifts: dict[str, bool]) -> "frozenset[Lift]":
    if not any(lifts.values()):
        return frozenset()
    from newsletter_cli.delivery.guards import Lift

    return frozenset(Lift("--" + name.replace("_", "-")) for name, given in lifts.items() if given)


@contextmanager
def _nothing_sent_yet(due: bool) -> Iterator[None]:
    """A job is told by status 5 that whatever went wrong did so before anything went out."""
    try:
        yield
    except NewsletterError as error:
        if due and error.exit_status is ExitStatus.FAILED:
            error.exit_status = ExitStatus.NOTHING_SENT
        raise


def _send(app: App, issue_id: str | None, lifted: "frozenset[Lift]", delay: int, late: bool) -> None:
    from newsletter_cli.workflow.send import open_sending

    with open_sending(app.workspace, app.settings, app.environ, lambda: app.now) as sending:
        slot = None if issue_id else due_slot(app, sending.ledger)
        issue = issue_id or (slot.issue if slot else "")
        campaign = sending.under_way(issue)
        _learn_who_left(app, sending)
        if campaign:
            _resume(app, sending, campaign, slot, late)
            return
        prepared = _prepare(app, sending, issue, slot, lifted)
        if not prepared.plan.readership.recipients:
            app.note("Nobody to write to; nothing was done.")
            app.emit({"issue": issue, "recipients": 0})
            app.exit(ExitStatus.NOTHING_TO_DO)
        if slot is None:
            _confirm(app, issue, prepared.plan.readership.recipients)
        with sending.alone():
            _begin(app, sending, prepared, slot, delay)


def _learn_who_left(app: App, sending: "Sending") -> None:
    """Take over the provider's list of people who left, where it has one: nobody who left there is mailed."""
    fetched = sending.fetch_leavers()
    if fetched.fault:
        app.warn(f"The provider's own list of people who left was not read: {fetched.fault} Ours holds all the same.")
    elif fetched.new:
        app.note(f"{sending.provider.title}: {plural(fetched.new, 'person', 'people')} left there.")


def _prepare(app: App, sending: "Sending", issue: str, slot: "Slot | None", lifted: "frozenset[Lift]") -> "Prepared":
    """Plan, show, and let the guards speak."""
    from newsletter_cli.cli.plan_view import show_plan
    from newsletter_cli.delivery.guards import SendRefused
    from newsletter_cli.workflow.plan import prepare_send

    prepared = prepare_send(app.workspace, app.settings, sending.ledger, sending.provider, issue, app.now, lifted)
    show_plan(app, prepared, slot)
    if prepared.refusals:
        raise SendRefused(issue, prepared.refusals)
    return prepared


def _confirm(app: App, issue: str, people: int, what: str = "") -> None:
    """Let the person type how many people it goes to; without a terminal say what a job would run.

    Raises:
        NewsletterError: it was another number, or nobody is there to ask.
    """
    if app.yes:
        return
    if not app.can_ask:
        here = shlex.quote(str(app.workspace.root))
        error = NewsletterError(
            f"This goes to {plural(people, 'person', 'people')} and there is no terminal to ask on. Nothing was sent.",
            f"If it is right: newsletter send {issue} --yes -C {here}\n"
            f"On time, from cron: newsletter send --due -C {here}   (newsletter schedule --install writes the job)",
        )
        error.exit_status = ExitStatus.NOTHING_SENT
        raise error
    typed = click.prompt(
        f"{what}Type the number of people it goes to ({people})", err=True, default="", show_default=False
    )
    if typed.replace(",", "").replace(".", "").strip() != str(people):
        error = NewsletterError(f"That is not {people}. Nothing was sent.", "Say the command again when it is right.")
        error.exit_status = ExitStatus.NOTHING_SENT
        raise error


def _begin(app: App, sending: "Sending", prepared: "Prepared", slot: "Slot | None", delay: int) -> None:
    """Count down, freeze, deliver; no other process of this machine sends meanwhile."""
    from newsletter_cli.workflow.send import deadline

    count_down(app, sending.ledger, prepared.plan.issue, delay)
    campaign_id = sending.begin(prepared, deadline(slot, prepared, app.now) if slot else None)
    _deliver(app, sending, campaign_id)


def _resume(app: App, sending: "Sending", campaign: "Campaign", slot: "Slot | None", late: bool) -> None:
    """Carry on what was begun, with the message and the people frozen then."""
    counts = sending.ledger.counts(campaign.id)
    app.note(
        f"Issue {campaign.issue} was begun on {campaign.created:%d %B %Y at %H:%M} UTC: {counts.accepted:,} of "
        f"{counts.audience:,} accepted, {counts.pending:,} to go, {counts.unknown:,} unknown. It goes on where it "
        "stopped, with the message as it was then; nobody gets it twice."
    )
    if slot is None and counts.pending:
        _confirm(app, campaign.issue, counts.pending)
    if late and campaign.not_after:
        sending.ledger.set_not_after(campaign.id, None)
    with sending.alone():
        _deliver(app, sending, campaign.id)


def _deliver(app: App, sending: "Sending", campaign_id: int) -> None:
    from newsletter_cli.cli.progress import stderr_view
    from newsletter_cli.delivery.sender import Stop
    from newsletter_cli.workflow.send import status_of

    view = stderr_view(app.quiet or app.json, app.width)
    try:
        result = sending.carry_on(campaign_id, Stop(), view)
    except NewsletterError as error:
        _say_whether_anybody_was_reached(sending, campaign_id, error)
        raise
    finally:
        view.end()
        if fault := sending.keep_receipt(campaign_id):
            app.warn(f"The receipt was not written: {fault} `newsletter receipt` has it all the same.")
    _tell(app, sending, campaign_id, result)
    app.exit(status_of(result))


def _say_whether_anybody_was_reached(sending: "Sending", campaign_id: int, error: NewsletterError) -> None:
    """Status 5 promises that nobody was; where the ledger cannot be read, nobody promises anything."""
    if error.exit_status is not ExitStatus.FAILED:
        return
    try:
        counts = sending.ledger.counts(campaign_id)
    except NewsletterError:
        error.exit_status = ExitStatus.PARTLY_SENT
        return
    error.exit_status = ExitStatus.PARTLY_SENT if counts.accepted or counts.unknown else ExitStatus.NOTHING_SENT


def _tell(app: App, sending: "Sending", campaign_id: int, result: "SendResult") -> None:
    """The sum, and what comes next."""
    from dataclasses import asdict

    from newsletter_cli.cli.receipt_view import show_sum
    from newsletter_cli.workflow.send import status_of

    campaign = sending.ledger.get(campaign_id)
    local = sending.provider.capabilities.local
    status = status_of(result)
    show_sum(app, result.counts, sending.provider.title, local)
    if campaign.rehearsal:
        app.result(f"Test mode: everything went to {app.settings.test_mode.redirect_to}; it counts as no delivery.")
    if result.why:
        app.warn(f"Stopped: {result.why.rstrip('.')}.")
    app.emit(
        {
            "issue": campaign.issue,
            "dry_run": False,
            "exit_status": int(status),
            "stopped": result.stopped.value if result.stopped else None,
            "why": result.why,
            "receipt": asdict(result.counts),
        }
    )
    if result.counts.unknown and not result.counts.pending and sending.ledger.held(campaign_id):
        app.next(
            f"newsletter resolve {campaign.issue}", "people of whom the provider could not say whether they got it"
        )
    elif status is ExitStatus.OK:
        app.next(f"newsletter receipt {campaign.issue}")
    elif campaign.state == "cancelled":
        app.next(f"newsletter receipt {campaign.issue}", "it was called off; who was reached until then")
    elif campaign.state in ("held", "paused"):
        app.next(f"newsletter release {campaign.issue}", "lets it go on; then send again")
    elif result.counts.unknown and not result.counts.pending:
        app.next(f"newsletter send {campaign.issue}", "a little later: asks the provider again")
    else:
        app.next(f"newsletter send {campaign.issue}", "carries on; nobody gets it twice")


def _dry_run(app: App, issue_id: str | None, lifted: "frozenset[Lift]") -> None:
    from newsletter_cli.cli.dry_run import dry_run

    dry_run(app, issue_id, lifted)


def _test(app: App, issue: str, testers: tuple[str, ...], reader: str) -> None:
    from newsletter_cli.cli.dry_run import test_send

    test_send(app, issue, testers, reader)


def _seconds(delay: str) -> int:
    if not delay:
        return 0
    from newsletter_cli.config.settings import seconds

    try:
        return seconds(delay)
    except ValueError as error:
        raise UsageError(f"--delay {delay} is no time.", "Write a number and s, m or h, such as 10m.") from error
