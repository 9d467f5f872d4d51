"""A systemd timer and service for the job (systemd.service(5), systemd.timer(5), systemd.time(7))."""

import re
from datetime import datetime

from newsletter_cli.delivery.job import Installation, InstallFile, Job
from newsletter_cli.delivery.timers import calendar_lines


def systemd_units(job: Job, now: datetime) -> Installation:
    """User units: no root needed, and the key stays the user's own."""
    environment = [f"EnvironmentFile={_specifier(str(job.key_home))}"] if job.key_home else []
    service = [
        "# Sends the issue that is due and approved. Exit status 6 (nothing due) is no failure;",
        "# 5 (nothing was sent, safe to run again) is tried again every ten minutes.",
        "[Unit]",
        f"Description=Send the issue of {_specifier(job.title)} that is due",
        "Wants=network-online.target",
        "After=network-online.target",
        "StartLimitIntervalSec=6h",
        "StartLimitBurst=40",
        "",
        "[Service]",
        "Type=oneshot",
        f"WorkingDirectory={_specifier(str(job.root))}",
        f"ExecStart={' '.join(_systemd_word(word) for word in job.words)}",
        *environment,
        "SuccessExitStatus=6",
        "RestartForceExitStatus=5",
        "RestartSec=10min",
        "# Time to finish the calls under way and write down their outcome.",
        "KillMode=mixed",
        "TimeoutStopSec=3min",
        "UMask=0077",
        "",
    ]
    timer = [
        "# Persistent: a machine that was off or asleep runs it at once, and `not_after` decides whether it is too late.",
        "# Issues that fix their own moment have a line each: install again when one is added.",
        "[Unit]",
        f"Description=When {_specifier(job.title)} goes out",
        "",
        "[Timer]",
        *[f"OnCalendar={line}" for line in calendar_lines(job.calendar, job.calendar.upcoming(now, 24), job.daily)],
        "Persistent=true",
        "AccuracySec=1s",
        "",
        "[Install]",
        "WantedBy=timers.target",
        "",
    ]
    home = "~/.config/systemd/user"
    return Installation(
        (
            InstallFile(f"{home}/{job.name}.service", "\n".join(service)),
            InstallFile(f"{home}/{job.name}.timer", "\n".join(timer)),
        ),
        (
            f"systemctl --user daemon-reload && systemctl --user enable --now {job.name}.timer",
            "loginctl enable-linger   # so that it also runs while nobody is logged in",
            f"systemctl --user list-timers {job.name}.timer",
        ),
    )


def _systemd_word(word: str) -> str:
    """systemd.service(5), Command lines: `%` and `$` doubled, the rest in C-like quotes where needed."""
    word = _specifier(word).replace("$", "$$")
    if re.fullmatch(r"[A-Za-z0-9_@%+=:,./$-]+", word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _specifier(text: str) -> str:
    return text.replace("%", "%%")
