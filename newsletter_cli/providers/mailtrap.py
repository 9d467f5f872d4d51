"""Mailtrap: up to 500 whole messages in one batch call, through its bulk stream."""

from typing import Any, ClassVar

from newsletter_cli.model.message import Message
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.providers.base import (
    Batch,
    Capabilities,
    FaultKind,
    HttpCall,
    Receipt,
    Rejection,
)
from newsletter_cli.providers.cleaning import clean
from newsletter_cli.providers.copies import all_headers, copy_for, entry
from newsletter_cli.providers.pages import Loose, read
from newsletter_cli.providers.rest import Fault, HttpProvider
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply


class _One(Loose):
    success: bool
    message_ids: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


class _Sent(Loose):
    success: bool
    responses: tuple[_One, ...]


class Mailtrap(HttpProvider):
    """Follows docs.mailtrap.io (Email API: batch send, bulk stream); read 24 November 2026.

    Newsletters go through the bulk stream, a host of its own. One category a message. Nothing can be asked by batch,
    so calls are small.
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
            "Take the API token of the bulk stream into MAILTRAP_API_TOKEN.",
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
        concurrency=1,
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

    def _one(self, message: Message, person: Recipient) -> dict[str, Any]:
        copy = copy_for(message, person)
        return {
            "to": [entry(person.email, person.name)],
            "subject": copy.subject,
            "text": copy.text,
            "html": copy.html,
            "headers": dict(all_headers(copy)),
        }
