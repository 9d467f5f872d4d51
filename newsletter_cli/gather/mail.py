"""A saved mail (.eml): last month's newsletter of another tool as an article to take apart."""

import email
import email.policy
from datetime import tzinfo
from email.message import EmailMessage

from newsletter_cli.gather import dates
from newsletter_cli.gather.found import PART, Found
from newsletter_cli.gather.fragment import read_fragment
from newsletter_cli.gather.markdown_text import escaped
from newsletter_cli.gather.pieces import Picture, Piece, Prose
from newsletter_cli.gather.words import decoded, squeezed


def read_mail(data: bytes, *, source: str, zone: tzinfo) -> Found:
    """Subject, date and sender as title, date and author; the HTML part, else the text part, as body."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = {f"{PART}{name}": content for name, content in _inline_pictures(message)}
    html, text = _part(message, "html"), _part(message, "plain")
    for name in parts:
        html = html.replace(f"cid:{name.rpartition('/')[2]}", name)
    pieces: list[Piece] = (
        read_fragment(html) if html else [Prose(escaped(squeezed(each))) for each in text.split("\n\n") if each.strip()]
    )
    lead = next((each for each in pieces if isinstance(each, Picture)), None)
    return Found(
        source=source,
        kind="mail",
        title=squeezed(_header(message, "subject")),
        date=dates.day(_header(message, "date"), zone),
        date_from="said" if message["date"] else "",
        author=squeezed(_header(message, "from").partition("<")[0].strip(' "')),
        image=lead,
        pieces=tuple(each for each in pieces if each is not lead),
        parts=tuple(parts.items()),
        look=("A whole mail became one article: cut it where a story of its own begins.",),
    )


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
