"""Installs the job that sends what is due: crontab and launchd here, systemd and GitHub Actions beside."""

import plistlib
import shlex
from datetime import datetime, timedelta
from enum import StrEnum

from newsletter_cli.delivery.install_github import github_workflow
from newsletter_cli.delivery.install_systemd import systemd_units
from newsletter_cli.delivery.job import Installation, InstallFile, Job
from newsletter_cli.delivery.schedule import NoSchedule
from newsletter_cli.delivery.timers import cron_days, cron_times, over_the_years
from newsletter_cli.errors import NewsletterError


class Kind(StrEnum):
    """What wakes the job."""

    SYSTEMD = "systemd"
    CRONTAB = "crontab"
    LAUNCHD = "launchd"
    GITHUB = "github"


def make_installation(kind: Kind, job: Job, now: datetime) -> Installation:
    """What to install for this job.

    Raises:
        NoSchedule: there is nothing to wake for.
        NewsletterError: a path that no such file can hold.
    """
    if job.calendar.rule is None and not job.calendar.own:
        raise NoSchedule
    if any(ord(letter) < 32 for word in job.words for letter in word):
        raise NewsletterError("The workspace's path holds a control character.", "Rename the folder.")
    makers = {Kind.SYSTEMD: systemd_units, Kind.CRONTAB: _crontab, Kind.LAUNCHD: _launchd, Kind.GITHUB: github_workflow}
    made = makers[kind](job, now)
    if job.key_home is None or kind is Kind.GITHUB:
        return made
    pairs = ", ".join(f"{key}=..." for key in job.keys)
    return Installation(
        made.files, (f"Write {pairs} into {job.key_home} and run: chmod 600 {job.key_home}", *made.steps)
    )


def _crontab(job: Job, now: datetime) -> Installation:
    """One line of crontab(5). Hourly through the window after the hour, so that a late approval still goes out."""
    slots = over_the_years(job.calendar, now)
    minutes, hours = cron_times(slots, job.machine_zone, job.window)
    days = "*" if job.daily else cron_days(slots, job.machine_zone, job.window)
    words = shlex.join((*job.words, "--quiet"))
    if job.key_home:
        words = f"set -a; . {shlex.quote(str(job.key_home))}; set +a; {words}"
    text = (
        f"# {job.title}: sends the issue that is due and approved; silent when nothing is. Hours are {job.machine_zone.key}.\n"
        "# cron mails what is printed to MAILTO: a refusal and its reason reach you.\n"
        f"{minutes} {hours} {days} * * {_percent(words)}\n"
    )
    path = job.state / "install" / f"{job.name}.crontab"
    add = f"(crontab -l 2>/dev/null; cat {shlex.quote(str(path))}) | crontab -"
    return Installation((InstallFile(str(path), text),), (add, "crontab -l"))


def _launchd(job: Job, now: datetime) -> Installation:
    """A launch agent (launchd.plist(5)); what was missed in sleep runs at waking. The key stays out of the plist."""
    words = list(job.words)
    if job.key_home:
        script = f"set -a; . {shlex.quote(str(job.key_home))}; set +a; exec {shlex.join(words)}"
        words = ["/bin/sh", "-c", script]
    slots = over_the_years(job.calendar, now)
    minutes, hours = cron_times(slots, job.machine_zone, timedelta(0))
    days = [] if job.daily else cron_days(slots, job.machine_zone, timedelta(0)).split(",")
    label = f"org.newsletter-cli.{job.name}"
    plist = {
        "Label": label,
        "ProgramArguments": words,
        "WorkingDirectory": str(job.root),
        "StartCalendarInterval": [
            {"Hour": int(hour), "Minute": int(minute)} | ({"Day": day} if day else {})
            for day in _numbers(days) or [0]
            for hour in hours.split(",")
            for minute in minutes.split(",")
        ],
        "StandardOutPath": str(job.state / "send.log"),
        "StandardErrorPath": str(job.state / "send.log"),
        "ProcessType": "Background",
        "Umask": 0o077,
    }
    path = f"~/Library/LaunchAgents/{label}.plist"
    return Installation(
        (InstallFile(path, plistlib.dumps(plist, sort_keys=False).decode()),),
        (f"launchctl bootstrap gui/$(id -u) {path}", f"launchctl print gui/$(id -u)/{label}"),
    )


def _percent(words: str) -> str:
    """crontab(5): a bare `%` is a line break."""
    return words.replace("%", "\\%")


def _numbers(ranges: list[str]) -> list[int]:
    """`["22-24", "28"]` as 22, 23, 24, 28."""
    found: list[int] = []
    for each in ranges:
        first, _, last = each.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found
