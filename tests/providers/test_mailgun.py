"""Mailgun: recorded facts of its API."""

import json
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.model.message import Message
from newsletter_cli.providers.base import Batch, Doubtful, FaultKind, Provider, Refused
from newsletter_cli.providers.registry import open_provider

KEY = "key-0123456789abcdef"


def mailgun(server: HTTPServer, root: Path, **more: Any) -> Provider:
    settings = ProviderSettings(name="mailgun", domain="news.example.org", base_url=server.url_for(""), **more)
    return open_provider(settings, {"MAILGUN_API_KEY": KEY}, root)


def form(content_type: str, body: bytes) -> dict[str, list[str]]:
    parsed = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    fields: dict[str, list[str]] = {}
    for part in parsed.iter_parts():  # type: ignore[attr-defined]
        name = part.get_param("name", header="content-disposition")
        fields.setdefault(name, []).append(part.get_payload(decode=True).decode())
    return fields


def test_one_multipart_call_carries_everybody(
    httpserver: HTTPServer, tmp_path: Path, message: Message, batch: Batch
) -> None:
    httpserver.expect_request("/v3/news.example.org/messages", method="POST").respond_with_json(
        {"id": "<1@news.example.org>", "message": "Queued. Thank you."}
    )
    receipt = mailgun(httpserver, tmp_path).send(message, batch)
    assert receipt.ids == ("<1@news.example.org>",)
    request, _ = httpserver.log[0]
    assert request.authorization is not None
    assert (request.authorization.username, request.authorization.password) == ("api", KEY)
    fields = form(request.content_type or "", request.data) if request.data else {}
    fields = fields or {name: request.form.getlist(name) for name in request.form}
    assert fields["subject"] == ["Dear %recipient.f0t%, the February issue"]
    assert "Dear %recipient.f0h%, café." in fields["html"][0]
    people = json.loads(fields["recipient-variables"][0])
    assert people["reader1@example.org"]["f0h"] == "Bjørn &amp; Co"
    assert people["reader1@example.org"]["f0t"] == "Bjørn & Co"
    assert fields["h:List-Unsubscribe"] == ["<%recipient.f1t%>"]
    assert fields["o:tag"] == ["2022-02", "nl-1-b1"]
    assert fields["o:tracking-opens"] == ["no"]


def test_its_own_unsubscribe_address_is_used_when_nobody_has_ours(
    httpserver: HTTPServer, tmp_path: Path, message: Message, batch: Batch
) -> None:
    for each in batch.recipients:
        del each.values["nlaaaa2"]
    (call,) = mailgun(httpserver, tmp_path).calls(message, batch)
    body = call.body.decode()
    assert 'href="%unsubscribe_url%"' in body
    assert "h:List-Unsubscribe" not in body


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, "Forbidden", FaultKind.WRONG_KEY),
        (
            400,
            '{"message": "\'to\' parameter is not a valid address. please check documentation"}',
            FaultKind.RECIPIENT,
        ),
        (403, '{"message": "Domain x is not allowed to send: account disabled"}', FaultKind.SUSPENDED),
        (
            429,
            '{"message": "Domain x is not allowed to send: limit exceeded, try again after 120 seconds"}',
            FaultKind.RATE,
        ),
        (200, "Mailgun Magnificent API", FaultKind.OTHER),
        (404, '{"message": "Domain not found: x"}', FaultKind.SENDER),
    ],
)
def test_a_refusal_is_told_by_its_family(
    status: int, body: str, kind: FaultKind, httpserver: HTTPServer, tmp_path: Path, message: Message, batch: Batch
) -> None:
    httpserver.expect_request("/v3/news.example.org/messages").respond_with_response(Response(body, status))
    with pytest.raises(Refused) as caught:
        mailgun(httpserver, tmp_path).send(message, batch)
    assert caught.value.kind == kind
    assert caught.value.retry_after == (120 if status == 429 else None)


@pytest.mark.parametrize(
    ("status", "body"), [(200, ""), (200, "{}"), (500, "Internal"), (302, ""), (200, '{"id": "x"}')]
)
def test_what_is_not_understood_is_in_doubt(
    status: int, body: str, httpserver: HTTPServer, tmp_path: Path, message: Message, batch: Batch
) -> None:
    httpserver.expect_request("/v3/news.example.org/messages").respond_with_response(Response(body, status))
    with pytest.raises(Doubtful):
        mailgun(httpserver, tmp_path).send(message, batch)
    assert len(httpserver.log) == 1


def test_a_dry_run_shows_the_request_without_the_key(
    httpserver: HTTPServer, tmp_path: Path, message: Message, batch: Batch
) -> None:
    (call,) = mailgun(httpserver, tmp_path).calls(message, batch)
    assert dict(call.headers)["Authorization"] == "Basic ***"
