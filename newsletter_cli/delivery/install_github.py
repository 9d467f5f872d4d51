"""A GitHub Actions workflow for the job."""

import json
import shlex
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter_cli.delivery.job import Installation, InstallFile, Job
from newsletter_cli.delivery.timers import cron_days, cron_times, over_the_years
from newsletter_cli.errors import NewsletterError


def github_workflow(job: Job, now: datetime) -> Installation:
    """A workflow file. GitHub's cron is UTC and may start late; `--due` and `not_after` take care of both."""
    slots, utc, again = over_the_years(job.calendar, now), ZoneInfo("UTC"), timedelta(hours=1)
    minutes, hours = cron_times(slots, utc, again)
    days = "*" if job.daily else cron_days(slots, utc, again)
    secrets = (*job.keys, "NEWSLETTER_UNSUBSCRIBE_SECRET") if job.ledger_url else job.keys
    environment = [f"          {key}: ${{{{ secrets.{key} }}}}" for key in secrets]
    rows = [
        "# Sends the issue that is due and approved. Hours are UTC: `--due` knows the newsletter's own time zone.",
        f"name: {_yaml(f'Send {job.title}')}",
        "on:",
        "  schedule:",
        f"    - cron: {_yaml(f'{minutes} {hours} {days} * *')}",
        "  workflow_dispatch:",
        "permissions:",
        "  contents: read",
        "# Never two at once, and never one cut off half way.",
        "concurrency:",
        "  group: newsletter-send",
        "  cancel-in-progress: false",
        "jobs:",
        "  send:",
        *(_hosted() if job.ledger_url else _self_hosted(job)),
        *(["        env:", *environment] if environment else []),
        "",
    ]
    path = job.root / ".github" / "workflows" / "newsletter-send.yml"
    path_note = ["Name the program and its version in requirements.txt."] if job.ledger_url else []
    steps = [*path_note, *(f"gh secret set {key}" for key in secrets)]
    return Installation(
        (InstallFile(str(path), "\n".join(rows)),), (*steps, f"git add {path} && git commit && git push")
    )


def _hosted() -> list[str]:
    return [
        "    runs-on: ubuntu-latest",
        "    timeout-minutes: 350",
        "    steps:",
        "      - uses: actions/checkout@v4",
        "      - uses: actions/setup-python@v5",
        "        with:",
        '          python-version: "3.12"',
        "      # requirements.txt beside newsletter.toml names the program, its postgres extra, and the version you tried.",
        "      - run: pip install -r requirements.txt",
        "      # Exit status 6 says that nothing is due: no failure.",
        "      - run: newsletter send --due --no-input || [ $? -eq 6 ]",
    ]


def _self_hosted(job: Job) -> list[str]:
    """The account of who got what lies in the state folder; GitHub's own runners forget it, and would mail twice."""
    return [
        f"    # The state folder {job.state} must survive from run to run, so this runs on your own machine.",
        "    # With [ledger] url set to a PostgreSQL server, install again: GitHub's runners will do then.",
        "    runs-on: self-hosted",
        "    timeout-minutes: 350",
        "    steps:",
        "      # Exit status 6 says that nothing is due: no failure.",
        f"      - run: {_yaml(shlex.join(job.words) + ' || [ $? -eq 6 ]')}",
        f"        working-directory: {_yaml(str(job.root))}",
    ]


def _yaml(text: str) -> str:
    """A JSON string is a YAML string; `${{` would be an expression of GitHub's."""
    if "${{" in text:
        raise NewsletterError("The workspace's path holds `${{`, which GitHub would evaluate.", "Rename the folder.")
    return json.dumps(text, ensure_ascii=False)
