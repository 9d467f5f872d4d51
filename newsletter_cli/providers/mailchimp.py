"""Mailchimp: campaigns to an audience kept there."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import quote

from pydantic import Field

from newsletter_cli.model.message import BROWSER, UNSUBSCRIBE, MergeField, Message
from newsletter_cli.providers.access import Access
from newsletter_cli.providers.base import CannotExpress, FaultKind, HttpCall, Verification
from newsletter_cli.providers.pages import Loose, read
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
from newsletter_cli.providers.rest import Fault, basic
from newsletter_cli.providers.setup import Setup
from newsletter_cli.providers.transport import Reply

_STAGES = {
    "save": Stage.DRAFT,
    "paused": Stage.PAUSED,
    "schedule": Stage.SCHEDULED,
    "sending": Stage.SENDING,
    "sent": Stage.SENT,
    "canceled": Stage.CANCELLED,
    "canceling": Stage.CANCELLED,
    "archived": Stage.SENT,
}
_TAGS = {"subscriber.first_name": "FNAME", "subscriber.last_name": "LNAME", "subscriber.email": "EMAIL"}


def _field(field: MergeField, part: str) -> str:
    """Mailchimp's merge tag; with a default as its IF block (Mailchimp help, Use Conditional Merge Tag Blocks)."""
    if field.name == UNSUBSCRIBE:
        return "*|UNSUB|*"
    if field.name == BROWSER:
        return "*|ARCHIVE|*"
    tag = _TAGS.get(field.name) or re.sub(r"\W", "", field.name.removeprefix("subscriber.")).upper()[:10]
    if not field.default:
        return f"*|{tag}|*"
    refuse(field.default, ("*|",), f"default of {field.name}")
    default = html_value(field.default) if part == "html" else field.default
    return f"*|IF:{tag}|**|{tag}|**|ELSE:|*{default}*|END:IF|*"


class _Settings(Loose):
    title: str = ""


class _Campaign(Loose):
    id: str
    status: str
    settings: _Settings = _Settings()


class _Campaigns(Loose):
    campaigns: tuple[_Campaign, ...]
    total_items: int


class _Stats(Loose):
    member_count: int | None = None


class _List(Loose):
    name: str
    stats: _Stats = _Stats()


class _Bounces(Loose):
    hard_bounces: int
    soft_bounces: int
    syntax_errors: int = 0


class _Opens(Loose):
    unique_opens: int | None = None


class _Clicks(Loose):
    unique_subscriber_clicks: int | None = None


class _Report(Loose):
    emails_sent: int | None = None
    abuse_reports: int | None = None
    unsubscribed: int | None = None
    bounces: _Bounces | None = None
    opens: _Opens = Field(default_factory=_Opens)
    clicks: _Clicks = Field(default_factory=_Clicks)


class _File(Loose):
    full_size_url: str


class _Item(Loose):
    type: str
    heading: str = ""
    details: str = ""


class _Checklist(Loose):
    is_ready: bool
    items: tuple[_Item, ...] = ()


