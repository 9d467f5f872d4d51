"""What is due: over two years, in three zones, with clocks that sleep, jump and run twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter_cli.config.settings import ScheduleSettings
from newsletter_cli.database import Database, open_database
from newsletter_cli.delivery.holds import CANCELLED, HELD, Hold, IssueHeld, lift_hold, put_hold
from newsletter_cli.delivery.ledger import AlreadySent, Ledger
from newsletter_cli.delivery.schedule import Calendar, make_calendar
from newsletter_cli.errors import ExitStatus
from newsletter_cli.model.campaign import CampaignState
from newsletter_cli.testing.samples import sample_message, sample_people
from newsletter_cli.workflow.due import NothingDue, TooLate, find_due
from tests.delivery.kit import Clock

MONTHS = [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13)]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "newsletter.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, clock)


def calendar(
    when: str = "last thursday 10:00", zone: str = "Europe/London", issues: list[str] | None = None
) -> Calendar:
    ids = frozenset(MONTHS if issues is None else issues)
    return make_calendar(ScheduleSettings(when=when), ZoneInfo(zone), {}, ids)


def begin(ledger: Ledger, issue: str, not_after: datetime | None = None) -> int:
    return ledger.freeze(
        issue=issue,
        message=sample_message(),
        audience_rule=issue,
        recipients=sample_people(3),
        provider="postman",
        batch_size=10,
        not_after=not_after,
    )


def finish(ledger: Ledger, issue: str) -> None:
    ledger.set_state(begin(ledger, issue), CampaignState.DONE)


def asked(ledger: Ledger, which: Calendar, now: datetime) -> str | ExitStatus:
    """The issue to send, or the status the job ends with."""
    try:
        return find_due(which, ledger, now).issue
    except (NothingDue, TooLate, IssueHeld) as error:
        return error.exit_status


@pytest.mark.parametrize(
    ("zone", "when"),
    [
        ("Europe/London", "last thursday 10:00"),
        ("America/New_York", "day 31 01:30"),
        ("Australia/Lord_Howe", "first sunday 02:15"),
    ],
)
def test_every_issue_of_two_years_is_due_at_its_minute_and_once(ledger: Ledger, zone: str, when: str) -> None:
    which = calendar(when, zone)
    for issue in MONTHS:
        moment = which.moment(issue)
        assert moment is not None
        at = moment.astimezone(UTC)
        assert asked(ledger, which, at - MINUTE) is ExitStatus.NOTHING_TO_DO
        assert asked(ledger, which, at) == issue
        assert asked(ledger, which, at + 6 * HOUR) == issue
        assert asked(ledger, which, at + 6 * HOUR + MINUTE) is ExitStatus.TOO_LATE
        finish(ledger, issue)
        assert asked(ledger, which, at + MINUTE) is ExitStatus.NOTHING_TO_DO


@pytest.mark.parametrize(("issue", "night"), [("2023-03", 26), ("2023-10", 29)])
def test_a_job_every_half_hour_sends_once_in_the_night_the_clocks_change(
    ledger: Ledger, issue: str, night: int
) -> None:
    which = calendar("last sunday 01:30", issues=[issue])
    found: list[tuple[str, datetime]] = []
    now = datetime(2023, int(issue[-2:]), night - 1, 20, tzinfo=UTC)
    for _ in range(48):
        answer = asked(ledger, which, now)
        if isinstance(answer, str):
            found.append((answer, now))
            finish(ledger, answer)
        now += HOUR / 2
    moment = which.moment(issue)
    assert moment is not None
    # Compared in UTC: a time that comes twice equals nothing in another zone (PEP 495).
    assert found == [(issue, moment.astimezone(UTC))]


def test_a_machine_that_slept_through_the_hour_sends_when_it_wakes_in_time(ledger: Ledger) -> None:
    woke = datetime(2023, 2, 23, 14, 0, tzinfo=UTC)
    assert asked(ledger, calendar(issues=["2023-02"]), woke) == "2023-02"


def test_a_machine_that_slept_too_long_lets_a_person_decide(ledger: Ledger) -> None:
    with pytest.raises(TooLate) as caught:
        find_due(calendar(issues=["2023-02"]), ledger, datetime(2023, 2, 27, 9, 0, tzinfo=UTC))
    assert caught.value.exit_status is ExitStatus.TOO_LATE
    assert "newsletter send 2023-02 --late" in caught.value.hint
    assert "newsletter cancel 2023-02" in caught.value.hint


def test_a_clock_set_back_sends_nothing_again(ledger: Ledger) -> None:
    which = calendar(issues=["2023-01", "2023-02"])
    finish(ledger, "2023-01")
    finish(ledger, "2023-02")
    for now in (datetime(2023, 2, 23, 10, 0), datetime(2023, 1, 26, 10, 30), datetime(2022, 1, 1)):  # noqa: DTZ001
        assert asked(ledger, which, now.replace(tzinfo=UTC)) is ExitStatus.NOTHING_TO_DO


def test_a_clock_set_back_before_the_moment_waits_for_it_again(ledger: Ledger) -> None:
    which = calendar(issues=["2023-02"])
    assert asked(ledger, which, datetime(2023, 2, 23, 10, 0, tzinfo=UTC)) == "2023-02"
    assert asked(ledger, which, datetime(2023, 2, 23, 9, 0, tzinfo=UTC)) is ExitStatus.NOTHING_TO_DO


def test_of_two_jobs_in_the_same_second_one_freezes(ledger: Ledger, clock: Clock) -> None:
    clock.now = datetime(2023, 2, 23, 10, 0, tzinfo=UTC)
    which = calendar(issues=["2023-02"])
    assert asked(ledger, which, clock.now) == asked(ledger, which, clock.now) == "2023-02"
    begin(ledger, "2023-02")
    with pytest.raises(AlreadySent):
        begin(ledger, "2023-02")


def test_an_issue_begun_in_time_goes_on_until_its_own_deadline(ledger: Ledger, clock: Clock) -> None:
    clock.now = datetime(2023, 2, 23, 10, 0, tzinfo=UTC)
    begin(ledger, "2023-02", not_after=clock.now + timedelta(days=3))
    which = calendar(issues=["2023-02"])
    assert asked(ledger, which, clock.now + timedelta(days=2)) == "2023-02", "a warm-up takes days"
    assert asked(ledger, which, clock.now + timedelta(days=4)) is ExitStatus.TOO_LATE


def test_a_held_issue_is_not_due_and_a_cancelled_one_is_over(ledger: Ledger) -> None:
    which, now = calendar(issues=["2023-02"]), datetime(2023, 2, 23, 10, 0, tzinfo=UTC)

    def hold(state: str) -> Hold:
        return Hold(state, "a name is wrong", "Ann")

    with ledger.database.writing() as connection:
        put_hold(connection, "2023-02", hold(HELD), now)
    with pytest.raises(IssueHeld, match="held back by Ann: a name is wrong"):
        find_due(which, ledger, now)
    with ledger.database.writing() as connection:
        put_hold(connection, "2023-02", hold(CANCELLED), now)
    assert asked(ledger, which, now) is ExitStatus.NOTHING_TO_DO
    assert asked(ledger, which, now + timedelta(days=9)) is ExitStatus.NOTHING_TO_DO, "nor is it too late"
    with ledger.database.writing() as connection:
        lift_hold(connection, "2023-02", "Ann", now)
    assert asked(ledger, which, now) == "2023-02"


def test_an_issue_that_was_missed_is_not_told_of_once_the_next_has_gone_out(ledger: Ledger) -> None:
    which = calendar(issues=["2023-01", "2023-02"])
    finish(ledger, "2023-02")
    assert asked(ledger, which, datetime(2023, 2, 23, 11, 0, tzinfo=UTC)) is ExitStatus.NOTHING_TO_DO


def test_what_was_called_off_in_the_middle_is_over(ledger: Ledger, clock: Clock) -> None:
    clock.now = datetime(2023, 2, 23, 10, 0, tzinfo=UTC)
    ledger.set_state(begin(ledger, "2023-02"), CampaignState.CANCELLED)
    with pytest.raises(NothingDue, match="2023-02 was called off"):
        find_due(calendar(issues=["2023-02"]), ledger, clock.now)


def test_of_two_issues_whose_time_has_come_the_one_that_waits_longer_goes_first(ledger: Ledger) -> None:
    both = make_calendar(
        ScheduleSettings(not_after="6h"),
        ZoneInfo("Europe/London"),
        {"2023-01-appeal": datetime(2023, 1, 26, 9, tzinfo=UTC), "2023-01": datetime(2023, 1, 26, 10, tzinfo=UTC)},
        frozenset({"2023-01", "2023-01-appeal"}),
    )
    now = datetime(2023, 1, 26, 10, 5, tzinfo=UTC)

    assert asked(ledger, both, now) == "2023-01-appeal"
    finish(ledger, "2023-01-appeal")
    assert asked(ledger, both, now) == "2023-01"
