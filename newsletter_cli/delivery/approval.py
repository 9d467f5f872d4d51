"""Who approved which very message for which audience; one changed comma and it no longer counts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from newsletter_cli.database.tables import approval, event
from newsletter_cli.delivery.changes import Change, changes_between
from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.model.message import Message

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's word for one message and the rule that picks its readers."""

    issue: str
    message: Message
    fingerprint: str
    audience_rule: str
    by: str
    at: datetime

    def covers(self, message: Message, audience_rule: str) -> bool:
        return self.fingerprint == message.fingerprint and self.audience_rule == audience_rule


class NotApproved(NewsletterError):
    """Nobody approved this issue, or what was approved has changed since."""

    exit_status = ExitStatus.NOT_APPROVED

    def __init__(self, issue: str, approved: Approval | None, changes: tuple[str, ...] = ()) -> None:
        hint = f"Look at it with `newsletter preview {issue}`, then: newsletter approve {issue} --by NAME"
        if approved is None:
            super().__init__(f"Issue {issue} is not approved.", hint)
        else:
            more = (f"... and {len(changes) - _SHOWN} more",) if len(changes) > _SHOWN else ()
            super().__init__(
                f"Issue {issue} has changed since {approved.by} approved it on {approved.at:%d %B %Y at %H:%M} UTC.",
                hint,
                (*changes[:_SHOWN], *more),
            )
        self.approved = approved
        self.changes = changes


def approve(connection: Connection, issue: str, message: Message, audience_rule: str, by: str, now: datetime) -> None:
    """Write down that `by` approves this message for this rule; earlier approvals of the issue count no more."""
    withdraw(connection, issue, by, now, record=False)
    connection.execute(
        insert(approval).values(
            issue=issue,
            message_hash=message.fingerprint,
            audience_rule=audience_rule,
            message=message.to_json(),
            by=by,
            at=_iso(now),
            void=0,
        )
    )
    connection.execute(
        insert(event).values(at=_iso(now), who=by, what=f"approved {message.fingerprint[:12]}", issue=issue)
    )


def withdraw(connection: Connection, issue: str, by: str, now: datetime, record: bool = True) -> bool:
    """Take every approval of the issue back; True when there was one."""
    done = connection.execute(update(approval).where(approval.c.issue == issue, approval.c.void == 0).values(void=1))
    if record and done.rowcount:
        connection.execute(insert(event).values(at=_iso(now), who=by, what="approval withdrawn", issue=issue))
    return done.rowcount > 0


def latest(connection: Connection, issue: str) -> Approval | None:
    """The approval that counts, or None."""
    row = connection.execute(
        select(approval).where(approval.c.issue == issue, approval.c.void == 0).order_by(approval.c.id.desc())
    ).first()
    return _approval(row) if row else None


def need_approval(approved: Approval | None, message: Message, audience_rule: str, issue: str) -> Approval:
    """The approval that covers this message and rule.

    Raises:
        NotApproved: with every difference, when something was approved that has changed.
    """
    if approved is None:
        raise NotApproved(issue, None)
    if not approved.covers(message, audience_rule):
        raise NotApproved(issue, approved, tuple(map(str, differences(approved, message, audience_rule))))
    return approved


def differences(approved: Approval, message: Message, audience_rule: str) -> tuple[Change, ...]:
    """What is not as approved; the audience first."""
    rule = (
        (Change("audience", approved.audience_rule, audience_rule),) if approved.audience_rule != audience_rule else ()
    )
    return rule + changes_between(approved.message, message)


def _approval(row: Row[Any]) -> Approval:
    return Approval(
        issue=row.issue,
        message=Message.from_json(row.message),
        fingerprint=row.message_hash,
        audience_rule=row.audience_rule,
        by=row.by,
        at=datetime.fromisoformat(row.at),
    )


def _iso(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="microseconds")
