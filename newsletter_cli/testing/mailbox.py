"""Reads a delivered message as a mail program would, by Python's email package."""

from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser

from newsletter_cli.testing.provider_contract import Copy


def read_copy(data: bytes) -> Copy:
    """A mailbox's view of RFC 5322 bytes, by Python's email package."""
    mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(data)
    raw = BytesParser(policy=policy.compat32).parsebytes(data)
    assert not any(part.defects for part in raw.walk())

    def body(kind: str) -> str:
        part = mail.get_body((kind,))
        assert part is not None
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        return content.decode()

    headers = {name.lower(): value for name, value in raw.items()}
    subject = str(make_header(decode_header(str(raw["Subject"]).replace("\r\n", ""))))
    return Copy(mail["To"].addresses[0].addr_spec, subject, body("html"), body("plain"), headers)
