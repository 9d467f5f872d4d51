"""Sends an issue through a platform that keeps the list itself: a draft, one call, and what is read back."""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from newsletter_cli import __version__
from newsletter_cli.audience.suppression import each_suppression
from newsletter_cli.config import Settings
from newsletter_cli.database.locking import sending_alone
from newsletter_cli.delivery import guards
from newsletter_cli.delivery.approval import Approval
from newsletter_cli.delivery.guards import Complaints, Lift, Refusal
from newsletter_cli.delivery.holds import IssueHeld, find_hold
from newsletter_cli.delivery.hosted import (
    SAID,
    AtPlatformAlready,
    Hosted,
    PlatformDoubt,
    as_read,
    decided,
    each_hosted,
    find_hosted,
    keep_hosted,
)
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.readers import rule_words
from newsletter_cli.delivery.rehearsal import check_testers, mark
from newsletter_cli.errors import NewsletterError, UsageError
from newsletter_cli.model.finding import Finding
from newsletter_cli.model.message import Message
from newsletter_cli.paths import Workspace, write_file
from newsletter_cli.providers.base import Batch, HttpCall, NotSent, Refused
from newsletter_cli.providers.platform import Members, Platform, PlatformReport, Stage
from newsletter_cli.providers.registry import provider_class
from newsletter_cli.workflow.check import check_issue
from newsletter_cli.workflow.compose import compose_issue
from newsletter_cli.workflow.plan import find_approval
from newsletter_cli.workflow.send import open_account

COUNTED = (Stage.SENDING, Stage.SENT)
"""Stages in which a platform has something to count."""


@dataclass(frozen=True, slots=True)
class PreparedHosted:
    """A campaign that could be made: the message, the list as the platform tells of it, and who says no."""

    issue: str
    message: Message
    key: str
    members: Members
    findings: tuple[Finding, ...]
    approved: Approval | None
    refusals: tuple[Refusal, ...]
    left_here: int
    """People on our own list of those who are never mailed; the platform does not know them."""


def is_hosted(settings: Settings) -> bool:
    """Whether the newsletter's provider keeps the list itself."""
    return provider_class(settings.provider.name).kind == "campaign"


def open_platform(
    workspace: Workspace, settings: Settings, environ: Mapping[str, str], need_key: bool = True
) -> Platform:
    """The newsletter's platform.

    Raises:
        UsageError: test mode, which a platform cannot keep.
    """
    if settings.test_mode.redirect_to:
        raise UsageError(
            "[test_mode] redirect_to cannot be kept by a platform that holds the list: it would mail the list.",
            "Take [test_mode] out, or send tests: newsletter send ISSUE --to ADDRESS",
        )
    opened = open_account(workspace, settings, environ, need_key)
    if not isinstance(opened, Platform):
        raise TypeError(f"{opened.name} is no platform")
    return opened


def campaign_key(settings: Settings, issue_id: str) -> str:
    """The name under which the campaign is made and found again at the platform."""
    name = re.sub(r"[^a-z0-9]+", "-", settings.newsletter.name.casefold()).strip("-") or "newsletter"
    return f"{name}-{issue_id}"


def prepare_hosted(
    workspace: Workspace,
    settings: Settings,
    ledger: Ledger,
    platform: Platform,
    issue_id: str,
    now: datetime,
    lifted: Collection[Lift] = (),
    *,
    ask: bool = True,
) -> PreparedHosted:
    """Everything that is looked at before a campaign is made; `ask` False asks the platform nothing (a dry run).

    Raises:
        IssueNotFound, CannotExpress: it cannot be sent at all.
        UsageError: the issue names a segment of ours.
    """
    composition = compose_issue(workspace, settings, issue_id, write=ask)
    message = composition.message
    if segment := composition.issue.segment or settings.audience.segment:
        raise UsageError(
            f"Issue {issue_id} goes to the segment `{segment}`, but {platform.title} keeps the list itself.",
            f"Make the segment at {platform.title} and name its list under [provider], or take the segment out.",
        )
    platform.prepare(message)
    today = now.astimezone(settings.zone).date()
    findings = check_issue(workspace, settings, issue_id, today=today, database=ledger.database).findings
    rule = rule_words(ledger.database, settings, "")
    approved, unapproved = find_approval(ledger.database, issue_id, message, rule)
    members = platform.members() if ask else Members(settings.provider.list, None)
    earlier = _earlier(ledger, issue_id)
    complaints = _complaints(platform, earlier) if ask else None
    before = earlier.members if earlier else None
    refusals = guards.look_hosted(issue_id, findings, unapproved, members.count, before, complaints, settings, lifted)
    key = campaign_key(settings, issue_id)
    with ledger.database.reading() as connection:
        left_here = sum(1 for _ in each_suppression(connection))
    return PreparedHosted(issue_id, message, key, members, tuple(findings), approved, refusals, left_here)


