"""The calendar file."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newsletter_cli.config.settings import ScheduleSettings
from newsletter_cli.delivery.ics import write_ics
from newsletter_cli.delivery.schedule import make_calendar

NOW = datetime(2023, 3, 1, tzinfo=UTC)
CALENDAR = make_calendar(
    ScheduleSettings(when="last thursday 10:00"), ZoneInfo("Europe/London"), {}, frozenset(["2023-03"])
)


def test_every_issue_has_three_deadlines_and_the_moment_in_utc() -> None:
    text = write_ics(CALENDAR.upcoming(NOW, 2), "Example News", "example.org", NOW)
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 8
    assert "UID:2023-03-sends@example.org\r\nDTSTAMP:20230301T000000Z\r\nDTSTART:20230330T090000Z\r\n" in text
    assert "UID:2023-03-approve@example.org\r\nDTSTAMP:20230301T000000Z\r\nDTSTART;VALUE=DATE:20230328\r\n" in text
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert text.endswith("END:VCALENDAR\r\n")


def test_long_names_are_folded_at_75_octets_and_commas_escaped() -> None:
    text = write_ics(CALENDAR.upcoming(NOW, 1), "Größe, Wärme; und " + "ä" * 60, "example.org", NOW)
    lines = text.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert "SUMMARY:Größe\\, Wärme\\; und " + "ä" * 60 + " 2023-03 goes out" in text.replace("\r\n ", "")
