"""Sends an issue: freezes message and audience once, then carries the campaign on until everybody is accounted for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter_cli.audience.picking import pick_audience
from newsletter_cli.config import Settings
from newsletter_cli.database.locking import sending_alone
from newsletter_cli.delivery.calls import Stopped
from newsletter_cli.delivery.holds import IssueHeld, find_hold
from newsletter_cli.delivery.ledger import AlreadySent, Campaign, Ledger
from newsletter_cli.delivery.plan import batch_size
from newsletter_cli.delivery.queueing import QueueMissing, ensure_queue, sweep
from newsletter_cli.delivery.readers import freeze_readers
from newsletter_cli.delivery.rehearsal import mark
from newsletter_cli.delivery.schedule import Slot
from newsletter_cli.delivery.sender import SendResult, Stop, deliver
from newsletter_cli.delivery.unsubscribe import open_tokens
from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.model.campaign import CampaignState, Counts
from newsletter_cli.paths import Workspace
from newsletter_cli.providers.base import CannotExpress, Provider, ProviderFault
from newsletter_cli.providers.pages import AnswerNotUnderstood
from newsletter_cli.providers.registry import open_provider
from newsletter_cli.workflow.plan import Prepared, find_approval
from newsletter_cli.workflow.receipt import keep_receipt
from newsletter_cli.workflow.subscribers import opened
from newsletter_cli.workflow.suppressions import pull

Progress = Callable[[Counts, str], None]


class CampaignStopped(NewsletterError):
    """The issue's campaign is held, paused or cancelled; somebody has to let it go on."""

    exit_status = ExitStatus.NOTHING_SENT

    def __init__(self, campaign: Campaign, counts: Counts) -> None:
        super().__init__(
            f"Issue {campaign.issue} is {campaign.state}{': ' + campaign.why if campaign.why else ''} "
            f"({counts.accepted:,} of {counts.audience:,} accepted, {counts.pending:,} left).",
            f"newsletter release {campaign.issue} lets it go on; then: newsletter send {campaign.issue}",
        )
        if counts.accepted or counts.unknown:
            self.exit_status = ExitStatus.PARTLY_SENT


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the provider's list of people who left brought: how many were new, and what went wrong ("" for nothing)."""

    new: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """Everything a send works with, open while it lasts."""

    workspace: Workspace
    settings: Settings
    ledger: Ledger
    provider: Provider
    environ: Mapping[str, str]

    def fetch_leavers(self) -> Fetched:
        """Read the provider's own list of people who left into ours.

        A provider that does not answer here is no reason not to send: our own list holds in any case.
        """
        able = "read" in self.provider.capabilities.suppressions
        if not able or not self.settings.audience.sync_suppressions:
            return Fetched()
        try:
            return Fetched(sum(pull(self.ledger.database, self.provider, self.ledger.clock).added.values()))
        except (ProviderFault, CannotExpress, AnswerNotUnderstood) as error:
            return Fetched(fault=error.message)

    def under_way(self, issue: str) -> Campaign | None:
        """The issue's campaign that has begun and is not over, to be carried on; None when a new one may begin.

        Raises:
            IssueHeld: somebody held the issue back before it began.
            AlreadySent: it is over.
            CampaignStopped: it is held, paused or cancelled.
        """
        with self.ledger.database.reading() as connection:
            hold = find_hold(connection, issue)
        if hold is not None:
            raise IssueHeld(issue, hold)
        campaign = self.ledger.campaign(issue)
        if campaign is None or self.settings.test_mode.redirect_to:
            return None
        counts = self.ledger.counts(campaign.id)
        reached = counts.accepted or counts.unknown or counts.rejected
        if campaign.state is CampaignState.DONE:
            raise AlreadySent(campaign, counts)
        if campaign.state is CampaignState.CANCELLED:
            if reached:
                raise AlreadySent(campaign, counts)
            return None
        if campaign.state is not CampaignState.OPEN:
            raise CampaignStopped(campaign, counts)
        return campaign if reached or not self.ledger.database.is_sqlite else None

    def begin(self, prepared: Prepared, not_after: datetime | None) -> int:
        """Freeze message and audience; the caller holds `alone`. Gives the campaign's id.

        A campaign that reached nobody (the machine died before its first call) gives way to the issue and audience as
        they are now.

        Raises:
            IssueHeld, NotApproved: somebody thought better of it since the plan was made.
        """
        issue = prepared.plan.issue
        if prepared.approved:
            _, withdrawn = find_approval(self.ledger.database, issue, prepared.message, prepared.plan.rule)
            if withdrawn:
                raise withdrawn
        if left := self._left_behind(issue):
            self.ledger.set_state(left.id, CampaignState.CANCELLED, "reached nobody; begun anew")
        redirect = self.settings.test_mode.redirect_to
        bound = mark(prepared.bound, f"Test mode: redirected to {redirect}.") if redirect else prepared.bound
        people = pick_audience(self.ledger.database, self.settings, prepared.segment)
        return self.ledger.freeze(
            issue=issue,
            message=bound,
            audience_rule=prepared.plan.rule,
            recipients=freeze_readers(people, bound, self.settings, prepared.purpose),
            provider=self.provider.name,
            batch_size=batch_size(self.settings, self.provider, bound),
            not_after=not_after,
            rehearsal=bool(redirect),
            token=open_tokens(self.workspace.state, self.environ).maker(),
        )

    def _left_behind(self, issue: str) -> Campaign | None:
        campaign = self.ledger.campaign(issue)
        if campaign is None or campaign.state is not CampaignState.OPEN or not self.ledger.database.is_sqlite:
            return None
        counts = self.ledger.counts(campaign.id)
        return None if counts.accepted or counts.unknown or counts.rejected else campaign

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process of this machine sends while the block runs.

        Raises:
            AnotherSender: one does.
        """
        with sending_alone(self.ledger.database.file):
            yield

    def call_workers(self) -> None:
        """Queue the batches for the workers of other machines, where the ledger is shared; this one helps."""
        if self.ledger.database.is_sqlite:
            return
        try:
            ensure_queue(self.ledger.database)
            sweep(self.ledger)
        except QueueMissing:
            return  # no worker can run without the queue either; this machine carries all of it

    def carry_on(self, campaign_id: int, stop: Stop, progress: Progress) -> SendResult:
        """Deliver until nothing is left to do."""
        self.call_workers()
        return deliver(self.ledger, self.provider, campaign_id, self.settings.pace, stop=stop, progress=progress)

    def keep_receipt(self, campaign_id: int) -> str:
        """Write the receipt beside the issue; gives what went wrong ("" for nothing), for the ledger has it in any case."""
        try:
            campaign = self.ledger.get(campaign_id)
            if not campaign.rehearsal:
                keep_receipt(self.workspace, self.ledger, campaign.issue)
        except NewsletterError as error:
            return error.message
        return ""


@contextmanager
def open_sending(
    workspace: Workspace, settings: Settings, environ: Mapping[str, str], clock: Callable[[], datetime]
) -> Iterator[Sending]:
    """Open ledger and provider for a send, and close them after it."""
    with opened(workspace, settings) as database:
        provider = open_account(workspace, settings, environ)
        try:
            yield Sending(workspace, settings, Ledger(database, clock), provider, environ)
        finally:
            provider.close()


def open_account(
    workspace: Workspace, settings: Settings, environ: Mapping[str, str], need_key: bool = True
) -> Provider:
    """The newsletter's provider; `need_key` False for a dry run."""
    tracking = settings.tracking
    return open_provider(
        settings.provider,
        environ,
        workspace.root,
        need_key=need_key,
        track_opens=tracking.opens,
        track_clicks=tracking.clicks,
    )


