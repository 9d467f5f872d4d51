"""The .eml is byte for byte what Python's email package writes."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from newsletter_cli.compose.eml import as_eml
from newsletter_cli.model.message import Address, Message

PLAIN = Message(
    issue_id="2022-02",
    subject="The cancer cells that sleep",
    preheader="",
    html="<p>Cells that sleep</p>\n",
    text="Cells that sleep\n",
    sender=Address("news@example.org", "First Light"),
)


def with_the_package(message: Message) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Mailbox(message.sender.name, addr_spec=message.sender.email)
    if message.reply_to:
        mail["Reply-To"] = Mailbox(message.reply_to.name, addr_spec=message.reply_to.email)
    mail["To"] = "undisclosed-recipients:;"
    mail["Subject"] = " ".join(message.subject.split())
    if message.list_id:
        mail["List-Id"] = f"<{message.list_id}>"
    for name, value in message.headers:
        mail[name] = value
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{hashlib.sha256(message.fingerprint.encode()).hexdigest()[:32]}")
    return mail.as_bytes()


SUBJECTS = (
    "The cancer cells that sleep",
    "A trial’s first result — and “what” it means",
    "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich, und dann noch weiter",
    "x" * 69,
    "x" * 70,
    "word " * 13 + "12345",
    "word " * 14,
    "word " * 30,
    "=?utf-8?q?not_encoded?=",
    "a =? b",
    'semi; colon: comma, <angle> (round) \\ back "quotes"',
    "😀 party",
    "two  spaces\tand tab",
    ".",
)
NAMES = ("First Light", "", "O'Brien, Ann", "Müller", "A. B. Charity", "x" * 60, "News 24", "a  b", "=?q", 'say "hi"')
TEXTS = (
    "",
    "\n",
    "\n\n\n",
    "no newline",
    "trailing space \nand tab\t\nlast ",
    "line\r\nline\rline\n",
    "é" * 200,
    "=" * 200,
    "x" * 500,
    "x" * 76 + " \n" + "x" * 77 + "\t\n" + "x" * 75 + " ",
    "From here\n.\n--=_x\n",
    "form\x0cfeed \x1c \x85 \u2028 zero\x00\n",
    "emoji 😀 " * 40,
)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_any_subject(subject: str) -> None:
    message = replace(PLAIN, subject=subject)
    assert as_eml(message) == with_the_package(message)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("email", ["news@example.org", "first.last+tag@mail-1.example.co.uk", '"odd name"@example.org'])
def test_any_sender(name: str, email: str) -> None:
    message = replace(PLAIN, sender=Address(email, name), reply_to=Address(email))
    assert as_eml(message) == with_the_package(message)


@pytest.mark.parametrize("text", TEXTS)
def test_any_text(text: str) -> None:
    message = replace(PLAIN, text=text, html=f"<p>{text}</p>")
    assert as_eml(message) == with_the_package(message)


@pytest.mark.parametrize("list_id", ["first-light.example.org", "x" * 80 + ".example.org", "lïst.example.org"])
def test_any_list_id_and_further_headers(list_id: str) -> None:
    headers = (("List-Unsubscribe", "<https://www.example.org/unsubscribe/" + "t" * 80 + ">"), ("X-Kind", "news"))
    message = replace(PLAIN, list_id=list_id, headers=headers)
    assert as_eml(message) == with_the_package(message)


def test_a_header_never_brings_a_line_of_its_own() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        as_eml(replace(PLAIN, headers=(("X-Kind", "news\r\nBcc: all@example.org"),)))


def test_plain_headers_load_no_parser_of_headers() -> None:
    words = (
        "import sys\n"
        "from newsletter_cli.compose.eml import as_eml\n"
        "from newsletter_cli.model.message import Address, Message\n"
        "as_eml(Message('1', 'Cells that sleep', '', '<p>x</p>', 'x', Address('news@example.org', 'First Light')))\n"
        "print('email.headerregistry' in sys.modules, 'email.quoprimime' in sys.modules)\n"
    )
    said = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "True"]
