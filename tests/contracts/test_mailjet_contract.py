"""Mailjet keeps the contract."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from newsletter_cli.providers.base import FaultKind, HttpCall, Receipt
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.provider_contract import KEY, Copy, HttpProviderContract

GOOD = {"Status": "success", "To": [{"Email": "a@example.org", "MessageUUID": "1a", "MessageID": 456}]}
BAD = {"Status": "error", "Errors": [{"ErrorCode": "mj-0013", "StatusCode": 400, "ErrorMessage": "invalid address"}]}
SENDER = {"Status": "error", "Errors": [{"ErrorCode": "send-0008", "StatusCode": 403, "ErrorMessage": "not yours"}]}


class TestMailjet(HttpProviderContract):
    name: ClassVar[str] = "mailjet"
    environ: ClassVar = {"MJ_APIKEY_PUBLIC": "publickey0123456789", "MJ_APIKEY_PRIVATE": KEY}
    nonsense: ClassVar = (*HttpProviderContract.nonsense, (200, b'{"Messages": []}'))
    refusals: ClassVar = (
        (
            401,
            '{"ErrorIdentifier":"x","ErrorCode":"mj-0015","StatusCode":401,"ErrorMessage":"API key authentication"}',
            FaultKind.WRONG_KEY,
        ),
        (401, '{"ErrorCode":"mj-0001","ErrorMessage":"API Key has been temporarily blocked"}', FaultKind.SUSPENDED),
        (403, json.dumps({"Messages": [SENDER, SENDER]}), FaultKind.SENDER),
        (429, "Too many requests", FaultKind.RATE),
    )

    def accepted(self, request: Captured, people: int) -> Canned:
        return Canned(200, json.dumps({"Messages": [GOOD] * people}).encode())

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        body = json.loads(call.body)
        assert body["Globals"]["DeduplicateCampaign"] is True
        assert not any("TemplateLanguage" in one for one in (body["Globals"], *body["Messages"]))
        assert all(len(one["To"]) == 1 for one in body["Messages"])
        return [
            Copy(
                one["To"][0]["Email"],
                one["Subject"],
                one["HTMLPart"],
                one["TextPart"],
                {name.lower(): value for name, value in one["Headers"].items()},
            )
            for one in body["Messages"]
        ]

    def test_a_4xx_that_took_some_is_a_receipt_with_rejections(self, tmp_path: Path) -> None:
        receipt, _ = self._send(tmp_path, Canned(400, json.dumps({"Messages": [BAD, GOOD]}).encode()))
        assert isinstance(receipt, Receipt)
        assert receipt.ids == ("456",)
        assert [(each.seq, each.code) for each in receipt.rejected] == [(0, "mj-0013")]

    def test_a_fault_of_theirs_about_one_person_leaves_that_person_unknown(self, tmp_path: Path) -> None:
        odd = {"Status": "error", "Errors": [{"ErrorCode": "mj-0000", "StatusCode": 500, "ErrorMessage": "oops"}]}
        receipt, _ = self._send(tmp_path, Canned(200, json.dumps({"Messages": [GOOD, odd]}).encode()))
        assert isinstance(receipt, Receipt)
        assert [each.seq for each in receipt.unknown] == [1]
