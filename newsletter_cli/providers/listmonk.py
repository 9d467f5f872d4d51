"""listmonk: campaigns to lists kept on one's own server."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import quote, urlencode, urljoin

from newsletter_cli.model.message import BROWSER, UNSUBSCRIBE, MergeField, Message, split_tokens
from newsletter_cli.providers.access import Access
from newsletter_cli.providers.base import CannotExpress, HttpCall, Verification
from newsletter_cli.providers.pages import Loose, read
from newsletter_cli.providers.platform import PLATFORM, Draft, Language, Members, Platform, PlatformReport, Stage
from newsletter_cli.providers.setup import Setup
from newsletter_cli.providers.transport import Reply

_STAGES = {
    "draft": Stage.DRAFT,
    "scheduled": Stage.SCHEDULED,
    "running": Stage.SENDING,
    "paused": Stage.PAUSED,
    "finished": Stage.SENT,
    "cancelled": Stage.CANCELLED,
}
_FIELDS = {
    "email": ".Subscriber.Email",
    "name": ".Subscriber.Name",
    "first_name": ".Subscriber.FirstName",
    "last_name": ".Subscriber.LastName",
}
_TEMPLATE = "newsletter: the message as it is"
_PLACE = '{{ template "content" . }}'


def _field(field: MergeField, part: str) -> str:
    """A Go template expression. `Safe` keeps the text part and the subject from being HTML-escaped."""
    if field.name == UNSUBSCRIBE:
        return "{{ UnsubscribeURL }}"
    if field.name == BROWSER:
        return "{{ MessageURL }}"
    name = field.name.removeprefix("subscriber.")
    value = _FIELDS.get(name) or f"(index .Subscriber.Attribs {json.dumps(name)})"
    shown = f"{{{{ {value} }}}}" if part == "html" else f"{{{{ Safe (print {value}) }}}}"
    if field.default is None:
        return shown
    default = f"{{{{ {_go(field.default)} }}}}" if part == "html" else f"{{{{ Safe {_go(field.default)} }}}}"
    return f"{{{{ if {value} }}}}{shown}{{{{ else }}}}{default}{{{{ end }}}}"


def _go(text: str) -> str:
    """A Go string literal: JSON's escapes are Go's, save that JSON may escape a slash, which json.dumps does not."""
    return json.dumps(text, ensure_ascii=False)


def _braces(text: str) -> str:
    """A `{{` of ours as a string."""
    return text.replace("{{", '{{ "{{" }}')


def _safe(message: Message, comment: str) -> str:
    return "".join(
        f"{{{{ Safe {_go(each)} }}}}" if isinstance(each, str) else _field(each, "html")
        for each in split_tokens(comment, message.merge_fields)
        if each
    )


class _Campaign(Loose):
    id: int
    name: str = ""
    status: str
    sent: int | None = None
    bounces: int | None = None


class _One(Loose):
    data: _Campaign


class _Page(Loose):
    results: tuple[_Campaign, ...]
    total: int = 0


class _Many(Loose):
    data: _Page


class _Template(Loose):
    id: int
    name: str


class _Templates(Loose):
    data: tuple[_Template, ...]


class _MadeTemplate(Loose):
    data: _Template


class _File(Loose):
    url: str = ""
    uri: str = ""


class _Media(Loose):
    data: _File


class _ListFacts(Loose):
    name: str
    subscriber_count: int | None = None


class _List(Loose):
    data: _ListFacts


class Listmonk(Platform):
    """Follows listmonk's API documentation (Campaigns, Templates, Lists, Media) and its page on templating; read November 2026.

    The HTML goes through a template that adds nothing. Tests reach only addresses that are subscribers already.
    Complaints and unsubscribes are not counted per campaign, and views and clicks are events, not people: all unknown
    here. Its bounces hold soft ones too.
    """

    name: ClassVar[str] = "listmonk"
    title: ClassVar[str] = "listmonk"
    key_env: ClassVar[tuple[str, ...]] = ("LISTMONK_API_TOKEN",)
    capabilities = replace(
        PLATFORM,
        statistics=("bounced",),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Make an API user under Admin > Users with the permissions for campaigns, templates, lists and media.",
            "Set its name as `username` and put its token into LISTMONK_API_TOKEN.",
            "Set base_url to the server's address and `list` to the list's number (several: 3,5).",
        ),
        settings=(("base_url", "https://lists.example.org"), ("username", "newsletter"), ("list", "3")),
        page="https://listmonk.app/docs/apis/campaigns/",
    )
    language: ClassVar[Language] = Language(
        field=_field, html_literal=_braces, text_literal=lambda text, part: _braces(text)
    )

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        access.need("base_url", self.title, "https://lists.example.org")
        self.user = access.need("username", self.title, "newsletter")
        numbers = access.need("list", self.title, "3").replace(" ", "").split(",")
        if not all(each.isdigit() for each in numbers):
            raise CannotExpress("listmonk's lists are numbers, such as 3 or 3,5.", "Correct `list` under [provider].")
        self.lists = [int(each) for each in numbers]
        self._template = 0

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Authorization", f"token {self.user}:{self.key}"),)

    def find(self, key: str) -> Draft | None:
        page = 1
        while True:
            query = urlencode(
                {
                    "query": key,
                    "page": page,
                    "per_page": 100,
                    "order_by": "created_at",
                    "order": "DESC",
                    "no_body": "true",
                }
            )
            found = read(_Many, self.get(f"/api/campaigns?{query}").body).data
            for each in found.results:
                if each.name == key:
                    return _draft(each)
            if not found.results or page * 100 >= found.total:
                return None
            page += 1

    def create(self, message: Message, key: str) -> HttpCall:
        return self.json_call("/api/campaigns", self._facts(message, key))

    def created(self, reply: Reply) -> Draft:
        return _draft(read(_One, reply.body).data)

    def fill(self, draft: Draft, message: Message, key: str) -> Sequence[HttpCall]:
        return (self.json_call(f"/api/campaigns/{quote(draft.id)}", self._facts(message, key), "PUT"),)

    def html_of(self, message: Message) -> str:
        """Comments go through `Safe`, or listmonk would strip those that Outlook reads.

        A field in a comment stands between two such pieces. To Go's html/template that is text between tags, so a
        reader's value is HTML-escaped there too and can neither close the comment nor an attribute.
        """
        whole = re.split(r"(<!--.*?-->)", message.html, flags=re.S)
        return "".join(
            _safe(message, piece) if place % 2 else self._part(message, piece, "html")
            for place, piece in enumerate(whole)
        )

    def upsert_draft(self, message: Message, key: str) -> Draft:
        self._template = self._find_template()
        return super().upsert_draft(message, key)

    def test(self, draft: Draft, addresses: Sequence[str]) -> None:
        stored = json.loads(self.get(f"/api/campaigns/{quote(draft.id)}").body)["data"]
        stored["lists"] = self.lists
        stored["subscribers"] = list(addresses)
        self.question(self.json_call(f"/api/campaigns/{quote(draft.id)}/test", stored))

    def schedule(self, draft: Draft, when: datetime) -> None:
        stored = json.loads(self.get(f"/api/campaigns/{quote(draft.id)}").body)["data"]
        stored |= {"lists": self.lists, "send_at": when.isoformat(timespec="seconds")}
        self.question(self.json_call(f"/api/campaigns/{quote(draft.id)}", stored, "PUT"))
        self._set_status(draft, "scheduled")

    def unschedule(self, draft: Draft) -> None:
        self._set_status(draft, "draft")

    def start(self, draft: Draft) -> HttpCall:
        return self.json_call(f"/api/campaigns/{quote(draft.id)}/status", {"status": "running"}, "PUT")

    def status(self, draft_id: str) -> Draft:
        return _draft(self._campaign(draft_id))

    def report(self, draft_id: str) -> PlatformReport:
        found = self._campaign(draft_id)
        return PlatformReport(recipients=found.sent, bounced=found.bounces)

    def upload(self, name: str, data: bytes) -> HttpCall:
        return self.file_call("/api/media", "file", name, data)

    def uploaded(self, reply: Reply) -> str:
        found = read(_Media, reply.body).data
        # The documentation of POST says `uri`, a path; what servers answer is `url`, whole if a root URL is set.
        where = found.url or found.uri
        return urljoin(f"{self.address}/", where) if where else ""

    def members(self) -> Members:
        found = [read(_List, self.get(f"/api/lists/{number}").body).data for number in self.lists]
        counts = [each.subscriber_count for each in found]
        # Somebody on two lists is mailed once, so only one list gives a number that holds.
        return Members(", ".join(each.name for each in found), counts[0] if len(counts) == 1 else None)

    def verify(self, sender: str = "") -> Sequence[Verification]:
        members = self.members()
        return (
            Verification("key", True, "listmonk knows the token"),
            Verification("list", True, f"{members.name}, {'?' if members.count is None else members.count} people"),
        )

    def _campaign(self, draft_id: str) -> _Campaign:
        return read(_One, self.get(f"/api/campaigns/{quote(draft_id)}").body).data

    def _set_status(self, draft: Draft, status: str) -> None:
        self.question(self.json_call(f"/api/campaigns/{quote(draft.id)}/status", {"status": status}, "PUT"))

    def _find_template(self) -> int:
        """The template that adds nothing, made once; a second one of the same name would do no harm."""
        known = read(_Templates, self.get("/api/templates?no_body=true").body).data
        for each in known:
            if each.name == _TEMPLATE:
                return each.id
        body = {"name": _TEMPLATE, "type": "campaign", "body": _PLACE}
        return read(_MadeTemplate, self.question(self.json_call("/api/templates", body)).body).data.id

    def _facts(self, message: Message, key: str) -> dict[str, object]:
        subject, html, text = self.translate(message)
        sender = f"{message.sender.name} <{message.sender.email}>" if message.sender.name else message.sender.email
        reply = [{"Reply-To": message.reply_to.email}] if message.reply_to else []
        return {
            "name": key, "subject": subject, "lists": self.lists, "from_email": sender, "type": "regular",
            "content_type": "html", "body": html, "altbody": text, "messenger": "email", "tags": [message.issue_id],
            "headers": reply, "template_id": self._template, "send_at": None,
        }  # fmt: skip


def _draft(found: _Campaign) -> Draft:
    return Draft(str(found.id), _STAGES.get(found.status, Stage.UNKNOWN), found.status)
