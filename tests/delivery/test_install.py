"""The files that make a machine send on time, read back by those who will read them."""

import plistlib
import shlex
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter_cli.config.settings import ScheduleSettings
from newsletter_cli.delivery.install import Kind, make_installation
from newsletter_cli.delivery.job import Job
from newsletter_cli.delivery.schedule import NoSchedule, at_wall_time, make_calendar
from newsletter_cli.delivery.timers import calendar_lines, machine_zone
from newsletter_cli.errors import NewsletterError

NOW = datetime(2027, 1, 1, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
AWKWARD = '/srv/50% of $HOME/it\'s a "news" folder'


def job(when: str = "last thursday 10:00", root: str = "/srv/news", **changes: object) -> Job:
    made = Job(
        title="Example News",
        command=("/usr/bin/newsletter",),
        root=Path(root),
        state=Path(root) / ".newsletter",
        keys=("MAILGUN_API_KEY",),
        key_file=False,
        ledger_url=False,
        daily=False,
        calendar=make_calendar(ScheduleSettings(when=when), LONDON, {}, frozenset()),
        machine_zone=LONDON,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def text(kind: Kind, which: Job, file: int = 0) -> str:
    return make_installation(kind, which, NOW).files[file].text


@pytest.mark.parametrize("kind", list(Kind))
def test_no_key_and_no_home_made_path_is_in_any_file(kind: Kind) -> None:
    made = make_installation(kind, job(), NOW)
    everything = "".join(file.text for file in made.files)
    assert "send --due" in everything.replace("</string>\n\t\t<string>", " ")
    assert "/srv/news" in everything
    assert "MAILGUN_API_KEY=" not in everything
    assert made.steps


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_accepts_the_units_even_with_an_awkward_path(tmp_path: Path) -> None:
    root = tmp_path / '50% of $HOME it\'s "x"'
    (root / ".newsletter").mkdir(parents=True)
    made = make_installation(Kind.SYSTEMD, job(root=str(root), command=("/bin/true",)), NOW)
    paths = [tmp_path / Path(file.path).name for file in made.files]
    for path, file in zip(paths, made.files, strict=True):
        path.write_text(file.text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", *map(str, paths)], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "newsletter-example-news" in line]
    assert not ours
    assert (
        f'-C "{str(root).replace("%", "%%").replace("$", "$$").replace(chr(34), chr(92) + chr(34))}"'
        in made.files[0].text
    )


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize(
    "when",
    [
        "last thursday 10:00",
        "2nd tuesday 9:30",
        "fifth friday",
        "day 31",
        "day 30 8:00",
        "day 12",
        "last working day 17:00",
    ],
)
def test_systemd_wakes_at_every_date_of_the_schedule(when: str) -> None:
    calendar = job(when).calendar
    wanted = {f"{slot.sends.astimezone(UTC):%Y-%m-%d %H:%M:%S}" for slot in calendar.upcoming(NOW, 24)}
    woken: set[str] = set()
    for line in calendar_lines(calendar, calendar.upcoming(NOW, 24), False):
        done = subprocess.run(
            ["systemd-analyze", "calendar", "--base-time=2027-01-01 00:00:00 UTC", "--iterations=30", line],
            capture_output=True,
            text=True,
            check=True,
            env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
        )
        woken |= {
            " ".join(row.split()[-3:-1])
            for row in done.stdout.splitlines()
            if "Next elapse" in row or "Iter. #" in row or "Iteration #" in row
        }
    assert wanted == {each for each in woken if each <= max(wanted)}


def test_a_moment_that_a_clock_change_swallows_is_given_in_utc() -> None:
    calendar = job("last sunday 01:30").calendar
    lines = calendar_lines(calendar, calendar.upcoming(NOW, 24), False)
    assert lines == ("Sun *-*~07/1 01:30:00 Europe/London", "2027-03-28 01:30:00 UTC", "2028-03-26 01:30:00 UTC")


def test_an_issue_that_fixes_its_own_moment_has_a_line() -> None:
    own = {"2027-02": at_wall_time(datetime(2027, 2, 8).date(), datetime(2027, 2, 8, 7, 15).time(), LONDON)}  # noqa: DTZ001
    calendar = make_calendar(ScheduleSettings(when="last thursday 10:00"), LONDON, own, frozenset(["2027-02"]))
    assert "2027-02-08 07:15:00 UTC" in calendar_lines(calendar, calendar.upcoming(NOW, 24), False)


def test_the_crontab_line_survives_a_shell_and_wakes_at_every_date() -> None:
    line = text(Kind.CRONTAB, job(root=AWKWARD, machine_zone=ZoneInfo("UTC"))).splitlines()[-1]
    minutes, hours, days, month, weekday, command = line.split(" ", 5)
    assert (minutes, days, month, weekday) == ("0", "22-31", "*", "*")
    assert set(hours.split(",")) == {str(hour) for hour in range(9, 17)}, (
        "ten in London, summer and winter, and 6 h more"
    )
    assert "%" not in command.replace("\\%", "")
    words = shlex.split(command.replace("\\%", "%"))
    assert words[words.index("-C") + 1] == AWKWARD
    assert f"{AWKWARD}/.newsletter/provider.env;" in words


def test_a_day_31_near_midnight_is_the_first_of_the_next_month_elsewhere() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    days = text(Kind.CRONTAB, job("day 31 23:30", machine_zone=tokyo)).splitlines()[-1].split()[2]
    assert days == "1"


def test_launchd_reads_the_plist_and_runs_the_very_path() -> None:
    plist = plistlib.loads(text(Kind.LAUNCHD, job(root=AWKWARD)).encode())
    script = shlex.split(plist["ProgramArguments"][2])
    assert script[script.index("-C") + 1] == AWKWARD
    assert {"Hour": 10, "Minute": 0, "Day": 31} in plist["StartCalendarInterval"]
    assert len(plist["StartCalendarInterval"]) == 10


def test_github_keeps_the_account_on_your_own_machine_unless_it_lies_on_a_server() -> None:
    own, hosted = text(Kind.GITHUB, job(root=AWKWARD)), text(Kind.GITHUB, job(ledger_url=True))
    assert "runs-on: self-hosted" in own
    assert "runs-on: ubuntu-latest" in hosted
    assert "MAILGUN_API_KEY: ${{ secrets.MAILGUN_API_KEY }}" in own
    assert "NEWSLETTER_UNSUBSCRIBE_SECRET: ${{ secrets.NEWSLETTER_UNSUBSCRIBE_SECRET }}" in hosted
    assert 'cron: "0 9,10,11 22-31 * *"' in own
    with pytest.raises(NewsletterError, match="GitHub would evaluate"):
        make_installation(Kind.GITHUB, job(root="/srv/${{ secrets.X }}"), NOW)


def test_a_warm_up_wakes_the_job_every_day() -> None:
    assert "OnCalendar=*-*-* 10:00:00 Europe/London" in text(Kind.SYSTEMD, job(daily=True), 1)
    assert text(Kind.CRONTAB, job(daily=True)).splitlines()[-1].split()[2] == "*"


def test_a_line_break_in_a_path_is_refused_and_nothing_to_wake_for_is_said() -> None:
    with pytest.raises(NewsletterError, match="control character"):
        make_installation(Kind.CRONTAB, job(root="/srv/a\nb"), NOW)
    empty = make_calendar(ScheduleSettings(), LONDON, {}, frozenset())
    with pytest.raises(NoSchedule):
        make_installation(Kind.SYSTEMD, job(calendar=empty), NOW)


def test_the_window_is_never_longer_than_what_is_too_late() -> None:
    short = make_calendar(ScheduleSettings(when="last thursday 10:00", not_after="2h"), LONDON, {}, frozenset())
    assert job(calendar=short).window == timedelta(hours=2)


def test_the_machines_zone_is_tz_then_localtime_then_utc() -> None:
    assert machine_zone(":Asia/Tokyo", "/usr/share/zoneinfo/Europe/Rome").key == "Asia/Tokyo"
    assert machine_zone("", "/usr/share/zoneinfo/Europe/Rome").key == "Europe/Rome"
    assert machine_zone("CET-1CEST,M3.5.0,M10.5.0/3", "").key == "UTC"
