"""When issues go out: over two years, in three zones, through clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter_cli.config.settings import ScheduleSettings
from newsletter_cli.config.when import parse_when
from newsletter_cli.delivery.schedule import Calendar, NoSchedule, at_wall_time, make_calendar, parse_moment

MONTHS = [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13)]
LONDON = ZoneInfo("Europe/London")


def calendar(when: str, zone: str = "Europe/London", own: dict[str, datetime] | None = None) -> Calendar:
    return make_calendar(ScheduleSettings(when=when), ZoneInfo(zone), own or {}, frozenset(MONTHS))


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe"])
def test_ten_in_the_morning_is_ten_in_the_morning_all_year_in_every_zone(zone: str) -> None:
    found = [calendar("last thursday 10:00", zone).moment(month) for month in MONTHS]
    assert all(moment and (moment.weekday(), moment.hour, moment.minute) == (3, 10, 0) for moment in found)
    assert all(moment and (moment + timedelta(days=7)).month != moment.month for moment in found)
    assert len({moment.astimezone(UTC).time() for moment in found if moment}) == 2, "summer and winter differ in UTC"


def test_day_31_is_the_last_day_of_a_shorter_month() -> None:
    days = [moment.day for month in MONTHS if (moment := calendar("day 31 10:00").moment(month))]
    assert days == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("2nd tuesday", date(2022, 2, 8)),
        ("first Mon 8:00", date(2022, 2, 7)),
        ("fifth friday 17:00", date(2022, 2, 25)),
        ("the last Thursday of the month at 10am", date(2022, 2, 24)),
        ("last working day", date(2022, 2, 28)),
        ("15th 9:30", date(2022, 2, 15)),
        ("last day 23:59", date(2022, 2, 28)),
    ],
)
def test_a_rule_reads_like_speech(when: str, day: date) -> None:
    assert parse_when(when).on(2022, 2) == day


@pytest.mark.parametrize(
    "when", ["thursday", "last thirsday", "day 32", "day 0", "10:00", "6th monday", "last thursday 25:00", "last t"]
)
def test_a_rule_that_cannot_be_read_is_refused(when: str) -> None:
    with pytest.raises(ValueError, match=r"must be a day of the month|is no time of day"):
        parse_when(when)


def test_half_past_one_in_the_spring_gap_of_london_is_half_past_two() -> None:
    moment = at_wall_time(date(2023, 3, 26), time(1, 30), LONDON)
    assert moment.isoformat() == "2023-03-26T02:30:00+01:00"


def test_half_past_one_in_the_autumn_is_the_first_of_the_two() -> None:
    moment = at_wall_time(date(2023, 10, 29), time(1, 30), LONDON)
    assert moment.astimezone(UTC) == datetime(2023, 10, 29, 0, 30, tzinfo=UTC)


def test_the_day_that_samoa_skipped_still_has_a_moment() -> None:
    moment = at_wall_time(date(2011, 12, 30), time(10), ZoneInfo("Pacific/Apia"))
    assert moment.isoformat() == "2011-12-31T10:00:00+14:00"


def test_deadlines_in_days_keep_their_hour_over_a_clock_change() -> None:
    slot = calendar("last thursday 10:00").slot("2023-03")
    assert slot is not None
    assert slot.sends.isoformat() == "2023-03-30T10:00:00+01:00"
    assert slot.collect_by.isoformat() == "2023-03-20T10:00:00+00:00"
    assert slot.proof_by.isoformat() == "2023-03-24T10:00:00+00:00", "the 25th is a Saturday"
    assert slot.not_after.isoformat() == "2023-03-30T16:00:00+01:00"


def test_not_after_counts_hours_on_the_clock_through_the_night_the_clocks_go_back() -> None:
    slot = calendar("last day 23:00", own={"2023-10": at_wall_time(date(2023, 10, 28), time(23), LONDON)}).slot(
        "2023-10"
    )
    assert slot is not None
    assert slot.not_after - slot.sends.astimezone(UTC) == timedelta(hours=6)
    assert slot.not_after.isoformat() == "2023-10-29T04:00:00+00:00"


def test_the_next_twelve_dates_follow_each_other_month_by_month() -> None:
    now = datetime(2023, 2, 23, 10, 0, tzinfo=UTC)
    slots = calendar("last thursday 10:00").upcoming(now)
    assert [slot.issue for slot in slots] == MONTHS[2:14], "the very moment itself has come and is not ahead"
    assert slots[0].sends.isoformat() == "2023-03-30T10:00:00+01:00"


def test_an_issue_may_fix_its_own_moment() -> None:
    own = {"2023-03": parse_moment("2023-03-08 07:15", LONDON), "extra": parse_moment("2023-03-20", LONDON)}
    slots = calendar("last thursday 10:00", own=own).upcoming(datetime(2023, 3, 1, tzinfo=UTC), 2)
    assert [(slot.issue, slot.sends.isoformat(), slot.own) for slot in slots] == [
        ("2023-03", "2023-03-08T07:15:00+00:00", True),
        ("2023-04", "2023-04-27T10:00:00+01:00", False),
    ]
    due = make_calendar(ScheduleSettings(), LONDON, own, frozenset(["2023-03", "extra"]))
    assert [slot.issue for slot in due.due(datetime(2023, 3, 21, tzinfo=UTC))] == ["extra", "2023-03"]


@pytest.mark.parametrize("text", ["24.2.2022", "2022-02-30", "2022-02-24 25:00", "soon", "2022-02-24 10"])
def test_a_moment_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_moment(text, LONDON)


def test_without_a_rule_and_without_own_moments_there_is_no_schedule() -> None:
    with pytest.raises(NoSchedule):
        make_calendar(ScheduleSettings(), LONDON, {}, frozenset()).upcoming(datetime(2023, 1, 1, tzinfo=UTC))
