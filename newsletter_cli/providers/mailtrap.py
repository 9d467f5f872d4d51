"""Mailtrap: up to 100 whole messages in one batch call, through its bulk stream."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Any, ClassVar
from urllib.parse import urlencode

from pydantic import Field

from newsletter_cli.model.message import Message
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.base import (
    Answer,
    Batch,
    Capabilities,
    Event,
    FaultKind,
    HttpCall,
    ProviderSuppression,
    Query,
    Receipt,
    Refused,
    Rejection,
    Verification,
)
from newsletter_cli.providers.cleaning import clean
from newsletter_cli.providers.copies import all_headers, copy_for, entry
from newsletter_cli.providers.pages import Loose, answer_for, parse_time, read
from newsletter_cli.providers.rest import Fault, HttpProvider
from newsletter_cli.providers.screening import ascii_domain
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply


class _One(Loose):
    success: bool
    message_ids: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


class _Sent(Loose):
    success: bool
    responses: tuple[_One, ...]


class _Account(Loose):
    id: int


class _Suppressed(Loose):
    id: str
    type: str
    email: str
    created_at: str = ""


class _Logged(Loose):
    message_id: str
    to: str
    opens_count: int = 0
    clicks_count: int = 0
    category: str | None = None
    custom_variables: dict[str, Any] = Field(default_factory=dict)


class _Log(Loose):
    messages: tuple[_Logged, ...]
    next_page_cursor: str | None = None


_LOG_HOST = "https://mailtrap.io"
_ASKED = 25  # readers a question, so that its address stays short
_REASONS = {
    "hard bounce": SuppressionReason.HARD_BOUNCE,
    "unsubscription": SuppressionReason.UNSUBSCRIBED,
    "spam complaint": SuppressionReason.COMPLAINT,
}
_EVENTS = {"delivery": "delivered", "bounce": "bounced", "spam": "complained", "unsubscribe": "unsubscribed"}


class Mailtrap(HttpProvider):
    """Follows docs.mailtrap.io (Email API: batch send, bulk stream) and the official client's email logs; read
    24 November 2026.

    Newsletters go through the bulk stream, a host of its own. One category a message. Whether a call was taken is asked
    in the email logs by reader and category, for they cannot be searched by the batch; how long a small plan keeps them
    is not said, so they are believed for a day. Unknown filters are ignored there, hence each line is looked at.
    """

    name: ClassVar[str] = "mailtrap"
    title: ClassVar[str] = "Mailtrap"
    key_env: ClassVar[tuple[str, ...]] = ("MAILTRAP_API_TOKEN",)
    hosts: ClassVar[dict[str, str]] = {"": "https://bulk.api.mailtrap.io"}
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r"suspended|under review|compliance", FaultKind.SUSPENDED),
        Fault(0, r"limit (is )?(reached|exceeded)|quota", FaultKind.QUOTA),
        Fault(0, r"domain.*not (verified|allowed)|from.*not allowed", FaultKind.SENDER),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Add your domain under Sending Domains, add its DNS records and pass the compliance check.",
            "Take an API token that may send by the bulk stream (and read the account, for `report`) into MAILTRAP_API_TOKEN.",
            "Set an unsubscribe address of your own under [unsubscribe].",
        ),
        dns=(
            Dns("CNAME", "<shown by Mailtrap>", "smtp.mailtrap.live", "proves the domain and carries bounces"),
            Dns("CNAME", "rwmt1._domainkey", "<shown by Mailtrap>", "DKIM signature"),
            Dns("CNAME", "rwmt2._domainkey", "<shown by Mailtrap>", "DKIM signature"),
            DMARC,
        ),
        page="https://docs.mailtrap.io/email-api-smtp/setup/sending-domain",
    )
    capabilities = Capabilities(
        max_recipients=100,
        max_bytes=50_000_000,
        header_notes=("Message-ID: Mailtrap writes its own.",),
        query=Query(lag_seconds=900, by="person", keeps_days=1),
        concurrency=1,
        suppressions=("read",),
        verify=True,
        statistics=("delivered", "bounced", "complained", "unsubscribed", "opened", "clicked"),
        unicode_mailbox=False,
    )

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Authorization", f"Bearer {self.key}"), ("Accept", "application/json"))

    def build(self, message: Message, batch: Batch) -> HttpCall:
        shared: dict[str, Any] = {
            "from": entry(message.sender.email, message.sender.name),
            "custom_variables": {"batch": batch.tag},
        }
        if batch.campaign:
            shared["category"] = batch.campaign[:255]
        if message.reply_to:
            shared["reply_to"] = entry(message.reply_to.email, message.reply_to.name)
        requests = [self._one(message, each) for each in batch.recipients]
        return self.json_call("/api/batch", {"base": shared, "requests": requests})

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        sent = read(_Sent, reply.body)
        if len(sent.responses) != len(batch.recipients):
            raise ValueError("not one answer for each message")
        if any(each.success and not each.message_ids for each in sent.responses):
            raise ValueError("no id for an accepted message")
        rejected = tuple(
            Rejection(person.seq, "error", clean(" ".join(one.errors), self.secrets(), batch))
            for person, one in zip(batch.recipients, sent.responses, strict=True)
            if not one.success
        )
        return Receipt(tuple(each.message_ids[0] for each in sent.responses if each.success), rejected)

    def ask(self, batch: Batch, since: datetime) -> Answer:
        found = [each for log in self._logs() for each in self._mailed(log, batch, since)]
        return answer_for(batch, [parseaddr(each.to)[1] for each in found], tuple(each.message_id for each in found))

    def _mailed(self, log: str, batch: Batch, since: datetime) -> Iterator[_Logged]:
        for at in range(0, len(batch.recipients), _ASKED):
            readers = [ascii_domain(each.email) for each in batch.recipients[at : at + _ASKED]]
            query = [("filters[to][operator]", "ci_equal"), *(("filters[to][value][]", each) for each in readers)]
            for each in self._pages(log, since, batch.campaign, query):
                # Their example shows a line's custom variables; a line without them is one of this campaign still.
                if (each.category or "") == batch.campaign[:255] and each.custom_variables.get(
                    "batch", batch.tag
                ) == batch.tag:
                    yield each

    def _logs(self) -> list[str]:
        return [f"{each}/email_logs" for each in self._accounts()]

    def _accounts(self) -> list[str]:
        """The address of each account; a token that may read none could only say "not found".

        Raises:
            Refused: there is none.
        """
        host = self.settings.base_url or _LOG_HOST
        accounts = read(tuple[_Account, ...], self.get(f"{host}/api/accounts").body)
        if not accounts:
            words = "it shows this token no account"
            raise Refused(FaultKind.WRONG_KEY, f"Mailtrap cannot be asked: {words}.", words=words)
        return [f"{host}/api/accounts/{each.id}" for each in accounts]

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        """A thousand at most an answer; the next one begins after the last one's id (their OpenAPI document, Suppressions)."""
        for account in self._accounts():
            query = {"start_time": f"{since:%Y-%m-%dT%H:%M:%SZ}"} if since else {}
            while True:
                page = read(tuple[_Suppressed, ...], self.get(f"{account}/suppressions?{urlencode(query)}").body)
                for each in page:
                    reason = _REASONS.get(each.type, SuppressionReason.MANUAL)
                    yield ProviderSuppression(each.email, reason, parse_time(each.created_at), each.type)
                if not page or page[-1].id == query.get("last_id"):
                    break
                query["last_id"] = page[-1].id

    def verify(self, sender: str = "") -> Sequence[Verification]:
        host = self.settings.base_url or _LOG_HOST
        try:
            accounts = read(tuple[_Account, ...], self.get(f"{host}/api/accounts").body)
        except Refused as refused:
            if refused.status != 403:
                raise
            return (Verification("key", True, "Mailtrap knows the token, which may not read the account: no report"),)
        return (
            Verification("key", bool(accounts), f"Mailtrap knows the token{'' if accounts else ', of no account'}"),
        )

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        """The email logs, once for each kind of event: a line of the log itself does not say what it met with."""
        for log in self._logs():
            for kind, what in _EVENTS.items():
                event = [("filters[events][operator]", "include_event"), ("filters[events][value]", kind)]
                for each in self._pages(log, since, campaign, event):
                    reader = parseaddr(each.to)[1]
                    yield Event(reader, what, None, each.message_id)
                    if what == "delivered":
                        counted = {"opened": each.opens_count, "clicked": each.clicks_count}
                        yield from (Event(reader, name, None, each.message_id) for name in counted if counted[name])

    def _pages(self, log: str, since: datetime, campaign: str, more: Sequence[tuple[str, str]]) -> Iterator[_Logged]:
        query = [("filters[sent_after]", f"{since:%Y-%m-%dT%H:%M:%SZ}"), *more]
        if campaign:
            query += [("filters[category][operator]", "equal"), ("filters[category][value]", campaign[:255])]
        cursor: list[tuple[str, str]] = []
        while True:
            page = read(_Log, self.get(f"{log}?{urlencode(query + cursor)}").body)
            yield from page.messages
            if not page.next_page_cursor or not page.messages:
                return
            cursor = [("search_after", page.next_page_cursor)]

    def _one(self, message: Message, person: Recipient) -> dict[str, Any]:
        copy = copy_for(message, person)
        return {
            "to": [entry(person.email, person.name)],
            "subject": copy.subject,
            "text": copy.text,
            "html": copy.html,
            "headers": dict(all_headers(copy)),
        }
