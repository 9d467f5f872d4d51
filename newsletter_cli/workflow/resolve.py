"""Lets a person settle what neither a key nor the provider could."""

from dataclasses import dataclass
from datetime import datetime

from newsletter_cli.config import Settings
from newsletter_cli.database.locking import sending_alone
from newsletter_cli.delivery.ledger import HeldBatch
from newsletter_cli.delivery.resolving import Resolved, resolve
from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.ledger import open_ledger
from newsletter_cli.workflow.receipt import keep_receipt


class NothingHeld(NewsletterError):
    """There is nothing for a person to decide."""

    exit_status = ExitStatus.NOTHING_TO_DO

    def __init__(self, issue_id: str, doubt_until: datetime | None = None) -> None:
        hint = f"`newsletter receipt {issue_id}`"
        if doubt_until:
            hint = (
                f"There is doubt, and it may settle by itself: `newsletter send {issue_id}` asks the provider. What it "
                f"cannot settle waits here for your word from {doubt_until:%d %B %H:%M} UTC on."
            )
        super().__init__(f"Nothing of {issue_id} waits for a person's word.", hint)


class OtherCount(NewsletterError):
    """The number that was typed is not the number of people concerned."""

    exit_status = ExitStatus.USAGE

    def __init__(self, typed: int, people: int) -> None:
        super().__init__(
            f"{people:,} people are concerned, not {typed:,}; nothing was changed.", "Look at the list again."
        )


@dataclass(frozen=True, slots=True)
class Held:
    """What waits for a person's word: the batches, and how many people are in them."""

    batches: tuple[HeldBatch, ...]

    @property
    def people(self) -> int:
        return sum(len(each.people) for each in self.batches)


def held_batches(workspace: Workspace, settings: Settings, issue_id: str, only: tuple[int, ...] = ()) -> Held:
    """The held batches of an issue, or of them those named.

    Raises:
        NothingHeld: there are none.
    """
    with open_ledger(workspace, settings) as ledger:
        campaign = ledger.campaign(issue_id)
        held = ledger.held(campaign.id) if campaign else ()
        until = ledger.doubt_until(campaign.id) if campaign else None
    chosen = tuple(each for each in held if not only or each.id in only)
    if not chosen:
        raise NothingHeld(issue_id, None if held else until)
    return Held(chosen)


def resolve_issue(
    workspace: Workspace, settings: Settings, issue_id: str, held: Held, *, went: bool, count: int, who: str
) -> Resolved:
    """Write the person's word, if the number of people they typed is right.

    Raises:
        OtherCount: it is not; AnotherSender: a send is under way.
    """
    if count != held.people:
        raise OtherCount(count, held.people)
    with open_ledger(workspace, settings) as ledger, sending_alone(ledger.database.file):
        campaign = ledger.campaign(issue_id)
        if campaign is None:
            raise NothingHeld(issue_id)
        resolved = resolve(ledger, campaign.id, held.batches, went=went, who=who)
        keep_receipt(workspace, ledger, issue_id)
        return resolved
