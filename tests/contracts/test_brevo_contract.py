"""Brevo keeps the contract."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from newsletter_cli.providers.base import AlreadyTaken, FaultKind, HttpCall, Provider
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.merge_languages import brevo
from newsletter_cli.testing.provider_contract import KEY, Copy, HttpProviderContract


class TestBrevo(HttpProviderContract):
    name: ClassVar[str] = "brevo"
    environ: ClassVar = {"BREVO_API_KEY": KEY}
    refusals: ClassVar = (
        (401, '{"code":"unauthorized","message":"Key not found"}', FaultKind.WRONG_KEY),
        (402, '{"code":"not_enough_credits","message":"Not enough credits"}', FaultKind.QUOTA),
        (403, '{"code":"account_under_validation","message":"Your account is under validation"}', FaultKind.SUSPENDED),
        (
            400,
            '{"code":"invalid_parameter","message":"Sending has been rejected because the sender you used is not valid"}',
            FaultKind.SENDER,
        ),
        (400, '{"code":"invalid_parameter","message":"email is not valid in to"}', FaultKind.RECIPIENT),
        (400, '{"code":"missing_parameter","message":"subject is missing"}', FaultKind.CONTENT),
    )

    def test_the_shorter_of_the_two_documented_lives_of_its_key_is_relied_upon(self, provider: Provider) -> None:
        assert provider.capabilities.key
        assert provider.capabilities.key.ttl_seconds == 15 * 60

    def accepted(self, request: Captured, people: int) -> Canned:
        return Canned(201, json.dumps({"messageIds": [f"<{n}@smtp-relay.mailin.fr>" for n in range(people)]}).encode())

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        body = json.loads(call.body)
        copies = []
        for one in body["messageVersions"]:
            parts = (brevo(body[part], one["params"]) for part in ("subject", "htmlContent", "textContent"))
            headers = {name.lower(): value for name, value in one["headers"].items()}
            copies.append(Copy(one["to"][0]["email"], *parts, headers))
        return copies

    def test_a_repeated_key_says_that_the_first_call_was_taken(self, tmp_path: Path) -> None:
        body = b'{"code":"duplicate_parameter","message":"idempotencyKey is already used"}'
        fault, _ = self._send(tmp_path, Canned(400, body))
        assert isinstance(fault, AlreadyTaken)
        assert fault.words == "duplicate_parameter"
