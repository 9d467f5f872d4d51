"""Plans a send: composes, checks, looks for the approval, counts the readers, asks the guards."""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from newsletter_cli.audience.picking import pick_audience
from newsletter_cli.config import Settings
from newsletter_cli.database import Database, open_database
from newsletter_cli.delivery import guards
from newsletter_cli.delivery.approval import Approval, NotApproved, latest, need_approval
from newsletter_cli.delivery.guards import Lift, Refusal
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.plan import Plan, count_readers, make_plan
from newsletter_cli.delivery.readers import purpose_of, rule_words
from newsletter_cli.delivery.unsubscribe import bind, way_out
from newsletter_cli.model.message import Message
from newsletter_cli.model.purpose import Purpose
from newsletter_cli.paths import Workspace
from newsletter_cli.providers.base import Provider
from newsletter_cli.workflow.check import check_issue
from newsletter_cli.workflow.compose import compose_issue


@dataclass(frozen=True, slots=True)
class Prepared:
    """A send that could begin: the message as composed, the same bound to its way out, the plan, and who says no."""

    message: Message
    bound: Message
    segment: str
    purpose: Purpose
    plan: Plan
    approved: Approval | None
    refusals: tuple[Refusal, ...]


@contextmanager
def reading_only(workspace: Workspace, settings: Settings) -> Iterator[Database]:
    """The state database for somebody who only looks: where there is none yet, none is made."""
    if settings.ledger.url or workspace.database_file.exists():
        database = open_database(workspace.database_file, settings.ledger.url)
        try:
            yield database
        finally:
            database.close()
        return
    with tempfile.TemporaryDirectory(prefix="newsletter-") as folder:
        database = open_database(Path(folder) / workspace.database_file.name)
        try:
            yield database
        finally:
            database.close()


@contextmanager
def leaving_no_trace(workspace: Workspace) -> Iterator[Workspace]:
    """The same workspace, with a state folder that is gone afterwards: composing writes pictures and caches."""
    with tempfile.TemporaryDirectory(prefix="newsletter-") as folder:
        yield replace(workspace, scratch=Path(folder))


def prepare_send(
    workspace: Workspace,
    settings: Settings,
    ledger: Ledger,
    provider: Provider,
    issue_id: str,
    now: datetime,
    lifted: Collection[Lift] = (),
    write: bool = True,
) -> Prepared:
    """Everything that is looked at before a send; nothing is written but the composed files (`write`).

    Raises:
        IssueNotFound, NoWayOut, CannotExpress, BadSegment, UnknownPurpose: it cannot be sent at all.
    """
    composition = compose_issue(workspace, settings, issue_id, write=write)
    message, segment = composition.message, composition.issue.segment
    bound = bind(message, settings, provider.capabilities)
    provider.prepare(bound)
    purpose = purpose_of(settings, composition.issue.purpose)
    rule = rule_words(ledger.database, settings, segment, purpose)
    today = now.astimezone(settings.zone).date()
    report = check_issue(workspace, settings, issue_id, today=today, database=ledger.database)
    plan = make_plan(
        message=message,
        rule=rule,
        readership=count_readers(ledger.database, pick_audience(ledger.database, settings, segment), purpose),
        ledger=ledger,
        provider=provider,
        settings=settings,
        way_out=way_out(settings, provider.capabilities),
        findings=report.findings,
        now=now,
    )
    approved, unapproved = find_approval(ledger.database, issue_id, message, rule)
    refusals = guards.look(plan, ledger, settings, unapproved, lifted)
    return Prepared(message, bound, segment, purpose, plan, approved, refusals)


def find_approval(
    database: Database, issue_id: str, message: Message, rule: str
) -> tuple[Approval | None, NotApproved | None]:
    """The approval that covers this message and rule, or why there is none."""
    with database.reading() as connection:
        found = latest(connection, issue_id)
    try:
        return need_approval(found, message, rule, issue_id), None
    except NotApproved as error:
        return None, error
