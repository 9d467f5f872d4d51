"""Postmark: up to 500 whole messages in one call through a broadcast stream."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from newsletter_cli.model.message import Message
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.access import Access
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
    Rejection,
    Verification,
)
from newsletter_cli.providers.cleaning import clean
from newsletter_cli.providers.copies import all_headers, copy_for
from newsletter_cli.providers.merging import own_address
from newsletter_cli.providers.mime import written_mailbox
from newsletter_cli.providers.pages import Loose, answer_for, parse_time, read
from newsletter_cli.providers.rest import Fault, HttpProvider
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply

_UNSUBSCRIBE = "{{{ pm:unsubscribe }}}"
_REASONS = {"HardBounce": SuppressionReason.HARD_BOUNCE, "SpamComplaint": SuppressionReason.COMPLAINT}
_BOUNCES = {"HardBounce": "bounced", "BadEmailAddress": "bounced", "SpamComplaint": "complained"}
_PAGE, _WINDOW = 500, 10_000
# These tell of the account, not of one person: when every message has one of them, nothing was taken.
_ACCOUNT = {
    10: FaultKind.WRONG_KEY,
    400: FaultKind.SENDER,
    401: FaultKind.SENDER,
    405: FaultKind.QUOTA,
    412: FaultKind.SUSPENDED,
    413: FaultKind.SUSPENDED,
}


class _One(Loose):
    ErrorCode: int
    Message: str = ""
    MessageID: str = ""


class _Recipient(Loose):
    Email: str


class _Found(Loose):
    MessageID: str = ""
    To: tuple[_Recipient, ...] = ()


class _FoundPage(Loose):
    TotalCount: int
    Messages: tuple[_Found, ...]


class _Bounce(Loose):
    Type: str
    Email: str
    MessageID: str = ""
    BouncedAt: str = ""
    Description: str = ""


class _Bounces(Loose):
    TotalCount: int
    Bounces: tuple[_Bounce, ...]


class _Suppressed(Loose):
    EmailAddress: str
    SuppressionReason: str
    CreatedAt: str = ""


class _Dump(Loose):
    Suppressions: tuple[_Suppressed, ...]


class _Stream(Loose):
    MessageStreamType: str
    ArchivedAt: str | None = None


class Postmark(HttpProvider):
    """Follows postmarkapp.com/developer/api (Email, Messages, Bounce, Suppressions, Message Streams) and Postmark's
    support articles on unsubscribing; read 24 November 2026.

    The ErrorCode inside an answer looks like an HTTP status and is not one. A broadcast stream writes Postmark's own
    unsubscribe headers unless its support has switched that off for you: then say own_unsubscribe = false.
    """

    name: ClassVar[str] = "postmark"
    title: ClassVar[str] = "Postmark"
    key_env: ClassVar[tuple[str, ...]] = ("POSTMARK_SERVER_TOKEN",)
    hosts: ClassVar[dict[str, str]] = {"": "https://api.postmarkapp.com"}
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r'"ErrorCode"\s*:\s*10\b', FaultKind.WRONG_KEY),
        Fault(0, r'"ErrorCode"\s*:\s*(400|401)\b', FaultKind.SENDER),
        Fault(0, r'"ErrorCode"\s*:\s*(412|413)\b', FaultKind.SUSPENDED),
        Fault(0, r'"ErrorCode"\s*:\s*405\b', FaultKind.QUOTA),
        Fault(0, r'"ErrorCode"\s*:\s*406\b', FaultKind.RECIPIENT),
        # 300 is any fault of a request: an address, but an empty body too.
        Fault(0, r'"ErrorCode"\s*:\s*300\b(?=.*(\bTo\b|illegal email|mailbox|recipient))', FaultKind.RECIPIENT),
        Fault(403, r"<html", FaultKind.CONTENT),  # Their firewall, for what looks like an attack.
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Add a server, and in it a broadcast message stream: newsletters may not go through a transactional one.",
            "Verify your domain under Sender Signatures and add its DKIM and Return-Path records.",
            "Put the server's API token into POSTMARK_SERVER_TOKEN and the stream's id into [provider] stream.",
            "To use unsubscribe addresses of your own, ask Postmark's support to allow it for the stream, then set "
            "own_unsubscribe = false.",
        ),
        dns=(
            Dns("TXT", "<selector>._domainkey", "<shown by Postmark>", "DKIM signature"),
            Dns("CNAME", "pm-bounces", "pm.mtasv.net", "Return-Path, so that SPF is aligned"),
            DMARC,
        ),
        settings=(("stream", "broadcast"),),
        page="https://postmarkapp.com/support/article/1207-how-to-create-and-send-through-message-streams",
    )
    capabilities = Capabilities(
        max_recipients=500,
        max_bytes=50_000_000,
        query=Query(lag_seconds=900, by="batch", keeps_days=45),
        own_unsubscribe=True,
        header_notes=("List-Unsubscribe: Postmark writes its own, unless its support has switched that off for you.",),
        suppressions=("read", "add", "remove"),
        statistics=("bounced", "complained"),
        verify=True,
        unicode_mailbox=False,
    )

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.stream = access.settings.stream or "broadcast"
        if not access.settings.own_unsubscribe:
            self.capabilities = replace(self.capabilities, own_unsubscribe=False, header_notes=())

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("X-Postmark-Server-Token", self.key), ("Accept", "application/json"))

    def build(self, message: Message, batch: Batch) -> HttpCall:
        own = self.capabilities.own_unsubscribe and own_address(message, batch.recipients)
        return self.json_call("/email/batch", [self._one(message, batch, each, own) for each in batch.recipients])

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        answers = read(list[_One], reply.body)
        if len(answers) != len(batch.recipients):
            raise ValueError("not one answer for each message")
        kinds = {_ACCOUNT.get(each.ErrorCode) for each in answers}
        if len(kinds) == 1 and None not in kinds:
            raise self.refused(
                next(each for each in kinds if each), clean(answers[0].Message, self.secrets(), batch), reply
            )
        if any(each.ErrorCode == 0 and not each.MessageID for each in answers):
            raise ValueError("no id for an accepted message")
        rejected = tuple(
            Rejection(person.seq, str(one.ErrorCode), clean(one.Message, self.secrets(), batch))
            for person, one in zip(batch.recipients, answers, strict=True)
            if one.ErrorCode
        )
        return Receipt(tuple(each.MessageID for each in answers if not each.ErrorCode), rejected)

    def ask(self, batch: Batch, since: datetime) -> Answer:
        found: list[_Found] = []
        while True:
            query = {"count": _PAGE, "offset": len(found), "metadata_batch": batch.tag, "messagestream": self.stream}
            page = read(_FoundPage, self.get(f"/messages/outbound?{urlencode(query)}").body)
            found += page.Messages
            if not page.Messages or len(found) >= min(page.TotalCount, _WINDOW):
                break
        return answer_for(batch, [to.Email for each in found for to in each.To])

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        offset = 0
        while offset < _WINDOW:
            query = {"count": _PAGE, "offset": offset, "tag": campaign, "messagestream": self.stream}
            query["fromdate"] = f"{since:%Y-%m-%dT%H:%M:%S}"
            page = read(_Bounces, self.get(f"/bounces?{urlencode(query)}").body)
            for each in page.Bounces:
                if each.Type in _BOUNCES:
                    when = parse_time(each.BouncedAt)
                    yield Event(each.Email, _BOUNCES[each.Type], when, each.MessageID, each.Description)
            offset += len(page.Bounces)
            if not page.Bounces or offset >= page.TotalCount:
                return

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        start = f"?fromdate={since:%Y-%m-%d}" if since else ""
        reply = self.get(f"{self._list}/dump{start}")
        for each in read(_Dump, reply.body).Suppressions:
            reason = _REASONS.get(each.SuppressionReason, SuppressionReason.UNSUBSCRIBED)
            yield ProviderSuppression(each.EmailAddress, reason, parse_time(each.CreatedAt), each.SuppressionReason)

    def add_suppression(self, entry: ProviderSuppression) -> None:
        self.question(self.json_call(self._list, {"Suppressions": [{"EmailAddress": entry.email}]}))

    def remove_suppression(self, email: str, reason: SuppressionReason) -> None:
        self.question(self.json_call(f"{self._list}/delete", {"Suppressions": [{"EmailAddress": email}]}))

    def verify(self, sender: str = "") -> Sequence[Verification]:
        self.get("/server")
        found = read(_Stream, self.get(f"/message-streams/{quote(self.stream, safe='')}").body)
        good = found.MessageStreamType == "Broadcasts" and not found.ArchivedAt
        words = (
            f"{self.stream} is {'an archived' if found.ArchivedAt else 'a'} stream of type {found.MessageStreamType}"
        )
        return (Verification("key", True, "Postmark knows the token"), Verification("stream", good, words))

    @property
    def _list(self) -> str:
        return f"/message-streams/{quote(self.stream, safe='')}/suppressions"

    def _one(self, message: Message, batch: Batch, person: Recipient, own: bool) -> dict[str, Any]:
        copy = copy_for(message, person, _UNSUBSCRIBE if own else "")
        leave_out = ("list-unsubscribe", "list-unsubscribe-post") if own else ()
        # X-PM-KeepID makes Postmark keep our Message-ID.
        headers = [*all_headers(copy, person.message_id, leave_out), ("X-PM-KeepID", "true")]
        one: dict[str, Any] = {
            "From": written_mailbox(copy.sender.email, copy.sender.name),
            "To": written_mailbox(person.email, person.name),
            "Subject": copy.subject,
            "HtmlBody": copy.html,
            "TextBody": copy.text,
            "MessageStream": self.stream,
            "Headers": [{"Name": name, "Value": value} for name, value in headers],
            "TrackOpens": self.access.track_opens,
            "TrackLinks": "HtmlAndText" if self.access.track_clicks else "None",
            "Metadata": {"batch": batch.tag},
        }
        if batch.campaign:
            one["Tag"] = batch.campaign
        if copy.reply_to:
            one["ReplyTo"] = written_mailbox(copy.reply_to.email, copy.reply_to.name)
        return one
