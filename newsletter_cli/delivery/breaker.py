"""Stops a campaign when the provider's answers say that going on would do harm."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from newsletter_cli.database.tables import breaker
from newsletter_cli.delivery.calls import Outcome
from newsletter_cli.delivery.pace import MAX_TRIES
from newsletter_cli.model.campaign import BatchState, Counts

ACCOUNT_REFUSALS = 3
POLICY_REFUSALS = 20
EARLY_PEOPLE = 500
REJECTS_PERCENT = 2
FEW = 5


_MARKS = select(breaker).where(breaker.c.campaign_id == bindparam("campaign"))


@dataclass(frozen=True, slots=True)
class Marks:
    """What has been counted against a campaign since it was opened or released."""

    account: int
    policy: int


def count(connection: Connection, campaign_id: int, outcome: Outcome) -> Marks:
    """Add an outcome to the ledger's count. An accepted call takes back what spoke against the account."""
    row = connection.execute(_MARKS, {"campaign": campaign_id}).first()
    before = Marks(row.account_refusals, row.policy_refusals) if row else Marks(0, 0)
    went = outcome.state == BatchState.ACCEPTED and bool(outcome.ids)
    after = Marks(
        0 if went else before.account + outcome.account,
        before.policy + outcome.policy,
    )
    values = {"account_refusals": after.account, "policy_refusals": after.policy}
    if row is None and after != before:
        connection.execute(insert(breaker).values(campaign_id=campaign_id, **values))
    elif after != before:
        connection.execute(update(breaker).where(breaker.c.campaign_id == campaign_id).values(**values))
    return after


def verdict(marks: Marks, outcome: Outcome, attempt: int, counts: Counts | None, people: int) -> str:
    """Why the campaign must pause, in words, or "". `counts` holds the outcome already.

    Args:
        attempt: which try of its batch this was.
        people: how many were in the call.
    """
    if outcome.stop:
        return outcome.stop
    if marks.account >= ACCOUNT_REFUSALS:
        return f"The provider refused us {marks.account} times running: {outcome.why}"
    if outcome.failure and attempt >= MAX_TRIES:
        return f"{attempt} tries of one batch reached nobody; the last: {outcome.why}"
    if marks.policy >= POLICY_REFUSALS:
        return f"{marks.policy} people were refused for reasons of policy: authentication, content or reputation. The last: {outcome.why}"
    if counts and outcome.exceptions and _too_many_rejects(counts, people):
        return (
            f"{counts.rejected} of the first {counts.accepted + counts.rejected} people were rejected, more than "
            f"{REJECTS_PERCENT} %: the list may be old, or the wrong one."
        )
    return ""


def _too_many_rejects(counts: Counts, people: int) -> bool:
    tried = counts.accepted + counts.rejected
    if tried - people >= EARLY_PEOPLE:
        return False
    # Measured against 500 people (or the whole audience), so that one reject among the canary's ten is none too many.
    base = max(tried, min(EARLY_PEOPLE, counts.audience))
    return counts.rejected > max(FEW, base * REJECTS_PERCENT / 100)