class Mailchimp(Platform):
    """Follows Mailchimp's Marketing API 3.0 reference (Campaigns, Campaign content, Reports, Lists, File Manager); read November 2026.

    The data centre is the end of the key (`…-us21`). A schedule falls on a quarter of an hour, UTC. Mailchimp adds
    its own footer with the audience's postal address when the HTML holds none of its tags.
    """

    name: ClassVar[str] = "mailchimp"
    title: ClassVar[str] = "Mailchimp"
    key_env: ClassVar[tuple[str, ...]] = ("MAILCHIMP_API_KEY",)
    capabilities = replace(
        PLATFORM,
        statistics=ALL_COUNTS,
    )
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r"compliance|suspended|disabled", FaultKind.SUSPENDED),
        Fault(0, r"not (been )?verified|from.?name|from_email", FaultKind.SENDER),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Make an API key under Account & billing > Extras > API keys and put it into MAILCHIMP_API_KEY.",
            "Find the audience id under Audience > Settings > Audience name and defaults, and set it as `list`.",
            "Verify and authenticate the sender's domain under Account & billing > Domains.",
        ),
        settings=(("list", "a1b2c3d4e5"),),
        page="https://mailchimp.com/developer/marketing/guides/quick-start/",
    )
    language: ClassVar[Language] = Language(
        field=_field,
        html_literal=lambda text: entities(text, "*|"),
        text_literal=lambda text, part: refuse(text, ("*|",), part),
    )

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.list = access.need("list", self.title, "a1b2c3d4e5")

    @property
    def address(self) -> str:
        if self.settings.base_url:
            return self.settings.base_url
        centre = self.key.rpartition("-")[2]
        if not re.fullmatch(r"[a-z]{2,4}\d{1,3}", centre):
            raise CannotExpress(
                "This Mailchimp key does not end in its data centre, such as -us21.", "Copy the whole key."
            )
        return f"https://{centre}.api.mailchimp.com"

    def secrets(self) -> tuple[str, ...]:
        return (self.key, basic("newsletter", self.key).removeprefix("Basic "))

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Authorization", basic("newsletter", self.key)),)

    def find(self, key: str) -> Draft | None:
        offset = 0
        while True:
            query = f"list_id={quote(self.list)}&count=200&offset={offset}&sort_field=create_time&sort_dir=DESC"
            page = read(_Campaigns, self.get(f"/3.0/campaigns?{query}").body)
            for each in page.campaigns:
                if each.settings.title == key:
                    return _draft(each)
            offset += len(page.campaigns)
            if not page.campaigns or offset >= page.total_items:
                return None

    def create(self, message: Message, key: str) -> HttpCall:
        return self.json_call("/3.0/campaigns", {"type": "regular", **self._facts(message, key)})

    def created(self, reply: Reply) -> Draft:
        return _draft(read(_Campaign, reply.body))

    def fill(self, draft: Draft, message: Message, key: str) -> Sequence[HttpCall]:
        _, html, text = self.translate(message)
        path = f"/3.0/campaigns/{quote(draft.id)}"
        return (
            self.json_call(path, self._facts(message, key), "PATCH"),
            self.json_call(f"{path}/content", {"html": html, "plain_text": text}, "PUT"),
        )

    def test(self, draft: Draft, addresses: Sequence[str]) -> None:
        body = {"test_emails": list(addresses), "send_type": "html"}
        self.question(self.json_call(f"/3.0/campaigns/{quote(draft.id)}/actions/test", body))

    def schedule(self, draft: Draft, when: datetime) -> None:
        self.ready(draft)
        moment = when.astimezone(UTC)
        late = timedelta(minutes=-moment.minute % 15, seconds=-moment.second, microseconds=-moment.microsecond)
        body = {"schedule_time": (moment + late).isoformat(timespec="seconds")}
        self.question(self.json_call(f"/3.0/campaigns/{quote(draft.id)}/actions/schedule", body))

    def unschedule(self, draft: Draft) -> None:
        self.question(self.json_call(f"/3.0/campaigns/{quote(draft.id)}/actions/unschedule", {}))

    def start(self, draft: Draft) -> HttpCall:
        return self.json_call(f"/3.0/campaigns/{quote(draft.id)}/actions/send", {})

    def status(self, draft_id: str) -> Draft:
        return _draft(read(_Campaign, self.get(f"/3.0/campaigns/{quote(draft_id)}").body))

    def report(self, draft_id: str) -> PlatformReport:
        found = read(_Report, self.get(f"/3.0/reports/{quote(draft_id)}").body)
        bounced = (
            sum((found.bounces.hard_bounces, found.bounces.soft_bounces, found.bounces.syntax_errors))
            if found.bounces
            else None
        )
        delivered = found.emails_sent - bounced if found.emails_sent is not None and bounced is not None else None
        opened = found.opens.unique_opens if self.access.track_opens else None
        clicked = found.clicks.unique_subscriber_clicks if self.access.track_clicks else None
        return PlatformReport(
            found.emails_sent, delivered, bounced, found.abuse_reports, found.unsubscribed, opened, clicked
        )

    def upload(self, name: str, data: bytes) -> HttpCall:
        # File Manager, Add file: the content in base64.
        return self.json_call("/3.0/file-manager/files", {"name": name, "file_data": b64encode(data).decode()})

    def uploaded(self, reply: Reply) -> str:
        return read(_File, reply.body).full_size_url

    def members(self) -> Members:
        found = read(_List, self.get(f"/3.0/lists/{quote(self.list)}").body)
        return Members(found.name, found.stats.member_count)

    def verify(self, sender: str = "") -> Sequence[Verification]:
        self.get("/3.0/ping")
        members = self.members()
        return (
            Verification("key", True, "Mailchimp knows the key"),
            Verification("list", True, f"{members.name}, {'?' if members.count is None else members.count} people"),
        )

    def _facts(self, message: Message, key: str) -> dict[str, object]:
        subject, _, _ = self.translate(message)
        answer = message.reply_to or message.sender
        return {
            "recipients": {"list_id": self.list},
            "settings": {
                "title": key,
                "subject_line": subject,
                "from_name": message.sender.name or message.sender.email,
                "reply_to": answer.email,
                "auto_footer": False,
                "inline_css": False,
            },
            "tracking": {
                "opens": self.access.track_opens,
                "html_clicks": self.access.track_clicks,
                "text_clicks": self.access.track_clicks,
            },
        }

    def ready(self, draft: Draft) -> None:
        """Mailchimp's own look before a send (Campaigns: send-checklist)."""
        found = read(_Checklist, self.get(f"/3.0/campaigns/{quote(draft.id)}/send-checklist").body)
        if not found.is_ready:
            wrong = [f"{each.heading}: {each.details}".strip(": ") for each in found.items if each.type == "error"]
            raise CannotExpress(
                "Mailchimp says the campaign is not ready; nobody was mailed.", "Mend what it names.", wrong
            )


def _draft(found: _Campaign) -> Draft:
    return Draft(found.id, _STAGES.get(found.status, Stage.UNKNOWN), found.status)
