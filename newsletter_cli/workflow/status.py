"""How every issue stands, and the receipt of one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from newsletter_cli.config import Settings
from newsletter_cli.database import Database
from newsletter_cli.delivery.approval import latest
from newsletter_cli.delivery.hosted import each_hosted, find_hosted
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.readers import rule_words
from newsletter_cli.delivery.receipt import Account, make_account, write_csv
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.campaign import Counts
from newsletter_cli.paths import Workspace, write_file
from newsletter_cli.workflow.compose import compose_issue
from newsletter_cli.workflow.hold import held_before
from newsletter_cli.workflow.ledger import open_ledger
from newsletter_cli.workflow.plan import find_approval, leaving_no_trace, reading_only
from newsletter_cli.workflow.schedule import read_calendar


@dataclass(frozen=True, slots=True)
class IssueStatus:
    """One issue: `state` is its campaign's, or what it waits for; `sends` its moment, where the schedule gives one."""

    issue: str
    state: str
    why: str
    sends: datetime | None
    approved_by: str
    counts: Counts | None


def list_status(workspace: Workspace, settings: Settings) -> tuple[IssueStatus, ...]:
    """Every issue that has files or a campaign, newest last."""
    with reading_only(workspace, settings) as database:
        ledger = Ledger(database)
        calendar = read_calendar(workspace, settings)
        ids = {*workspace.issue_ids(), *(campaign.issue for campaign in ledger.campaigns()), *_at_platforms(ledger)}
        found = (_status(ledger, issue, calendar.moment(issue)) for issue in sorted(ids))
        with leaving_no_trace(workspace) as scratch:
            return tuple(_as_it_is_now(scratch, settings, database, each) for each in found)


def _as_it_is_now(workspace: Workspace, settings: Settings, database: Database, status: IssueStatus) -> IssueStatus:
    """An issue that waits approved is composed and compared: one changed comma, and it is approved no more."""
    if status.state != "approved":
        return status
    try:
        composition = compose_issue(workspace, settings, status.issue, write=False)
        rule = rule_words(database, settings, composition.issue.segment)
        _, missing = find_approval(database, status.issue, composition.message, rule)
        why = f"changed since {status.approved_by} approved it" if missing else ""
    except NewsletterError as error:
        why = f"{status.approved_by} approved it, but it cannot be composed: {error.message}"
    return replace(status, state="not approved", why=why) if why else status


def _at_platforms(ledger: Ledger) -> tuple[str, ...]:
    with ledger.database.reading() as connection:
        return tuple(each.issue for each in each_hosted(connection))


def _status(ledger: Ledger, issue: str, sends: datetime | None) -> IssueStatus:
    with ledger.database.reading() as connection:
        approved = latest(connection, issue)
        at_platform = find_hosted(connection, issue)
    by = approved.by if approved else ""
    campaign = ledger.campaign(issue)
    if at_platform is not None and at_platform.intent is not None:
        why = f"at {at_platform.provider}, as read {at_platform.at:%d %B %H:%M} UTC"
        return IssueStatus(issue, at_platform.stage.value, why, sends, by, at_platform.counts)
    if campaign is not None:
        return IssueStatus(issue, campaign.state.value, campaign.why, sends, by, ledger.counts(campaign.id))
    hold = held_before(ledger, issue)
    if hold is not None:
        return IssueStatus(issue, hold.state, hold.why, sends, by, None)
    return IssueStatus(issue, "approved" if approved else "not approved", "", sends, by, None)


def read_receipt(workspace: Workspace, settings: Settings, issue: str) -> Account:
    """The receipt of an issue.

    Raises:
        NothingToShow: it has no campaign.
    """
    with reading_only(workspace, settings) as database:
        return make_account(Ledger(database), issue)


def receipt_csv(
    workspace: Workspace, settings: Settings, issue: str, path: Path | None, write: Callable[[str], object]
) -> int:
    """A line per person: to `path` (readable by its owner only), else in pieces to `write`; gives the number of people."""
    with open_ledger(workspace, settings) as ledger:
        account = make_account(ledger, issue)
        people = ledger.people(account.campaign.id)
        if path is None:
            return write_csv(people, write)
        lines: list[str] = ["\ufeff"]
        total = write_csv(people, lines.append)
        write_file(path, "".join(lines), mode=0o600)
        return total
