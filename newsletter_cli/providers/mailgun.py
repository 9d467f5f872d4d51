"""Mailgun, US and EU: one multipart call for up to 1,000 people, filled in by recipient-variables."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from urllib3.filepost import encode_multipart_formdata

from newsletter_cli.model.message import Message
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.access import Access
from newsletter_cli.providers.base import (
    Answer,
    Batch,
    CannotExpress,
    Capabilities,
    Event,
    FaultKind,
    HttpCall,
    ProviderSuppression,
    Query,
    Receipt,
    Verification,
)
from newsletter_cli.providers.merging import Syntax, merge, own_address, without_unsubscribe
from newsletter_cli.providers.mime import mailbox
from newsletter_cli.providers.pages import Loose, answer_for, parse_time, read, same_host
from newsletter_cli.providers.rest import Fault, HttpProvider, basic, short_id
from newsletter_cli.providers.screening import ascii_domain
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply

_OPTIONS_LIMIT = 16 * 1024
_LISTS = {
    "bounces": SuppressionReason.HARD_BOUNCE,
    "complaints": SuppressionReason.COMPLAINT,
    "unsubscribes": SuppressionReason.UNSUBSCRIBED,
}
_WHAT = {"delivered": "delivered", "complained": "complained", "unsubscribed": "unsubscribed"}
_WHAT |= {"opened": "opened", "clicked": "clicked", "failed": "bounced", "rejected": "bounced"}


class _Sent(Loose):
    id: str
    message: str


class _Paging(Loose):
    next: str = ""


class _Page(Loose):
    items: tuple[dict[str, Any], ...] = ()
    paging: _Paging = _Paging()


class Mailgun(HttpProvider):
    """Follows documentation.mailgun.com (Messages, Events, Suppressions, Domains) and Mailgun's OpenAPI document
    as of its MCP server 78d610f; read 24 November 2026.

    Every person in `to` needs an entry in recipient-variables, else all would see each other. The `o:`, `h:`, `v:`
    and `t:` fields share 16 KB. A path Mailgun does not know answers 200 "Mailgun Magnificent API". Events may arrive in
    the store late: Event Polling calls a page trustworthy when it is half an hour old, so "not found" counts from then.
    """

    name: ClassVar[str] = "mailgun"
    title: ClassVar[str] = "Mailgun"
    key_env: ClassVar[tuple[str, ...]] = ("MAILGUN_API_KEY",)
    regions: ClassVar[tuple[str, ...]] = ("us", "eu")
    hosts: ClassVar[dict[str, str]] = {"us": "https://api.mailgun.net", "eu": "https://api.eu.mailgun.net"}
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r"try again after|limit exceeded|too many requests", FaultKind.RATE),
        Fault(400, r"parameter is not a valid address", FaultKind.RECIPIENT),
        Fault(0, r"sandbox|free accounts are for test|domain not found|unverified", FaultKind.SENDER),
        Fault(0, r"not allowed to send|disabled|suspended|probation", FaultKind.SUSPENDED),
        Fault(0, r"quota|plan limit|message limit", FaultKind.QUOTA),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Add a sending domain under Send > Domains; a subdomain such as news.example.org keeps your own mail apart.",
            "Put the DNS records Mailgun shows into the domain's DNS and press Verify.",
            "Make a domain sending key under Domain settings > Sending keys and put it into MAILGUN_API_KEY.",
            "For Mailgun's own unsubscribe address: switch Unsubscribes on in the domain's settings and empty the footers.",
        ),
        dns=(
            Dns("TXT", "", "v=spf1 include:mailgun.org ~all", "SPF: Mailgun may send for the domain"),
            Dns("TXT", "<selector>._domainkey", "<key shown by Mailgun>", "DKIM signature"),
            Dns("CNAME", "email", "mailgun.org", "Mailgun's own unsubscribe and tracking addresses"),
            DMARC,
        ),
        settings=(("domain", "news.example.org"), ("region", "eu")),
        page="https://documentation.mailgun.com/docs/mailgun/quickstart-guide/quickstart",
    )
    capabilities = Capabilities(
        max_recipients=1000,
        max_bytes=25_000_000,
        query=Query(lag_seconds=1800, by="batch", keeps_days=1),
        merges=True,
        own_unsubscribe=True,
        header_notes=(
            "Message-ID: Mailgun writes its own.",
            "List-Unsubscribe: Mailgun writes its own when its unsubscribe address is used.",
        ),
        suppressions=("read", "add", "remove"),
        statistics=("delivered", "bounced", "complained", "unsubscribed", "opened", "clicked"),
        verify=True,
        unicode_mailbox=False,
    )
    syntax: ClassVar[Syntax] = Syntax(
        placeholder=lambda key: f"%recipient.{key}%",
        active=("%recipient", "%unsubscribe", "%tag_unsubscribe", "%mailing_list"),
        own_unsubscribe="%unsubscribe_url%",
        guarded=r"%(?=recipient|unsubscribe|tag_unsubscribe|mailing_list)",
    )

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.domain = access.need("domain", self.title, "news.example.org")
        if "/" in self.domain:
            raise CannotExpress(f'"{self.domain}" is no domain.', "Correct domain under [provider].")
        if not access.settings.own_unsubscribe:
            self.capabilities = replace(self.capabilities, own_unsubscribe=False)

    def secrets(self) -> tuple[str, ...]:
        return (self.key, self.headers()[0][1].removeprefix("Basic "))

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Authorization", basic("api", self.key)),)

    def check(self, message: Message) -> None:
        merge(message, self.syntax, own=False)

    def build(self, message: Message, batch: Batch) -> HttpCall:
        own = self.capabilities.own_unsubscribe and own_address(message, batch.recipients)
        if own:
            message = replace(message, headers=without_unsubscribe(message))
        merged = merge(message, self.syntax, own=own)
        fields = [("from", mailbox(message.sender.email, message.sender.name))]
        fields += [("to", mailbox(each.email, each.name)) for each in batch.recipients]
        fields += [("subject", merged.subject), ("text", merged.text), ("html", merged.html)]
        options = [*self._options(batch), *self._headers(message, merged.headers)]
        size = sum(len(name) + len(value.encode()) for name, value in options)
        if size > _OPTIONS_LIMIT:
            raise CannotExpress(
                f"The headers and tags take {size:,} bytes; Mailgun allows {_OPTIONS_LIMIT:,}.", "Shorten the headers."
            )
        people = {ascii_domain(each.email): merged.values(each) for each in batch.recipients}
        fields += [*options, ("recipient-variables", json.dumps(people, separators=(",", ":")))]
        body, content_type = encode_multipart_formdata(fields, boundary="newsletter" + short_id(batch.key + batch.tag))
        url = f"{self.address}/v3/{quote(self.domain, safe='')}/messages"
        return HttpCall("POST", url, (("Content-Type", content_type), *self.headers()), body)

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        if b"Mailgun Magnificent API" in reply.body:
            raise self.refused(FaultKind.OTHER, "the address of the API or the domain is wrong", reply)
        sent = read(_Sent, reply.body)
        if not sent.message.startswith("Queued") or not sent.id:
            raise ValueError(sent.message)
        return Receipt((sent.id,))

    def retry_after(self, reply: Reply) -> float | None:
        """Mailgun names the wait only in its words: "try again after 120 seconds"."""
        found = re.search(r"after (\d+) (second|minute|hour)", reply.text)
        if found:
            return float(found[1]) * {"second": 1, "minute": 60, "hour": 3600}[found[2]]
        return super().retry_after(reply)

    def ask(self, batch: Batch, since: datetime) -> Answer:
        events = list(self._events(event="accepted", tags=batch.tag, begin=since))
        return answer_for(batch, (str(each.get("recipient", "")) for each in events))

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        kinds = " OR ".join(_WHAT)
        for each in self._events(event=kinds, tags=campaign, begin=since):
            what = _WHAT.get(str(each.get("event", "")))
            if what is None or (each.get("event") == "failed" and each.get("severity") != "permanent"):
                continue
            status = each.get("delivery-status") or {}
            headers = (each.get("message") or {}).get("headers") or {}
            yield Event(
                str(each.get("recipient", "")),
                what,
                parse_time(each.get("timestamp")),
                str(headers.get("message-id", "")),
                str(status.get("description") or status.get("message") or each.get("reason") or ""),
            )

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        for name, reason in _LISTS.items():
            for each in self._pages(f"/v3/{quote(self.domain, safe='')}/{name}?limit=1000"):
                yield ProviderSuppression(
                    str(each.get("address", "")),
                    reason,
                    parse_time(each.get("created_at")),
                    str(each.get("error") or ""),
                )

    def add_suppression(self, entry: ProviderSuppression) -> None:
        name = next((key for key, reason in _LISTS.items() if reason is entry.reason), "unsubscribes")
        when = format_datetime(entry.when or datetime.now(UTC))
        row: dict[str, object] = {"address": entry.email, "created_at": when}
        if name == "unsubscribes":
            row["tags"] = ["*"]
        if name == "bounces":
            row |= {"code": "550", "error": entry.words or "bounced"}
        self.question(self.json_call(f"/v3/{quote(self.domain, safe='')}/{name}", [row]))

    def remove_suppression(self, email: str, reason: SuppressionReason) -> None:
        name = next((key for key, known in _LISTS.items() if known is reason), "unsubscribes")
        path = f"/v3/{quote(self.domain, safe='')}/{name}/{quote(email, safe='')}"
        self.question(HttpCall("DELETE", self.address + path, self.headers(), b""))

    def verify(self, sender: str = "") -> Sequence[Verification]:
        reply = self.get(f"/v4/domains/{quote(self.domain, safe='')}")
        found = read(_Domain, reply.body)
        good = found.domain.state == "active"
        looks = [
            Verification("key", True, "Mailgun knows the key"),
            Verification("domain", good, f"{self.domain} is {found.domain.state}"),
        ]
        looks += [
            Verification(f"DNS {each.record_type} {each.name}", each.valid == "valid", each.valid)
            for each in found.sending_dns_records
        ]
        return looks

    def _options(self, batch: Batch) -> list[tuple[str, str]]:
        tags = [("o:tag", each) for each in dict.fromkeys((batch.campaign, batch.tag)) if each]
        return [
            *tags,
            ("o:tracking-opens", "yes" if self.access.track_opens else "no"),
            ("o:tracking-clicks", "yes" if self.access.track_clicks else "no"),
        ]

    def _headers(self, message: Message, headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        fields = [(f"h:{name}", value) for name, value in headers]
        if message.reply_to:
            fields.append(("h:Reply-To", mailbox(message.reply_to.email, message.reply_to.name)))
        if message.list_id:
            fields.append(("h:List-Id", f"<{message.list_id}>"))
        return fields

    def _events(self, *, event: str, tags: str, begin: datetime) -> Iterator[Mapping[str, Any]]:
        query = {"event": event, "tags": tags, "begin": f"{begin.timestamp():.0f}", "ascending": "yes", "limit": "300"}
        yield from self._pages(f"/v3/{quote(self.domain, safe='')}/events?{urlencode(query)}")

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every item; the last page is the first empty one."""
        seen: set[str] = set()
        while path not in seen:
            seen.add(path)
            page = read(_Page, self.get(path).body)
            yield from page.items
            if not page.items or not page.paging.next:
                return
            path = same_host(self.address, page.paging.next)


class _Record(Loose):
    record_type: str = ""
    name: str = ""
    valid: str = "unknown"


class _State(Loose):
    state: str


class _Domain(Loose):
    domain: _State
    sending_dns_records: tuple[_Record, ...] = ()
