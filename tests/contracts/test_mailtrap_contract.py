"""Mailtrap keeps the contract."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from newsletter_cli.providers.base import FaultKind, HttpCall, Receipt
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.provider_contract import KEY, Copy, HttpProviderContract

GOOD = {"success": True, "message_ids": ["0c7fd939-02cf-11ed-88c2-0a58a9feac02"]}


class TestMailtrap(HttpProviderContract):
    name: ClassVar[str] = "mailtrap"
    environ: ClassVar = {"MAILTRAP_API_TOKEN": KEY}
    nonsense: ClassVar = (*HttpProviderContract.nonsense, (200, b'{"success": true, "responses": []}'))
    refusals: ClassVar = (
        (401, '{"success":false,"errors":["Unauthorized"]}', FaultKind.WRONG_KEY),
        (403, '{"success":false,"errors":["Your account is under review"]}', FaultKind.SUSPENDED),
        (400, '{"success":false,"errors":["from is not a valid address"]}', FaultKind.CONTENT),
        (429, '{"success":false,"errors":["Daily limit reached"]}', FaultKind.QUOTA),
    )

    def accepted(self, request: Captured, people: int) -> Canned:
        return Canned(200, json.dumps({"success": True, "responses": [GOOD] * people}).encode())

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        return [
            Copy(
                one["to"][0]["email"],
                one["subject"],
                one["html"],
                one["text"],
                {name.lower(): value for name, value in one["headers"].items()},
            )
            for one in json.loads(call.body)["requests"]
        ]

    def test_one_bad_address_among_good_ones_is_one_rejection(self, tmp_path: Path) -> None:
        bad = {"success": False, "errors": ["'to' address is not valid: reader0@example.org"]}
        receipt, _ = self._send(tmp_path, Canned(200, json.dumps({"success": True, "responses": [bad, GOOD]}).encode()))
        assert isinstance(receipt, Receipt)
        assert [each.seq for each in receipt.rejected] == [0]
        assert "reader0" not in receipt.rejected[0].words
