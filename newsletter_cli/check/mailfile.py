"""Reads a mail from a file that any tool wrote: .eml, or .html alone."""

import email
import email.policy
import re
from datetime import date as Date
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

from newsletter_cli.check.material import Mail
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.message import Address

_TELLING = 12
_LARGEST = 30 * 1024 * 1024
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?\s*([\w-]+)", re.I)


def read_mail(path: Path, name: str) -> tuple[Mail, Date | None]:
    """The mail in a file, and the day of its Date header.

    Args:
        name: how findings call the file.

    Raises:
        NewsletterError: it cannot be read, or is no mail.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise NewsletterError(f"{name} is larger than 30 MB.", "That is no mail; name an .html or .eml file.")
        data = path.read_bytes()
    except OSError as error:
        raise NewsletterError(
            f"{name} could not be read: {error.strerror}.", "Check the name; an .html or .eml file."
        ) from error
    if not data.strip():
        raise NewsletterError(f"{name} is empty.", "Name a mail saved as .eml, or an .html file.")
    if path.suffix.lower() in (".eml", ".msg", ".mbox", ".txt") or _looks_like_mail(data):
        return _eml(data, name)
    return Mail("html", decode(data), name), None


def _looks_like_mail(data: bytes) -> bool:
    start = data[:4000].lstrip(b"\xef\xbb\xbf\r\n ")
    return not start.startswith(b"<") and bool(
        re.match(rb"(?:[\x21-\x39\x3b-\x7e]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", start)
    )


def decode(data: bytes, charset: str = "") -> str:
    """Bytes as text: UTF-8 where they are, else the declared charset, else windows-1252. Never raises."""
    for encoding in ("utf-8-sig", charset, _declared(data), "cp1252", "latin-1"):
        if encoding:
            try:
                return data.decode(encoding)
            except (UnicodeDecodeError, LookupError, ValueError):
                continue
    return data.decode("utf-8", "replace")


def _declared(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    found = _CHARSET.search(data[:4096])
    return found[1].decode("ascii") if found else ""


def _eml(data: bytes, name: str) -> tuple[Mail, Date | None]:
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    html, text, parts = "", "", []
    lines: tuple[int, ...] = ()
    sent_as = ""
    for part in message.walk():
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        content_id = str(part.get("Content-ID") or "").strip("<> ")
        if content_id:
            parts.append(f"cid:{content_id}")
        attached = "attachment" in str(part.get("Content-Disposition") or "").lower()
        if kind in ("text/html", "text/plain") and not attached:
            payload = part.get_payload(decode=True)
            body = decode(payload if isinstance(payload, bytes) else b"", _charset(part.get_content_charset()))
            if kind == "text/html" and not html:
                html, lines, sent_as = body, _lines(part, data), _charset(part.get_content_charset())
            elif kind == "text/plain":
                text = text or body
    if not html and not text:
        raise NewsletterError(f"{name} holds no text and no HTML.", "Name a mail saved as .eml, or an .html file.")
    sender = parseaddr(_header(message, "From"))
    reply = parseaddr(_header(message, "Reply-To"))
    mail = Mail(
        "eml",
        html,
        name,
        _header(message, "Subject"),
        None,
        text,
        Address(sender[1], sender[0]) if sender[1] else None,
        Address(reply[1], reply[0]) if reply[1] else None,
        tuple((key, _header_text(value)) for key, value in message.items()),
        parts=tuple(parts),
        lines=lines,
        raw=data,
        charset=sent_as.lower(),
    )
    return mail, _date(_header(message, "Date"))


def _lines(part: "email.message.Message[str, str]", data: bytes) -> tuple[int, ...]:
    """For each line of a part's text the line of the file; empty for base64, whose lines are nobody's."""
    coding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
    payload = part.get_payload()
    if coding == "base64" or not isinstance(payload, str) or not payload:
        return ()
    # Where a part begins can be told by its first ASCII characters; the parser has decoded the others.
    prefix = re.match(r"[\x00-\x7f]*", payload)
    start = data.find(prefix[0].encode("ascii")) if prefix and len(prefix[0]) >= _TELLING else -1
    if start < 0:
        return ()
    number = data.count(b"\n", 0, start) + 1
    found = [number]
    for row in payload.split("\n")[:-1]:
        number += 1
        # A quoted-printable line that ends in `=` goes on in the next.
        if coding != "quoted-printable" or not row.rstrip().endswith("="):
            found.append(number)
    return tuple(found)


def _charset(found: object) -> str:
    return found if isinstance(found, str) else ""


def _header(message: "email.message.Message[str, str]", name: str) -> str:
    return _header_text(message.get(name) or "")


def _header_text(value: object) -> str:
    """A header with its encoded words (RFC 2047) decoded; as it stands when they are broken."""
    from email.header import decode_header

    try:
        pieces = decode_header(str(value))
    except (ValueError, LookupError, UnicodeError):
        return str(value)
    words = []
    for data, charset in pieces:
        words.append(decode(data, charset or "") if isinstance(data, bytes) else data)
    return re.sub(r"\s*[\r\n]+\s*", " ", "".join(words)).strip()


def _date(value: str) -> Date | None:
    try:
        return parsedate_to_datetime(value).date()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
