"""Resend: up to 100 whole messages in one call, under an idempotency key that replays the first answer."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from newsletter_cli.model.message import Message
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.base import (
    Batch,
    Capabilities,
    Doubtful,
    Event,
    FaultKind,
    HttpCall,
    IdempotencyKey,
    ProviderSuppression,
    Receipt,
    Refused,
    Rejection,
    Verification,
)
from newsletter_cli.providers.cleaning import clean
from newsletter_cli.providers.copies import all_headers, copy_for
from newsletter_cli.providers.mime import written_mailbox
from newsletter_cli.providers.pages import Loose, parse_time, read
from newsletter_cli.providers.rest import Fault, HttpProvider
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply

# A message has its newest event only: one that was opened, clicked or complained about was delivered before.
_EVENTS = {
    "delivered": ("delivered",),
    "opened": ("delivered",),
    "clicked": ("delivered",),
    "complained": ("delivered", "complained"),
    "bounced": ("bounced",),
    "failed": ("bounced",),
    "suppressed": ("bounced",),
}
_REASONS = {"bounce": SuppressionReason.HARD_BOUNCE, "complaint": SuppressionReason.COMPLAINT}


class _Id(Loose):
    id: str


class _Error(Loose):
    index: int
    message: str = ""


class _Sent(Loose):
    data: tuple[_Id, ...]
    errors: tuple[_Error, ...] = ()


class _Suppressed(Loose):
    id: str
    email: str
    origin: str = ""
    created_at: str = ""


class _Suppressions(Loose):
    data: tuple[_Suppressed, ...] = ()
    has_more: bool = False


class _Email(Loose):
    id: str
    to: tuple[str, ...] = ()
    created_at: str = ""
    last_event: str | None = None


class _Emails(Loose):
    data: tuple[_Email, ...] = ()
    has_more: bool = False


class _Domain(Loose):
    name: str
    status: str


class _Domains(Loose):
    data: tuple[_Domain, ...] = ()


class Resend(HttpProvider):
    """Follows resend.com/docs (Send batch emails, List sent emails, idempotency keys, errors, suppressions) and resend/resend-openapi
    at fd6f395; read 24 November 2026.

    The key lives 24 hours and replays the answer; the same key with another body is a 409. With
    `x-batch-validation: permissive` one bad address does not stop the others. Five requests a second for a team.
    """

    name: ClassVar[str] = "resend"
    title: ClassVar[str] = "Resend"
    key_env: ClassVar[tuple[str, ...]] = ("RESEND_API_KEY",)
    hosts: ClassVar[dict[str, str]] = {"": "https://api.resend.com"}
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r"daily_quota_exceeded|monthly_quota_exceeded", FaultKind.QUOTA),
        Fault(429, r"", FaultKind.RATE),
        Fault(0, r"invalid_api_key|missing_api_key|restricted_api_key", FaultKind.WRONG_KEY),
        Fault(403, r"domain is not verified|not verified|testing emails", FaultKind.SENDER),
        Fault(0, r"suspended|under review", FaultKind.SUSPENDED),
        Fault(0, r"`to` field|invalid `to`", FaultKind.RECIPIENT),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Add your domain under Domains, choosing the region, and add the DNS records it shows.",
            "Make an API key with sending access (full access for `suppressions pull` and `report`) and put it into RESEND_API_KEY.",
            "Set an unsubscribe address of your own under [unsubscribe]: Resend's is for its broadcasts only.",
        ),
        dns=(
            Dns("MX", "send", "10 feedback-smtp.<region>.amazonses.com", "bounce address"),
            Dns("TXT", "send", "v=spf1 include:amazonses.com ~all", "SPF of the bounce address"),
            Dns("TXT", "resend._domainkey", "<shown by Resend>", "DKIM signature"),
            DMARC,
        ),
        page="https://resend.com/docs/dashboard/domains/introduction",
    )
    capabilities = Capabilities(
        max_recipients=100,
        max_bytes=40_000_000,
        key=IdempotencyKey(ttl_seconds=86_400, repeat="replay"),
        header_notes=("Message-ID: Resend writes its own.",),
        concurrency=4,
        calls_per_second=4.0,
        suppressions=("read", "add", "remove"),
        statistics=("delivered", "bounced", "complained"),
        statistics_by="id",
        verify=True,
        unicode_mailbox=False,
    )

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Authorization", f"Bearer {self.key}"),)

    def build(self, message: Message, batch: Batch) -> HttpCall:
        call = self.json_call("/emails/batch", [self._one(message, batch, each) for each in batch.recipients])
        extra = (("Idempotency-Key", batch.key[:256]), ("x-batch-validation", "permissive"))
        return HttpCall(call.method, call.url, (*call.headers, *extra), call.body)

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        sent = read(_Sent, reply.body)
        bad = {each.index: each.message for each in sent.errors}
        if len(sent.data) + len(bad) != len(batch.recipients) or any(
            not 0 <= index < len(batch.recipients) for index in bad
        ):
            raise ValueError("ids and errors do not add up to the batch")
        if not all(each.id for each in sent.data):
            raise ValueError("an empty id")
        rejected = tuple(
            Rejection(person.seq, "validation_error", clean(bad[index], self.secrets(), batch))
            for index, person in enumerate(batch.recipients)
            if index in bad
        )
        return Receipt(tuple(each.id for each in sent.data), rejected)

    def fault(self, reply: Reply, batch: Batch | None = None) -> Refused | Doubtful:
        # The first call with this key is still under way, or had another body: either way it exists.
        if reply.status == 409:
            return self.not_understood(reply, clean(self.words_of(reply), self.secrets(), batch))
        return super().fault(reply, batch)

    def retry_after(self, reply: Reply) -> float | None:
        reset = reply.headers.get("ratelimit-reset", "")
        return super().retry_after(reply) or (float(reset) if reset.isdigit() else None)

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        query = {"limit": "100"}
        while True:
            page = read(_Suppressions, self.get(f"/suppressions?{urlencode(query)}").body)
            for each in page.data:
                reason = _REASONS.get(each.origin, SuppressionReason.MANUAL)
                yield ProviderSuppression(each.email, reason, parse_time(each.created_at), each.origin)
            if not page.has_more or not page.data:
                return
            query["after"] = page.data[-1].id

    def add_suppression(self, entry: ProviderSuppression) -> None:
        self.question(self.json_call("/suppressions", {"email": entry.email}))

    def remove_suppression(self, email: str, reason: SuppressionReason) -> None:
        url = f"{self.address}/suppressions/{quote(email, safe='')}"
        self.question(HttpCall("DELETE", url, self.headers(), b""))

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        """List sent emails: newest first, without a filter, so it is read back to `since`."""
        query = {"limit": "100"}
        while True:
            page = read(_Emails, self.get(f"/emails?{urlencode(query)}").body)
            for each in page.data:
                made = parse_time(each.created_at)
                if made and made < since:
                    return
                for what in _EVENTS.get(each.last_event or "", ()):
                    words = each.last_event if each.last_event in ("failed", "suppressed") else ""
                    for reader in each.to:
                        yield Event(parseaddr(reader)[1], what, None, each.id, words or "")
            if not page.has_more or not page.data:
                return
            query["after"] = page.data[-1].id

    def verify(self, sender: str = "") -> Sequence[Verification]:
        domains = read(_Domains, self.get("/domains").body).data
        looks = [Verification("key", True, "Resend knows the key")]
        if sender:
            wanted = sender.rpartition("@")[2].lower()
            state = next((each.status for each in domains if each.name.lower() == wanted), "not there")
            looks.append(Verification("domain", state == "verified", f"{wanted} is {state}"))
        return looks

    def _one(self, message: Message, batch: Batch, person: Recipient) -> dict[str, Any]:
        copy = copy_for(message, person)
        one: dict[str, Any] = {
            "from": written_mailbox(copy.sender.email, copy.sender.name),
            "to": [written_mailbox(person.email, person.name)],
            "subject": copy.subject,
            "html": copy.html,
            "text": copy.text,
            "headers": dict(all_headers(copy)),
            "tags": [
                {"name": name, "value": re.sub(r"[^A-Za-z0-9_-]", "-", value)[:256]}
                for name, value in (("campaign", batch.campaign), ("batch", batch.tag))
                if value
            ],
        }
        if copy.reply_to:
            one["reply_to"] = [written_mailbox(copy.reply_to.email, copy.reply_to.name)]
        return one
