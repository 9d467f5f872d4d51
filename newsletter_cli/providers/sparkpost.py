"""SparkPost, US and EU: one transmission for up to 2,000 people, filled in by substitution data."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from newsletter_cli.model.message import Message
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.base import (
    Answer,
    Batch,
    CannotExpress,
    Capabilities,
    Doubtful,
    Event,
    FaultKind,
    HttpCall,
    ProviderSuppression,
    Query,
    Quota,
    Receipt,
    Verification,
)
from newsletter_cli.providers.copies import entry
from newsletter_cli.providers.merging import BRACES, HTML, OPENING, Syntax, merge, without_unsubscribe
from newsletter_cli.providers.mime import written_mailbox
from newsletter_cli.providers.pages import Loose, answer_for, parse_time, read, same_host
from newsletter_cli.providers.rest import Fault, HttpProvider, short_id
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply

_WHAT = {
    "delivery": "delivered",
    "bounce": "bounced",
    "out_of_band": "bounced",
    "policy_rejection": "bounced",
    "generation_rejection": "bounced",
    "spam_complaint": "complained",
    "list_unsubscribe": "unsubscribed",
    "link_unsubscribe": "unsubscribed",
    "open": "opened",
    "click": "clicked",
}
_SOURCES = {"Spam Complaint": SuppressionReason.COMPLAINT, "Bounce Rule": SuppressionReason.HARD_BOUNCE}
_SOURCES |= {"Manually Added": SuppressionReason.MANUAL, "Compliance": SuppressionReason.MANUAL}


class _Results(Loose):
    id: str
    total_accepted_recipients: int
    total_rejected_recipients: int


class _Sent(Loose):
    results: _Results


class _Event(Loose):
    type: str
    rcpt_to: str = ""
    raw_rcpt_to: str = ""
    timestamp: str = ""
    campaign_id: str = ""
    transmission_id: str = ""
    raw_reason: str = ""


class _Link(Loose):
    href: str = ""
    rel: str = ""


class _Links(Loose):
    next: str = ""


class _Events(Loose):
    results: tuple[_Event, ...] = ()
    links: _Links | tuple[Any, ...] = _Links()


class _Suppressed(Loose):
    recipient: str
    source: str = ""
    type: str = ""
    updated: str = ""


class _Suppressions(Loose):
    results: tuple[_Suppressed, ...] = ()
    links: tuple[_Link, ...] | _Links = ()


class _Use(Loose):
    used: int = 0
    limit: int | None = None
    end: str = ""


class _Usage(Loose):
    day: _Use | None = None
    month: _Use | None = None


class _Account(Loose):
    usage: _Usage | None = None


class _AccountReply(Loose):
    results: _Account


class _Status(Loose):
    ownership_verified: bool = False
    dkim_status: str = ""


class _Domain(Loose):
    status: _Status


class _DomainReply(Loose):
    results: _Domain


class SparkPost(HttpProvider):
    """Follows developers.sparkpost.com/api (Transmissions, Template Language, Events, Suppression List, Account) at
    88f24dc; read 24 November 2026.

    {{{key}}} is raw and {{key}} is HTML-escaped in the HTML part; in text and headers {{key}} is raw. A 200 may count
    rejected people without naming them: who was taken is then asked of the events. Sending limits answer 420.
    SparkPost writes its own List-Unsubscribe.
    """

    name: ClassVar[str] = "sparkpost"
    title: ClassVar[str] = "SparkPost"
    key_env: ClassVar[tuple[str, ...]] = ("SPARKPOST_API_KEY",)
    regions: ClassVar[tuple[str, ...]] = ("us", "eu")
    hosts: ClassVar[dict[str, str]] = {"us": "https://api.sparkpost.com", "eu": "https://api.eu.sparkpost.com"}
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(420, r"", FaultKind.QUOTA),
        Fault(0, r"Exceed(ed)? Sending Limit", FaultKind.QUOTA),
        Fault(0, r"suspended|terminated|under review", FaultKind.SUSPENDED),
        Fault(400, r"Invalid domain|sending domain|\"7001\"", FaultKind.SENDER),
        Fault(0, r"address\.email|invalid recipient|recipient .*invalid", FaultKind.RECIPIENT),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Add your sending domain under Configuration > Sending Domains, with DKIM and a CNAME for bounces.",
            "Make an API key with Transmissions read/write (and Suppression Lists, Message Events, Account read) and put "
            "it into SPARKPOST_API_KEY. EU accounts are separate: region = eu.",
            "Set an unsubscribe address of your own under [unsubscribe] for the link in the text; the header is theirs, "
            "so keep `suppressions pull` on.",
        ),
        dns=(
            Dns("TXT", "<selector>._domainkey", "<shown by SparkPost>", "DKIM signature"),
            Dns("CNAME", "bounces", "sparkpostmail.com", "bounce address, so that SPF is aligned"),
            DMARC,
        ),
        settings=(("region", "us"),),
        page="https://support.sparkpost.com/docs/getting-started/getting-started-sparkpost",
    )
    capabilities = Capabilities(
        max_recipients=2000,
        max_bytes=300_000_000,
        query=Query(lag_seconds=900, by="batch", keeps_days=10),
        merges=True,
        header_notes=(
            "List-Unsubscribe: SparkPost puts its own in place of ours.",
            "List-Unsubscribe-Post: SparkPost puts its own in place of ours.",
            "Message-ID: SparkPost writes its own.",
        ),
        suppressions=("read", "add", "remove"),
        statistics=("delivered", "bounced", "complained", "unsubscribed", "opened", "clicked"),
        quota=True,
        verify=True,
        unicode_mailbox=False,
    )
    syntax: ClassVar[Syntax] = Syntax(
        placeholder=lambda key: "{{{" + key + "}}}" if key.endswith(HTML) else "{{" + key + "}}",
        carried=BRACES,
        guarded=OPENING,
    )

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Authorization", self.key),)

    def check(self, message: Message) -> None:
        if len((message.html + message.text).encode()) > 20_000_000:
            raise CannotExpress("SparkPost carries 20 MB of content at most.", "Make the message smaller.")
        merge(message, self.syntax, own=False)

    def build(self, message: Message, batch: Batch) -> HttpCall:
        merged = merge(message, self.syntax, own=False)
        kept = {name for name, _ in without_unsubscribe(message)}
        content: dict[str, Any] = {
            "from": entry(message.sender.email, message.sender.name),
            "subject": merged.subject,
            "html": merged.html,
            "text": merged.text,
        }
        headers = {name: value for name, value in merged.headers if name in kept}
        if headers:
            content["headers"] = headers
        if message.reply_to:
            content["reply_to"] = written_mailbox(message.reply_to.email, message.reply_to.name)
        body: dict[str, Any] = {
            "campaign_id": _campaign_id(batch.campaign, batch.tag),
            "options": {
                "transactional": False,
                "open_tracking": self.access.track_opens,
                "click_tracking": self.access.track_clicks,
            },
            "metadata": {"batch": batch.tag},
            "content": content,
            "recipients": [
                {"address": entry(each.email, each.name), "substitution_data": merged.values(each)}
                for each in batch.recipients
            ],
        }
        if message.list_id:
            body["override"] = {"list_id": f"<{message.list_id}>"}
        return self.json_call("/api/v1/transmissions", body)

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        sent = read(_Sent, reply.body).results
        if not sent.id:
            raise ValueError("no id")
        if sent.total_rejected_recipients or sent.total_accepted_recipients != len(batch.recipients):
            raise Doubtful(
                f"SparkPost took {sent.total_accepted_recipients} of {len(batch.recipients)} people and does not say whom.",
                "Run the same command again in some minutes: then its events can tell.",
                words=f"transmission {sent.id}",
                request_id=reply.request_id,
            )
        return Receipt((sent.id,))

    def ask(self, batch: Batch, since: datetime) -> Answer:
        wanted = _campaign_id(batch.campaign, batch.tag)
        kinds = "injection,delivery,bounce,policy_rejection"
        found = [each for each in self._events(wanted, since, kinds) if each.campaign_id == wanted]
        people = [each.raw_rcpt_to or each.rcpt_to for each in found]
        return answer_for(batch, people, tuple(sorted({each.transmission_id for each in found})))

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        beginning = _campaign_id(campaign, "")
        for each in self._events(beginning, since, ",".join(_WHAT)):
            if each.type in _WHAT and each.campaign_id.startswith(beginning):
                email = each.raw_rcpt_to or each.rcpt_to
                yield Event(email, _WHAT[each.type], parse_time(each.timestamp), each.transmission_id, each.raw_reason)

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        query = {"cursor": "initial", "per_page": "1000"}
        if since:
            query["from"] = f"{since:%Y-%m-%dT%H:%M:%SZ}"
        path = f"/api/v1/suppression-list?{urlencode(query)}"
        while path:
            page = read(_Suppressions, self.get(path).body)
            for each in page.results:
                reason = _SOURCES.get(each.source, SuppressionReason.UNSUBSCRIBED)
                yield ProviderSuppression(each.recipient, reason, parse_time(each.updated), each.source)
            path = self._next(page.links) if page.results else ""

    def add_suppression(self, entry: ProviderSuppression) -> None:
        row = {"recipient": entry.email, "type": "non_transactional", "description": str(entry.reason)}
        self.question(self.json_call("/api/v1/suppression-list/", {"recipients": [row]}, "PUT"))

    def remove_suppression(self, email: str, reason: SuppressionReason) -> None:
        url = f"{self.address}/api/v1/suppression-list/{quote(email, safe='')}"
        self.question(HttpCall("DELETE", url, self.headers(), b""))

    def quota(self) -> Quota:
        usage = read(_AccountReply, self.get("/api/v1/account?include=usage").body).results.usage
        uses = [each for each in (usage.day, usage.month) if each and each.limit is not None] if usage else []
        if not uses:
            return Quota(None)
        least = min(uses, key=lambda each: (each.limit or 0) - each.used)
        return Quota(max(0, (least.limit or 0) - least.used), parse_time(least.end))

    def verify(self, sender: str = "") -> Sequence[Verification]:
        self.get("/api/v1/account")
        looks = [Verification("key", True, "SparkPost knows the key")]
        if sender:
            domain = sender.rpartition("@")[2]
            reply = self.get(f"/api/v1/sending-domains/{quote(domain, safe='')}")
            found = read(_DomainReply, reply.body).results.status
            good = found.ownership_verified and found.dkim_status == "valid"
            looks.append(Verification("domain", good, f"{domain}: DKIM is {found.dkim_status or 'not set'}"))
        return looks

    def _events(self, campaign: str, since: datetime, kinds: str) -> Iterator[_Event]:
        query = {"campaigns": campaign, "events": kinds, "from": f"{since:%Y-%m-%dT%H:%M:%SZ}"}
        path = f"/api/v1/events/message?{urlencode(query | {'cursor': 'initial', 'per_page': '10000'})}"
        while path:
            page = read(_Events, self.get(path).body)
            yield from page.results
            path = self._next(page.links) if page.results else ""

    def _next(self, links: object) -> str:
        """The next page's address: {"next": ...}, or a list with rel "next"."""
        if isinstance(links, _Links):
            found = links.next
        else:
            rows = links if isinstance(links, tuple) else ()
            found = next((each.href for each in rows if isinstance(each, _Link) and each.rel == "next"), "")
        return same_host(self.address, found) if found else ""


def _campaign_id(campaign: str, tag: str) -> str:
    """Campaign and batch in 64 bytes; without a tag what the ids of all its batches begin with."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", campaign)
    name = name if len(name) <= 40 else short_id(name)
    return f"{name}--{tag if len(tag) <= 20 else short_id(tag)}" if tag else f"{name}--"
