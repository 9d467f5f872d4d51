"""Mandrill (Mailchimp Transactional): one person a call with our unsubscribe address, or many with Mandrill's."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import Field

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
    Rejection,
    Verification,
)
from newsletter_cli.providers.copies import all_headers, copy_for, entry
from newsletter_cli.providers.mandrill_export import entries
from newsletter_cli.providers.merging import BRACES, OPENING, Merged, Syntax, merge, own_address, without_unsubscribe
from newsletter_cli.providers.mime import written_mailbox
from newsletter_cli.providers.pages import Loose, answer_for, parse_time, read
from newsletter_cli.providers.rest import Fault, HttpProvider
from newsletter_cli.providers.screening import header_tokens, same_address
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply

_LANDING = "landing"
_MOST = 1000
_LOOKS, _BETWEEN_LOOKS = 60, 5.0  # seconds
_REASONS = {
    "hard-bounce": SuppressionReason.HARD_BOUNCE,
    "spam": SuppressionReason.COMPLAINT,
    "unsub": SuppressionReason.UNSUBSCRIBED,
    "custom": SuppressionReason.MANUAL,
}
_STOPPED = {"account-suspended", "sending-suspended", "sending-paused"}
_USED_UP = {"free-trial-sends-exhausted", "monthly-limit-reached"}
_WHAT = {"bounced": "bounced", "rejected": "bounced", "spam": "complained", "unsub": "unsubscribed"}


class _One(Loose):
    email: str
    status: str
    id: str = Field(alias="_id")
    reject_reason: str | None = None
    queued_reason: str | None = None


class _Rejected(Loose):
    email: str
    reason: str
    detail: str | None = ""
    created_at: str = ""
    expired: bool = False


class _Export(Loose):
    id: str
    state: str
    result_url: str | None = None


class _Found(Loose):
    id: str = Field(alias="_id", default="")
    email: str = ""
    state: str = ""
    ts: float = 0
    opens: int = 0
    clicks: int = 0


class _User(Loose):
    username: str
    hourly_quota: int = 0
    backlog: int = 0
    reputation: int = 0


class _Detail(Loose):
    valid: bool = False


class _Domain(Loose):
    spf: _Detail = _Detail()
    dkim: _Detail = _Detail()
    valid_signing: bool = False


class Mandrill(HttpProvider):
    """Follows mailchimp.com/developer/transactional (messages/send, rejects, templates and dynamic content) and the
    OpenAPI document of Mailchimp's client library generator at 69fce60; read 24 November 2026.

    Headers are the same for everybody in a call. So with Mandrill's own unsubscribe address (own_unsubscribe, whose
    header it writes itself) a call carries many people, merged by Handlebars; with ours it carries one person, whose
    answer is then immediate instead of "queued". A suspended account still answers "queued": queued_reason tells. The
    key stands in the body.
    """

    name: ClassVar[str] = "mandrill"
    title: ClassVar[str] = "Mandrill"
    key_env: ClassVar[tuple[str, ...]] = ("MANDRILL_API_KEY",)
    hosts: ClassVar[dict[str, str]] = {"": "https://mandrillapp.com"}
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r"Invalid_Key", FaultKind.WRONG_KEY),
        Fault(500, r'"name"\s*:\s*"Invalid_Key"', FaultKind.WRONG_KEY),
        Fault(0, r"PaymentRequired", FaultKind.QUOTA),
        Fault(500, r'"name"\s*:\s*"PaymentRequired"', FaultKind.QUOTA),
        Fault(0, r"ValidationError", FaultKind.CONTENT),
        Fault(500, r'"name"\s*:\s*"ValidationError"', FaultKind.CONTENT),
        Fault(0, r"Unknown_Subaccount", FaultKind.OTHER),
        Fault(500, r'"name"\s*:\s*"Unknown_Subaccount"', FaultKind.OTHER),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Verify your domain under Settings > Domains, with SPF and DKIM: mail from other domains is rejected.",
            "Make an API key under Settings > SMTP & API Info and put it into MANDRILL_API_KEY.",
            "own_unsubscribe = true uses Mandrill's address (readers then land on https://<your sending domain>/); "
            "false uses yours, one call a person.",
            "To be able to ask what became of a call, add the metadata field newsletter_batch under Settings > Custom "
            "Metadata.",
        ),
        dns=(
            Dns("TXT", "", "v=spf1 include:spf.mandrillapp.com ?all", "SPF: Mandrill may send for the domain"),
            Dns("CNAME", "mte1._domainkey", "dkim1.mandrillapp.com", "DKIM signature"),
            Dns("CNAME", "mte2._domainkey", "dkim2.mandrillapp.com", "DKIM signature"),
            DMARC,
        ),
        page="https://mailchimp.com/developer/transactional/docs/authentication-delivery/",
    )
    capabilities = Capabilities(
        max_recipients=500,
        max_bytes=25_000_000,
        query=Query(lag_seconds=900, by="batch"),
        merges=True,
        own_unsubscribe=True,
        header_notes=(
            "List-Unsubscribe: Mandrill writes its own when its unsubscribe address is used.",
            "List-Unsubscribe-Post: not said by Mandrill's documentation for its own address.",
            "Message-ID: Mandrill writes its own.",
        ),
        suppressions=("read", "add", "remove"),
        statistics=("bounced", "complained", "unsubscribed", "opened", "clicked"),
        verify=True,
        unicode_mailbox=False,
    )
    syntax: ClassVar[Syntax] = Syntax(
        placeholder=lambda key: "{{{" + key + "}}}",
        carried=BRACES,
        guarded=OPENING,
        own_unsubscribe="{{unsub " + _LANDING + "}}",
    )

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        if not access.settings.own_unsubscribe:
            notes = ("Message-ID: Mandrill writes its own.",)
            self.capabilities = replace(
                self.capabilities, max_recipients=1, merges=False, own_unsubscribe=False, header_notes=notes
            )

    def check(self, message: Message) -> None:
        merge(message, self.syntax, own=False)

    def build(self, message: Message, batch: Batch) -> HttpCall:
        body: dict[str, Any] = {
            "from_email": message.sender.email,
            "from_name": message.sender.name,
            "to": [entry(each.email, each.name) | {"type": "to"} for each in batch.recipients],
            "preserve_recipients": False,
            "auto_text": False,
            "auto_html": False,
            "inline_css": False,
            "track_opens": self.access.track_opens,
            "track_clicks": self.access.track_clicks,
            "tags": [batch.campaign[:50].lstrip("_")] if batch.campaign else [],
            "metadata": {"newsletter_batch": batch.tag},
        }
        if len(batch.recipients) == 1 and not own_address(message, batch.recipients):
            body |= self._whole(message, batch)
        else:
            body |= self._merged(message, batch)
        if message.reply_to:
            body["headers"]["Reply-To"] = written_mailbox(message.reply_to.email, message.reply_to.name)
        return self._call("/messages/send", {"message": body, "async": False})

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        answers = {same_address(each.email): each for each in read(list[_One], reply.body)}
        found = [answers.get(same_address(person.email)) for person in batch.recipients]
        known = [each for each in found if each is not None]
        if len(known) != len(batch.recipients):
            raise ValueError("not one answer for each person")
        self._nobody(known, reply)
        ids: list[str] = []
        rejected: list[Rejection] = []
        unknown: list[Rejection] = []
        for person, one in zip(batch.recipients, known, strict=True):
            if one.status in ("sent", "queued", "scheduled") and one.id:
                ids.append(one.id)
            elif one.status in ("rejected", "invalid"):
                reason = one.reject_reason or one.status
                rejected.append(Rejection(person.seq, reason, f"Mandrill: {reason}"))
            else:
                unknown.append(Rejection(person.seq, one.status[:40], "Mandrill gave a state that is not documented."))
        return Receipt(tuple(ids), tuple(rejected), tuple(unknown))

    def ask(self, batch: Batch, since: datetime) -> Answer:
        found = self._search(f'u_newsletter_batch:"{batch.tag}"', since)
        return answer_for(batch, [each.email for each in found], tuple(each.id for each in found))

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        for each in self._found_of(campaign, since):
            when = parse_time(each.ts)
            if each.state in _WHAT:
                yield Event(each.email, _WHAT[each.state], when, each.id, each.state)
            if each.opens:
                yield Event(each.email, "opened", when, each.id)
            if each.clicks:
                yield Event(each.email, "clicked", when, each.id)

    def _found_of(self, campaign: str, since: datetime) -> Iterator[_Found]:
        """A search gives 1,000 at most, so what went wrong is searched for by its state besides."""
        tag = f'tags:"{campaign[:50].lstrip("_")}"'
        found = self._search(tag, since)
        if len(found) >= _MOST:
            for state in _WHAT:
                found += self._search(f"{tag} AND state:{state}", since)
        yield from {each.id: each for each in found}.values()

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        """The list has no pages and gives 1,000 at most; a longer one is exported by a job of Mandrill's."""
        reply = self.question(self._call("/rejects/list", {"include_expired": False}))
        found = read(list[_Rejected], reply.body)
        if len(found) >= _MOST:
            yield from self._exported()
            return
        for each in found:
            if not each.expired and each.reason in _REASONS:
                yield ProviderSuppression(
                    each.email, _REASONS[each.reason], parse_time(each.created_at), each.detail or ""
                )

    def _exported(self) -> Iterator[ProviderSuppression]:
        """The whole denylist (exports/rejects, then exports/info until it is complete); nothing is mailed about it.

        Raises:
            CannotExpress: the job failed or took too long.
        """
        job = read(_Export, self.question(self._call("/exports/rejects", {})).body)
        for _ in range(_LOOKS):
            if job.state in ("complete", "error", "expired") or self._sleep is None:
                break
            self._sleep(_BETWEEN_LOOKS)
            job = read(_Export, self.question(self._call("/exports/info", {"id": job.id})).body)
        if job.state != "complete" or not job.result_url:
            raise CannotExpress(
                f"Mandrill's denylist holds more than {_MOST:,} entries, and its export is {job.state}, not complete.",
                "Run `newsletter suppressions pull` again later; Mandrill itself never mails who is on that list.",
            )
        # Wherever it lies: the address is its own proof, and no key goes with it.
        reply = self.question(HttpCall("GET", job.result_url, (), b""))
        now = datetime.now(UTC)
        for each in entries(reply.body):
            if each.reason in _REASONS and not (each.expires and each.expires < now):
                yield ProviderSuppression(each.email, _REASONS[each.reason], each.created, each.detail)

    def add_suppression(self, entry: ProviderSuppression) -> None:
        self.question(self._call("/rejects/add", {"email": entry.email, "comment": str(entry.reason)}))

    def remove_suppression(self, email: str, reason: SuppressionReason) -> None:
        self.question(self._call("/rejects/delete", {"email": email}))

    def verify(self, sender: str = "") -> Sequence[Verification]:
        user = read(_User, self.question(self._call("/users/info", {})).body)
        words = f"reputation {user.reputation}, {user.hourly_quota:,} an hour, {user.backlog:,} waiting"
        looks = [Verification("key", True, words)]
        if sender:
            domain = sender.rpartition("@")[2]
            reply = self.question(self._call("/senders/check-domain", {"domain": domain}))
            found = read(_Domain, reply.body)
            good = found.valid_signing and found.spf.valid and found.dkim.valid
            looks.append(Verification("domain", good, f"{domain} is {'' if good else 'not '}good for signing"))
        return looks

    def _whole(self, message: Message, batch: Batch) -> dict[str, Any]:
        copy = copy_for(message, batch.recipients[0])
        headers = dict(all_headers(copy))
        return {"subject": copy.subject, "html": copy.html, "text": copy.text, "merge": False, "headers": headers}

    def _merged(self, message: Message, batch: Batch) -> dict[str, Any]:
        own = self.capabilities.own_unsubscribe and own_address(message, batch.recipients)
        if own:
            message = replace(message, headers=without_unsubscribe(message))
        if header_tokens(replace(message, subject="")):
            raise CannotExpress(
                "Mandrill gives everybody in a call the same headers, and List-Unsubscribe differs from person to person.",
                "Set own_unsubscribe = false under [provider]: then each person has a call of their own.",
            )
        merged = merge(message, self.syntax, own=own)
        body: dict[str, Any] = {"subject": merged.subject, "html": merged.html, "text": merged.text, "merge": True}
        body["merge_language"] = "handlebars"
        body["headers"] = dict(all_headers(replace(message, headers=merged.headers)))
        domain = message.sender.email.rpartition("@")[2]
        body["global_merge_vars"] = [{"name": _LANDING, "content": f"https://{domain}/"}] if own else []
        body["merge_vars"] = [_variables(merged, batch, place) for place in range(len(batch.recipients))]
        return body

    def _nobody(self, answers: Sequence[_One], reply: Reply) -> None:
        """Raise when one answer for all says that the account may not send: a queue that never moves is no sending."""
        queued = {each.queued_reason or "" for each in answers}
        if queued & _STOPPED:
            raise self.refused(FaultKind.SUSPENDED, ", ".join(sorted(queued & _STOPPED)), reply)
        if queued & _USED_UP:
            raise self.refused(FaultKind.QUOTA, ", ".join(sorted(queued & _USED_UP)), reply)
        refused = {each.reject_reason for each in answers if each.status in ("rejected", "invalid")}
        if refused and refused <= {"invalid-sender", "unsigned"} and all(each.status == "rejected" for each in answers):
            raise self.refused(FaultKind.SENDER, ", ".join(sorted(filter(None, refused))), reply)

    def _search(self, query: str, since: datetime) -> list[_Found]:
        body = {"query": query, "date_from": f"{since:%Y-%m-%d}", "date_to": f"{datetime.now(UTC):%Y-%m-%d}"}
        reply = self.question(self._call("/messages/search", body | {"limit": _MOST}))
        return read(list[_Found], reply.body)

    def _call(self, path: str, body: dict[str, Any]) -> HttpCall:
        data = json.dumps({"key": self.key} | body, ensure_ascii=False, separators=(",", ":")).encode()
        return HttpCall("POST", f"{self.address}/api/1.4{path}", (("Content-Type", "application/json"),), data)


def _variables(merged: Merged, batch: Batch, place: int) -> dict[str, Any]:
    person = batch.recipients[place]
    values = [{"name": key, "content": value} for key, value in merged.values(person).items()]
    return {"rcpt": entry(person.email)["email"], "vars": values}
