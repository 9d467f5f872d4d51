"""Writes a message as an .eml file (RFC 5322) that mail programs open."""

import hashlib
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP

from newsletter_cli.model.message import Address, Message


def as_eml(message: Message) -> bytes:
    """The bytes of the file: multipart/alternative, text first; the same message gives the same bytes.

    No date and no recipient: it is a sample, made before anyone is chosen.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _mailbox(message.sender)
    if message.reply_to:
        mail["Reply-To"] = _mailbox(message.reply_to)
    mail["To"] = "undisclosed-recipients:;"
    mail["Subject"] = " ".join(message.subject.split())
    if message.list_id:
        mail["List-Id"] = f"<{message.list_id}>"
    for name, value in message.headers:
        mail[name] = value
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    # A boundary of its own making would differ each time (RFC 2046 section 5.1.1: it must not occur in a part).
    mail.set_boundary(f"=_{hashlib.sha256(message.fingerprint.encode()).hexdigest()[:32]}")
    return mail.as_bytes()


def _mailbox(address: Address) -> Mailbox:
    return Mailbox(display_name=address.name, addr_spec=address.email)
