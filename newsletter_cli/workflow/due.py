"""Finds the issue whose time has come."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from newsletter_cli.database.tables import campaign
from newsletter_cli.delivery.holds import CANCELLED, IssueHeld, find_hold
from newsletter_cli.delivery.hosted import Hosted, find_hosted
from newsletter_cli.delivery.ledger import Campaign, Ledger
from newsletter_cli.delivery.schedule import Calendar, Slot
from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.model.campaign import CampaignState, Counts


class NothingDue(NewsletterError):
    """No issue's time has come, or the one whose time came has gone out."""

    exit_status = ExitStatus.NOTHING_TO_DO

    def __init__(self, why: str, ahead: Slot | None) -> None:
        then = f"{ahead.issue} goes out on {_when(ahead.sends)}." if ahead else ""
        super().__init__(
            f"Nothing is due{': ' + why if why else ''}. {then}".strip(), "newsletter schedule shows the dates."
        )


class TooLate(NewsletterError):
    """The issue's time came and went; a late newsletter is a person's decision."""

    exit_status = ExitStatus.TOO_LATE

    def __init__(self, slot: Slot, counts: Counts | None) -> None:
        super().__init__(
            f"Issue {slot.issue} was to go out on {_when(slot.sends)}, and not after {_when(slot.not_after)}: "
            f"it is too late.{_reached(counts)}",
            f"To mail it all the same: newsletter send {slot.issue} --late. To let it be: newsletter cancel {slot.issue}",
        )
        if counts and (counts.accepted or counts.unknown):
            self.exit_status = ExitStatus.PARTLY_SENT


@dataclass(frozen=True, slots=True)
class _Candidate:
    slot: Slot
    campaign: Campaign | None
    asked: Hosted | None

    @property
    def not_after(self) -> datetime:
        """A warm-up that began in time may take days: the ledger's own limit counts then. A platform that was asked,
        and does not show the campaign, has to be looked at however late it is.
        """
        if self.asked is not None:
            return datetime.max.replace(tzinfo=UTC)
        if self.campaign is not None and self.campaign.not_after is not None:
            return self.campaign.not_after
        return self.slot.not_after


def find_due(calendar: Calendar, ledger: Ledger, now: datetime, redirect: str = "") -> Slot:
    """The issue to send now: of those whose time has come and is not over, the one that waits longest.

    Args:
        redirect: where test mode sends everything; what it did once after the issue's time it does not do again.

    Raises:
        NothingDue: there is none.
        IssueHeld: somebody held it back.
        TooLate: the last one whose time came did not go out in time.
    """
    now = now.astimezone(UTC)
    passed = calendar.due(now)
    begun = _begun(ledger)
    # However long the history, only these can matter: in time, begun and not over, and the last one.
    looked_at = [slot for slot in passed if slot.not_after >= now or slot.issue in begun or slot is passed[0]]
    waiting = [
        _Candidate(slot, found, asked)
        for slot in looked_at
        if not _finished(found := ledger.campaign(slot.issue))
        and not _under_way(asked := _asked(ledger, slot.issue))
        and not _called_off(ledger, slot.issue)
        and not (redirect and _rehearsed(ledger, slot))
    ]
    in_time = [each for each in waiting if now <= each.not_after]
    if in_time:
        slot = in_time[-1].slot
        with ledger.database.reading() as connection:
            hold = find_hold(connection, slot.issue)
        if hold is not None:
            raise IssueHeld(slot.issue, hold)
        return slot
    if waiting and waiting[0].slot is passed[0]:
        late = waiting[0].campaign
        raise TooLate(waiting[0].slot, ledger.counts(late.id) if late else None)
    ahead = calendar.upcoming(now, 1) if calendar.rule or calendar.own else ()
    raise NothingDue(_gone(ledger, passed), ahead[0] if ahead else None)


def _begun(ledger: Ledger) -> frozenset[str]:
    """Issues with a campaign that is not over."""
    over = (CampaignState.DONE, CampaignState.CANCELLED)
    with ledger.database.reading() as connection:
        rows = connection.execute(
            select(campaign.c.issue).where(campaign.c.rehearsal == 0, campaign.c.state.not_in(over))
        ).scalars()
        return frozenset(rows)


def _finished(found: Campaign | None) -> bool:
    return found is not None and found.state in (CampaignState.DONE, CampaignState.CANCELLED)


def _asked(ledger: Ledger, issue: str) -> Hosted | None:
    """The issue's campaign at a platform that was asked to send it."""
    with ledger.database.reading() as connection:
        record = find_hosted(connection, issue)
    return record if record and record.intent else None


def _under_way(asked: Hosted | None) -> bool:
    return asked is not None and not asked.in_doubt


def _called_off(ledger: Ledger, issue: str) -> bool:
    with ledger.database.reading() as connection:
        hold = find_hold(connection, issue)
    return hold is not None and hold.state == CANCELLED


def _rehearsed(ledger: Ledger, slot: Slot) -> bool:
    with ledger.database.reading() as connection:
        rows = connection.execute(
            select(campaign.c.created).where(campaign.c.issue == slot.issue, campaign.c.rehearsal == 1)
        ).scalars()
        return any(datetime.fromisoformat(created) >= slot.sends for created in rows)


def _gone(ledger: Ledger, passed: tuple[Slot, ...]) -> str:
    """What became of the last issue whose time came, in words."""
    if not passed:
        return ""
    found = ledger.campaign(passed[0].issue)
    asked = _asked(ledger, passed[0].issue)
    if asked and asked.intent:
        return f"issue {asked.issue} was handed over on {asked.intent:%d %B %Y at %H:%M} UTC"
    if found is None or found.state is CampaignState.CANCELLED:
        return f"issue {passed[0].issue} was called off"
    return f"issue {found.issue} went out on {found.created:%d %B %Y at %H:%M} UTC"


def _reached(counts: Counts | None) -> str:
    if counts is None or not (counts.accepted or counts.unknown):
        return " Nobody got it."
    return f" {counts.accepted:,} of {counts.audience:,} were accepted before, {counts.pending:,} are left."


def _when(moment: datetime) -> str:
    return f"{moment:%a %d %B %Y %H:%M %Z}"
