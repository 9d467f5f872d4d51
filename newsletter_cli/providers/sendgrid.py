"""SendGrid, global and EU: one JSON call for up to 1,000 people, our tokens as substitution tags."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field

from newsletter_cli.model.message import UNSUBSCRIBE, Message
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
    Quota,
    Receipt,
    Verification,
)
from newsletter_cli.providers.merging import Merged, Syntax, headers_maker, merge, own_address, without_unsubscribe
from newsletter_cli.providers.pages import Loose, answer_for, parse_time, read
from newsletter_cli.providers.rest import Fault, HttpProvider
from newsletter_cli.providers.screening import ascii_domain, display_name
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply

_PAGE, _LOGS = 500, 1000
_LISTS = {
    "bounces": SuppressionReason.HARD_BOUNCE,
    "invalid_emails": SuppressionReason.HARD_BOUNCE,
    "spam_reports": SuppressionReason.COMPLAINT,
    "unsubscribes": SuppressionReason.UNSUBSCRIBED,
}
_WHAT = {"delivered": "delivered", "bounced": "bounced", "blocked": "bounced", "dropped": "bounced"}


class _Suppressed(Loose):
    email: str
    created: int = 0
    reason: str = ""


class _Log(Loose):
    to_email: str
    status: str = ""
    sg_message_id: str = ""
    reason: str = ""
    sg_message_id_created_at: str = ""


class _Logs(Loose):
    messages: tuple[_Log, ...]


class _Scopes(Loose):
    scopes: tuple[str, ...]


class _Domain(Loose):
    domain: str
    valid: bool


class _Credits(Loose):
    remain: int
    next_reset: str = Field(default="")


class SendGrid(HttpProvider):
    """Follows www.twilio.com/docs/sendgrid/api-reference (Mail Send, Email Logs, Suppressions) and the OpenAPI
    documents of twilio/sendgrid-oai at dbe0e0d; read 24 November 2026.

    Substitutions replace plain strings in subject and content, so our tokens themselves are the tags and no text of
    ours is ever evaluated; headers are given per personalization. The reply to a send is an empty 202; its
    X-Message-Id header is the evidence.
    """

    name: ClassVar[str] = "sendgrid"
    title: ClassVar[str] = "SendGrid"
    key_env: ClassVar[tuple[str, ...]] = ("SENDGRID_API_KEY",)
    regions: ClassVar[tuple[str, ...]] = ("global", "eu")
    hosts: ClassVar[dict[str, str]] = {"global": "https://api.sendgrid.com", "eu": "https://api.eu.sendgrid.com"}
    faults: ClassVar[tuple[Fault, ...]] = (
        # A 401 too, though the key is good.
        Fault(0, r"maximum credits exceeded|exceeded your messaging limits", FaultKind.QUOTA),
        Fault(0, r"verified sender identity|from address does not match", FaultKind.SENDER),
        Fault(0, r"suspended|under review|disabled|deactivated", FaultKind.SUSPENDED),
        Fault(400, r"personalizations\.\d+\.to|does not contain a valid address", FaultKind.RECIPIENT),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Authenticate your domain under Settings > Sender Authentication and add the CNAME records it shows.",
            "Make an API key under Settings > API Keys with Mail Send full access (and Suppressions and Email Logs for "
            "`suppressions pull` and `report`), and put it into SENDGRID_API_KEY.",
            "Accounts of the EU region use region = eu.",
        ),
        dns=(
            Dns("CNAME", "em<number>", "<shown by SendGrid>", "bounce address and SPF"),
            Dns("CNAME", "s1._domainkey", "<shown by SendGrid>", "DKIM signature"),
            Dns("CNAME", "s2._domainkey", "<shown by SendGrid>", "DKIM signature, spare key"),
            DMARC,
        ),
        settings=(("region", "global"),),
        page="https://www.twilio.com/docs/sendgrid/ui/account-and-settings/how-to-set-up-domain-authentication",
    )
    capabilities = Capabilities(
        max_recipients=1000,
        max_bytes=30_000_000,
        query=Query(lag_seconds=900, by="batch", keeps_days=30),
        merges=True,
        own_unsubscribe=True,
        header_notes=(
            "Message-ID: SendGrid writes its own.",
            "List-Unsubscribe: SendGrid writes its own when its unsubscribe address is used.",
        ),
        suppressions=("read", "add", "remove"),
        statistics=("delivered", "bounced"),
        quota=True,
        verify=True,
        unicode_mailbox=False,
    )

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        if not access.settings.own_unsubscribe:
            self.capabilities = replace(self.capabilities, own_unsubscribe=False)

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Authorization", f"Bearer {self.key}"),)

    def build(self, message: Message, batch: Batch) -> HttpCall:
        own = self.capabilities.own_unsubscribe and own_address(message, batch.recipients)
        if own:
            message = replace(message, headers=without_unsubscribe(message))
        # The tokens as they are, with one more letter where the value must be HTML-escaped.
        keyed = {f"f{place}": each.token for place, each in enumerate(message.merge_fields)}
        tag = next((each.token for each in message.merge_fields if each.name == UNSUBSCRIBE), "")
        syntax = Syntax(lambda key: keyed[key[:-1]] + key[-1], own_unsubscribe=tag)
        merged = merge(message, syntax, own=own)
        body: dict[str, Any] = {
            "from": _person(message.sender.email, message.sender.name),
            "subject": merged.subject,
            "content": [
                {"type": "text/plain", "value": merged.text},
                {"type": "text/html", "value": merged.html},
            ],
            "personalizations": self._personalizations(message, batch, merged, syntax),
            "categories": [each for each in dict.fromkeys((batch.campaign, batch.tag)) if each],
            "tracking_settings": self._tracking(tag if own else ""),
        }
        if message.reply_to:
            body["reply_to"] = _person(message.reply_to.email, message.reply_to.name)
        if message.list_id:
            body["headers"] = {"List-Id": f"<{message.list_id}>"}
        return self.json_call("/v3/mail/send", body)

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        message_id = reply.headers.get("X-Message-Id", "")
        if reply.status != 202 or not message_id:
            raise ValueError("not a 202 with X-Message-Id")
        return Receipt((message_id,))

    def ask(self, batch: Batch, since: datetime) -> Answer:
        found = self._logs(f"categories IN ('{_plain(batch.tag)}')", since, since + timedelta(days=7))
        return answer_for(batch, [each.to_email for each in found])

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        for each in self._logs(f"categories IN ('{_plain(campaign)}')", since, datetime.now(UTC)):
            if each.status in _WHAT:
                when = parse_time(each.sg_message_id_created_at)
                yield Event(each.to_email, _WHAT[each.status], when, each.sg_message_id, each.reason)

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        start = f"&start_time={since.timestamp():.0f}" if since else ""
        for name, reason in _LISTS.items():
            offset = 0
            while True:
                reply = self.get(f"/v3/suppression/{name}?limit={_PAGE}&offset={offset}{start}")
                page = read(list[_Suppressed], reply.body)
                for each in page:
                    yield ProviderSuppression(each.email, reason, parse_time(each.created), each.reason)
                if len(page) < _PAGE:
                    break
                offset += _PAGE

    def add_suppression(self, entry: ProviderSuppression) -> None:
        self.question(self.json_call("/v3/asm/suppressions/global", {"recipient_emails": [entry.email]}))

    def remove_suppression(self, email: str, reason: SuppressionReason) -> None:
        lists = {"bounces": SuppressionReason.HARD_BOUNCE, "spam_reports": SuppressionReason.COMPLAINT}
        name = next(
            (f"suppression/{key}" for key, known in lists.items() if known is reason), "asm/suppressions/global"
        )
        url = f"{self.address}/v3/{name}/{quote(email, safe='')}"
        self.question(HttpCall("DELETE", url, self.headers(), b""))

    def quota(self) -> Quota:
        found = read(_Credits, self.get("/v3/user/credits").body)
        return Quota(found.remain, parse_time(found.next_reset))

    def verify(self, sender: str = "") -> Sequence[Verification]:
        scopes = read(_Scopes, self.get("/v3/scopes").body).scopes
        may = "mail.send" in scopes
        looks = [Verification("key", may, "the key may send" if may else "the key lacks the Mail Send permission")]
        if sender:
            domain = sender.rpartition("@")[2].lower()
            reply = self.get(f"/v3/whitelabel/domains?domain={quote(domain, safe='')}")
            known = read(list[_Domain], reply.body)
            good = any(each.valid and domain in (each.domain, each.domain.lower()) for each in known)
            looks.append(Verification("domain", good, f"{domain} is {'' if good else 'not '}authenticated"))
        return looks

    def _personalizations(self, message: Message, batch: Batch, merged: Merged, syntax: Syntax) -> list[dict[str, Any]]:
        headers = headers_maker(message) if message.headers else None
        tagged = replace(
            merged,
            keys={what: syntax.placeholder(key) for what, key in merged.keys.items()},
            constants={syntax.placeholder(key): value for key, value in merged.constants.items()},
        )
        people = []
        for each in batch.recipients:
            one: dict[str, Any] = {"to": [_person(each.email, each.name)]}
            if headers:
                one["headers"] = headers(each)
            if tagged.keys or tagged.constants:
                one["substitutions"] = tagged.values(each)
            people.append(one)
        return people

    def _tracking(self, own_tag: str) -> dict[str, Any]:
        clicks, opens = self.access.track_clicks, self.access.track_opens
        subscription: dict[str, Any] = {"enable": bool(own_tag)}
        if own_tag:
            subscription["substitution_tag"] = own_tag
        return {
            "click_tracking": {"enable": clicks, "enable_text": False},
            "open_tracking": {"enable": opens},
            "subscription_tracking": subscription,
        }

    def _logs(self, query: str, start: datetime, end: datetime) -> Iterator[_Log]:
        """Messages in a time window; there are no pages, so a full answer is asked for again in halves."""
        window = f"sg_message_id_created_at >= {_time(start)} AND sg_message_id_created_at < {_time(end)}"
        call = self.json_call("/v3/logs", {"query": f"{query} AND {window}", "limit": _LOGS})
        found = read(_Logs, self.question(call).body).messages
        if len(found) < _LOGS or end - start <= timedelta(seconds=2):
            yield from found
            return
        middle = (start + (end - start) / 2).replace(microsecond=0)
        yield from self._logs(query, start, middle)
        yield from self._logs(query, middle, end)


def _person(address: str, full_name: str) -> dict[str, str]:
    email = ascii_domain(address)
    if not full_name:
        return {"email": email}
    # SendGrid takes ; and , in a name for the beginning of another address.
    name = display_name(full_name).replace(";", " ").replace(",", " ")
    return {"email": email, "name": name} if name else {"email": email}


def _plain(text: str) -> str:
    return text.replace("'", "")


def _time(when: datetime) -> str:
    return f'TIMESTAMP "{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"'
