"""Scaleway Transactional Email: one person a call."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

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
from newsletter_cli.providers.copies import all_headers, copy_for, entry
from newsletter_cli.providers.mime import mailbox
from newsletter_cli.providers.pages import Loose, answer_for, parse_time, read
from newsletter_cli.providers.rest import Fault, HttpProvider
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply

_PAGE = 100
_BECAME = {"sent": "delivered", "failed": "bounced"}
_TYPES = {"mailbox_not_found": SuppressionReason.HARD_BOUNCE, "mailbox_full": SuppressionReason.HARD_BOUNCE}


class _Email(Loose):
    id: str
    mail_rcpt: str = ""
    status: str = ""
    status_details: str | None = None
    updated_at: str | None = None


class _Sent(Loose):
    emails: tuple[_Email, ...]


class _Listed(Loose):
    emails: tuple[_Email, ...] = ()
    total_count: int = 0


class _Block(Loose):
    email: str
    type: str = ""
    reason: str = ""
    created_at: str = ""


class _Blocks(Loose):
    blocklists: tuple[_Block, ...] = ()
    total_count: int = 0


class _Domain(Loose):
    id: str
    name: str
    status: str = ""


class _Domains(Loose):
    domains: tuple[_Domain, ...] = ()


class Scaleway(HttpProvider):
    """Follows www.scaleway.com/en/developers/api/transactional-email (v1alpha1); read 24 November 2026.

    Several people in one call would see each other, so a call carries one. Subject and bodies under 10 characters are
    refused. `project` in [provider] is the project's id.
    """

    name: ClassVar[str] = "scaleway"
    title: ClassVar[str] = "Scaleway TEM"
    key_env: ClassVar[tuple[str, ...]] = ("SCW_SECRET_KEY",)
    regions: ClassVar[tuple[str, ...]] = ("fr-par",)
    hosts: ClassVar[dict[str, str]] = {"fr-par": "https://api.scaleway.com"}
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r"quota|quotas_exceeded", FaultKind.QUOTA),
        Fault(0, r"suspended|locked|under review", FaultKind.SUSPENDED),
        Fault(0, r"denied_authentication|permissions_denied", FaultKind.WRONG_KEY),
        Fault(0, r"domain.*(not found|not verified|invalid)", FaultKind.SENDER),
        Fault(400, r"\bto\b.*(invalid|not valid)", FaultKind.RECIPIENT),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Add your domain under Transactional Email and its DNS records, and wait until it is checked.",
            "Make an API key that may use Transactional Email; put its secret into SCW_SECRET_KEY and the project's id "
            "into [provider] project.",
            "Set an unsubscribe address of your own under [unsubscribe].",
        ),
        dns=(
            Dns("TXT", "", "v=spf1 include:_spf.scw-tem.cloud ~all", "SPF: Scaleway may send for the domain"),
            Dns("TXT", "<project>._domainkey", "<shown by Scaleway>", "DKIM signature"),
            Dns("MX", "", "blackhole.scw-tem.cloud (priority 5)", "if the domain has no mail server of its own"),
            DMARC,
        ),
        settings=(("project", "11111111-2222-3333-4444-555555555555"), ("region", "fr-par")),
        page="https://www.scaleway.com/en/docs/transactional-email/quickstart/",
    )
    capabilities = Capabilities(
        max_recipients=1,
        max_bytes=2_000_000,
        query=Query(lag_seconds=900, by="person"),
        header_notes=("Message-ID: Scaleway writes its own.",),
        suppressions=("read",),
        statistics=("delivered", "bounced"),
        statistics_by="id",
        verify=True,
        unicode_mailbox=False,
    )

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.project = access.need("project", self.title, "11111111-2222-3333-4444-555555555555")
        self.path = f"/transactional-email/v1alpha1/regions/{access.region(self.title, self.regions)}"

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("X-Auth-Token", self.key),)

    def check(self, message: Message) -> None:
        for what, text in (("subject", message.subject), ("text part", message.text), ("HTML part", message.html)):
            if len(text) < 10:
                raise CannotExpress(f"Scaleway refuses a {what} under 10 characters.", "Make it longer.")

    def people_per_call(self, message: Message) -> int:
        return 1

    def build(self, message: Message, batch: Batch) -> HttpCall:
        if len(batch.recipients) != 1:
            raise CannotExpress("Scaleway carries one person a call.", "Take [pace] batch out of newsletter.toml.")
        person = batch.recipients[0]
        copy = copy_for(message, person)
        headers = all_headers(copy)
        if copy.reply_to:
            headers.append(("Reply-To", mailbox(copy.reply_to.email, copy.reply_to.name)))
        body: dict[str, Any] = {
            "project_id": self.project,
            "from": entry(copy.sender.email, copy.sender.name),
            "to": [entry(person.email, person.name)],
            "subject": copy.subject,
            "text": copy.text,
            "html": copy.html,
            "additional_headers": [{"key": name, "value": value} for name, value in headers],
        }
        return self.json_call(f"{self.path}/emails", body)

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        emails = read(_Sent, reply.body).emails
        if len(emails) != 1 or not emails[0].id or emails[0].status in ("failed", "canceled"):
            raise ValueError("not one message that is on its way")
        return Receipt((emails[0].id,))

    def ask(self, batch: Batch, since: datetime) -> Answer:
        """By reader and time: a message of ours to them since the first try."""
        found: list[_Email] = []
        for person in batch.recipients:
            query = {"project_id": self.project, "mail_rcpt": person.email, "since": f"{since:%Y-%m-%dT%H:%M:%SZ}"}
            reply = self.get(f"{self.path}/emails?{urlencode(query)}")
            found += read(_Sent, reply.body).emails
        return answer_for(batch, [each.mail_rcpt for each in found], tuple(each.id for each in found))

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        for domain in self._domains():
            page, seen = 1, 0
            while True:
                query = {"domain_id": domain.id, "page": page, "page_size": _PAGE}
                found = read(_Blocks, self.get(f"{self.path}/blocklists?{urlencode(query)}").body)
                for each in found.blocklists:
                    reason = _TYPES.get(each.type, SuppressionReason.MANUAL)
                    yield ProviderSuppression(each.email, reason, parse_time(each.created_at), each.reason)
                seen += len(found.blocklists)
                if not found.blocklists or seen >= found.total_count:
                    break
                page += 1

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        """`sent` is delivered to the reader's mail system, `failed` finally refused by it (API page, Statistics)."""
        page, seen = 1, 0
        while True:
            query = {"project_id": self.project, "since": f"{since:%Y-%m-%dT%H:%M:%SZ}", "page": page}
            query |= {"page_size": _PAGE, "order_by": "created_at_asc"}
            found = read(_Listed, self.get(f"{self.path}/emails?{urlencode(query)}").body)
            for each in found.emails:
                if what := _BECAME.get(each.status):
                    words = (each.status_details or "") if what == "bounced" else ""
                    yield Event(each.mail_rcpt, what, parse_time(each.updated_at), each.id, words)
            seen += len(found.emails)
            if not found.emails or seen >= found.total_count:
                return
            page += 1

    def verify(self, sender: str = "") -> Sequence[Verification]:
        domains = self._domains()
        looks = [Verification("key", True, "Scaleway knows the key")]
        if sender:
            wanted = sender.rpartition("@")[2].lower()
            state = next((each.status for each in domains if each.name.lower() == wanted), "not there")
            looks.append(Verification("domain", state == "checked", f"{wanted} is {state}"))
        return looks

    def _domains(self) -> tuple[_Domain, ...]:
        reply = self.get(f"{self.path}/domains?project_id={quote(self.project, safe='')}&page_size=100")
        return read(_Domains, reply.body).domains
