"""The outbox: one readable file a person, the same one however often a batch is repeated."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.message import Message
from newsletter_cli.providers.base import Batch, Provider
from newsletter_cli.providers.registry import open_provider


def outbox(root: Path, **settings: Any) -> Provider:
    return open_provider(ProviderSettings(name="outbox", **settings), {}, root)


def read(path: Path) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())


def files(root: Path) -> list[Path]:
    return sorted((root / ".newsletter/outbox/2022-02").iterdir())


def test_each_person_gets_one_file_with_their_own_values(tmp_path: Path, message: Message, batch: Batch) -> None:
    receipt = outbox(tmp_path).send(message, batch)
    mails = [read(path) for path in files(tmp_path)]
    assert [mail["To"].addresses[0].display_name for mail in mails] == ["Ann", "Bjørn & Co", "Zoë"]
    assert mails[1]["Subject"] == "Dear Bjørn & Co, the February issue"
    assert mails[1]["List-Unsubscribe"] == "<https://www.example.org/unsubscribe/t1>"
    assert mails[1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mails[1]["List-Id"] == "<news.example.org>"
    html, text = mails[1].get_body(("html",)), mails[1].get_body(("plain",))
    assert html is not None
    assert text is not None
    assert "Dear Bjørn &amp; Co, café." in html.get_content()
    assert "Dear Bjørn & Co, café." in text.get_content()
    assert receipt.ids == tuple(mail["Message-ID"] for mail in mails)


def test_a_repeated_batch_writes_the_same_files_again(tmp_path: Path, message: Message, batch: Batch) -> None:
    outbox(tmp_path).send(message, batch)
    first = files(tmp_path)
    outbox(tmp_path).send(message, batch)
    assert files(tmp_path) == first
    assert len(first) == 3


def test_a_maildir_holds_no_second_copy_of_a_mail_that_was_read(tmp_path: Path, message: Message, batch: Batch) -> None:
    outbox(tmp_path, format="maildir").send(message, batch)
    box = tmp_path / ".newsletter/outbox/2022-02"
    one = next((box / "new").iterdir())
    one.rename(box / "cur" / f"{one.name}:2,S")
    outbox(tmp_path, format="maildir").send(message, batch)
    assert len(list((box / "new").iterdir())) + len(list((box / "cur").iterdir())) == 3
    assert not list((box / "tmp").iterdir())


@pytest.mark.parametrize(
    "name",
    ["{{7*7}}", "*|IF|*", "%recipient.y%", "<b>&amp;", '"quoted"', "a\r\nBcc: x@example.org", "=?utf-8?q?a?=", ""],
)
def test_whatever_a_name_holds_stays_those_characters(
    name: str, tmp_path: Path, message: Message, batch: Batch
) -> None:
    first = batch.recipients[0]
    bodies_only = Message.from_json(message.to_json().replace('"subject": "Dear nlaaaa1, ', '"subject": "'))
    odd = type(first)(0, first.email, first.name, first.values | {"nlaaaa1": name}, first.message_id)
    outbox(tmp_path).send(bodies_only, Batch("k", "t", "2022-02", (odd,)))
    mail = read(files(tmp_path)[0])
    text = mail.get_body(("plain",))
    assert text is not None
    content = text.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.decode().startswith(f"Dear {name}, café.")
    assert mail["Bcc"] is None


def test_a_line_break_meant_for_the_subject_turns_only_that_person_away(
    tmp_path: Path, message: Message, batch: Batch
) -> None:
    bad = batch.recipients[0]
    bad.values["nlaaaa1"] = "Ann\r\nBcc: all@example.org"
    receipt = outbox(tmp_path).send(message, batch)
    assert [(each.seq, each.code) for each in receipt.rejected] == [(0, "line-break")]
    assert len(files(tmp_path)) == 2


def test_a_folder_that_cannot_be_written_is_a_fault_with_a_remedy(
    tmp_path: Path, message: Message, batch: Batch
) -> None:
    (tmp_path / ".newsletter").write_text("a file where a folder should be")
    with pytest.raises(NewsletterError) as caught:
        outbox(tmp_path).send(message, batch)
    assert "run the same command again" in caught.value.hint
