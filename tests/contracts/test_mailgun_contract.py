"""Mailgun keeps the contract."""

import json
import re
from collections.abc import Sequence
from email.parser import BytesParser
from email.policy import HTTP
from email.utils import parseaddr
from typing import ClassVar

from newsletter_cli.providers.base import FaultKind, HttpCall
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.provider_contract import KEY, Copy, HttpProviderContract


def form(call: HttpCall) -> list[tuple[str, str]]:
    """The fields of multipart/form-data (RFC 7578)."""
    head = f"Content-Type: {dict(call.headers)['Content-Type']}\r\n\r\n".encode()
    whole = BytesParser(policy=HTTP).parsebytes(head + call.body)
    boundary = whole.get_boundary()
    fields = []
    # Not through email's parts: it would normalise line ends inside values.
    for part in call.body.split(b"--" + str(boundary).encode())[1:-1]:
        header, _, value = part.partition(b"\r\n\r\n")
        found = re.search(rb'name="([^"]+)"', header)
        assert found
        fields.append((found[1].decode(), value[:-2].decode()))
    return fields


def percent(text: str, values: dict[str, str]) -> str:
    """%recipient.key%, in one pass; a key that is not there stays as written."""
    return re.sub(r"%recipient\.([^%\s]+)%", lambda found: values.get(found[1], found[0]), text)


class TestMailgun(HttpProviderContract):
    name: ClassVar[str] = "mailgun"
    provider_settings: ClassVar = {"domain": "news.example.org"}
    environ: ClassVar = {"MAILGUN_API_KEY": KEY}
    refusals: ClassVar = (
        (401, "Forbidden", FaultKind.WRONG_KEY),
        (400, '{"message": "to parameter is not a valid address. please check documentation"}', FaultKind.RECIPIENT),
        (404, '{"message": "Domain not found: news.example.org"}', FaultKind.SENDER),
        (403, '{"message": "Domain news.example.org is not allowed to send: disabled"}', FaultKind.SUSPENDED),
        (413, "", FaultKind.CONTENT),
        (200, "Mailgun Magnificent API", FaultKind.OTHER),
    )

    def accepted(self, request: Captured, people: int) -> Canned:
        return Canned(200, b'{"id": "<20220223.1@news.example.org>", "message": "Queued. Thank you."}')

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        fields = form(call)
        one = dict(fields)
        people = json.loads(one["recipient-variables"])
        copies = []
        for name, mailbox in fields:
            if name == "to":
                email = parseaddr(mailbox)[1]
                values = people[email]
                headers = {key[2:].lower(): percent(text, values) for key, text in fields if key.startswith("h:")}
                parts = (percent(one[key], values) for key in ("subject", "html", "text"))
                copies.append(Copy(email, *parts, headers))
        return copies


def test_the_interpreter_fills_the_example_of_mailguns_manual() -> None:
    assert percent("Hey, %recipient.first% %recipient.other%", {"first": "Bob"}) == "Hey, Bob %recipient.other%"
