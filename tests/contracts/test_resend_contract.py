"""Resend keeps the contract."""

import json
from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import ClassVar

from newsletter_cli.providers.base import Doubtful, FaultKind, HttpCall, Receipt
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.provider_contract import KEY, Copy, HttpProviderContract


class TestResend(HttpProviderContract):
    name: ClassVar[str] = "resend"
    environ: ClassVar = {"RESEND_API_KEY": KEY}
    nonsense: ClassVar = (
        *HttpProviderContract.nonsense,
        (200, b'{"data": [{"id": "only-one"}]}'),
        (409, b'{"name": "concurrent_idempotent_requests", "message": "in progress"}'),
        (409, b'{"name": "invalid_idempotent_request", "message": "other body"}'),
    )
    refusals: ClassVar = (
        (401, '{"name":"missing_api_key","message":"Missing API key"}', FaultKind.WRONG_KEY),
        (403, '{"name":"invalid_api_key","message":"API key is invalid"}', FaultKind.WRONG_KEY),
        (403, '{"name":"validation_error","message":"The example.org domain is not verified"}', FaultKind.SENDER),
        (429, '{"name":"daily_quota_exceeded","message":"You have reached your daily quota"}', FaultKind.QUOTA),
        (429, '{"name":"rate_limit_exceeded","message":"Too many requests"}', FaultKind.RATE),
        (422, '{"name":"validation_error","message":"Invalid `to` field"}', FaultKind.RECIPIENT),
        (422, '{"name":"missing_required_field","message":"Missing `subject`"}', FaultKind.CONTENT),
    )

    def accepted(self, request: Captured, people: int) -> Canned:
        return Canned(200, json.dumps({"data": [{"id": f"ae2014de-{n}"} for n in range(people)]}).encode())

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        assert dict(call.headers)["Idempotency-Key"] == "key-0f9e8d7c"
        return [
            Copy(
                parseaddr(one["to"][0])[1],
                one["subject"],
                one["html"],
                one["text"],
                {name.lower(): value for name, value in one["headers"].items()},
            )
            for one in json.loads(call.body)
        ]

    def test_one_bad_address_among_good_ones_is_one_rejection(self, tmp_path: Path) -> None:
        body = {"data": [{"id": "ae2014de"}], "errors": [{"index": 0, "message": "Invalid `to` field"}]}
        receipt, _ = self._send(tmp_path, Canned(200, json.dumps(body).encode()))
        assert isinstance(receipt, Receipt)
        assert receipt.ids == ("ae2014de",)
        assert [each.seq for each in receipt.rejected] == [0]

    def test_errors_that_name_nobody_of_the_batch_are_a_doubt(self, tmp_path: Path) -> None:
        body = {"data": [{"id": "ae2014de"}], "errors": [{"index": 7, "message": "?"}]}
        fault, _ = self._send(tmp_path, Canned(200, json.dumps(body).encode()))
        assert isinstance(fault, Doubtful)
