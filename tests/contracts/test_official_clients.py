"""The providers' own Python clients as oracles: given our request's content, they must send the very same request.

Each client takes what our adapter sends, reads it into its own types (most are generated from the provider's API
description), and sends it to a server on this machine. Method, path, key, content type and body must be ours again: a
member that the client does not know would be missing. Differences are listed with a reason; an unlisted one fails, and
so does a listed one that is no longer there.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.providers.registry import open_provider, provider_class
from newsletter_cli.testing.loopback import Canned, Captured, Loopback
from newsletter_cli.testing.provider_contract import KEY, sample_batch
from newsletter_cli.testing.recorded import SETTINGS
from tests.contracts.requests_made import SINCE, form_fields, said, send_made

SECRET = "11111111-2222-3333-4444-666666666666"  # Scaleway's client takes nothing else for a key


def brevo(url: str, ours: Captured) -> None:
    from brevo import Brevo

    body = json.loads(ours.body)
    Brevo(api_key=KEY, base_url=f"{url}/v3", max_retries=0).transactional_emails.send_transac_email(
        sender=body["sender"],
        reply_to=body["replyTo"],
        subject=body["subject"],
        html_content=body["htmlContent"],
        text_content=body["textContent"],
        message_versions=body["messageVersions"],
        headers=body["headers"],
        tags=body["tags"],
        **({"params": body["params"]} if "params" in body else {}),
    )


def mailersend(url: str, ours: Captured) -> None:
    from mailersend import EmailRequest, MailerSendClient

    mails = [EmailRequest(**each) for each in json.loads(ours.body)]
    MailerSendClient(KEY, base_url=f"{url}/v1/", max_retries=0).emails.send_bulk(mails)


def mailgun(url: str, ours: Captured) -> None:
    from mailgun.client import Client

    # Fields are the client's caller's; as files without a name they make a form of several parts, which ours is too.
    fields = [(name, (None, text)) for name, text in form_fields(ours)]
    client = Client(auth=("api", KEY), api_url=url)
    client.messages.create(files=fields, domain=SETTINGS["mailgun"]["domain"])


def mailjet(url: str, ours: Captured) -> None:
    from mailjet_rest import Client
    from mailjet_rest.types import EmailAddress, SendV31Message, SendV31Payload

    def known(value: dict[str, Any], kind: Any) -> dict[str, Any]:
        """Without what Mailjet's type does not name: it would be missing from the request."""
        return {name: each for name, each in value.items() if name in kind.__annotations__}

    body = known(json.loads(ours.body), SendV31Payload)
    for message in body["Messages"]:
        message["To"] = [known(each, EmailAddress) for each in message["To"]]
    body["Messages"] = [known(each, SendV31Message) for each in body["Messages"]]
    Client(auth=(KEY, KEY), version="v3.1", api_url=url).send.create(data=body)


def mailtrap(url: str, ours: Captured) -> None:
    from mailtrap import Address, BatchEmailRequest, BatchMail, BatchSendEmailParams, MailtrapClient
    from mailtrap.api.sending import SendingApi
    from mailtrap.http import HttpClient

    class Here(HttpClient):
        def _url(self, path: str) -> str:
            return f"{url}/{path.lstrip('/')}"

    body = json.loads(ours.body)
    base = {("sender" if name == "from" else name): value for name, value in body["base"].items()}
    base["sender"] = Address(**base["sender"])
    mail = BatchSendEmailParams(
        base=BatchMail(subject="", **base), requests=[BatchEmailRequest(**each) for each in body["requests"]]
    )
    client = MailtrapClient(token=KEY, bulk=True)
    SendingApi(Here("", client.headers)).batch_send(mail)


def mandrill(url: str, ours: Captured) -> None:
    from mailchimp_transactional import Client

    client = Client(KEY)
    client.api_client.host = f"{url}/api/1.4"
    body = json.loads(ours.body)
    client.messages.send({"message": body["message"], "async": body["async"]})


def postmark(url: str, ours: Captured) -> None:
    from postmark.models.outbound.schemas import Email
    from postmark.sync import SyncServerClient

    client = SyncServerClient(KEY, base_url=url, retries=0)
    client.outbound.send_batch([Email(**each) for each in json.loads(ours.body)])


def resend(url: str, ours: Captured) -> None:
    import resend as client
    from pydantic import TypeAdapter

    client.api_key, client.api_url = KEY, url
    mails = TypeAdapter(list[client.Emails.SendParams]).validate_python(json.loads(ours.body))
    client.Batch.send(mails, {"idempotency_key": ours.headers["Idempotency-Key"], "batch_validation": "permissive"})


def scaleway(url: str, ours: Captured) -> None:
    from scaleway import Client
    from scaleway.tem import v1alpha1 as tem

    body = json.loads(ours.body)
    api = tem.TemV1Alpha1API(
        Client(access_key="SCWXXXXXXXXXXXXXXXXX", secret_key=SECRET, api_url=url, default_region="fr-par")
    )
    api.create_email(
        from_=tem.CreateEmailRequestAddress(**body["from"]),
        to=[tem.CreateEmailRequestAddress(**each) for each in body["to"]],
        subject=body["subject"],
        text=body["text"],
        html=body["html"],
        project_id=body["project_id"],
        additional_headers=[tem.CreateEmailRequestHeader(**each) for each in body["additional_headers"]],
    )


