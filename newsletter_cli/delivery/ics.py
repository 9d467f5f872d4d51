"""Writes the schedule as an iCalendar file (RFC 5545)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from newsletter_cli.delivery.schedule import Slot

_STEPS = (
    ("collect", "collect articles by today", "collect_by"),
    ("proof", "proof by today", "proof_by"),
    ("approve", "approve by today", "approve_by"),
)


def write_ics(slots: Iterable[Slot], newsletter: str, domain: str, now: datetime) -> str:
    """The calendar: for each issue three all-day deadlines and the hour it goes out.

    UIDs stay the same from one export to the next, so that a calendar program replaces and does not double.

    Args:
        slots: the dates.
        newsletter: its name, for the titles.
        domain: what makes the UIDs worldwide unique.
        now: DTSTAMP, aware.
    """
    rows = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//newsletter-cli//schedule//EN", "CALSCALE:GREGORIAN"]
    rows.append(f"X-WR-CALNAME:{_text(newsletter)}")
    for slot in slots:
        rows += _deadlines(slot, newsletter, domain, now)
        rows += _event(slot, newsletter, domain, now)
    rows.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for row in rows for folded in _folded(row))


def _deadlines(slot: Slot, newsletter: str, domain: str, now: datetime) -> Iterator[str]:
    for kind, words, attribute in _STEPS:
        day = getattr(slot, attribute).date()
        yield from ("BEGIN:VEVENT", f"UID:{slot.issue}-{kind}@{domain}", f"DTSTAMP:{_utc(now)}")
        yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
        yield f"SUMMARY:{_text(f'{newsletter} {slot.issue}: {words}')}"
        yield from ("TRANSP:TRANSPARENT", "END:VEVENT")


def _event(slot: Slot, newsletter: str, domain: str, now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{slot.issue}-sends@{domain}", f"DTSTAMP:{_utc(now)}")
    yield f"DTSTART:{_utc(slot.sends)}"
    yield f"DTEND:{_utc(slot.sends + timedelta(minutes=30))}"
    yield f"SUMMARY:{_text(f'{newsletter} {slot.issue} goes out')}"
    yield f"DESCRIPTION:{_text(f'Not after {slot.not_after:%a %d %b %H:%M %Z}. Needs: newsletter approve {slot.issue}')}"
    yield from ("TRANSP:TRANSPARENT", "END:VEVENT")


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """TEXT of section 3.3.11: backslash, semicolon, comma and line breaks escaped."""
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(row: str) -> Iterator[str]:
    """Lines of at most 75 octets (section 3.1), never cut inside a character."""
    line, limit = "", 75
    for letter in row:
        if len((line + letter).encode()) > limit:
            yield line
            line, limit = " ", 75
        line += letter
    yield line
