"""django-anymail as the oracle: the same message through its backend and ours must say the same to the provider.

Both send real HTTP requests to a server on this machine. Every difference is listed with its reason; an unlisted one
fails, and so does a listed one that is no longer there.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.model.message import Message
from newsletter_cli.providers.base import ProviderFault
from newsletter_cli.providers.registry import open_provider
from newsletter_cli.testing.loopback import Canned, Loopback
from newsletter_cli.testing.provider_contract import (
    KEY,
    LEAVE,
    NAME,
    TOWN,
    sample_batch,
    sample_message,
    sample_person,
)
from tests.contracts.requests_made import said

django = pytest.importorskip("django")
pytest.importorskip("anymail")

PEOPLE = (sample_person(0, "Ann", "Padua"), sample_person(1, "Bo", "Leeds"))


@dataclass(frozen=True)
class Case:
    """One provider: how anymail and we are set up, and where the two requests differ (pattern of a place: reason).

    `one_person` where anymail cannot send personal headers to several; `within` is then the place of its one message
    in our array.
    """

    backend: str
    anymail: dict[str, Any]
    api: str
    keys: dict[str, str]
    settings: dict[str, Any] = field(default_factory=dict)
    differences: dict[str, str] = field(default_factory=dict)
    one_person: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    within: str = ""


ID = "11111111-2222-3333-4444-555555555555"
ASKED = "ours: the batch's tag, to be able to ask for it"
OFF = "ours: said explicitly, so that an account's default does not decide"
HEADER = "the header that differs from person to person: anymail sends it whole, we send a placeholder and its value"
EACH = "ours stands in each person's message, anymail's once for all"
ACCEPT = "only says that we read JSON"
ARRAY = "anymail sends one message alone, we always send the array"
QUIET = {"tags": ["2022-02"], "track_opens": False, "track_clicks": False}
CASES = {
    "mailgun": Case(
        "mailgun",
        {"api_key": KEY, "sender_domain": "news.example.org"},
        "/v3",
        {"MAILGUN_API_KEY": KEY},
        {"domain": "news.example.org"},
        {
            "header/content-type": "Mailgun wants multipart for larger fields; anymail uses it with attachments only",
            "/o:tag\\+": ASKED,
            "/h:List-Unsubscribe|/recipient-variables/.*": HEADER,
        },
        extra=QUIET,
    ),
    "sendgrid": Case(
        "sendgrid",
        {"api_key": KEY, "generate_message_id": False},
        "/v3/",
        {"SENDGRID_API_KEY": KEY},
        {},
        {
            "/categories/1": ASKED,
            "(/personalizations/[01])?/headers/List-Unsubscribe-Post": EACH,
            "/personalizations/[01]/substitutions/.*": HEADER,
            "/reply_to.*": "one reply address: reply_to; anymail always uses the list form",
            "/tracking_settings/.*": OFF,
            "header/accept": ACCEPT,
        },
        extra=QUIET,
    ),
    "postmark": Case(
        "postmark",
        {"server_token": KEY},
        "/",
        {"POSTMARK_SERVER_TOKEN": KEY},
        {"own_unsubscribe": False},
        {
            "path": ARRAY,
            "/0/Headers/(Message-ID|X-PM-KeepID)": "ours: the Message-ID that we choose is kept",
            "/0/MessageStream": "ours: newsletters may go through a broadcast stream only",
            "/0/Metadata/batch": ASKED,
        },
        one_person=True,
        extra=QUIET,
        within="/0",
    ),
    "resend": Case(
        "resend",
        {"api_key": KEY},
        "/",
        {"RESEND_API_KEY": KEY},
        {},
        {
            "/[01]/tags/.*": ASKED,
            "header/accept": ACCEPT,
            "header/idempotency-key": "ours: a repeat gets the first answer instead of mailing twice",
            "header/x-batch-validation": "ours: one bad address does not keep the mail from the others",
        },
    ),
    "brevo": Case(
        "brevo",
        {"api_key": KEY},
        "/v3/",
        {"BREVO_API_KEY": KEY},
        {},
        {
            "(/messageVersions/[01])?/headers/(List-Id|List-Unsubscribe-Post)": EACH,
            "/headers/idempotencyKey": "ours: a repeat is refused instead of mailed twice",
            "/messageVersions/[01]/params/.*": "ours: values by key; the header is filled in by us",
            "/tags/1": ASKED,
            "header/accept": ACCEPT,
        },
        extra={"tags": ["2022-02"]},
    ),
    "mailjet": Case(
        "mailjet",
        {"api_key": KEY, "secret_key": KEY},
        "/v3.1/",
        {"MJ_APIKEY_PUBLIC": KEY, "MJ_APIKEY_PRIVATE": KEY},
        {},
        {
            "/Globals/DeduplicateCampaign": "ours: Mailjet's own guard against doubles",
            "/Globals/Headers/List-Id": "Mailjet's documentation forbids List-Id",
            "(/Globals|/Messages/[01])/(HTMLPart|TextPart|Subject|Headers/List-Unsubscribe-Post)": EACH,
            "/Messages/[01]/CustomID": ASKED,
        },
        extra=QUIET,
    ),
    "sparkpost": Case(
        "sparkpost",
        {"api_key": KEY},
        "/api/v1/",
        {"SPARKPOST_API_KEY": KEY},
        {},
        {
            "path": "a slash at the end",
            "/campaign_id|/metadata/batch": ASKED,
            "/content/from.*|/recipients/[01]/address/.*": "name and address apart instead of in one string",
            "/content/headers/List-Unsubscribe.*": "SparkPost puts its own in their place",
            "/content/headers/List-Id|/override/list_id": "the documented place for List-Id",
            "/options/transactional": OFF,
            "/recipients/[01]/substitution_data/.*": HEADER,
        },
        extra=QUIET,
    ),
    "mailersend": Case(
        "mailersend",
        {"api_token": KEY},
        "/v1/",
        {"MAILERSEND_API_KEY": KEY},
        {"own_unsubscribe": False},
        {
            "path": ARRAY,
            "/0/precedence_bulk": "ours: a newsletter is bulk mail",
            "/0/settings/track_content": OFF,
            "/0/tags/1": ASKED,
        },
        one_person=True,
        extra=QUIET,
        within="/0",
    ),
    "mandrill": Case(
        "mandrill",
        {"api_key": KEY},
        "/api/1.4",
        {"MANDRILL_API_KEY": KEY},
        {"own_unsubscribe": False},
        {
            "path": "the ending .json is optional",
            "/async": "ours: said explicitly, so that an account's default does not decide",
            "/message/(auto_text|auto_html|inline_css|preserve_recipients|merge)": OFF,
            "/message/metadata/newsletter_batch": ASKED,
        },
        one_person=True,
        extra=QUIET,
    ),
    "mailtrap": Case(
        "mailtrap",
        {"api_token": KEY},
        "/api/",
        {"MAILTRAP_API_TOKEN": KEY},
        {},
        {
            "(/base|/requests/[01])/(html|text|subject|headers/.*)": EACH,
            "/base/custom_variables/batch": ASKED,
            "header/(api-token|authorization)": "both are documented; ours is what Mailtrap's own clients send",
        },
        extra={"tags": ["2022-02"]},
    ),
    "scaleway": Case(
        "scaleway",
        {"secret_key": KEY, "project_id": ID},
        "/transactional-email/v1alpha1/regions/fr-par/",
        {"SCW_SECRET_KEY": KEY},
        {"project": ID},
        one_person=True,
    ),
}


def theirs(case: Case, url: str) -> None:
    from anymail.message import AnymailMessage
    from django.conf import settings
    from django.core.mail import get_connection

    if not settings.configured:
        settings.configure(EMAIL_BACKEND="anymail.backends.test.EmailBackend", DEFAULT_CHARSET="utf-8", USE_TZ=True)
        django.setup()
    connection = get_connection(f"anymail.backends.{case.backend}.EmailBackend", api_url=url + case.api, **case.anymail)
    people = PEOPLE[:1] if case.one_person else PEOPLE
    message = plain_message()
    mail = AnymailMessage(
        subject=message.subject,
        body=message.text,
        from_email='"Example News" <news@example.org>',
        to=[f'"{each.name}" <{each.email}>' for each in people],
        reply_to=['"Replies" <reply@example.org>'],
        headers={"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "List-Id": "<news.example.org>"},
        connection=connection,
        **case.extra,
    )
    mail.attach_alternative(message.html, "text/html")
    leave = {each.email: {"List-Unsubscribe": f"<{each.values[LEAVE.token]}>"} for each in people}
    if case.one_person:
        mail.extra_headers |= leave[people[0].email]
    else:
        mail.merge_headers = leave
        mail.merge_data = {each.email: {} for each in people}
    from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused

    with suppress(AnymailAPIError, AnymailRecipientsRefused):  # The server's answer is none; its request counts here.
        mail.send()


def plain_message() -> Message:
    """The sample without fields but for the header that differs from person to person."""
    whole = sample_message().to_json()
    for token, words in ((NAME.token, "everybody"), (TOWN.token, "Padua")):
        whole = whole.replace(token, words)
    message = Message.from_json(whole)
    text = {
        "text": message.text.replace(LEAVE.token, "https://x.org"),
        "html": message.html.replace(LEAVE.token, "https://x.org"),
    }
    return Message(**{name: getattr(message, name) for name in message.__slots__} | text | {"merge_fields": (LEAVE,)})


def ours(name: str, case: Case, url: str, root: Path) -> None:
    settings = ProviderSettings(name=name, base_url=url, **case.settings)
    provider = open_provider(settings, case.keys, root)
    batch = sample_batch(*(PEOPLE[:1] if case.one_person else PEOPLE))
    with suppress(ProviderFault):
        provider.send(plain_message(), batch)
    provider.close()


@pytest.mark.parametrize("name", CASES)
def test_both_say_the_same_but_for_the_listed_differences(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    with Loopback(lambda _: Canned(200, b"{}")) as server:
        theirs(case, server.url)
        ours(name, case, server.url, tmp_path)
    assert len(server.requests) == 2
    they = {place if place[0] != "/" else case.within + place: text for place, text in said(server.requests[0]).items()}
    we = said(server.requests[1])
    differing = [place for place in sorted(set(they) | set(we)) if they.get(place) != we.get(place)]
    unlisted = [each for each in differing if not any(re.fullmatch(pattern, each) for pattern in case.differences)]
    assert not unlisted, [(each, they.get(each), we.get(each)) for each in unlisted]
    gone = [pattern for pattern in case.differences if not any(re.fullmatch(pattern, each) for each in differing)]
    assert not gone
    assert len(set(they) & set(we)) > 8
