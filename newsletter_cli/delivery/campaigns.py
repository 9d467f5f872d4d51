"""A campaign as the ledger knows it: one issue to one frozen audience."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.model.campaign import CampaignState, Counts
from newsletter_cli.model.message import Message


@dataclass(frozen=True, slots=True)
class Campaign:
    """A send of `issue`: what goes out, to how many, by whom, and whether it may go on."""

    id: int
    issue: str
    message: Message
    message_hash: str
    audience_hash: str
    provider: str
    machine_id: str
    created: datetime
    not_after: datetime | None
    state: CampaignState
    why: str
    audience: int
    rehearsal: bool

    @property
    def name(self) -> str:
        """Short ASCII name, never used twice: what the provider is told, so that it can be asked by it."""
        unique = f"{self.created.isoformat()} {self.message_hash} {self.audience_hash} {self.machine_id}"
        slug = re.sub(r"[^A-Za-z0-9]+", "-", self.issue)[:24].strip("-")
        return f"{slug}-{hashlib.sha256(unique.encode()).hexdigest()[:10]}"


class AlreadySent(NewsletterError):
    """The issue has a campaign already; a second one would mail people twice."""

    exit_status = ExitStatus.NOTHING_TO_DO

    def __init__(self, campaign: Campaign, counts: Counts) -> None:
        done = campaign.state is CampaignState.DONE
        state = "is finished" if done else f"is {campaign.state}"
        super().__init__(
            f"Issue {campaign.issue} has a campaign of {campaign.created:%d %B %Y %H:%M} UTC, which {state}: "
            f"{counts.accepted:,} of {counts.audience:,} people accepted by {campaign.provider}.",
            f"`newsletter receipt {campaign.issue}` shows it."
            if done
            else f"`newsletter send {campaign.issue}` carries it on; nobody gets it twice.",
        )
        self.campaign = campaign
        self.counts = counts


def campaign_of(row: Row[Any]) -> Campaign:
    """The campaign in a row of the table."""
    return Campaign(
        id=row.id,
        issue=row.issue,
        message=Message.from_json(row.message),
        message_hash=row.message_hash,
        audience_hash=row.audience_hash,
        provider=row.provider,
        machine_id=row.machine_id,
        created=moment(row.created),
        not_after=moment(row.not_after) if row.not_after else None,
        state=CampaignState(row.state),
        why=row.why,
        audience=row.audience,
        rehearsal=bool(row.rehearsal),
    )


def iso(time: datetime) -> str:
    """UTC in one fixed width, so that the database can compare moments as text."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
