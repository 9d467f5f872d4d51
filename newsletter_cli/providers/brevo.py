"""Brevo: one body with a version for each of up to 1,000 people."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.header import Header
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from pydantic import Field

from newsletter_cli.model.message import Message
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.base import (
    AlreadyTaken,
    Answer,
    Batch,
    CannotExpress,
    Capabilities,
    Event,
    FaultKind,
    HttpCall,
    IdempotencyKey,
    ProviderSuppression,
    Query,
    Quota,
    Receipt,
    Verification,
)
from newsletter_cli.providers.copies import all_headers, copy_for, entry
from newsletter_cli.providers.merging import BRACES, OPENING, Syntax, merge
from newsletter_cli.providers.pages import Loose, answer_for, parse_time, read
from newsletter_cli.providers.rest import Fault, HttpProvider
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply

_PAGE, _BLOCKED_PAGE = 2500, 100
_REASONS = {
    "hardBounce": SuppressionReason.HARD_BOUNCE,
    "contactFlaggedAsSpam": SuppressionReason.COMPLAINT,
    "adminBlocked": SuppressionReason.MANUAL,
}
_WHAT = {
    "delivered": "delivered",
    "hardBounces": "bounced",
    "blocked": "bounced",
    "invalid": "bounced",
    "spam": "complained",
    "unsubscribed": "unsubscribed",
    "opened": "opened",
    "clicks": "clicked",
}


class _Sent(Loose):
    messageIds: tuple[str, ...] = ()
    messageId: str = ""


class _Event(Loose):
    email: str
    event: str
    date: str = ""
    messageId: str = ""
    reason: str = ""


class _Events(Loose):
    events: tuple[_Event, ...] = ()


class _Why(Loose):
    code: str = ""
    message: str = ""


class _Blocked(Loose):
    email: str
    blockedAt: str = ""
    reason: _Why = _Why()


class _BlockedPage(Loose):
    contacts: tuple[_Blocked, ...] = ()


class _Plan(Loose):
    type: str
    credits: float | None = None
    creditsType: str = Field(default="")


class _Account(Loose):
    email: str
    plan: tuple[_Plan, ...] = ()


class _Domain(Loose):
    domain: str
    authenticated: bool = False


class _Domains(Loose):
    domains: tuple[_Domain, ...] = ()


class Brevo(HttpProvider):
    """Follows developers.brevo.com (Send a transactional email, batch sending, idempotency, limits, template
    language); read 24 November 2026.

    The template language is of Django's kind and escapes every value unless autoescape is off, which our
    placeholders switch off to escape by ourselves. The idempotency key lives 30 minutes by the guide and 15 by
    the changelog, so 15 are relied upon; a repeat is refused as `duplicate_parameter`, which says that the first call was taken. People on Brevo's blocklist drop out after
    acceptance. Custom headers must be ASCII.
    """

    name: ClassVar[str] = "brevo"
    title: ClassVar[str] = "Brevo"
    key_env: ClassVar[tuple[str, ...]] = ("BREVO_API_KEY",)
    hosts: ClassVar[dict[str, str]] = {"": "https://api.brevo.com"}
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r"not_enough_credits|credits", FaultKind.QUOTA),
        Fault(0, r"account_under_validation|not yet activated|suspended", FaultKind.SUSPENDED),
        Fault(0, r"sender you used|sender .*not valid|sender is not", FaultKind.SENDER),
        Fault(400, r"email is not valid in (to|messageVersions)|to .*not valid", FaultKind.RECIPIENT),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Authenticate your domain under Senders, Domains & Dedicated IPs > Domains.",
            "Ask for the transactional platform to be activated if the account shows no sending quota.",
            "Make an API key (v3) under SMTP & API and put it into BREVO_API_KEY; if IP addresses are restricted there, "
            "add the address of the machine that sends.",
            "Set an unsubscribe address of your own under [unsubscribe]: Brevo has none for API mail.",
        ),
        dns=(
            Dns("TXT", "", "brevo-code:<shown by Brevo>", "proves that the domain is yours"),
            Dns("CNAME", "brevo1._domainkey", "<shown by Brevo>", "DKIM signature"),
            Dns("CNAME", "brevo2._domainkey", "<shown by Brevo>", "DKIM signature"),
            DMARC,
        ),
        page="https://developers.brevo.com/docs/getting-started",
    )
    capabilities = Capabilities(
        max_recipients=1000,
        max_bytes=20_000_000,
        key=IdempotencyKey(ttl_seconds=900, repeat="refuse"),
        query=Query(lag_seconds=900, by="batch"),
        merges=True,
        header_notes=("Message-ID: Brevo writes its own.",),
        calls_per_second=1.6,
        suppressions=("read", "remove"),
        statistics=("delivered", "bounced", "complained", "unsubscribed", "opened", "clicked"),
        quota=True,
        verify=True,
        unicode_mailbox=False,
    )
    syntax: ClassVar[Syntax] = Syntax(
        placeholder=lambda key: "{% autoescape off %}{{ params." + key + " }}{% endautoescape %}",
        carried=BRACES,
        guarded=OPENING,
    )

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("api-key", self.key), ("Accept", "application/json"))

    def check(self, message: Message) -> None:
        if not message.html:
            raise CannotExpress("Brevo carries no message without an HTML part.", "Compose the issue with HTML.")
        merge(message, self.syntax, own=False)

    def build(self, message: Message, batch: Batch) -> HttpCall:
        merged = merge(message, self.syntax, own=False)
        body: dict[str, Any] = {
            "sender": _entry(message.sender.email, message.sender.name),
            "subject": merged.subject,
            "htmlContent": merged.html,
            "textContent": merged.text,
            "headers": {"idempotencyKey": str(uuid.uuid5(uuid.NAMESPACE_URL, batch.key))},
            "tags": [each for each in dict.fromkeys((batch.campaign, batch.tag)) if each],
            "messageVersions": [
                {
                    "to": [_entry(each.email, each.name)],
                    "params": merged.values(each) or {"none": ""},
                    "headers": dict(all_headers(copy_for(message, each))),
                }
                for each in batch.recipients
            ],
        }
        if message.reply_to:
            body["replyTo"] = _entry(message.reply_to.email, message.reply_to.name)
        return self.json_call("/v3/smtp/email", body)

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        sent = read(_Sent, reply.body)
        ids = sent.messageIds or ((sent.messageId,) if sent.messageId else ())
        if len(ids) not in (1, len(batch.recipients)) or not all(ids):
            raise ValueError("not one id for each version")
        return Receipt(ids)

    def refusal(self, reply: Reply, batch: Batch) -> Receipt:
        if "duplicate_parameter" in reply.text:
            raise AlreadyTaken(
                "Brevo had a call with this key before.",
                "Its list of events is asked what became of it.",
                words="duplicate_parameter",
                request_id=reply.request_id,
            )
        return super().refusal(reply, batch)

    def retry_after(self, reply: Reply) -> float | None:
        """There is no Retry-After; x-sib-ratelimit-reset is the seconds until the window ends."""
        reset = reply.headers.get("x-sib-ratelimit-reset", "")
        return float(reset) if reset.isdigit() else super().retry_after(reply)

    def ask(self, batch: Batch, since: datetime) -> Answer:
        found = list(self._events(batch.tag, since, event="requests"))
        return answer_for(batch, [each.email for each in found], tuple({each.messageId for each in found}))

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        for each in self._events(campaign, since):
            if each.event in _WHAT:
                yield Event(each.email, _WHAT[each.event], parse_time(each.date), each.messageId, each.reason)

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        offset = 0
        start = f"&startDate={since:%Y-%m-%d}&endDate={datetime.now(UTC):%Y-%m-%d}" if since else ""
        while True:
            reply = self.get(f"/v3/smtp/blockedContacts?limit={_BLOCKED_PAGE}&offset={offset}{start}")
            page = read(_BlockedPage, reply.body).contacts
            for each in page:
                reason = _REASONS.get(each.reason.code, SuppressionReason.UNSUBSCRIBED)
                yield ProviderSuppression(each.email, reason, parse_time(each.blockedAt), each.reason.message)
            if len(page) < _BLOCKED_PAGE:
                return
            offset += _BLOCKED_PAGE

    def remove_suppression(self, email: str, reason: SuppressionReason) -> None:
        url = f"{self.address}/v3/smtp/blockedContacts/{quote(email, safe='')}"
        self.question(HttpCall("DELETE", url, self.headers(), b""))

    def quota(self) -> Quota:
        plans = read(_Account, self.get("/v3/account").body).plan
        limits = [each for each in plans if each.creditsType == "sendLimit" and each.credits is not None]
        if not limits:
            return Quota(None)
        return Quota(int(sum(each.credits or 0 for each in limits)), words=", ".join(each.type for each in limits))

    def verify(self, sender: str = "") -> Sequence[Verification]:
        read(_Account, self.get("/v3/account").body)
        looks = [Verification("key", True, "Brevo knows the key")]
        if sender:
            domain = sender.rpartition("@")[2].lower()
            known = read(_Domains, self.get("/v3/senders/domains").body).domains
            good = any(each.domain.lower() == domain and each.authenticated for each in known)
            looks.append(Verification("domain", good, f"{domain} is {'' if good else 'not '}authenticated"))
        return looks

    def _events(self, tag: str, since: datetime, event: str = "") -> Iterator[_Event]:
        query: dict[str, Any] = {"limit": _PAGE, "offset": 0, "tags": tag, "sort": "asc"}
        query |= {"startDate": f"{since:%Y-%m-%d}", "endDate": f"{datetime.now(UTC):%Y-%m-%d}"}
        if event:
            query["event"] = event
        while True:
            page = read(_Events, self.get(f"/v3/smtp/statistics/events?{urlencode(query)}").body).events
            yield from page
            if len(page) < _PAGE:
                return
            query["offset"] += _PAGE


def _entry(email: str, name: str) -> dict[str, str]:
    """Brevo drops a name that holds both letters outside ASCII and punctuation, unless it is encoded already."""
    found = entry(email, name)
    shown = found.get("name", "")
    if not shown.isascii() and any(each in '()<>[]:;@\\,."' for each in shown):
        found["name"] = Header(shown, "utf-8", maxlinelen=10_000).encode()
    return found
