"""The contract every provider adapter keeps."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.message import Message
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.access import Access
from newsletter_cli.providers.setup import Setup


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The provider honours a key: for `ttl_seconds` a repeat replays the first answer, or is refused."""

    ttl_seconds: int
    repeat: Literal["replay", "refuse"]


@dataclass(frozen=True, slots=True)
class Query:
    """The provider can be asked afterwards; what it knows appears within `lag_seconds`.

    `by` is "batch" (one question tells of the whole batch, by tag or transmission) or "person". It keeps what it knows
    for `keeps_days`, on its smallest plan: later "not found" proves nothing.
    """

    lag_seconds: int
    by: Literal["batch", "person"]
    keeps_days: float = 30


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do and its limits; the core knows nothing else of it.

    Attributes:
        max_recipients: people in one call.
        max_bytes: of one call's body; 0 when not limited.
        key, query: how doubt is settled; both None means by a person.
        merges: the provider fills merge fields (one body, many people); else we send whole copies.
        own_unsubscribe: the provider has an unsubscribe address of its own to put for `unsubscribe_url`.
        header_notes: what of List-Unsubscribe, List-Unsubscribe-Post, Message-ID, List-Id does not reach a copy,
            one sentence each; the plan prints them.
        concurrency: calls that may be under way at once.
        call_seconds: how long one call can be alive at most, from its first byte to giving up.
        statistics: kinds of events that `statistics` tells of.
        statistics_by: "campaign" when the provider gives those of one campaign; "id" when it gives everything since a
            time, and the caller keeps what has the id of one of its receipts.
        local: nothing leaves this machine (the outbox).
        unicode_mailbox: a non-ASCII local part is accepted.
    """

    max_recipients: int
    max_bytes: int = 0
    key: IdempotencyKey | None = None
    query: Query | None = None
    merges: bool = False
    own_unsubscribe: bool = False
    header_notes: tuple[str, ...] = ()
    concurrency: int = 8
    call_seconds: float = 130
    calls_per_second: float = 0
    suppressions: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()
    statistics_by: Literal["campaign", "id"] = "campaign"
    quota: bool = False
    verify: bool = False
    host_image: bool = False
    local: bool = False
    unicode_mailbox: bool = True


@dataclass(frozen=True, slots=True)
class Batch:
    """One call's people.

    Attributes:
        key: the idempotency key, the same for every try of the same bytes.
        tag: short and ASCII, unique to campaign and batch; what `ask` looks for.
        campaign: short ASCII name of the campaign, the same for all its batches.
    """

    key: str
    tag: str
    campaign: str
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class Rejection:
    """The provider refused one person: its code and its words (never the address)."""

    seq: int
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider's positive answer to one call.

    `ids` is one id for all, or one for each accepted recipient in order. Who is neither in `rejected` nor in
    `unknown` (seq, words) was accepted: taken for delivery, not delivered.
    """

    ids: tuple[str, ...]
    rejected: tuple[Rejection, ...] = ()
    unknown: tuple[Rejection, ...] = ()
    request_id: str = ""


class FaultKind(StrEnum):
    """Families of refusals, in the words people are told."""

    WRONG_KEY = "wrong key"
    SENDER = "sender not verified"
    SUSPENDED = "account suspended or under review"
    QUOTA = "quota used up"
    RATE = "too fast"
    CONTENT = "content refused"
    RECIPIENT = "a recipient was refused"
    TEMPORARY = "temporary fault at the provider"
    OTHER = "refused"


class ProviderFault(NewsletterError):
    """A call that gave no receipt. `words` are the provider's own, cleaned of addresses and keys."""

    def __init__(self, message: str, hint: str = "", *, words: str = "", request_id: str = "") -> None:
        super().__init__(message, hint)
        self.words = words
        self.request_id = request_id


class NotSent(ProviderFault):
    """Certain: not one byte reached the provider (no connection was made)."""


class Refused(ProviderFault):
    """Certain for this call: the provider answered that it took nothing.

    `status` is the HTTP or SMTP status; `retry_after` in seconds when the provider named a time.
    """

    def __init__(
        self,
        kind: FaultKind,
        message: str,
        hint: str = "",
        *,
        words: str = "",
        request_id: str = "",
        status: int = 0,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint, words=words, request_id=request_id)
        self.kind = kind
        self.status = status
        self.retry_after = retry_after


class Doubtful(ProviderFault):
    """Nobody knows: the line was lost, or the answer was not understood. The batch may have gone."""


class AlreadyTaken(ProviderFault):
    """The provider refuses the repeat of an idempotency key: it took the first call with it."""


