"""The base of every adapter that speaks HTTP: build one request, send it once, read the answer strictly."""

import base64
import hashlib
import json
import re
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import orjson

from newsletter_cli.model.message import Message
from newsletter_cli.providers.access import Access
from newsletter_cli.providers.base import (
    Batch,
    Doubtful,
    FaultKind,
    HttpCall,
    Provider,
    Receipt,
    Refused,
)
from newsletter_cli.providers.cleaning import clean, mask_call
from newsletter_cli.providers.pages import parse_time
from newsletter_cli.providers.screening import Screened, screen_batch, screen_message
from newsletter_cli.providers.transport import Reply, Transport


@dataclass(frozen=True, slots=True)
class Fault:
    """A documented refusal: HTTP status and a pattern in the answer, and what it means.

    Status 0 stands for every 4xx that proves that nothing was taken. A 5xx may come from a machine between us and the
    provider, after the call was taken and in any words; it counts only where the provider documents that very status.
    """

    status: int
    pattern: str
    kind: FaultKind


_ASKED = 8
_SHORTEST_WAIT, _LONGEST_WAIT = 0.5, 120.0  # seconds
_UNSURE = (408, 409)  # client errors that do not prove that nothing was taken; neither does any 5xx
BY_STATUS = {
    400: FaultKind.CONTENT,
    401: FaultKind.WRONG_KEY,
    402: FaultKind.QUOTA,
    403: FaultKind.WRONG_KEY,
    404: FaultKind.OTHER,
    405: FaultKind.OTHER,
    406: FaultKind.CONTENT,
    411: FaultKind.CONTENT,
    413: FaultKind.CONTENT,
    415: FaultKind.CONTENT,
    422: FaultKind.CONTENT,
    429: FaultKind.RATE,
}

HINTS = {
    FaultKind.WRONG_KEY: "Check the key, and that it may send: `newsletter providers {name}` says where it comes from.",
    FaultKind.SENDER: "Verify the sender's domain at {title}; `newsletter providers {name}` lists the DNS records.",
    FaultKind.SUSPENDED: "Write to {title}'s support, quoting the request id; nothing can be sent until they answer.",
    FaultKind.QUOTA: "Wait until the quota is renewed or raise it at {title}, then run the same command again.",
    FaultKind.RATE: "The rest is sent more slowly; lower [pace] calls_per_second if it happens often.",
    FaultKind.CONTENT: "Correct what {title} names, then compose and approve again.",
    FaultKind.RECIPIENT: "Correct or remove that subscriber, then run the same command again.",
    FaultKind.TEMPORARY: "Run the same command again later.",
    FaultKind.OTHER: "Check [provider] in newsletter.toml; `newsletter providers {name}` shows what it needs.",
}