def must_be_new(ledger: Ledger, platform: Platform, issue_id: str, now: datetime) -> None:
    """Look that this issue's campaign was not asked for before.

    Raises:
        IssueHeld: somebody held the issue back.
        AtPlatformAlready: it is under way or over.
        PlatformDoubt: it was asked for, and the platform does not show it.
    """
    with ledger.database.reading() as connection:
        hold = find_hold(connection, issue_id)
        record = find_hosted(connection, issue_id)
    if hold is not None:
        raise IssueHeld(issue_id, hold)
    if record is None or record.intent is None:
        return
    record = read_back(ledger, platform, record, now)
    raise PlatformDoubt(record, platform.title) if record.in_doubt else AtPlatformAlready(record, platform.title)


def send_hosted(
    workspace: Workspace, ledger: Ledger, platform: Platform, prepared: PreparedHosted, now: datetime
) -> Hosted:
    """Make the draft, write the intent, make the one call, and read back.

    Raises:
        AnotherSender: another process of this machine sends.
        Refused, NotSent: the platform took nothing; the send may be said again.
        CannotExpress: the platform says that something is missing; nothing was asked for.
        Doubtful: nobody knows yet; `must_be_new` of the next run reads back.
    """
    with sending_alone(ledger.database.file):
        must_be_new(ledger, platform, prepared.issue, now)
        return _send(workspace, ledger, platform, prepared, now)


def _send(workspace: Workspace, ledger: Ledger, platform: Platform, prepared: PreparedHosted, now: datetime) -> Hosted:
    draft = platform.upsert_draft(prepared.message, prepared.key)
    platform.ready(draft)
    record = Hosted(
        issue=prepared.issue,
        provider=platform.name,
        draft=draft.id,
        message_hash=prepared.message.fingerprint,
        approved_by=prepared.approved.by if prepared.approved else "",
        members=prepared.members.count,
        intent=now,
        stage=draft.stage,
        raw=draft.raw,
        recipients=None,
        at=now,
    )
    _keep(ledger, record, f"about to ask {platform.title} to send")
    try:
        sent = platform.send_draft(draft)
    except (Refused, NotSent) as refusal:
        _keep(ledger, replace(record, intent=None), f"{platform.title} took nothing: {refusal.words}")
        raise
    record = replace(record, stage=sent.stage, raw=sent.raw)
    _keep(ledger, record, f"{platform.title}: {sent.stage} ({sent.raw})")
    keep_hosted_receipt(workspace, record)
    return record


def read_back(ledger: Ledger, platform: Platform, record: Hosted, now: datetime) -> Hosted:
    """Ask the platform how far the campaign is, and write it down."""
    found = platform.status(record.draft)
    recipients = platform.report(record.draft).recipients if found.stage is Stage.SENT else record.recipients
    record = as_read(record, found, recipients, now)
    _keep(ledger, record, f"{platform.title}: {found.stage} ({found.raw})")
    return record


def hosted_account(
    workspace: Workspace,
    settings: Settings,
    environ: Mapping[str, str],
    ledger: Ledger,
    issue_id: str,
    now: datetime,
    *,
    ask: bool = True,
    sleep: Callable[[float], None] | None = None,
) -> tuple[Hosted, PlatformReport | None, str] | None:
    """An issue's campaign read back from its platform, what the platform counted, and why it could not be asked.

    None when the issue has no campaign at a platform; with `ask` False it is as it was last read. With `sleep`, a
    question that came too fast is waited for.
    """
    with ledger.database.reading() as connection:
        record = find_hosted(connection, issue_id)
    if record is None:
        return None
    if not ask:
        return record, None, ""
    if not is_hosted(settings) or settings.provider.name != record.provider:
        return record, None, f"{record.provider} is no longer the provider in newsletter.toml"
    platform = open_platform(workspace, settings, environ)
    try:
        with platform.patient(sleep) if sleep else nullcontext():
            record = read_back(ledger, platform, record, now)
            if record.raw == SAID:
                return record, None, f"{platform.title} itself does not show it as sent"
            report = platform.report(record.draft) if record.stage in COUNTED else None
    except NewsletterError as fault:  # What is written down already is shown in any case.
        return record, None, fault.message
    finally:
        platform.close()
    keep_hosted_receipt(workspace, record, report)
    return record, report, ""


