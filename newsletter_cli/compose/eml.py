"""Writes a message as an .eml file (RFC 5322) that mail programs open."""

import hashlib
import re
from typing import TYPE_CHECKING

from newsletter_cli.model.message import Address, Message

if TYPE_CHECKING:
    from email.headerregistry import Address as Mailbox

# A line that needs neither folding nor encoding is written as it is: the email package's parser of headers takes longer
# to load than the whole file to write. The width is what its SMTP policy folds at.
_WIDTH = 78
_PLAIN = re.compile(r"(?!.*=\?)[!-~]+(?: [!-~]+)*")
_WORDS = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_MAILBOX = re.compile(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)+")


def as_eml(message: Message) -> bytes:
    """The bytes of the file: multipart/alternative, text first; the same message gives the same bytes.

    No date and no recipient: it is a sample, made before anyone is chosen.
    """
    # A boundary of its own making would differ each time (RFC 2046 section 5.1.1: it must not occur in a part).
    boundary = f"=_{hashlib.sha256(message.fingerprint.encode()).hexdigest()[:32]}"
    lines = [
        _sender("From", message.sender),
        *([_sender("Reply-To", message.reply_to)] if message.reply_to else []),
        "To: undisclosed-recipients:;",
        _header("Subject", " ".join(message.subject.split())),
        *([_header("List-Id", f"<{message.list_id}>")] if message.list_id else []),
        *(_header(name, value) for name, value in message.headers),
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        f' boundary="{boundary}"',
        "",
        f"--{boundary}",
        *_part("plain", message.text),
        f"--{boundary}",
        *_part("html", message.html, "MIME-Version: 1.0"),
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode("ascii", "surrogateescape")


def _part(kind: str, text: str, *headers: str) -> list[str]:
    from email.quoprimime import body_encode

    lines = b"\n".join(text.encode().splitlines()) + b"\n"
    return [
        f'Content-Type: text/{kind}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        *headers,
        "",
        *body_encode(lines.decode("latin-1"), _WIDTH).split("\n"),
    ]


def _sender(name: str, address: Address) -> str:
    if _MAILBOX.fullmatch(address.email) and (not address.name or _WORDS.fullmatch(address.name)):
        line = f"{name}: {address.name} <{address.email}>" if address.name else f"{name}: {address.email}"
        if len(line) <= _WIDTH:
            return line
    from email.headerregistry import Address as Mailbox

    return _folded(name, Mailbox(display_name=address.name, addr_spec=address.email))


def _header(name: str, value: str) -> str:
    line = f"{name}: {value}"
    return line if len(line) <= _WIDTH and _PLAIN.fullmatch(value) else _folded(name, value)


def _folded(name: str, value: "str | Mailbox") -> str:
    """The header as the email package folds and encodes it."""
    from email.message import EmailMessage
    from email.policy import SMTP

    mail = EmailMessage(policy=SMTP)
    mail[name] = value
    return mail.as_bytes().decode("ascii", "surrogateescape").removesuffix("\r\n\r\n")
