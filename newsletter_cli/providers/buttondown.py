"""Buttondown: e-mails to subscribers kept there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote

from newsletter_cli.model.message import BROWSER, UNSUBSCRIBE, MergeField, Message
from newsletter_cli.providers.base import FaultKind, HttpCall, Verification
from newsletter_cli.providers.pages import Loose, read, same_host
from newsletter_cli.providers.platform import (
    ALL_COUNTS,
    PLATFORM,
    Draft,
    Language,
    Members,
    Platform,
    PlatformReport,
    Stage,
    entities,
    html_value,
    refuse,
)
from newsletter_cli.providers.rest import Fault, short_id
from newsletter_cli.providers.setup import Setup
from newsletter_cli.providers.transport import Reply

_STAGES = {
    "draft": Stage.DRAFT,
    "scheduled": Stage.SCHEDULED,
    "about_to_send": Stage.SENDING,
    "in_flight": Stage.SENDING,
    "throttled": Stage.SENDING,
    "resending": Stage.SENDING,
    "sent": Stage.SENT,
    "imported": Stage.SENT,
    "paused": Stage.PAUSED,
    "deleted": Stage.CANCELLED,
    "errored": Stage.FAILED,
    "suppressed": Stage.FAILED,
}
_OPENINGS = ("{{", "{%", "{#")
_KEY = "newsletter_key"


def _field(field: MergeField, part: str) -> str:
    """Buttondown's template language; a subscriber's own values are under `subscriber.metadata`."""
    if field.name == UNSUBSCRIBE:
        return "{{ unsubscribe_url }}"
    if field.name == BROWSER:
        return "{{ email.absolute_url }}"
    name = field.name.removeprefix("subscriber.")
    value = "subscriber.email" if name == "email" else f"subscriber.metadata.{name}"
    if field.default is None:
        return f"{{{{ {value} }}}}"
    refuse(field.default, _OPENINGS, f"default of {field.name}")
    default = html_value(field.default) if part == "html" else field.default
    return f"{{% if {value} %}}{{{{ {value} }}}}{{% else %}}{default}{{% endif %}}"


def _html(text: str) -> str:
    for opening in _OPENINGS:
        text = entities(text, opening)
    return text


class _Email(Loose):
    id: str
    status: str
    metadata: dict[str, Any] | None = None


class _Page(Loose):
    results: tuple[_Email, ...]
    next: str | None = None


class _Analytics(Loose):
    recipients: int | None = None
    deliveries: int | None = None
    permanent_failures: int | None = None
    complaints: int | None = None
    unsubscriptions: int | None = None
    opens: int | None = None
    clicks: int | None = None


class _Image(Loose):
    image: str


class _Count(Loose):
    count: int


class Buttondown(Platform):
    """Follows Buttondown's API reference and its OpenAPI document (docs repository, 22 August 2026).

    A create without a status mails everybody, so every create says `draft`; the send is a separate call. Our HTML is
    taken as it is by the template `naked`; the text part is made by Buttondown from the HTML.
    """

    name: ClassVar[str] = "buttondown"
    title: ClassVar[str] = "Buttondown"
    key_env: ClassVar[tuple[str, ...]] = ("BUTTONDOWN_API_KEY",)
    hosts: ClassVar[dict[str, str]] = {"": "https://api.buttondown.com"}
    capabilities = replace(
        PLATFORM,
        statistics=ALL_COUNTS,
        header_notes=(
            *PLATFORM.header_notes,
            "From, Reply-To: those set at Buttondown.",
            "Text part: Buttondown makes its own from the HTML.",
        ),
    )
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r"email_not_confirmed", FaultKind.SENDER),
        Fault(0, r"billing_locked", FaultKind.QUOTA),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Make an API key under Settings > API and put it into BUTTONDOWN_API_KEY.",
            "Authenticate the sending domain under Settings > Domains.",
        ),
        page="https://docs.buttondown.com/api-introduction",
    )
    language: ClassVar[Language] = Language(
        field=_field, html_literal=_html, text_literal=lambda text, part: refuse(text, _OPENINGS, part)
    )

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Authorization", f"Token {self.key}"),)

    def find(self, key: str) -> Draft | None:
        path, seen = "/v1/emails?ordering=-creation_date&excluded_fields=body", set[str]()
        while path not in seen:
            seen.add(path)
            page = read(_Page, self.get(path).body)
            for each in page.results:
                if (each.metadata or {}).get(_KEY) == key and each.status != "deleted":
                    return _draft(each)
            if not page.next:
                return None
            path = same_host(self.address, page.next)
        return None

    def create(self, message: Message, key: str) -> HttpCall:
        call = self.json_call("/v1/emails", {**self._facts(message, key), "status": "draft"})
        return HttpCall(call.method, call.url, (*call.headers, ("X-Idempotency-Key", short_id(key))), call.body)

    def created(self, reply: Reply) -> Draft:
        return _draft(read(_Email, reply.body))

    def fill(self, draft: Draft, message: Message, key: str) -> Sequence[HttpCall]:
        return (self.json_call(f"/v1/emails/{quote(draft.id)}", self._facts(message, key), "PATCH"),)

    def test(self, draft: Draft, addresses: Sequence[str]) -> None:
        self.question(self.json_call(f"/v1/emails/{quote(draft.id)}/send-draft", {"recipients": list(addresses)}))

    def schedule(self, draft: Draft, when: datetime) -> None:
        body = {"publish_date": when.astimezone(UTC).isoformat(timespec="seconds"), "status": "scheduled"}
        self.question(self.json_call(f"/v1/emails/{quote(draft.id)}", body, "PATCH"))

    def unschedule(self, draft: Draft) -> None:
        body = {"publish_date": "none", "status": "draft"}
        self.question(self.json_call(f"/v1/emails/{quote(draft.id)}", body, "PATCH"))

    def start(self, draft: Draft) -> HttpCall:
        # Buttondown asks for this header the first time a key sends: a guard against mailing a list by accident.
        call = self.json_call(f"/v1/emails/{quote(draft.id)}/publish", {})
        return HttpCall(call.method, call.url, (*call.headers, ("X-Buttondown-Live-Dangerously", "true")), call.body)

    def status(self, draft_id: str) -> Draft:
        return _draft(read(_Email, self.get(f"/v1/emails/{quote(draft_id)}").body))

    def report(self, draft_id: str) -> PlatformReport:
        found = read(_Analytics, self.get(f"/v1/emails/{quote(draft_id)}/analytics").body)
        return PlatformReport(
            recipients=found.recipients,
            delivered=found.deliveries,
            bounced=found.permanent_failures,
            complained=found.complaints,
            unsubscribed=found.unsubscriptions,
            opened=found.opens if self.access.track_opens else None,
            clicked=found.clicks if self.access.track_clicks else None,
        )

    def upload(self, name: str, data: bytes) -> HttpCall:
        return self.file_call("/v1/images", "image", name, data)

    def uploaded(self, reply: Reply) -> str:
        return read(_Image, reply.body).image

    def members(self) -> Members:
        found = read(_Count, self.get("/v1/subscribers?type=regular").body)
        return Members("subscribers", found.count)

    def verify(self, sender: str = "") -> Sequence[Verification]:
        members = self.members()
        return (
            Verification("key", True, "Buttondown knows the key"),
            Verification("list", True, f"{members.count} regular subscribers"),
        )

    def _facts(self, message: Message, key: str) -> dict[str, object]:
        subject, html, _ = self.translate(message)
        return {
            "subject": subject,
            # Says HTML: Buttondown would else guess, and might read it as Markdown.
            "body": f"<!-- buttondown-editor-mode: fancy -->{html}",
            "description": message.preheader if not _has_token(message.preheader, message) else "",
            "template": "naked",
            "metadata": {_KEY: key},
        }


def _has_token(text: str, message: Message) -> bool:
    return any(each.token in text for each in message.merge_fields)


def _draft(found: _Email) -> Draft:
    return Draft(found.id, _STAGES.get(found.status, Stage.UNKNOWN), found.status)
