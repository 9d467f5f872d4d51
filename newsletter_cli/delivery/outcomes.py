"""Decides what the end of a call means: accepted, surely not taken, or in doubt."""

import random
from dataclasses import replace

from newsletter_cli.delivery.calls import Answered, Claim, Exceptional, Outcome
from newsletter_cli.delivery.pace import Chance, back_off
from newsletter_cli.model.campaign import BatchState, DeliveryState
from newsletter_cli.providers.base import (
    AlreadyTaken,
    Batch,
    CannotExpress,
    Capabilities,
    FaultKind,
    NotSent,
    ProviderFault,
    Receipt,
    Refused,
    Rejection,
)

_ACCOUNT = {FaultKind.WRONG_KEY, FaultKind.SENDER, FaultKind.SUSPENDED}
_PASSING = {FaultKind.RATE, FaultKind.TEMPORARY}
_TOO_LARGE = 413


def decide(
    answered: Answered, capabilities: Capabilities, others_accepted: bool = False, chance: Chance = random.random
) -> Outcome:
    """What becomes of the batch. Only positive evidence accepts; only a certain refusal of every call frees.

    Args:
        others_accepted: whether another call of the campaign was accepted before (looked at for a refusal only).
    """
    claim, answer = answered.claim, answered.answer
    if isinstance(answer, Receipt):
        return _accepted(answer, claim.batch)
    if isinstance(answer, AlreadyTaken):
        return _already_taken(answer, capabilities)
    if not isinstance(answer, NotSent | Refused | CannotExpress):
        pause = back_off(claim.attempt, None, chance) if capabilities.key else 0.0
        return Outcome(BatchState.IN_DOUBT, why=_doubtful(answer), pause=pause)
    asked = answer.retry_after if isinstance(answer, Refused) else None
    pause = back_off(claim.attempt, asked, chance)
    if claim.doubts:
        # A refusal of the repeat says nothing about the first call, which may have been taken.
        slow = pause if isinstance(answer, NotSent) or asked else 0.0
        return Outcome(BatchState.IN_DOUBT, why=f"the repeat: {answer}", pause=pause, slow=slow)
    if isinstance(answer, NotSent):
        return Outcome(BatchState.PENDING, why=str(answer), pause=pause, slow=pause, failure=True)
    if isinstance(answer, CannotExpress):
        return _about_its_people(answer, claim, "cannot be expressed")
    return _refused(answer, claim, pause, others_accepted)


def evidence_missing(receipt: Receipt, batch: Batch) -> str:
    """Why a receipt does not prove that the batch was taken; "" when it does."""
    named = [each.seq for each in (*receipt.rejected, *receipt.unknown)]
    if named and (len(set(named)) != len(named) or not {each.seq for each in batch.recipients}.issuperset(named)):
        return "the answer speaks of people who were not in the call"
    accepted = len(batch.recipients) - len(named)
    if accepted and not any(receipt.ids):
        return "the answer holds no id"
    if len(receipt.ids) not in (0, 1, accepted):
        return f"the answer holds {len(receipt.ids)} ids for {accepted} people"
    return ""


def _accepted(receipt: Receipt, batch: Batch) -> Outcome:
    if missing := evidence_missing(receipt, batch):
        return Outcome(BatchState.IN_DOUBT, why=missing, request_id=receipt.request_id)
    exceptions = [
        *(Exceptional(each.seq, DeliveryState.REJECTED, _words(each)) for each in receipt.rejected),
        *(Exceptional(each.seq, DeliveryState.UNKNOWN, _words(each)) for each in receipt.unknown),
    ]
    return Outcome(
        BatchState.ACCEPTED,
        exceptions=tuple(exceptions),
        ids=receipt.ids,
        request_id=receipt.request_id,
        policy=sum(each.code.startswith("5.7.") for each in receipt.rejected),
    )


def _already_taken(answer: AlreadyTaken, capabilities: Capabilities) -> Outcome:
    why = "the provider says that it had this call before"
    if capabilities.query:
        return Outcome(BatchState.IN_DOUBT, why=why, request_id=answer.request_id, evidence=True)
    return Outcome(BatchState.ACCEPTED, why=why, request_id=answer.request_id)


def _refused(answer: Refused, claim: Claim, pause: float, others_accepted: bool) -> Outcome:
    back = Outcome(BatchState.PENDING, why=_sentence(answer), request_id=answer.request_id, pause=pause, failure=True)
    if answer.kind in _PASSING:
        return replace(back, slow=pause)
    if answer.kind in _ACCOUNT:
        return replace(back, account=1, slow=pause, why=_advice(answer))
    if answer.kind is FaultKind.RECIPIENT or answer.status == _TOO_LARGE:
        return _about_its_people(answer, claim, answer.words or str(answer))
    if answer.kind in (FaultKind.OTHER, FaultKind.CONTENT) and others_accepted:
        # Account and content were good for others: something about these people. The breaker counts how often.
        return replace(
            _about_its_people(answer, claim, answer.words or str(answer)), policy=len(claim.batch.recipients) == 1
        )
    return replace(back, stop=_advice(answer))


def _about_its_people(answer: Refused | CannotExpress, claim: Claim, words: str) -> Outcome:
    people = claim.batch.recipients
    if len(people) > 1:
        return Outcome(BatchState.PENDING, why=str(answer), split=True)
    rejected = Exceptional(people[0].seq, DeliveryState.REJECTED, f"{getattr(answer, 'status', '')} {words}".strip())
    return Outcome(BatchState.ACCEPTED, exceptions=(rejected,), why=str(answer))


def _doubtful(answer: Exception) -> str:
    """A provider's fault is told in its words; a fault of this program might quote an address and is only named."""
    known = isinstance(answer, ProviderFault)
    return str(answer) if known else f"this program failed during the call ({type(answer).__name__})"


def _sentence(answer: Refused) -> str:
    return f"{answer} {answer.words}".strip() if answer.words and answer.words not in str(answer) else str(answer)


def _advice(answer: Refused) -> str:
    """The sentence, and what to do about it: for what stops a send."""
    return f"{_sentence(answer)} {answer.hint}".strip()


def _words(rejection: Rejection) -> str:
    return f"{rejection.code} {rejection.words}".strip()