class CannotExpress(NewsletterError):
    """The message or recipient holds something this provider cannot carry; refused before sending."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What `ask` learnt: `taken` yes, no ("not found", not yet proof) or for some people only."""

    taken: Literal["yes", "no", "some"]
    seqs: frozenset[int] = frozenset()
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderSuppression:
    """An entry of the provider's own list."""

    email: str
    reason: SuppressionReason
    when: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """People that may still be mailed: `remaining` until `resets`, None when unlimited or unknown."""

    remaining: int | None
    resets: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """One look at the account: what was looked at, whether it is good, and what to do if not."""

    subject: str
    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class Event:
    """What became of one copy: `what` is delivered, bounced, complained, unsubscribed, opened, clicked."""

    email: str
    what: str
    when: datetime | None
    message_id: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request as it would go out: for `--dry-run -v`, the key already masked by `Provider.calls`."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Provider(ABC):
    """Who carries the mail. One instance per send; `send` may be called from several threads.

    An optional ability that `capabilities` does not name raises CannotExpress.

    Attributes:
        name, title: as written in newsletter.toml, and as people know it.
        kind: "transactional" carries our copies to our list; "campaign" is a platform that holds the list.
        key_env: the environment variables the provider's documentation uses for its keys.
        optional_keys: variables that are looked up too, and may be missing.
        regions: names for [provider] region; the first is the default.
        setup: what to do at the provider's site.
        capabilities: what it can do; an instance may narrow them by its settings.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    kind: ClassVar[Literal["transactional", "campaign"]] = "transactional"
    key_env: ClassVar[tuple[str, ...]] = ()
    optional_keys: ClassVar[tuple[str, ...]] = ()
    regions: ClassVar[tuple[str, ...]] = ()
    setup: ClassVar[Setup] = Setup()
    capabilities: Capabilities

    @abstractmethod
    def __init__(self, access: Access) -> None:
        """Look at the settings; make no connection.

        Raises:
            NewsletterError: a setting is missing or wrong.
        """

    @classmethod
    def keys_wanted(cls, settings: ProviderSettings) -> tuple[str, ...]:
        """Which of `key_env` are needed with these settings."""
        return cls.key_env

    @abstractmethod
    def prepare(self, message: Message) -> None:
        """Look whether this message can be expressed, once, before anything is planned.

        May narrow `capabilities.max_recipients` to what fits into one call.

        Raises:
            CannotExpress: with the reason.
        """

    def people_per_call(self, message: Message) -> int:
        """How many copies of this message one call may carry: `max_recipients`, or fewer where whole copies are sent
        and would not fit into `max_bytes`."""
        able = self.capabilities
        if not able.max_bytes or able.merges:
            return able.max_recipients
        # Encoded as JSON a copy grows by its quotes and line ends; a tenth and 4 kB of headers leave room.
        copy = int(len((message.html + message.text + message.subject).encode()) * 1.1) + 4096
        return max(1, min(able.max_recipients, able.max_bytes // copy))

    @abstractmethod
    def send(self, message: Message, batch: Batch) -> Receipt:
        """One call. Only a parsed positive answer returns.

        Raises:
            NotSent, Refused, Doubtful: see there.
        """

    def calls(self, message: Message, batch: Batch) -> Sequence[HttpCall]:
        """The very requests `send` would make, keys masked; empty where none is made."""
        return ()

    def ask(self, batch: Batch, since: datetime) -> Answer:
        """Whether the batch, first tried at `since`, was taken."""
        raise self._cannot("be asked afterwards")

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        """The provider's own list, page by page; `since` is a hint that it may use to give less."""
        raise self._cannot("list its suppressions")

    def add_suppression(self, entry: ProviderSuppression) -> None:
        raise self._cannot("add a suppression")

    def remove_suppression(self, email: str, reason: SuppressionReason) -> None:
        raise self._cannot("remove a suppression")

    def quota(self) -> Quota:
        raise self._cannot("say its quota")

    def verify(self, sender: str = "") -> Sequence[Verification]:
        """Whether key, account and (if given) the sender's address are good, without sending."""
        raise self._cannot("be verified without sending")

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        """What became of the copies of the campaign (Batch.campaign) since a time, in no particular order.

        Where `capabilities.statistics_by` is "id", of all copies since then, each with its id.
        """
        raise self._cannot("report what became of each copy")

    def host_image(self, name: str, data: bytes) -> str:
        """Put a picture where readers fetch it; the address it has there. The name holds a hash of the content."""
        raise self._cannot("host pictures")

    @contextmanager
    def patient(self, sleep: Callable[[float], None]) -> Iterator[None]:
        """Within, a question that came too fast is asked again after a wait, by this function.

        For questions outside a send: a send has a pace of its own, and must be able to stop at once.
        """
        yield

    def close(self) -> None:  # noqa: B027  (most adapters have nothing to give back)
        """Give back connections."""

    def _cannot(self, what: str) -> CannotExpress:
        return CannotExpress(f"{self.title} cannot {what}.", "`newsletter providers` shows what each provider can do.")
