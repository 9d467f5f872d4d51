"""What a sender holds while it calls a provider, and what came of the call."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from newsletter_cli.model.message import Message
from newsletter_cli.providers.base import Batch, NotSent, Provider, ProviderFault, Receipt


@dataclass(frozen=True, slots=True)
class Claim:
    """A call that may be made: its intent is durable in the ledger under `owner`.

    Attributes:
        id: of the batch row.
        batch: the people and key.
        attempt: which try this is, from 1.
        doubts: earlier calls of this batch that may have been taken; above 0 this is a retry by key.
        begin_by: after this moment the call may not begin any more.
    """

    id: int
    campaign_id: int
    owner: str
    batch: Batch
    attempt: int
    doubts: int
    begin_by: datetime

    def make(self, provider: Provider, message: Message, now: datetime) -> Receipt:
        """Make the call.

        A process that was stopped between intent and call (a lid closed, SIGSTOP) wakes with a claim that others may
        have taken over or a person decided about, and a key that may be dead: it makes no call.

        Raises:
            NotSent: it is past `begin_by`.
            ProviderFault, CannotExpress: from the provider.
        """
        if now > self.begin_by:
            raise NotSent(
                "This computer stood still between the intent and the call; the call was not made.",
                "It is planned anew by itself.",
            )
        return provider.send(message, self.batch)


@dataclass(frozen=True, slots=True)
class Look:
    """A batch in doubt about which the provider is to be asked; first tried at `since`."""

    id: int
    campaign_id: int
    batch: Batch
    since: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of a call: the provider's receipt, or a fault."""

    claim: Claim
    answer: Receipt | ProviderFault | Exception


class Stopped(StrEnum):
    """Why a send ended before everybody was accounted for."""

    INTERRUPTED = "interrupted"
    HELD = "held"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    TOO_LATE = "too late"
    DAILY_LIMIT = "daily limit"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing may be done before `until`; `idle`: nothing will be due then but for calls that others make now."""

    until: datetime
    why: str
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing is left to do (`stopped` None), or no more may be done now."""

    stopped: Stopped | None = None
    why: str = ""


Step = Claim | Look | Rest | Ended


@dataclass(frozen=True, slots=True)
class Exceptional:
    """One person who differs from their batch."""

    seq: int
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call's end does to its batch.

    Attributes:
        state: the batch's new state.
        exceptions: people with a fate of their own.
        ids, request_id: the provider's, for an accepted batch.
        why: in words; shown for people in this batch.
        pause: seconds until this batch is tried (or asked about) again.
        slow: seconds for which nobody calls this account.
        split: cut the batch in two, to find the person the provider refuses.
        evidence: the provider says that it had the call, and gave no id; a doubt that "not found" does not end.
        failure: nothing was accepted: counts towards giving up.
        account, policy: refusals that speak against account or content; the breaker counts them.
        stop: open the breaker now, with these words.
    """

    state: str
    exceptions: tuple[Exceptional, ...] = ()
    ids: tuple[str, ...] = ()
    request_id: str = ""
    why: str = ""
    pause: float = 0.0
    slow: float = 0.0
    split: bool = False
    evidence: bool = False
    failure: bool = False
    account: int = 0
    policy: int = 0
    stop: str = ""