def sendgrid(url: str, ours: Captured) -> None:
    from sendgrid import SendGridAPIClient

    SendGridAPIClient(KEY, host=url).send(json.loads(ours.body))


def sparkpost(url: str, ours: Captured) -> None:
    from sparkpost import SparkPost

    client = SparkPost(KEY)
    client.transmissions.base_uri = f"{url}/api/v1"
    client.transmissions.send(**json.loads(ours.body))


@dataclass(frozen=True)
class Case:
    """A provider's client: how it sends, and what differs (pattern of a place: reason)."""

    send: Callable[[str, Captured], None]
    differences: dict[str, str] = field(default_factory=dict)
    key: str = KEY


ACCEPT = {"header/accept": "only says who reads JSON"}
CASES = {
    "brevo": Case(brevo, ACCEPT),
    "mailersend": Case(mailersend),
    "mailgun": Case(mailgun),
    "mailjet": Case(mailjet, {"header/idempotency-key": "the client's own; the Send API's reference does not know it"}),
    "mailtrap": Case(
        mailtrap, {"/base/subject": "the client wants one in the base; ours stands in each message"} | ACCEPT
    ),
    "mandrill": Case(mandrill, {"path": "the ending .json is optional"}),
    "postmark": Case(postmark),
    "resend": Case(resend, ACCEPT),
    "scaleway": Case(scaleway, ACCEPT, SECRET),
    "sendgrid": Case(sendgrid, ACCEPT),
    "sparkpost": Case(sparkpost),
}


@pytest.mark.parametrize("name", CASES)
def test_the_providers_own_client_sends_our_request_again(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    ours = send_made(name, tmp_path, case.key)
    with Loopback(lambda _: Canned(200, b"{}")) as server, suppress(Exception):  # Its reading of our answer is its own.
        case.send(server.url, ours)
    assert len(server.requests) == 1
    we, they = said(ours), said(server.requests[0])
    differing = [place for place in sorted(set(we) | set(they)) if we.get(place) != they.get(place)]
    unlisted = [each for each in differing if not any(re.fullmatch(pattern, each) for pattern in case.differences)]
    assert not unlisted, [(each, we.get(each), they.get(each)) for each in unlisted]
    gone = [pattern for pattern in case.differences if not any(re.fullmatch(pattern, each) for each in differing)]
    assert not gone
    assert len(set(we) & set(they)) > 8


@pytest.mark.parametrize("name", ["mailersend", "postmark", "resend"])
def test_a_member_that_a_client_does_not_know_would_be_missed(name: str, tmp_path: Path) -> None:
    ours = send_made(name, tmp_path, KEY)
    body = json.loads(ours.body)
    body[0]["colour"] = "green"
    changed = replace(ours, body=json.dumps(body).encode())
    with Loopback(lambda _: Canned(200, b"{}")) as server, suppress(Exception):
        CASES[name].send(server.url, changed)
    assert set(said(changed)) - set(said(server.requests[0])) == {"/0/colour"}


def test_the_question_to_mailersend_is_one_that_its_client_asks(tmp_path: Path) -> None:
    from mailersend.models.email import EmailsListQueryParams

    answers = {"/v1/domains": {"data": [{"id": "d1", "name": "example.org"}]}, "/v1/emails": {"data": []}}
    question = _question("mailersend", answers, tmp_path)
    whole = {name: int(text) if text.isdigit() else text for name, text in parse_qsl(urlsplit(question.path).query)}
    theirs = EmailsListQueryParams.model_validate(whole, extra="forbid").to_query_params()
    assert (question.method, urlsplit(question.path).path) == ("GET", "/v1/emails")
    assert whole == theirs


def test_the_question_to_mailtrap_is_one_that_its_client_asks(tmp_path: Path) -> None:
    from mailtrap.models import email_logs as logs

    answers = {"/api/accounts/7/email_logs": {"messages": []}, "/api/accounts": [{"id": 7}]}
    question = _question("mailtrap", answers, tmp_path)
    readers = ["reader0@example.org", "reader1@example.org"]
    theirs = logs.EmailLogsListFilters(
        sent_after=f"{SINCE:%Y-%m-%dT%H:%M:%SZ}",
        to=logs.filter_ci_equal(readers),
        category=logs.filter_string_equal("2022-02"),
    ).to_params()
    assert parse_qs(urlsplit(question.path).query) == {
        name: value if isinstance(value, list) else [value] for name, value in theirs.items()
    }
    assert (question.method, urlsplit(question.path).path) == ("GET", "/api/accounts/7/email_logs")


def _question(name: str, answers: dict[str, Any], root: Path) -> Captured:
    """The last request of asking about the sample batch."""

    def answer(request: Captured) -> Canned:
        return Canned(
            200, json.dumps(next(each for path, each in answers.items() if request.path.startswith(path))).encode()
        )

    with Loopback(answer) as server:
        settings = ProviderSettings(name=name, base_url=server.url)
        provider = open_provider(settings, dict.fromkeys(provider_class(name).key_env, KEY), root)
        assert provider.ask(sample_batch(), SINCE).taken == "no"
        provider.close()
    return server.requests[-1]
