"""The job that sends what is due, and what installing it on a machine comes to."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from newsletter_cli.config.settings import seconds
from newsletter_cli.delivery.schedule import Calendar


@dataclass(frozen=True, slots=True)
class Job:
    """What is to run, and where.

    Attributes:
        title: the newsletter's name, for people.
        command: the program's own words, absolute path first: `newsletter`, or `python -m newsletter_cli`.
        root: the workspace, absolute.
        state: the state folder, absolute; it must survive from run to run.
        keys: environment variables the provider's key is read from; empty when it needs none.
        key_file: True when newsletter.toml names a key_file, so that the job needs no environment.
        ledger_url: True when the ledger lies on a server, so that no state folder need survive.
        daily: a warm-up spreads a send over days, so the job wakes each day.
        machine_zone: what this machine's cron and launchd go by.
    """

    title: str
    command: tuple[str, ...]
    root: Path
    state: Path
    keys: tuple[str, ...]
    key_file: bool
    ledger_url: bool
    daily: bool
    calendar: Calendar
    machine_zone: ZoneInfo

    @property
    def name(self) -> str:
        """The unit's name: letters, digits and hyphens."""
        return "newsletter-" + (re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")[:40] or "job")

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.command, "send", "--due", "--no-input", "-C", str(self.root))

    @property
    def key_home(self) -> Path | None:
        """A file only its owner reads, with `NAME=key` lines; None when no such file is needed."""
        return self.state / "provider.env" if self.keys and not self.key_file else None

    @property
    def window(self) -> timedelta:
        """How long after the hour it is worth looking again: until it is too late, six hours at most."""
        return min(timedelta(hours=6), timedelta(seconds=seconds(self.calendar.settings.not_after)))


@dataclass(frozen=True, slots=True)
class InstallFile:
    """One file to write, `path` absolute, or below the home folder when it begins with `~`."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Installation:
    """The files, and what a person does next, one command or sentence each."""

    files: tuple[InstallFile, ...]
    steps: tuple[str, ...]
