"""MailerSend keeps the contract."""

import json
from collections.abc import Sequence
from typing import ClassVar

from newsletter_cli.providers.base import FaultKind, HttpCall
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.provider_contract import KEY, Copy, HttpProviderContract


class TestMailerSend(HttpProviderContract):
    name: ClassVar[str] = "mailersend"
    provider_settings: ClassVar = {"own_unsubscribe": False}
    environ: ClassVar = {"MAILERSEND_API_KEY": KEY}
    refusals: ClassVar = (
        (401, '{"message":"Unauthenticated."}', FaultKind.WRONG_KEY),
        (403, '{"message":"This account is suspended. #MS40304"}', FaultKind.SUSPENDED),
        (422, '{"message":"You have reached your quota #MS42204"}', FaultKind.QUOTA),
        (422, '{"message":"The from.email domain must be verified","errors":{"from.email":["x"]}}', FaultKind.SENDER),
        (421, "", FaultKind.TEMPORARY),
        (422, '{"message":"The subject field is required"}', FaultKind.CONTENT),
    )

    def accepted(self, request: Captured, people: int) -> Canned:
        return Canned(
            202, b'{"message":"The bulk email is being processed.","bulk_email_id":"614470d1588b866d0454f3e2"}'
        )

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        messages = json.loads(call.body)
        assert not any("personalization" in one or "variables" in one for one in messages)  # or it would be evaluated
        assert all(len(one["to"]) == 1 for one in messages)
        return [
            Copy(
                one["to"][0]["email"],
                one["subject"],
                one["html"],
                one["text"],
                {each["name"].lower(): each["value"] for each in one.get("headers", [])},
            )
            for one in messages
        ]


class TestMailerSendWithoutCustomHeaders(TestMailerSend):
    """A plan that does not allow them: MailerSend writes List-Unsubscribe, and the plan of a send says so."""

    provider_settings: ClassVar = {}
