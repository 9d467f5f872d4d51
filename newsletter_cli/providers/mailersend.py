"""MailerSend: up to 100 whole messages in one bulk call."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from newsletter_cli.model.message import Message
from newsletter_cli.model.recipient import Recipient
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
    Refused,
    Verification,
)
from newsletter_cli.providers.copies import all_headers, copy_for, entry
from newsletter_cli.providers.pages import Loose, answer_for, parse_time, read, same_host
from newsletter_cli.providers.rest import Fault, HttpProvider
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply

_LISTS = {
    "blocklist": SuppressionReason.MANUAL,
    "hard-bounces": SuppressionReason.HARD_BOUNCE,
    "spam-complaints": SuppressionReason.COMPLAINT,
    "unsubscribes": SuppressionReason.UNSUBSCRIBED,
}


_EVENTS = {"hard_bounced": "bounced", "spam_complaints": "complained", "unsubscribed": "unsubscribed"}
_WINDOW = timedelta(days=7)  # more is refused
_LAST_PAGE = 100


class _Sent(Loose):
    bulk_email_id: str


class _Person(Loose):
    email: str = ""


class _Suppressed(Loose):
    recipient: _Person | None = None
    pattern: str | None = None
    created_at: str = ""
    reason: str | None = None


class _Links(Loose):
    next: str | None = None


class _Suppressions(Loose):
    data: tuple[_Suppressed, ...] = ()
    links: _Links = _Links()


class _Mail(Loose):
    id: str = ""
    tags: tuple[str, ...] | None = None
    recipient: _Person


class _Email(Loose):
    to: str
    message_id: str = ""
    tags: tuple[str, ...] | None = None


class _Emails(Loose):
    data: tuple[_Email, ...]
    links: _Links = _Links()


class _Activity(Loose):
    type: str
    created_at: str = ""
    email: _Mail


class _Activities(Loose):
    data: tuple[_Activity, ...] = ()
    links: _Links = _Links()


class _Domain(Loose):
    id: str = ""
    name: str
    is_verified: bool = False


class _Domains(Loose):
    data: tuple[_Domain, ...] = ()


class MailerSend(HttpProvider):
    """Follows developers.mailersend.com (Bulk email, Email, personalization, suppressions, activity, error codes), and
    for the list of emails MailerSend's own client 2.2 of October 2026; read 24 November 2026.

    Nothing is evaluated unless personalization data is sent, so whole copies go without. A call is answered with a
    job id, and what is wrong with single messages is found out later. Whether a call was taken is asked by its tag in
    the list of emails; how long a small plan keeps that is not said, so it is believed for a day. Custom headers need a Professional or Enterprise plan: own_unsubscribe = false says that yours has one; else
    MailerSend writes List-Unsubscribe itself.
    """

    name: ClassVar[str] = "mailersend"
    title: ClassVar[str] = "MailerSend"
    key_env: ClassVar[tuple[str, ...]] = ("MAILERSEND_API_KEY",)
    hosts: ClassVar[dict[str, str]] = {"": "https://api.mailersend.com"}
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r"MS40304|MS40302|suspended|under review", FaultKind.SUSPENDED),
        Fault(0, r"MS42204|MS42225|MS42901|quota|trial account|daily (api )?(quota|limit)", FaultKind.QUOTA),
        Fault(422, r"from\.email|domain must be verified|MS42207", FaultKind.SENDER),
        Fault(422, r"\.to\.\d+\.email|to\.0\.email", FaultKind.RECIPIENT),
        Fault(421, r"", FaultKind.TEMPORARY),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Add and verify your domain under Email > Domains.",
            "Make an API token with full access to Email (and read access to Suppressions and Domains) and put it into "
            "MAILERSEND_API_KEY.",
            "With a Professional or Enterprise plan set own_unsubscribe = false, so that our List-Unsubscribe is sent.",
            "Set an unsubscribe address of your own under [unsubscribe] for the link in the text.",
        ),
        dns=(
            Dns("TXT", "", "v=spf1 include:_spf.mailersend.net ~all", "SPF: MailerSend may send for the domain"),
            Dns("CNAME", "mlsend2._domainkey", "mlsend2._domainkey.mailersend.net", "DKIM signature"),
            Dns("CNAME", "mta", "mailersend.net", "Return-Path"),
            DMARC,
        ),
        page="https://www.mailersend.com/help/how-to-verify-and-authenticate-a-sending-domain",
    )
    capabilities = Capabilities(
        max_recipients=100,
        max_bytes=50_000_000,
        header_notes=(
            "List-Unsubscribe: MailerSend writes its own (own_unsubscribe = false sends ours, on a plan that allows it).",
            "List-Unsubscribe-Post: MailerSend writes its own.",
            "List-Id: needs a plan with custom headers (own_unsubscribe = false).",
            "Message-ID: MailerSend writes its own.",
        ),
        # A job's messages are made after its answer: the list may lag behind longer than an index alone would.
        query=Query(lag_seconds=1800, by="batch", keeps_days=1),
        concurrency=1,
        calls_per_second=0.16,
        suppressions=("read",),
        statistics=("bounced", "complained", "unsubscribed"),
        verify=True,
        unicode_mailbox=False,
    )

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.custom_headers = not access.settings.own_unsubscribe
        if self.custom_headers:
            notes = ("Message-ID: MailerSend writes its own.",)
            self.capabilities = replace(self.capabilities, header_notes=notes)

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Authorization", f"Bearer {self.key}"), ("Accept", "application/json"))

    def check(self, message: Message) -> None:
        if len(message.subject) > 998:
            raise CannotExpress("MailerSend takes subjects of 998 characters at most.", "Shorten the subject.")

    def build(self, message: Message, batch: Batch) -> HttpCall:
        return self.json_call("/v1/bulk-email", [self._one(message, batch, each) for each in batch.recipients])

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        sent = read(_Sent, reply.body)
        if reply.status != 202 or not sent.bulk_email_id:
            raise ValueError("not a 202 with a job id")
        return Receipt((sent.bulk_email_id,))

    def ask(self, batch: Batch, since: datetime) -> Answer:
        domains = read(_Domains, self.get("/v1/domains?limit=100").body).data
        if not domains:  # A token that sees no domain sees no mail: that is no "not found".
            words = "it shows this token no domain"
            raise Refused(FaultKind.WRONG_KEY, f"MailerSend cannot be asked: {words}.", words=words)
        found = [each for domain in domains for each in self._mailed(domain.id, batch.tag, since)]
        return answer_for(batch, [each.to for each in found], tuple(each.message_id for each in found))

    def _mailed(self, domain: str, tag: str, since: datetime) -> Iterator[_Email]:
        query = {"domain_id": domain, "tag": tag, "date_from": int(since.timestamp()), "limit": 1000}
        query["date_to"] = int((since + _WINDOW).timestamp())
        for number in range(1, _LAST_PAGE + 1):
            page = read(_Emails, self.get(f"/v1/emails?{urlencode(query)}&page={number}").body)
            yield from (each for each in page.data if each.tags is None or tag in each.tags)
            if not page.data or not page.links.next:
                return

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        for name, reason in _LISTS.items():
            path = f"/v1/suppressions/{name}?limit=100&page=1"
            while path:
                page = read(_Suppressions, self.get(path).body)
                for each in page.data:
                    email = each.recipient.email if each.recipient else each.pattern or ""
                    if "@" in email and "*" not in email:
                        yield ProviderSuppression(email, reason, parse_time(each.created_at), each.reason or "")
                path = same_host(self.address, page.links.next) if page.data and page.links.next else ""

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        """Of the seven days after `since`. Deliveries are left out: a hundred a page and ten pages a minute."""
        kinds = "&".join(f"event[]={kind}" for kind in _EVENTS)
        when = f"date_from={int(since.timestamp())}&date_to={int((since + _WINDOW).timestamp())}"
        for domain in read(_Domains, self.get("/v1/domains?limit=100").body).data:
            path = f"/v1/activity/{quote(domain.id, safe='')}?{when}&{kinds}&limit=100&page=1" if domain.id else ""
            number = 1
            while path:
                page = read(_Activities, self.get(path).body)
                for each in page.data:
                    if campaign in (each.email.tags or ()) and each.type in _EVENTS:
                        at = parse_time(each.created_at)
                        yield Event(each.email.recipient.email, _EVENTS[each.type], at, each.email.id)
                number += 1
                more = page.data and page.links.next
                # Their link to the next page may leave the filter out: only the number is ours to turn.
                path = path.rpartition("=")[0] + f"={number}" if more else ""

    def verify(self, sender: str = "") -> Sequence[Verification]:
        known = read(_Domains, self.get("/v1/domains?limit=100").body).data
        looks = [Verification("key", True, "MailerSend knows the token")]
        if sender:
            domain = sender.rpartition("@")[2].lower()
            good = any(each.name.lower() == domain and each.is_verified for each in known)
            looks.append(Verification("domain", good, f"{domain} is {'' if good else 'not '}verified"))
        return looks

    def _one(self, message: Message, batch: Batch, person: Recipient) -> dict[str, Any]:
        copy = copy_for(message, person)
        one: dict[str, Any] = {
            "from": entry(copy.sender.email, copy.sender.name),
            "to": [entry(person.email, person.name)],
            "subject": copy.subject,
            "html": copy.html,
            "text": copy.text,
            "precedence_bulk": True,
            "tags": [each for each in dict.fromkeys((batch.campaign, batch.tag)) if each],
            "settings": {
                "track_clicks": self.access.track_clicks,
                "track_opens": self.access.track_opens,
                "track_content": False,
            },
        }
        if copy.reply_to:
            one["reply_to"] = entry(copy.reply_to.email, copy.reply_to.name)
        if self.custom_headers:
            one["headers"] = [{"name": name, "value": value} for name, value in all_headers(copy)]
        return one
