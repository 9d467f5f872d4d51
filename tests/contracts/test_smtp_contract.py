"""SMTP keeps the contract, against aiosmtpd and against a server that misbehaves on purpose."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from newsletter_cli.model.message import Message
from newsletter_cli.providers.base import Batch, Doubtful, FaultKind, NotSent, Provider, Refused
from newsletter_cli.testing.loopback import closed_port
from newsletter_cli.testing.mailbox import read_copy
from newsletter_cli.testing.provider_contract import (
    Copy,
    ProviderContract,
    sample_batch,
    sample_message,
    sample_person,
)

controller = pytest.importorskip("aiosmtpd.controller")


class Mailbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, bytes]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.arrived.append((envelope.rcpt_tos[0], envelope.original_content))
        return "250 2.0.0 queued as 42"


class TestSmtp(ProviderContract):
    name: ClassVar[str] = "smtp"
    newlines_kept: ClassVar[bool] = False
    box: Mailbox
    port: int

    @pytest.fixture(autouse=True)
    def server(self) -> Iterator[None]:
        self.box = Mailbox()
        self.port = int(closed_port().rpartition(":")[2])
        running = controller.Controller(self.box, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True)
        running.start()
        yield
        running.stop()

    def open(self, root: Path, **more: Any) -> Provider:
        return super().open(root, host="127.0.0.1", port=self.port, security="none", **more)

    def deliver(self, provider: Provider, message: Message, batch: Batch) -> Sequence[Copy]:
        self.box.arrived.clear()
        provider.send(message, batch)
        copies = [read_copy(data) for _, data in self.box.arrived]
        assert [copy.email for copy in copies] == [to for to, _ in self.box.arrived]
        return copies

    def test_a_mailbox_that_is_not_there_is_that_persons_rejection(self, provider: Provider) -> None:
        gone = sample_person(0, "Ann", "")._replace(email="gone@example.org")
        receipt = provider.send(sample_message(), sample_batch(gone, sample_person(1, "Bo", "")))
        assert [(each.seq, each.code) for each in receipt.rejected] == [(0, "550")]
        assert receipt.ids == ("<m1.1@example.org>",)

    def test_lines_that_begin_with_a_dot_arrive_whole(self, provider: Provider) -> None:
        message = replace(sample_message(), text=".\n..\nFrom here\n.end\n", merge_fields=sample_message().merge_fields)
        (copy,) = self.deliver(provider, message, sample_batch(sample_person(0, "Ann", "")))
        assert copy.text.replace("\r\n", "\n") == message.text

    def test_an_address_outside_ascii_goes_by_smtputf8(self, provider: Provider) -> None:
        odd = sample_person(0, "Ann", "")._replace(email="jürgen@bücher.example")
        receipt = provider.send(sample_message(), sample_batch(odd))
        assert receipt.ids
        assert self.box.arrived[0][0] == "jürgen@xn--bcher-kva.example"

    def test_the_line_is_kept_for_the_next_person(self, provider: Provider) -> None:
        for seq in range(3):
            provider.send(sample_message(), sample_batch(sample_person(seq, "Ann", "")))
        assert len(self.box.arrived) == 3


Script = Callable[[bytes], "bytes | None"]


def scripted(script: Script) -> Iterator[int]:
    """A server that says what the script says to each line; None closes the line."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with line, line.makefile("rb") as reading:
                    line.sendall(b"220 ready\r\n")
                    in_data = False
                    for row in reading:
                        if in_data and row != b".\r\n":
                            continue
                        answer = script(b"." if in_data else row.strip().upper())
                        in_data = answer is not None and answer.startswith(b"354")
                        if answer is None:
                            break
                        line.sendall(answer + b"\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def polite(row: bytes) -> bytes:
    return {b"DATA": b"354 go on", b".": b"250 queued"}.get(row, b"250 OK")


def sent_to(script: Script, root: Path) -> Any:
    for port in scripted(script):
        provider = TestSmtp.open.__get__(_At(port))(root)
        try:
            return provider.send(sample_message(), sample_batch(sample_person(0, "Ann", "")))
        except (Doubtful, NotSent, Refused) as fault:
            return fault
    raise AssertionError


class _At(TestSmtp):
    __test__ = False

    def __init__(self, port: int) -> None:
        self.port = port


def test_a_line_lost_after_the_final_dot_is_in_doubt(tmp_path: Path) -> None:
    assert isinstance(sent_to(lambda row: None if row == b"." else polite(row), tmp_path), Doubtful)


def test_a_line_lost_before_the_final_dot_is_certainly_not_sent(tmp_path: Path) -> None:
    fault = sent_to(lambda row: None if row.startswith(b"RCPT") else polite(row), tmp_path)
    assert isinstance(fault, NotSent)


@pytest.mark.parametrize(
    ("begins", "answer", "kind"),
    [
        (b"MAIL", b"550 5.7.1 sender not allowed", FaultKind.SENDER),
        (b"MAIL", b"421 too many connections", FaultKind.RATE),
        (b"RCPT", b"554 5.7.1 relay access denied", FaultKind.SUSPENDED),
        (b"RCPT", b"450 4.2.1 try later", FaultKind.RATE),
        (b".", b"554 5.7.1 this looks like spam", FaultKind.CONTENT),
    ],
)
def test_a_refusal_is_told_by_its_family(begins: bytes, answer: bytes, kind: FaultKind, tmp_path: Path) -> None:
    fault = sent_to(lambda row: answer if row.startswith(begins) else polite(row), tmp_path)
    assert isinstance(fault, Refused)
    assert fault.kind == kind
