"""Writes RFC 5322 copies fast: the message is encoded once, each person's values are put in between."""

import binascii
import hashlib
import html as html_escape
import quopri
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

from newsletter_cli.model.message import Message, split_tokens
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.providers.screening import ascii_domain, display_name

_ATOM = re.compile(r"[A-Za-z0-9 !#$%&'*+\-/=?^_`{|}~]*")
_WORDS = re.compile(r"[\w !#$%&'*+\-/=?^`{|}~]*")
_SOFT = b"=\r\n"  # A soft line break, RFC 2045 section 6.7: it vanishes when the part is decoded.


@dataclass(frozen=True, slots=True)
class SplitMime:
    """A message ready for many readers. `head` and `body` are bytes, or a function of the reader."""

    pieces: tuple["bytes | Piece", ...]

    def copy(self, person: Recipient, date: datetime) -> bytes:
        """This reader's whole message, CRLF line ends."""
        return b"".join(each if isinstance(each, bytes) else each(person, date) for each in self.pieces)


Piece = Callable[[Recipient, datetime], bytes]


def split_mime(message: Message, tag: str = "") -> SplitMime:
    """Encode once what is the same for everyone.

    Bodies are quoted-printable. A value stands between two soft line breaks, so that no line grows over 76
    characters whatever it holds.

    Args:
        message: with tokens.
        tag: put into X-Newsletter-Batch, "" for none.
    """
    boundary = "=_" + hashlib.sha256(message.fingerprint.encode()).hexdigest()[:32]
    pieces: list[bytes | Piece] = [
        b"From: " + _mailbox(message.sender.email, message.sender.name) + b"\r\n",
        lambda person, _: b"To: " + _mailbox(person.email, person.name) + b"\r\n",
        *_header("Subject", message.subject, message),
        lambda person, date: f"Date: {format_datetime(date)}\r\nMessage-ID: {person.message_id}\r\n".encode(),
    ]
    if message.reply_to:
        pieces.append(b"Reply-To: " + _mailbox(message.reply_to.email, message.reply_to.name) + b"\r\n")
    if message.list_id:
        pieces.append(f"List-Id: <{message.list_id}>\r\n".encode())
    for name, value in message.headers:
        pieces += _header(name, value, message)
    if tag:
        pieces.append(f"X-Newsletter-Batch: {tag}\r\n".encode())
    pieces.append(f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode())
    pieces += [_part_head(boundary, "plain"), *_body(message.text, message, html=False)]
    pieces += [_part_head(boundary, "html"), *_body(message.html, message, html=True)]
    pieces.append(f"\r\n--{boundary}--\r\n".encode())
    return SplitMime(_joined(pieces))


def _joined(pieces: "list[bytes | Piece]") -> tuple["bytes | Piece", ...]:
    """Neighbouring bytes made one: fewer steps a reader."""
    joined: list[bytes | Piece] = []
    for each in pieces:
        if isinstance(each, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += each
        else:
            joined.append(each)
    return tuple(joined)


def _part_head(boundary: str, kind: str) -> bytes:
    return (
        f'\r\n--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()


def _body(text: str, message: Message, *, html: bool) -> "list[bytes | Piece]":
    pieces: list[bytes | Piece] = []
    for each in split_tokens(text, message.merge_fields):
        if isinstance(each, str):
            pieces.append(_quoted(each) + _SOFT)
        else:
            pieces.append(_body_value(each.token, each.default or "", html))
    return pieces


def _body_value(token: str, default: str, html: bool) -> Piece:
    def write(person: Recipient, _: datetime) -> bytes:
        value = person.values.get(token, default)
        shown = html_escape.escape(value) if html else value
        # Not as text: a line break in a value is data, "=0D=0A", and stays the characters it is.
        return binascii.b2a_qp(shown.encode(), quotetabs=True, istext=False).replace(b"=\n", _SOFT) + _SOFT

    return write


def _quoted(text: str) -> bytes:
    lines = text.replace("\r\n", "\n").encode()
    encoded = quopri.encodestring(lines)
    # A "." or "From " at a line's start would be touched by careless mail programs.
    encoded = re.sub(rb"(?m)^From ", b"=46rom ", re.sub(rb"(?m)^\.", b"=2E", encoded))
    return encoded.replace(b"\n", b"\r\n")


def _header(name: str, value: str, message: Message) -> "list[bytes | Piece]":
    parts = split_tokens(value, message.merge_fields)
    if all(isinstance(each, str) for each in parts):
        return [_line(name, value)]

    def write(person: Recipient, _: datetime) -> bytes:
        filled = (
            each if isinstance(each, str) else person.values.get(each.token, each.default or "") for each in parts
        )
        return _line(name, "".join(filled))

    return [write]


def _line(name: str, value: str) -> bytes:
    return f"{name}: {_encoded(value, len(name) + 2)}\r\n".encode("ascii")


def _encoded(value: str, used: int = 0) -> str:
    """The value as it is when it is short ASCII, else as encoded words (RFC 2047), folded."""
    looks_encoded = "=?" in value  # Would be decoded into something else.
    if value.isascii() and len(value) < 900 and not looks_encoded:
        return value
    return Header(value, "utf-8", header_name="x" * used).encode(linesep="\r\n")


def mailbox(email: str, name: str) -> str:
    """`"Name" <address>`, the name encoded where it must be (RFC 2047), the domain in ASCII."""
    address = ascii_domain(email)
    shown = display_name(name)
    if not shown:
        return address
    if shown.isascii() and "=?" not in shown:
        quoted = shown if _ATOM.fullmatch(shown) else '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
    else:
        quoted = _encoded(shown, 6)
    return f"{quoted} <{address}>"


def written_mailbox(email: str, name: str) -> str:
    """The same with the name as it is, for APIs that encode names themselves."""
    address = ascii_domain(email)
    shown = display_name(name)
    if not shown:
        return address
    plain = _WORDS.fullmatch(shown)
    quoted = shown if plain else '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
    return f"{quoted} <{address}>"


def _mailbox(email: str, name: str) -> bytes:
    """In UTF-8: a local part may hold letters outside ASCII (RFC 6532)."""
    return mailbox(email, name).encode()