class HttpProvider(Provider):
    """One request a batch. A subclass says `build` and `receipt`, and lists its documented `faults`."""

    hosts: ClassVar[dict[str, str]] = {}
    """API address by region; the first is the default."""
    faults: ClassVar[tuple[Fault, ...]] = ()

    def __init__(self, access: Access) -> None:
        self.access = access
        self.settings = access.settings
        self.transport = Transport(self.title, self.secrets())
        self._sleep: Callable[[float], None] | None = None

    # -- what a subclass says

    @abstractmethod
    def build(self, message: Message, batch: Batch) -> HttpCall:
        """The request for these people; the same bytes whenever it is asked for the same batch."""

    @abstractmethod
    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        """The answer to a 2xx, parsed.

        Raises:
            ValueError: the answer is not one we know (pydantic's ValidationError is one).
            Refused: the provider says inside a 2xx that it took nothing.
        """

    def refusal(self, reply: Reply, batch: Batch) -> Receipt:
        """What an answer outside 2xx means; a subclass overrides it where such an answer may still be a success.

        Raises:
            Refused, Doubtful.
        """
        raise self.fault(reply, batch)

    def check(self, message: Message) -> None:
        """Refuse what this provider cannot carry; a subclass adds its own looks.

        Raises:
            CannotExpress.
        """

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Those of every request: authorization."""
        return ()

    # -- the contract

    def prepare(self, message: Message) -> None:
        screen_message(message, self.title)
        self.check(message)
        self.capabilities = replace(self.capabilities, max_recipients=self.people_per_call(message))

    def send(self, message: Message, batch: Batch) -> Receipt:
        screened = self.screened(message, batch)
        if not screened.people:
            return Receipt((), screened.turned_away)
        smaller = Batch(batch.key, batch.tag, batch.campaign, screened.people)
        reply = self.transport.call(self.build(message, smaller))
        receipt = self._read(reply, smaller)
        return Receipt(
            receipt.ids,
            screened.turned_away + receipt.rejected,
            receipt.unknown,
            receipt.request_id or reply.request_id,
        )

    def calls(self, message: Message, batch: Batch) -> Sequence[HttpCall]:
        people = self.screened(message, batch).people
        if not people:
            return ()
        return (self.mask(self.build(message, Batch(batch.key, batch.tag, batch.campaign, people))),)

    def close(self) -> None:
        self.transport.close()

    # -- for subclasses

    def secrets(self) -> tuple[str, ...]:
        """What must never be seen: each key, and user:key in base64 as Basic authorization writes it."""
        return tuple(self.access.keys.values())

    def mask(self, call: HttpCall) -> HttpCall:
        return mask_call(call, self.secrets())

    def screened(self, message: Message, batch: Batch) -> Screened:
        return screen_batch(message, batch, unicode_mailbox=self.capabilities.unicode_mailbox)

    @property
    def key(self) -> str:
        """The value of the first of `key_env`."""
        return self.access.keys[self.key_env[0]]

    @property
    def address(self) -> str:
        """The API's address without a slash at its end: `base_url`, else that of the region."""
        if self.settings.base_url:
            return self.settings.base_url
        return self.hosts[self.access.region(self.title, tuple(self.hosts))]

    def json_call(self, path: str, body: object, method: str = "POST") -> HttpCall:
        """`body` as JSON, without spaces and with UTF-8 as it is; the same body gives the same bytes."""
        data = orjson.dumps(body)
        return HttpCall(method, self.address + path, (("Content-Type", "application/json"), *self.headers()), data)

    def get(self, path: str) -> Reply:
        """A question that changes nothing; `path` may be a whole address at the same host.

        Raises:
            NotSent, Doubtful, Refused: as for a send, with words that fit a question.
        """
        url = path if path.startswith(("http://", "https://")) else self.address + path
        return self.question(HttpCall("GET", url, self.headers(), b""))

    def question(self, call: HttpCall) -> Reply:
        """Ask something that sends no mail.

        Raises:
            ProviderFault: the answer was not 2xx.
        """
        for number in range(_ASKED):
            reply = self.transport.call(call)
            if 200 <= reply.status < 300:
                return reply
            wait = self.retry_after(reply) or 2.0**number
            if self._sleep is None or self.kind_of(reply) is not FaultKind.RATE or wait > _LONGEST_WAIT:
                break
            self._sleep(max(_SHORTEST_WAIT, wait))
        raise self.fault(reply)

    @contextmanager
    def patient(self, sleep: Callable[[float], None]) -> Iterator[None]:
        self._sleep = sleep
        try:
            yield
        finally:
            self._sleep = None

    def fault(self, reply: Reply, batch: Batch | None = None) -> Refused | Doubtful:
        """The family of an answer outside 2xx."""
        kind = self.kind_of(reply)
        words = clean(self.words_of(reply), self.secrets(), batch)
        if kind is None:
            return self.not_understood(reply, words)
        return self.refused(kind, words, reply)

    def refused(self, kind: FaultKind, words: str, reply: Reply) -> Refused:
        return Refused(
            kind,
            f"{self.title} took nothing: {kind}" + (f" ({words})." if words else "."),
            HINTS[kind].format(name=self.name, title=self.title),
            words=words,
            request_id=reply.request_id,
            status=reply.status,
            retry_after=self.retry_after(reply),
        )

    def not_understood(self, reply: Reply, words: str = "") -> Doubtful:
        return Doubtful(
            f"{self.title} may or may not have taken this batch: its answer (HTTP {reply.status}) was not understood.",
            "Nothing is repeated blindly; run the same command again later to settle it.",
            words=words,
            request_id=reply.request_id,
        )

    def kind_of(self, reply: Reply) -> FaultKind | None:
        """The family, or None when this answer does not prove that nothing was taken."""
        for each in self.faults:
            known = each.status == reply.status or (each.status == 0 and _proves(reply.status))
            if known and re.search(each.pattern, reply.text, re.I):
                return each.kind
        return BY_STATUS.get(reply.status)

    def words_of(self, reply: Reply) -> str:
        """The provider's own words: from JSON the messages and codes, else the text."""
        try:
            return " ".join(_strings(json.loads(reply.body)))
        except ValueError:
            return re.sub(r"<[^>]*>", " ", reply.text)

    def retry_after(self, reply: Reply) -> float | None:
        """Seconds to wait: the Retry-After header (RFC 9110 section 10.2.3), a number or a date after the answer's own."""
        value = reply.headers.get("Retry-After", "")
        if re.fullmatch(r"\d{1,7}(\.\d+)?", value):
            return float(value)
        until, said = parse_time(value), parse_time(reply.headers.get("Date", ""))
        return max(0.0, (until - said).total_seconds()) if until and said else None

    def _read(self, reply: Reply, batch: Batch) -> Receipt:
        if not 200 <= reply.status < 300:
            return self.refusal(reply, batch)
        try:
            return self.receipt(reply, batch)
        except ValueError as error:
            raise self.not_understood(reply, clean(self.words_of(reply), self.secrets(), batch)) from error


def _proves(status: int) -> bool:
    return 400 <= status < 500 and status not in _UNSURE


_TOLD = ("message", "error", "code", "name", "title", "detail", "description", "reason", "type")


def _strings(value: Any, told: bool = True) -> list[str]:
    """Texts of an error document, under the names that carry words; a reader's data under other names stays out."""
    if isinstance(value, dict):
        return [
            text
            for key, each in value.items()
            for text in _strings(
                each, any(word in str(key).lower() for word in _TOLD) or isinstance(each, (dict, list))
            )
        ]
    if isinstance(value, list):
        return [text for each in value[:20] for text in _strings(each, told)]
    return [str(value)] if told and isinstance(value, (str, int)) and not isinstance(value, bool) else []


def basic(user: str, password: str) -> str:
    """Basic authorization (RFC 7617): the header's value."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def short_id(text: str) -> str:
    """Sixteen hex digits that stand for this text, where a provider limits an id's alphabet or length."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