def earlier_send(ledger: Ledger, issue: str) -> str:
    """What the ledger knows of the issue already, in a sentence; "" for nothing."""
    campaign = ledger.campaign(issue)
    if campaign is None:
        return ""
    counts = ledger.counts(campaign.id)
    return (
        f"This issue has a campaign of {campaign.created:%d %B %Y %H:%M} UTC ({campaign.state}): {counts.accepted:,} of "
        f"{counts.audience:,} accepted, {counts.pending:,} pending. A real run starts no second one."
    )


def deadline(slot: Slot, prepared: Prepared, now: datetime) -> datetime:
    """After which moment a scheduled send stops: the schedule's, and as many days more as a warm-up needs."""
    days = (prepared.plan.ends - now.date()).days if prepared.plan.ends else 0
    return slot.not_after + timedelta(days=days)


def status_of(result: SendResult) -> ExitStatus:
    """The exit status a send ends with."""
    counts = result.counts
    if result.stopped is Stopped.INTERRUPTED:
        return ExitStatus.INTERRUPTED
    reached = counts.accepted or counts.unknown
    if result.stopped is Stopped.TOO_LATE and not reached:
        return ExitStatus.TOO_LATE
    if counts.unknown or counts.pending or result.stopped is not None:
        return ExitStatus.PARTLY_SENT if reached else ExitStatus.NOTHING_SENT
    return ExitStatus.OK
