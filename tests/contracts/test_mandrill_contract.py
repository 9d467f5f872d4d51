"""Mandrill keeps the contract, with its own unsubscribe address and with ours."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from newsletter_cli.model.message import Message
from newsletter_cli.providers.base import CannotExpress, FaultKind, HttpCall, Receipt
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.merge_languages import handlebars
from newsletter_cli.testing.provider_contract import KEY, LEAVE, Copy, HttpProviderContract, sample_batch


def answer(*states: dict[str, str]) -> bytes:
    rows = [{"email": f"reader{place}@example.org", "_id": f"id{place}"} | state for place, state in enumerate(states)]
    return json.dumps(rows).encode()


class TestMandrillOnePersonACall(HttpProviderContract):
    name: ClassVar[str] = "mandrill"
    provider_settings: ClassVar = {"own_unsubscribe": False}
    environ: ClassVar = {"MANDRILL_API_KEY": KEY}
    refusals: ClassVar = (
        (401, '{"status":"error","code":-1,"name":"Invalid_Key","message":"Invalid API key"}', FaultKind.WRONG_KEY),
        (500, '{"status":"error","code":-1,"name":"Invalid_Key","message":"Invalid API key"}', FaultKind.WRONG_KEY),
        (402, '{"status":"error","name":"PaymentRequired"}', FaultKind.QUOTA),
        (
            200,
            answer({"status": "queued", "queued_reason": "account-suspended"}).decode(),
            FaultKind.SUSPENDED,
        ),
        (200, answer({"status": "queued", "queued_reason": "monthly-limit-reached"}).decode(), FaultKind.QUOTA),
        (200, answer({"status": "rejected", "reject_reason": "unsigned"}).decode(), FaultKind.SENDER),
    )

    def accepted(self, request: Captured, people: int) -> Canned:
        return Canned(200, answer(*[{"status": "sent"}] * people))

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        message = json.loads(call.body)["message"]
        headers = {name.lower(): value for name, value in message["headers"].items()}
        (to,) = message["to"]
        assert message["merge"] is False
        return [Copy(to["email"], message["subject"], message["html"], message["text"], headers)]

    def test_a_rejected_person_is_a_rejection(self, tmp_path: Path) -> None:
        body = answer({"status": "rejected", "reject_reason": "hard-bounce"})
        receipt, _ = self._send(tmp_path, Canned(200, body))
        assert isinstance(receipt, Receipt)
        assert [(each.seq, each.code) for each in receipt.rejected] == [(0, "hard-bounce")]


class TestMandrillManyACall(TestMandrillOnePersonACall):
    provider_settings: ClassVar = {}
    refusals: ClassVar = (
        *TestMandrillOnePersonACall.refusals[:3],
        (200, answer(*[{"status": "queued", "queued_reason": "sending-paused"}] * 2).decode(), FaultKind.SUSPENDED),
    )

    def message(self) -> Message:
        return replace(super().message(), headers=())

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        message = json.loads(call.body)["message"]
        if not message["merge"]:
            return super().copies(call)
        assert message["merge_language"] == "handlebars"
        assert message["preserve_recipients"] is False
        values = {one["rcpt"]: {each["name"]: each["content"] for each in one["vars"]} for one in message["merge_vars"]}
        shared = {each["name"]: each["content"] for each in message["global_merge_vars"]}
        copies = []
        for to in message["to"]:
            data = shared | values[to["email"]]
            parts = (handlebars(message[part], data, escape=True) for part in ("subject", "html", "text"))
            copies.append(
                Copy(to["email"], *parts, {name.lower(): value for name, value in message["headers"].items()})
            )
        return copies

    def test_a_rejected_person_is_a_rejection(self, tmp_path: Path) -> None:
        body = answer({"status": "queued"}, {"status": "invalid"})
        receipt, _ = self._send(tmp_path, Canned(200, body))
        assert isinstance(receipt, Receipt)
        assert receipt.ids == ("id0",)
        assert [(each.seq, each.code) for each in receipt.rejected] == [(1, "invalid")]

    def test_its_own_unsubscribe_address_stands_in_for_ours(self, tmp_path: Path) -> None:
        batch = sample_batch()
        for person in batch.recipients:
            del person.values[LEAVE.token]
        (call,) = self.open(tmp_path).calls(TestMandrillOnePersonACall.message(self), batch)
        message = json.loads(call.body)["message"]
        assert 'href="{{unsub landing}}"' in message["html"]
        assert message["global_merge_vars"] == [{"name": "landing", "content": "https://example.org/"}]
        assert "List-Unsubscribe" not in message["headers"]

    def test_a_header_that_differs_from_person_to_person_is_refused_with_the_way_out(self, tmp_path: Path) -> None:
        with pytest.raises(CannotExpress, match="same headers") as caught:
            self.open(tmp_path).calls(TestMandrillOnePersonACall.message(self), sample_batch())
        assert "own_unsubscribe = false" in caught.value.hint
