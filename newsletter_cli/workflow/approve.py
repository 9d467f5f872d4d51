"""Approves an issue: the very message and the rule that picks its readers."""

from dataclasses import dataclass
from datetime import datetime

from newsletter_cli.audience.picking import pick_audience
from newsletter_cli.config import Settings
from newsletter_cli.delivery import approval
from newsletter_cli.delivery.approval import Approval
from newsletter_cli.delivery.plan import Readership, count_readers
from newsletter_cli.delivery.readers import purpose_of, rule_words
from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.model.finding import Finding
from newsletter_cli.model.message import Message, approval_code, is_approval_code
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.check import check_issue
from newsletter_cli.workflow.compose import compose_issue
from newsletter_cli.workflow.subscribers import opened


@dataclass(frozen=True, slots=True)
class Approved:
    """What was approved; `before` is the approval it takes the place of."""

    message: Message
    code: str
    rule: str
    readership: Readership
    findings: tuple[Finding, ...]
    before: Approval | None


class OtherVersion(NewsletterError):
    """The code a reviewer gave back stands for another version of the issue."""

    exit_status = ExitStatus.NOT_APPROVED

    def __init__(self, issue_id: str, typed: str) -> None:
        # The right code is never told: whoever has it must have seen the proof it stands on.
        super().__init__(
            f"The code {typed} is not of the issue as it is now: the reviewer saw another version. "
            "Nothing was approved.",
            f"Give them a new proof: newsletter proof {issue_id}",
        )


def approve_issue(
    workspace: Workspace, settings: Settings, issue_id: str, by: str, now: datetime, code: str = ""
) -> Approved:
    """Compose the issue and write down that `by` approves it.

    Args:
        code: the code a reviewer read off their proof; "" to approve what is here now.

    Raises:
        OtherVersion: the code is not this version's; nothing is written.
    """
    composition = compose_issue(workspace, settings, issue_id)
    message = composition.message
    if code and not is_approval_code(code, message.fingerprint):
        raise OtherVersion(issue_id, code)
    with opened(workspace, settings) as database:
        segment, purpose = composition.issue.segment, purpose_of(settings, composition.issue.purpose)
        rule = rule_words(database, settings, segment, purpose)
        readership = count_readers(database, pick_audience(database, settings, segment), purpose)
        report = check_issue(
            workspace, settings, issue_id, today=now.astimezone(settings.zone).date(), database=database
        )
        with database.writing() as connection:
            before = approval.latest(connection, issue_id)
            approval.approve(connection, issue_id, message, rule, by, now)
    return Approved(message, approval_code(message.fingerprint), rule, readership, tuple(report.findings), before)


def withdraw_approval(workspace: Workspace, settings: Settings, issue_id: str, by: str, now: datetime) -> bool:
    """Take the approval of an issue back; True when there was one."""
    with opened(workspace, settings) as database, database.writing() as connection:
        return approval.withdraw(connection, issue_id, by, now)
