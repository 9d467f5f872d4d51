"""Postmark keeps the contract."""

import json
from collections.abc import Sequence
from email.utils import parseaddr
from typing import ClassVar

from newsletter_cli.providers.base import FaultKind, HttpCall
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.provider_contract import KEY, Copy, HttpProviderContract


class TestPostmark(HttpProviderContract):
    name: ClassVar[str] = "postmark"
    provider_settings: ClassVar = {"own_unsubscribe": False}
    environ: ClassVar = {"POSTMARK_SERVER_TOKEN": KEY}
    nonsense: ClassVar = (
        *HttpProviderContract.nonsense,
        (200, b'[{"ErrorCode": 0, "Message": "OK", "MessageID": "one-only"}]'),
        (200, b'[{"ErrorCode": 0, "Message": "OK"}, {"ErrorCode": 0, "Message": "OK"}]'),
    )
    refusals: ClassVar = (
        (401, '{"ErrorCode":10,"Message":"Bad or missing Server API token."}', FaultKind.WRONG_KEY),
        (422, '{"ErrorCode":400,"Message":"Sender signature not found"}', FaultKind.SENDER),
        (422, '{"ErrorCode":412,"Message":"Your account is pending approval"}', FaultKind.SUSPENDED),
        (422, '{"ErrorCode":405,"Message":"Not allowed to send: out of credits"}', FaultKind.QUOTA),
        (422, '{"ErrorCode":300,"Message":"Invalid To address"}', FaultKind.RECIPIENT),
        (422, '{"ErrorCode":300,"Message":"Provide either email TextBody or HtmlBody or both."}', FaultKind.CONTENT),
        (200, '[{"ErrorCode":405,"Message":"no"},{"ErrorCode":405,"Message":"no"}]', FaultKind.QUOTA),
        (403, "<html>Forbidden</html>", FaultKind.CONTENT),
    )

    def accepted(self, request: Captured, people: int) -> Canned:
        one = {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a-e38e-4336-af7d-e6c392c2f817"}
        return Canned(200, json.dumps([one] * people).encode())

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        return [
            Copy(
                parseaddr(one["To"])[1],
                one["Subject"],
                one["HtmlBody"],
                one["TextBody"],
                {each["Name"].lower(): each["Value"] for each in one["Headers"]},
            )
            for one in json.loads(call.body)
        ]
