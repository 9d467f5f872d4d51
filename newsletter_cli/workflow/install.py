"""Installs the job that sends what is due on this machine."""

import shutil
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from newsletter_cli.config import Settings
from newsletter_cli.delivery.install import Kind, make_installation
from newsletter_cli.delivery.job import Installation, Job
from newsletter_cli.delivery.timers import machine_zone
from newsletter_cli.paths import Workspace, write_file
from newsletter_cli.providers.registry import provider_class
from newsletter_cli.workflow.schedule import read_calendar


def plan_installation(
    workspace: Workspace, settings: Settings, kind: str, environ: Mapping[str, str], now: datetime
) -> Installation:
    """The files for `kind` (systemd, crontab, launchd, github; auto for what this machine has)."""
    chosen = _usual() if kind == "auto" else Kind(kind)
    return make_installation(chosen, describe_job(workspace, settings, environ), now)


def describe_job(workspace: Workspace, settings: Settings, environ: Mapping[str, str]) -> Job:
    """What is to run for this workspace on this machine."""
    provider = settings.provider
    return Job(
        title=settings.newsletter.name,
        command=_program(),
        root=workspace.root,
        state=workspace.state,
        keys=tuple(provider_class(provider.name).keys_wanted(provider)),
        key_file=bool(provider.key_file),
        ledger_url=bool(settings.ledger.url),
        daily=bool(settings.pace.per_day),
        calendar=read_calendar(workspace, settings),
        machine_zone=machine_zone(environ.get("TZ", ""), _localtime()),
    )


def write_installation(made: Installation) -> tuple[Path, ...]:
    """Write its files, each whole or not at all; gives where they lie."""
    paths = tuple(Path(file.path).expanduser() for file in made.files)
    for path, file in zip(paths, made.files, strict=True):
        write_file(path, file.text)
    return paths


def _usual() -> Kind:
    if sys.platform == "darwin":
        return Kind.LAUNCHD
    return Kind.SYSTEMD if Path("/run/systemd/system").is_dir() or not shutil.which("crontab") else Kind.CRONTAB


def _program() -> tuple[str, ...]:
    """The very program that runs now, by absolute path: a job has another PATH than a person."""
    script = Path(sys.argv[0])
    if script.name in ("newsletter", "newsletter.exe") and script.is_file():
        return (str(script.resolve()),)
    return (sys.executable, "-m", "newsletter_cli")


def _localtime() -> str:
    try:
        return str(Path("/etc/localtime").readlink())
    except OSError:
        return ""
