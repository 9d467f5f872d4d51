"""A saved mail (.eml): last month's newsletter of another tool as an article to take apart."""

import email
import email.policy
from datetime import tzinfo
from email.message import EmailMessage

from newsletter_cli.gather import dates
from newsletter_cli.gather.found import PART, Found
from newsletter_cli.gather.fragment import read_fragment
from newsletter_cli.gather.mail_stories import stories, without_footer
from newsletter_cli.gather.text import text_pieces
from newsletter_cli.gather.words import decoded, squeezed


def read_mail(data: bytes, *, source: str, zone: tzinfo) -> list[Found]:
    """The stories of a mail, each with its date and sender; a mail of one story has its subject for a title.

    The HTML part is read, else the text part; what stands in the footer stays out, and attachments are named.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = {f"{PART}{name}": content for name, content in _inline_pictures(message)}
    html, text = _part(message, "html"), _part(message, "plain")
    for name in parts:
        html = html.replace(f"cid:{name.rpartition('/')[2]}", name)
    pieces = without_footer(read_fragment(html) if html else text_pieces(text.partition("\n-- \n")[0]))
    return stories(
        Found(
            source=source,
            kind="mail",
            title=squeezed(_header(message, "subject")),
            date=dates.day(_header(message, "date"), zone),
            date_from="said" if message["date"] else "",
            author=squeezed(_header(message, "from").partition("<")[0].strip(' "')),
            pieces=tuple(pieces),
            parts=tuple(parts.items()),
            look=_attachments(message),
        )
    )


def _attachments(message: EmailMessage) -> tuple[str, ...]:
    names = [squeezed(part.get_filename() or "without a name")[:80] for part in message.walk() if part.is_attachment()]
    return (f"Attached to the mail and not read: {', '.join(names)}.",) if names else ()


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message[name] or "")
    except (ValueError, IndexError, AttributeError):
        return ""  # the email package raises these on some broken headers


def _part(message: EmailMessage, kind: str) -> str:
    for part in message.walk():
        if part.get_content_type() == f"text/{kind}" and not part.is_attachment():
            payload = part.get_payload(decode=True)
            return decoded(payload, part.get_content_charset() or "") if isinstance(payload, bytes) else ""
    return ""


def _inline_pictures(message: EmailMessage) -> list[tuple[str, bytes]]:
    found = []
    for part in message.walk():
        identity = str(part.get("content-id") or "").strip("<> ")
        payload = part.get_payload(decode=True) if part.get_content_maintype() == "image" else None
        if identity and isinstance(payload, bytes):
            found.append((identity, payload))
    return found
