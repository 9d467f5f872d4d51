"""Any order of calls, losses, deaths, departures and decisions keeps the sum and mails nobody twice."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from newsletter_cli.audience.suppression import suppress
from newsletter_cli.config.settings import PaceSettings
from newsletter_cli.database import open_database
from newsletter_cli.delivery.asking import ask
from newsletter_cli.delivery.calls import Answered, Claim, Look
from newsletter_cli.delivery.claims import Claims
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.pace import Pace
from newsletter_cli.delivery.resolving import resolve
from newsletter_cli.delivery.signals import Stop
from newsletter_cli.delivery.verifying import verify
from newsletter_cli.model.campaign import CampaignState
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.base import (
    Answer,
    Batch,
    Capabilities,
    Doubtful,
    FaultKind,
    IdempotencyKey,
    NotSent,
    Query,
    Receipt,
    Refused,
    Rejection,
)
from newsletter_cli.testing.crashing import scaled
from newsletter_cli.testing.samples import sample_message, sample_people
from tests.delivery.kit import Clock, Postman

PEOPLE = 34
LAG = 120
CAPABILITIES = {
    "key": Capabilities(max_recipients=10, key=IdempotencyKey(3600, "replay")),
    "query": Capabilities(max_recipients=10, query=Query(LAG, "batch")),
    "both": Capabilities(max_recipients=10, key=IdempotencyKey(600, "replay"), query=Query(LAG, "batch")),
    "opaque": Capabilities(max_recipients=10),
}


class Index(Postman):
    """A postman whose index shows a call only after its lag, and whose keys die."""

    def __init__(self, capabilities: Capabilities, clock: Clock) -> None:
        super().__init__(capabilities)
        self.clock = clock
        self.shown: dict[str, Any] = {}
        self.born: dict[str, Any] = {}

    def take(self, batch: Batch) -> Receipt:
        key = self.capabilities.key
        if key and batch.key in self.born and self.clock() - self.born[batch.key] > timedelta(seconds=key.ttl_seconds):
            self.keys.pop(batch.key, None)
        self.born.setdefault(batch.key, self.clock())
        self.shown.setdefault(batch.tag, (self.clock() + timedelta(seconds=LAG), [p.seq for p in batch.recipients]))
        return super().take(batch)

    def ask(self, batch: Batch, since: Any) -> Answer:
        at, seqs = self.shown.get(batch.tag, (None, []))
        return Answer("yes", frozenset(seqs)) if at and at <= self.clock() else Answer("no")


class Sends(RuleBasedStateMachine):
    """One campaign; at most one call under way in each of two senders."""

    @initialize(kind=st.sampled_from(sorted(CAPABILITIES)))
    def begin(self, kind: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.database = open_database(Path(self.folder.name) / "newsletter.sqlite")
        self.ledger = Ledger(self.database, self.clock)
        self.provider = Index(CAPABILITIES[kind], self.clock)
        self.left: dict[str, int] = {}
        self.told_again: set[str] = set()
        self.campaign_id = self.ledger.freeze(
            issue="2022-02",
            message=sample_message(),
            audience_rule="everybody",
            recipients=sample_people(PEOPLE),
            provider="postman",
            batch_size=8,
        )
        self.under_way: Claim | None = None
        self.restart()

    def restart(self) -> None:
        pace = Pace("postman", PaceSettings())
        campaign = self.ledger.get(self.campaign_id)
        self.claims = Claims(self.ledger, campaign, self.provider.capabilities, pace, Stop())
        self.claims.take_over(everything=True)

    def next(self, answered: Answered | None = None) -> None:
        step = self.claims.next(answered)
        self.under_way = step if isinstance(step, Claim) else None
        if self.under_way and not self.under_way.doubts:
            for person in self.under_way.batch.recipients:
                assert person.email not in self.left, "mailed after leaving"
        if isinstance(step, Look):
            ask(self.claims, self.provider, step)

    def end(self, answer: Any) -> None:
        assert self.under_way
        self.next(Answered(self.under_way, answer))

    calling = precondition(lambda self: self.under_way is not None)

    @precondition(lambda self: self.under_way is None)
    @rule()
    def claim(self) -> None:
        self.next()

    def taken(self, claim: Claim) -> Receipt | NotSent:
        """The call as a sender makes it: one that slept past the claim's time makes none."""
        try:
            return claim.make(self.provider, self.claims.campaign.message, self.clock())
        except NotSent as stood_still:
            return stood_still

    @calling
    @rule()
    def accept(self) -> None:
        assert self.under_way
        self.end(self.taken(self.under_way))

    @calling
    @rule()
    def accept_but_reject_one(self) -> None:
        assert self.under_way
        batch = self.under_way.batch
        if self.under_way.doubts or len(batch.recipients) < 2 or self.clock() > self.under_way.begin_by:
            self.accept()
            return
        receipt = self.provider.take(Batch(batch.key, batch.tag, batch.campaign, batch.recipients[1:]))
        self.end(Receipt(receipt.ids, rejected=(Rejection(batch.recipients[0].seq, "550", "no such user"),)))

    @calling
    @rule(kind=st.sampled_from([FaultKind.RATE, FaultKind.TEMPORARY, FaultKind.RECIPIENT, FaultKind.WRONG_KEY]))
    def refuse(self, kind: FaultKind) -> None:
        self.end(Refused(kind, "refused", status=400))

    @calling
    @rule()
    def never_left(self) -> None:
        self.end(NotSent("no connection"))

    @calling
    @rule(taken=st.booleans())
    def drop(self, taken: bool) -> None:
        assert self.under_way
        if taken:
            self.taken(self.under_way)
        self.end(Doubtful("the line was cut"))

    @calling
    @rule(taken=st.booleans())
    def die(self, taken: bool) -> None:
        assert self.under_way
        if taken:
            self.taken(self.under_way)
        self.under_way = None
        self.restart()

    @calling
    @rule()
    def answer_comes_after_a_new_sender_took_over(self) -> None:
        assert self.under_way
        late, old = self.under_way, self.claims
        self.restart()
        old.finish(Answered(late, self.taken(late)))
        self.under_way = None

    @rule(number=st.integers(0, PEOPLE - 1))
    def opt_out(self, number: int) -> None:
        email = f"reader{number}@example.org"
        with self.database.writing() as connection:
            suppress(connection, email, SuppressionReason.UNSUBSCRIBED, "", self.clock())
        self.left.setdefault(email, 1)

    @rule(seconds=st.sampled_from([1, 30, 100, 400, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(seconds)

    @rule()
    def release(self) -> None:
        self.ledger.set_state(self.campaign_id, CampaignState.OPEN)

    @rule()
    def person_decides(self) -> None:
        self.decide()

    def decide(self) -> None:
        """A person who knows the truth: looks whether the people of a held batch were taken."""
        for held in self.ledger.held(self.campaign_id):
            taken = any(person.email in self.provider.taken for person in held.people)
            resolve(self.ledger, self.campaign_id, (held,), went=taken, who="Ann")

    @invariant()
    def it_adds_up(self) -> None:
        if hasattr(self, "ledger"):
            assert self.ledger.counts(self.campaign_id).adds_up
            assert verify(self.ledger) == ()

    @invariant()
    def nobody_got_it_twice(self) -> None:
        if hasattr(self, "provider"):
            assert self.provider.doubled == []

    def teardown(self) -> None:
        if not hasattr(self, "provider"):
            return
        for _ in range(200):
            if self.ledger.complete(self.campaign_id) and not self.ledger.held(self.campaign_id):
                break
            self.decide()
            self.release()
            if self.under_way:
                self.accept()
            else:
                self.clock.forward(4000)
                self.next()
        people = [*self.ledger.people(self.campaign_id)]
        assert {str(each.state) for each in people} <= {"accepted", "rejected", "suppressed"}
        accepted = {each.email for each in people if each.state == "accepted"}
        assert accepted == set(self.provider.taken)
        self.database.close()
        self.folder.cleanup()


TestSends = Sends.TestCase
TestSends.settings = settings(
    max_examples=scaled(12, 1000),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
