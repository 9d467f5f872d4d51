"""Holds an issue back, lets it go on, or calls it off; before its send or in the middle of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter_cli.config import Settings
from newsletter_cli.delivery.holds import CANCELLED, HELD, Hold, IssueHeld, find_hold, lift_hold, put_hold
from newsletter_cli.delivery.ledger import Campaign, Ledger
from newsletter_cli.errors import ExitStatus, IssueNotFound, NewsletterError
from newsletter_cli.model.campaign import CampaignState, Counts
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.ledger import open_ledger


class CalledOff(NewsletterError):
    """Somebody stopped the countdown."""

    exit_status = ExitStatus.INTERRUPTED

    def __init__(self, issue: str) -> None:
        super().__init__(
            f"Called off: nothing of issue {issue} was sent by this run.", "Say the command again when it is right."
        )


class NothingToStop(NewsletterError):
    """The issue is over, or was not held."""

    exit_status = ExitStatus.NOTHING_TO_DO


@dataclass(frozen=True, slots=True)
class Stand:
    """How an issue stands: its campaign and counts once it has begun, None before."""

    issue: str
    campaign: Campaign | None
    counts: Counts | None


def stand_of(workspace: Workspace, settings: Settings, issue: str) -> Stand:
    """The issue's campaign, if any.

    Raises:
        IssueNotFound: neither files nor a campaign of this name are here.
    """
    with open_ledger(workspace, settings) as ledger:
        return _stand(workspace, ledger, issue)


def hold_issue(workspace: Workspace, settings: Settings, issue: str, why: str, by: str, now: datetime) -> Stand:
    """Nothing more of this issue goes out until it is released; a running send notices before its next call."""
    return _stop(workspace, settings, issue, Hold(HELD, why, by), CampaignState.HELD, now)


def cancel_issue(workspace: Workspace, settings: Settings, issue: str, why: str, by: str, now: datetime) -> Stand:
    """The issue is called off: whoever was not reached will not be."""
    return _stop(workspace, settings, issue, Hold(CANCELLED, why, by), CampaignState.CANCELLED, now)


def release_issue(workspace: Workspace, settings: Settings, issue: str, by: str, now: datetime) -> Stand:
    """Let a held, paused or cancelled issue go on.

    Raises:
        NothingToStop: nothing keeps it.
    """
    with open_ledger(workspace, settings) as ledger:
        stand = _stand(workspace, ledger, issue)
        with ledger.database.writing() as connection:
            lifted = lift_hold(connection, issue, by, now)
        campaign = stand.campaign
        if campaign and campaign.state in (CampaignState.HELD, CampaignState.PAUSED, CampaignState.CANCELLED):
            ledger.set_state(campaign.id, CampaignState.OPEN, "", by)
        elif not lifted:
            raise NothingToStop(
                f"Nothing keeps issue {issue} from going out.", "newsletter status shows how it stands."
            )
        return _stand(workspace, ledger, issue)


def _stop(
    workspace: Workspace, settings: Settings, issue: str, hold: Hold, state: CampaignState, now: datetime
) -> Stand:
    with open_ledger(workspace, settings) as ledger:
        _stand(workspace, ledger, issue)
        with ledger.database.writing() as connection:
            # A send that begins at this moment sees the hold, or is seen here.
            ledger.begin_alone(connection)
            campaign = ledger.newest(connection, issue)
            if campaign and campaign.state is CampaignState.DONE:
                raise NothingToStop(
                    f"Issue {issue} is finished; there is nothing left to stop.",
                    f"newsletter receipt {issue} shows it.",
                )
            if campaign:
                ledger.change_state(connection, campaign.id, state, hold.why, hold.by)
            if campaign is None or state is CampaignState.CANCELLED:
                put_hold(connection, issue, hold, now)
        return _stand(workspace, ledger, issue)


def wait_for_second_thoughts(
    ledger: Ledger, issue: str, seconds: int, tick: Callable[[int], None], wait: Callable[[float], bool]
) -> None:
    """Count the seconds down. Nothing is frozen yet, so no worker can run ahead.

    Args:
        tick: told the seconds that are left.
        wait: waits so many seconds; True when somebody wishes to stop.

    Raises:
        CalledOff: somebody does.
        IssueHeld: the issue was held back, or called off, meanwhile.
    """
    for left in range(seconds, 0, -1):
        tick(left)
        if wait(1):
            raise CalledOff(issue)
        if hold := held_before(ledger, issue):
            raise IssueHeld(issue, hold)


def held_before(ledger: Ledger, issue: str) -> Hold | None:
    """The hold put on an issue that has not begun."""
    with ledger.database.reading() as connection:
        return find_hold(connection, issue)


def _stand(workspace: Workspace, ledger: Ledger, issue: str) -> Stand:
    campaign = ledger.campaign(issue)
    if campaign is None and issue not in workspace.issue_ids():
        raise IssueNotFound(issue, workspace.issue_ids())
    return Stand(issue, campaign, ledger.counts(campaign.id) if campaign else None)
