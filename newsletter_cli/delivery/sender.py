"""The send loop: claim, call, write the answer, until everybody is accounted for or somebody says stop."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter_cli.bulk import many_rows
from newsletter_cli.config.settings import PaceSettings
from newsletter_cli.database.guards import check_may_send
from newsletter_cli.database.locking import sending_alone
from newsletter_cli.delivery.asking import ask
from newsletter_cli.delivery.calls import Answered, Claim, Ended, Look, Rest, Stopped
from newsletter_cli.delivery.campaigns import Campaign
from newsletter_cli.delivery.carrying import database_clock
from newsletter_cli.delivery.claims import Claims
from newsletter_cli.delivery.crashpoints import reached
from newsletter_cli.delivery.ledger import Ledger, utc_now
from newsletter_cli.delivery.pace import Pace
from newsletter_cli.delivery.quota import check_quota
from newsletter_cli.delivery.signals import Stop, stopped_by_signals
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.campaign import CampaignState, Counts
from newsletter_cli.providers.base import CannotExpress, Provider, ProviderFault, Receipt

__all__ = ["SendResult", "Stop", "Stopped", "deliver"]

PATIENCE = timedelta(minutes=20)  # a longer wait ends the run: the next one carries on
_POLL = 0.02
Progress = Callable[[Counts, str], None]


@dataclass(frozen=True, slots=True)
class SendResult:
    """How a send ended.

    Attributes:
        counts: of the whole campaign; they add up.
        stopped: why it ended before its end; None when nothing is left to do by itself.
        why: the same in words.
    """

    counts: Counts
    stopped: Stopped | None
    why: str = ""


class OtherProvider(NewsletterError):
    """The campaign began with another provider, and only that one can say what it took."""

    def __init__(self, campaign: Campaign, provider: Provider) -> None:
        super().__init__(
            f"The send of {campaign.issue} began with {campaign.provider}; newsletter.toml now names {provider.name}.",
            f"Set [provider] name back to {campaign.provider} until this send is finished, or cancel it: "
            f"newsletter cancel {campaign.issue}",
        )


def deliver(
    ledger: Ledger,
    provider: Provider,
    campaign_id: int,
    settings: PaceSettings,
    *,
    clock: Callable[[], datetime] | None = None,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> SendResult:
    """Carry a campaign on until nothing is left to do; saying it again never mails anybody twice.

    Args:
        ledger: holds the campaign.
        provider: carries it; its capabilities decide how doubt is settled.
        campaign_id: from `Ledger.freeze`.
        settings: [pace] of newsletter.toml.
        clock: aware UTC datetimes; default the ledger's.
        stop: asked between calls; SIGINT and SIGTERM ask it too.
        progress: told the counts now and then (at most a few times a second), and what is being waited for.

    Raises:
        OtherProvider, AnotherSender, UnsafePlace, CopiedLedger, QuotaTooSmall: nothing was called.
        CannotExpress: the provider cannot carry this message; nothing was called.
        DatabaseFault: the ledger could not be written; the calls under way are in doubt, none was begun after.
    """
    ledger = Ledger(ledger.database, clock) if clock else ledger
    shared = not ledger.database.is_sqlite
    if shared and ledger.clock is utc_now:
        ledger = Ledger(ledger.database, database_clock(ledger.database))
    stop = stop or Stop()
    with sending_alone(ledger.database.file), stopped_by_signals(stop), many_rows():
        check_may_send(ledger.database)
        campaign = ledger.get(campaign_id)
        if campaign.provider != provider.name:
            raise OtherProvider(campaign, provider)
        provider.prepare(campaign.message)
        pace = Pace(campaign.provider, settings, provider.capabilities.calls_per_second)
        check_quota(ledger, provider, campaign, pace)
        claims = Claims(ledger, campaign, provider.capabilities, pace, stop)
        claims.take_over(everything=ledger.database.is_sqlite)
        workers = max(1, min(settings.workers, provider.capabilities.concurrency))
        tell = progress or (lambda _counts, _note: None)
        return _Send(claims, provider, workers, stop, tell, _sharing(ledger) if shared else None).run()


def _sharing(ledger: Ledger) -> Callable[[], object] | None:
    """What puts due batches into the queue of the workers; None where no queue is installed."""
    from newsletter_cli.delivery.queueing import QueueMissing, ensure_queue, sweep

    try:
        ensure_queue(ledger.database)
    except QueueMissing:
        return None
    return lambda: sweep(ledger)


@dataclass(slots=True)
class _Send:
    """One run of the loop: the main thread watches, the others call."""

    claims: Claims
    provider: Provider
    workers: int
    stop: Stop
    progress: Progress
    share: Callable[[], object] | None = None
    note: str = ""
    ended: Ended = field(default_factory=Ended)
    proven: bool = False
    fault: BaseException | None = None
    working: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> SendResult:
        ledger, campaign = self.claims.ledger, self.claims.campaign
        self.proven = ledger.counts(campaign.id).accepted > 0
        self._watch()
        if self.fault:
            raise self.fault
        counts = ledger.counts(campaign.id)
        self.progress(counts, "")
        if self.ended.stopped is None and not counts.pending and ledger.complete(campaign.id):
            ledger.set_state(campaign.id, CampaignState.DONE)
        return SendResult(counts, self.ended.stopped, self.ended.why)

    def _watch(self) -> None:
        """Start the canary's thread, the others when it was answered, and wait for all; tell the progress."""
        threads = [self._start()]
        told, pause = time.monotonic(), 0.25
        while alive := [thread for thread in threads if thread.is_alive()]:
            alive[0].join(_POLL)
            if self.proven and len(threads) < self.workers and threads[0].is_alive():
                threads += [self._start() for _ in range(self.workers - len(threads))]
            if self.stop.at_once:
                self.claims.abandon()
                self.ended = Ended(Stopped.INTERRUPTED, "stopped at once")
                return
            if time.monotonic() - told > pause:
                began = time.monotonic()
                self.progress(self.claims.ledger.counts(self.claims.campaign.id), self.note)
                if self.share and self.proven:
                    self.share()
                told = time.monotonic()
                pause = max(0.25, 10 * (told - began))

    def _start(self) -> threading.Thread:
        with self._lock:
            self.working += 1
        thread = threading.Thread(target=self._work, daemon=True)
        thread.start()
        return thread

    def _work(self) -> None:
        try:
            self._loop()
        except BaseException as fault:  # noqa: BLE001  (the main thread raises it again)
            self.fault = self.fault or fault
            self.stop.request()

    def _loop(self) -> None:
        answered: Answered | None = None
        while True:
            step = self._next(answered)
            if answered and isinstance(answered.answer, Receipt):
                self.proven = True
            answered = None
            match step:
                case Claim():
                    answered = self._call(step)
                case Look():
                    ask(self.claims, self.provider, step)
                case Rest():
                    if not self._rest(step):
                        return
                case Ended():
                    self._leave(step)
                    return

    def _next(self, answered: Answered | None) -> Claim | Look | Rest | Ended:
        """Write and claim; when the claim fails, at least the answer shall be kept."""
        try:
            return self.claims.next(answered)
        except Exception:
            if answered:
                self.claims.finish(answered)
            raise

    def _call(self, claim: Claim) -> Answered:
        try:
            receipt = claim.make(self.provider, self.claims.campaign.message, self.claims.ledger.clock())
        except (ProviderFault, CannotExpress) as fault:
            return Answered(claim, fault)
        except Exception as fault:  # noqa: BLE001  (our own fault: the batch is in doubt, then the main thread raises)
            self.fault = fault
            self.stop.request()
            return Answered(claim, fault)
        reached("after answer")
        return Answered(claim, receipt)

    def _rest(self, rest: Rest) -> bool:
        """Wait until something is due; False when this thread need not wait, or it would take too long."""
        with self._lock:
            if rest.idle and self.working > 1:
                self.working -= 1  # here, so that of several idle threads one stays
                return False
        wait = rest.until - self.claims.ledger.clock()
        if wait > PATIENCE:
            again = f"run the same command after {rest.until:%d %B %H:%M} UTC"
            self._leave(Ended(Stopped.WAITING, f"{rest.why}; {again}"))
            return False
        self.note = f"{rest.why}, until {rest.until:%H:%M:%S} UTC" if wait > timedelta(seconds=1) else ""
        self.stop.wait(min(1.0, max(0.0, wait.total_seconds())))
        return True

    def _leave(self, ended: Ended) -> None:
        with self._lock:
            self.working -= 1
            if ended.stopped or not self.ended.stopped:
                self.ended = ended
