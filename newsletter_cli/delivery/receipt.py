"""The account of an issue: what went out, when, to how many, and a sum that must hold."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from newsletter_cli import __version__
from newsletter_cli.database.tables import event
from newsletter_cli.delivery.approval import latest
from newsletter_cli.delivery.ledger import Campaign, Ledger, Person
from newsletter_cli.delivery.readers import as_shown
from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.model.campaign import Counts


@dataclass(frozen=True, slots=True)
class Account:
    """A campaign's receipt.

    Attributes:
        approved_hash: fingerprint of the message as composed and approved; what went out has the way to unsubscribe
            bound to it, so its own hash differs.
        held: people whose fate only a person can settle.
    """

    campaign: Campaign
    counts: Counts
    last_word: datetime
    approved_by: str
    approved_hash: str
    held: int

    @property
    def subject(self) -> str:
        return as_shown(self.campaign.message.subject, self.campaign.message)

    @property
    def numbers(self) -> dict[str, int]:
        """The six numbers under their promised names."""
        counts = self.counts
        return {
            "audience": counts.audience,
            "accepted": counts.accepted,
            "suppressed": counts.suppressed,
            "rejected": counts.rejected,
            "unknown": counts.unknown,
            "pending": counts.pending,
        }

    def to_json(self) -> dict[str, Any]:
        """Numbers and hashes; no address, no name of a reader."""
        campaign = self.campaign
        return {
            "receipt": 1,
            "issue": campaign.issue,
            **self.numbers,
            "state": campaign.state.value,
            "why": campaign.why,
            "subject": self.subject,
            "message_sha256": campaign.message_hash,
            "approved_sha256": self.approved_hash,
            "audience_sha256": campaign.audience_hash,
            "provider": campaign.provider,
            "campaign": campaign.name,
            "approved_by": self.approved_by,
            "started": campaign.created.astimezone(UTC).isoformat(timespec="seconds"),
            "last_change": self.last_word.astimezone(UTC).isoformat(timespec="seconds"),
            "program": f"newsletter {__version__}",
        }


class NothingToShow(NewsletterError):
    """The issue has no campaign."""

    exit_status = ExitStatus.NOTHING_TO_DO

    def __init__(self, issue: str) -> None:
        super().__init__(
            f"Issue {issue} has not gone out to anybody.", f"newsletter send {issue} --dry-run shows the plan."
        )


def make_account(ledger: Ledger, issue: str) -> Account:
    """The receipt of an issue's campaign.

    Raises:
        NothingToShow: there is none.
    """
    campaign = ledger.campaign(issue)
    if campaign is None:
        raise NothingToShow(issue)
    with ledger.database.reading() as connection:
        approved = latest(connection, issue)
        last = connection.execute(select(event.c.at).where(event.c.issue == issue).order_by(event.c.id.desc())).scalar()
    return Account(
        campaign=campaign,
        counts=ledger.counts(campaign.id),
        last_word=datetime.fromisoformat(last) if last else campaign.created,
        approved_by=approved.by if approved else "",
        approved_hash=approved.fingerprint if approved else "",
        held=sum(len(batch.people) for batch in ledger.held(campaign.id)),
    )


def receipt_file(account: Account) -> str:
    """What is kept beside the issue, so that git shows what went out."""
    return json.dumps(account.to_json(), ensure_ascii=False, indent=2) + "\n"


def write_csv(people: Iterable[Person], write: Callable[[str], object]) -> int:
    """A line per person with state and reason, in pieces handed to `write`; gives the number of people.

    A cell that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    total = 0
    for number, row in enumerate(_rows(people)):
        line = io.StringIO(newline="")
        csv.writer(line).writerow([_harmless(cell) for cell in row])
        write(line.getvalue())
        total = number
    return total


def _rows(people: Iterable[Person]) -> Iterable[tuple[str, str, str]]:
    yield "email", "state", "why"
    for person in people:
        yield person.email, person.state.value, person.why


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") and cell else cell
