"""What the live page shows of one state of an issue."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from newsletter_cli.model.finding import Finding
from newsletter_cli.model.message import Message
from newsletter_cli.preview.inbox import inbox_lines
from newsletter_cli.preview.page import Link
from newsletter_cli.preview.places import Place
from newsletter_cli.preview.reading import read_page
from newsletter_cli.preview.staging import embed, stage

CLIP_BYTES = 102 * 1024  # where Gmail cuts a message off (email-bugs#41)
TRACKING_BYTES = 60  # what a provider's click counting adds to a link, about


@dataclass(frozen=True, slots=True)
class LiveFinding:
    """A finding with where the author mends it and the place of the message it speaks of."""

    finding: Finding
    place: Place


@dataclass(frozen=True, slots=True)
class Live:
    """The message as one reader gets it, with all that is said about it.

    Attributes:
        reader: the subscriber's address, "" for a reader of whom nothing is known.
        notes: remarks for the person looking, such as a reader who is not on the list.
    """

    message: Message
    reader: str = ""
    findings: Sequence[LiveFinding] = ()
    pictures: Mapping[str, Path] | None = None
    notes: Sequence[str] = ()


def as_json(live: Live) -> dict[str, Any]:
    """What the page's script reads; live.js is its only reader."""
    message = live.message
    links = read_page(message.html).links
    return {
        "subject": message.subject,
        "sender": f"{message.sender.name} <{message.sender.email}>" if message.sender.name else message.sender.email,
        "inbox": [asdict(line) for line in inbox_lines(message.subject, message.preheader)],
        "html": stage(embed(message.html, live.pictures or {})),
        "text": message.text,
        "reader": live.reader,
        "notes": list(live.notes),
        "bytes": weight(message.html, links),
        "clip": CLIP_BYTES,
        "links": [asdict(link) for link in links],
        "findings": [asdict(each.finding) | {"place": asdict(each.place)} for each in live.findings],
    }


def weight(html: str, links: Sequence[Link]) -> int:
    """Bytes of the HTML as it arrives: UTF-8, and what click counting adds to each link."""
    return len(html.encode("utf-8")) + TRACKING_BYTES * len(links)
