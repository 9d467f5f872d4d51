"""Scaleway keeps the contract."""

import json
from collections.abc import Sequence
from typing import ClassVar

from newsletter_cli.providers.base import FaultKind, HttpCall
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.provider_contract import KEY, Copy, HttpProviderContract


class TestScaleway(HttpProviderContract):
    name: ClassVar[str] = "scaleway"
    provider_settings: ClassVar = {"project": "11111111-2222-3333-4444-555555555555"}
    environ: ClassVar = {"SCW_SECRET_KEY": KEY}
    refusals: ClassVar = (
        (401, '{"type":"denied_authentication","message":"authentication is denied"}', FaultKind.WRONG_KEY),
        (403, '{"type":"permissions_denied","message":"insufficient permissions"}', FaultKind.WRONG_KEY),
        (403, '{"type":"quotas_exceeded","message":"quota exceeded"}', FaultKind.QUOTA),
        (400, '{"type":"invalid_arguments","details":[{"argument_name":"subject"}]}', FaultKind.CONTENT),
    )

    def accepted(self, request: Captured, people: int) -> Canned:
        one = {"id": "f1e2", "mail_rcpt": "reader0@example.org", "status": "new"}
        return Canned(200, json.dumps({"emails": [one]}).encode())

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        one = json.loads(call.body)
        (to,) = one["to"]
        headers = {each["key"].lower(): each["value"] for each in one["additional_headers"]}
        return [Copy(to["email"], one["subject"], one["html"], one["text"], headers)]
