"""What stands between a plan and a send; each guard has a flag of its own, and --yes lifts none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from newsletter_cli.config import Settings
from newsletter_cli.database.tables import outcome
from newsletter_cli.delivery.approval import NotApproved
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.plan import Plan
from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.model.campaign import CampaignState
from newsletter_cli.model.finding import Finding, Severity

COMPLAINTS_REFUSED = 0.003  # Gmail's and Yahoo's limit: 0.3 % of the mail delivered


class Lift(StrEnum):
    """The flags, each of which lifts one guard."""

    APPROVAL = "--unapproved"
    CHECK = "--despite-errors"
    EMPTY = "--allow-empty"
    CHANGE = "--allow-change"
    COMPLAINTS = "--despite-complaints"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One guard that says no: why, what to do, the flag that lifts it, and the exit status of the command."""

    message: str
    hint: str
    lift: Lift
    status: ExitStatus
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Complaints:
    """How many readers of an earlier issue called it spam."""

    issue: str
    complained: int
    accepted: int


class SendRefused(NewsletterError):
    """One or more guards said no; the first decides the exit status."""

    def __init__(self, issue: str, refusals: tuple[Refusal, ...]) -> None:
        first = refusals[0]
        problems = [*first.problems]
        for other in refusals[1:]:
            problems += [other.message, *(f"  {each}" for each in other.problems)]
        flags = " ".join(each.lift.value for each in refusals)
        hints = list(dict.fromkeys(each.hint for each in refusals if each.hint))
        lifted = f"If it is meant so, this goes over it: newsletter send {issue} {flags}"
        super().__init__(first.message, "\n".join([*hints, lifted]), problems)
        self.exit_status = first.status
        self.refusals = refusals


def look(
    plan: Plan, ledger: Ledger, settings: Settings, unapproved: NotApproved | None, lifted: Collection[Lift]
) -> tuple[Refusal, ...]:
    """Every guard that says no and was not lifted, the weightiest first."""
    found = [
        _approval(unapproved),
        _check(plan.issue, plan.findings),
        _empty(plan),
        _change(plan, settings),
        _complaints(ledger, plan.issue),
    ]
    return tuple(each for each in found if each is not None and each.lift not in lifted)


def look_hosted(
    issue: str,
    findings: Sequence[Finding],
    unapproved: NotApproved | None,
    members: int | None,
    before: int | None,
    complaints: Complaints | None,
    settings: Settings,
    lifted: Collection[Lift],
) -> tuple[Refusal, ...]:
    """The same guards where a platform keeps the list; a number it does not tell (None) guards nothing.

    Args:
        members: people on the list now.
        before: people on it when the issue before went out.
        complaints: about the issue before, as the platform counts.
    """
    found = [
        _approval(unapproved),
        _check(issue, findings),
        _empty_list(members),
        _changed_list(members, before, settings),
        _too_many(complaints) if complaints else None,
    ]
    return tuple(each for each in found if each is not None and each.lift not in lifted)


def _empty_list(members: int | None) -> Refusal | None:
    if members is None or members:
        return None
    hint = "Look at the list at the platform, and at `list` under [provider]."
    return Refusal("There is nobody to write to: the list is empty.", hint, Lift.EMPTY, ExitStatus.NOTHING_SENT)


def _changed_list(members: int | None, before: int | None, settings: Settings) -> Refusal | None:
    if not members or not before:
        return None
    change = 100 * (members - before) / before
    if abs(change) <= settings.audience.max_change_percent:
        return None
    return Refusal(
        f"The list is {members:,} people, {abs(change):.0f} % {'more' if change > 0 else 'fewer'} than the {before:,} "
        "when the issue before went out.",
        "Look whether it is the right list: `list` under [provider].",
        Lift.CHANGE,
        ExitStatus.NOTHING_SENT,
    )


def _approval(unapproved: NotApproved | None) -> Refusal | None:
    if unapproved is None:
        return None
    return Refusal(unapproved.message, unapproved.hint, Lift.APPROVAL, ExitStatus.NOT_APPROVED, unapproved.problems)


def _check(issue: str, findings: Sequence[Finding]) -> Refusal | None:
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if not errors:
        return None
    count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
    return Refusal(
        f"The check of issue {issue} found {count}.",
        f"Mend it, look with `newsletter check {issue}`, and approve again.",
        Lift.CHECK,
        ExitStatus.CHECK_FAILED,
        tuple(f"{each.file}:{each.line}: {each.message}" if each.file else each.message for each in errors[:8]),
    )


def _empty(plan: Plan) -> Refusal | None:
    if plan.readership.recipients:
        return None
    on_list = f", though {plan.readership.audience:,} are on it" if plan.readership.audience else ""
    return Refusal(
        f"There is nobody to write to: the audience ({plan.rule}) is empty{on_list}.",
        "Look at the list: newsletter subscribers list. An empty audience is usually a mistake in the rule.",
        Lift.EMPTY,
        ExitStatus.NOTHING_SENT,
    )


def _change(plan: Plan, settings: Settings) -> Refusal | None:
    allowed = settings.audience.max_change_percent
    if plan.earlier is None or not plan.readership.recipients:
        return None
    change = plan.earlier.change(plan.readership.recipients)
    if abs(change) <= allowed:
        return None
    return Refusal(
        f"The audience is {plan.readership.recipients:,} people, {abs(change):.0f} % "
        f"{'more' if change > 0 else 'fewer'} than the {plan.earlier.recipients:,} of issue {plan.earlier.issue} "
        f"(more than {allowed} % is not taken for granted).",
        "Look whether the list or the segment is what you think it is: newsletter subscribers list",
        Lift.CHANGE,
        ExitStatus.NOTHING_SENT,
    )


def _complaints(ledger: Ledger, issue: str) -> Refusal | None:
    """The newest issue whose complaints are known; Gmail, Yahoo and Microsoft refuse senders above 0.3 %."""
    for campaign in reversed(ledger.campaigns()):
        if campaign.issue == issue or campaign.state is CampaignState.CANCELLED:
            continue
        accepted = ledger.counts(campaign.id).accepted
        with ledger.database.reading() as connection:
            complaints = connection.execute(
                select(func.count())
                .select_from(outcome)
                .where(outcome.c.campaign_id == campaign.id, outcome.c.what == "complained")
            ).scalar_one()
        return _too_many(Complaints(campaign.issue, complaints, accepted))
    return None


def _too_many(found: Complaints) -> Refusal | None:
    if not found.accepted or found.complained / found.accepted < COMPLAINTS_REFUSED:
        return None
    return Refusal(
        f"{found.complained} of {found.accepted:,} readers of issue {found.issue} called it spam "
        f"({100 * found.complained / found.accepted:.2f} %); mailbox providers refuse senders above 0.3 %.",
        f"Look at `newsletter report {found.issue}`, and write only to people who asked for it.",
        Lift.COMPLAINTS,
        ExitStatus.NOTHING_SENT,
    )