def test_hosted(platform: Platform, prepared: PreparedHosted, addresses: Sequence[str]) -> tuple[str, ...]:
    """Mail a marked copy to a few people, from a draft of its own that is never sent to the list."""
    testers = check_testers(addresses)
    if not testers:
        raise UsageError("A test needs an address.", "newsletter send ISSUE --to ADDRESS")
    marked = mark(prepared.message, "This is a test. It is not the issue going out.")
    platform.test(platform.upsert_draft(marked, f"{prepared.key}-test"), testers)
    return testers


def hosted_calls(platform: Platform, prepared: PreparedHosted) -> Sequence[HttpCall]:
    """The calls a send would make, keys masked; none is made."""
    return platform.calls(prepared.message, Batch("", "", prepared.key, ()))


def resolve_hosted(ledger: Ledger, issue_id: str, went: bool, now: datetime) -> Hosted:
    """Write down what a person saw at the platform.

    Raises:
        NewsletterError: there is nothing in doubt.
    """
    with ledger.database.reading() as connection:
        record = find_hosted(connection, issue_id)
    if record is None or not record.in_doubt:
        raise NewsletterError(
            f"Nothing about issue {issue_id} is in doubt.", f"newsletter receipt {issue_id} shows it."
        )
    record = decided(record, went, now)
    _keep(ledger, record, f"a person says: {'it went' if went else 'it did not go'}")
    return record


def hosted_json(record: Hosted, report: PlatformReport | None = None) -> dict[str, Any]:
    """The receipt: the six numbers, and what only the platform knows (null is unknown, never 0)."""
    counts = record.counts
    names = ("recipients", "delivered", "bounced", "complained", "unsubscribed", "opened", "clicked")
    return {
        "receipt": 1,
        "issue": record.issue,
        **{
            name: getattr(counts, name)
            for name in ("audience", "accepted", "suppressed", "rejected", "unknown", "pending")
        },
        "state": record.stage.value,
        "why": "" if record.stage is Stage.SENT else "only the platform knows whom it has written to so far",
        "provider": record.provider,
        "campaign": record.draft,
        "members": record.members,
        "message_sha256": record.message_hash,
        "approved_by": record.approved_by,
        "started": record.intent.isoformat(timespec="seconds") if record.intent else None,
        "last_change": record.at.isoformat(timespec="seconds"),
        "platform": {name: getattr(report, name) for name in names} if report else None,
        "program": f"newsletter {__version__}",
    }


def keep_hosted_receipt(workspace: Workspace, record: Hosted, report: PlatformReport | None = None) -> None:
    """Write issues/<id>/receipt.json: numbers and hashes only."""
    if workspace.issue(record.issue).is_dir():
        text = json.dumps(hosted_json(record, report), indent=2) + "\n"
        write_file(workspace.issue(record.issue) / "receipt.json", text)


def _earlier(ledger: Ledger, issue_id: str) -> Hosted | None:
    """The newest campaign of another issue that was asked for."""
    with ledger.database.reading() as connection:
        earlier = [each for each in each_hosted(connection) if each.issue != issue_id and each.intent]
    return max(earlier, key=lambda each: each.intent or each.at, default=None)


def _complaints(platform: Platform, earlier: Hosted | None) -> Complaints | None:
    """How many called the issue before spam, by the platform's newest count; None where it does not tell."""
    if earlier is None or earlier.provider != platform.name:
        return None
    try:
        report = platform.report(earlier.draft)
    except NewsletterError:  # A campaign that was deleted there is no reason not to send the next one.
        return None
    if not report.recipients or report.complained is None:
        return None
    return Complaints(earlier.issue, report.complained, report.recipients)


def _keep(ledger: Ledger, record: Hosted, what: str) -> None:
    with ledger.database.writing() as connection:
        keep_hosted(connection, record, what)
