"""Amazon SES keeps the contract, and each request fits botocore's model of the API."""

import json
from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any, ClassVar

import pytest

from newsletter_cli.providers.base import FaultKind, HttpCall, Receipt
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.merge_languages import handlebars
from newsletter_cli.testing.provider_contract import KEY, Copy, HttpProviderContract

session = pytest.importorskip("botocore.session")


def model_faults(operation: str, body: dict[str, Any]) -> str:
    """What botocore's own service model finds wrong with a request; its validator passes unknown members by."""
    from botocore.validate import ParamValidator

    shape = session.get_session().get_service_model("sesv2").operation_model(operation).input_shape
    return str(ParamValidator().validate(body, shape).generate_report()) + "".join(_unknown(body, shape))


def _unknown(value: Any, shape: Any) -> list[str]:
    if shape.type_name == "structure":
        strange = [f"unknown {name}" for name in value if name not in shape.members]
        return strange + [
            each for name, member in shape.members.items() if name in value for each in _unknown(value[name], member)
        ]
    if shape.type_name == "list":
        return [each for one in value for each in _unknown(one, shape.member)]
    if shape.type_name == "string" and shape.enum and value not in shape.enum:
        return [f"{value} is not in {shape.name}"]
    longest = shape.metadata.get("max")
    return [f"{shape.name} too long"] if longest and shape.type_name == "string" and len(value) > longest else []


class TestSes(HttpProviderContract):
    name: ClassVar[str] = "ses"
    provider_settings: ClassVar = {"region": "eu-west-1", "stream": "newsletter"}
    environ: ClassVar = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE0000000000", "AWS_SECRET_ACCESS_KEY": KEY}
    nonsense: ClassVar = (
        *HttpProviderContract.nonsense,
        (200, b'{"BulkEmailEntryResults": []}'),
        (200, b'{"BulkEmailEntryResults": [{"Status": "SUCCESS"}, {"Status": "SUCCESS"}]}'),
    )
    refusals: ClassVar = (
        (
            403,
            '{"__type":"UnrecognizedClientException","message":"The security token is invalid"}',
            FaultKind.WRONG_KEY,
        ),
        (400, '{"__type":"AccountSuspendedException","message":"suspended"}', FaultKind.SUSPENDED),
        (400, '{"__type":"SendingPausedException"}', FaultKind.SUSPENDED),
        (400, '{"__type":"MailFromDomainNotVerifiedException"}', FaultKind.SENDER),
        (400, '{"__type":"MessageRejected","message":"Email address is not verified"}', FaultKind.SENDER),
        (400, '{"__type":"ThrottlingException","message":"Maximum sending rate exceeded."}', FaultKind.RATE),
        (400, '{"__type":"BadRequestException"}', FaultKind.CONTENT),
        (
            200,
            '{"BulkEmailEntryResults":[{"Status":"ACCOUNT_THROTTLED"},{"Status":"ACCOUNT_THROTTLED"}]}',
            FaultKind.RATE,
        ),
        (
            200,
            '{"BulkEmailEntryResults":[{"Status":"ACCOUNT_DAILY_QUOTA_EXCEEDED"},'
            '{"Status":"ACCOUNT_DAILY_QUOTA_EXCEEDED"}]}',
            FaultKind.QUOTA,
        ),
    )

    def accepted(self, request: Captured, people: int) -> Canned:
        one = {"Status": "SUCCESS", "MessageId": "0102018f-0000"}
        return Canned(200, json.dumps({"BulkEmailEntryResults": [one] * people}).encode())

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        body = json.loads(call.body)
        assert not model_faults("SendBulkEmail", body)
        content = body["DefaultContent"]["Template"]["TemplateContent"]
        copies = []
        for entry in body["BulkEmailEntries"]:
            data = json.loads(entry["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"])
            parts = (handlebars(content[part], data, escape=False) for part in ("Subject", "Html", "Text"))
            headers = {each["Name"].lower(): each["Value"] for each in entry["ReplacementHeaders"]}
            copies.append(Copy(parseaddr(entry["Destination"]["ToAddresses"][0])[1], *parts, headers))
        return copies

    def test_a_rejected_person_is_a_rejection_and_a_throttled_one_can_be_sent_again(self, tmp_path: Path) -> None:
        entries = [{"Status": "MESSAGE_REJECTED", "Error": "bad"}, {"Status": "ACCOUNT_THROTTLED"}]
        receipt, _ = self._send(tmp_path, Canned(200, json.dumps({"BulkEmailEntryResults": entries}).encode()))
        assert isinstance(receipt, Receipt)
        assert [(each.seq, each.code) for each in receipt.rejected] == [(0, "MESSAGE_REJECTED")]
        assert [(each.seq, each.code) for each in receipt.unknown] == [(1, "ACCOUNT_THROTTLED")]


def test_the_model_finds_a_wrong_name() -> None:
    assert "unknown Subjekt" in model_faults("SendBulkEmail", {"Subjekt": "x"})
