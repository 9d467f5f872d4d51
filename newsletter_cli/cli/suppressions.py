"""`newsletter suppressions`: our list of people who are never mailed, and the provider's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import subcommand
from newsletter_cli.cli.progress import waits

if TYPE_CHECKING:
    from newsletter_cli.database import Database
    from newsletter_cli.providers.base import Provider


@click.group("suppressions")
def suppressions() -> None:
    """Bring the provider's list of people who left here, and ours there."""


@subcommand(suppressions, "pull")
@click.option("--all", "everything", is_flag=True, help="Read the whole list, not only what came since the last time.")
def pull(app: App, everything: bool) -> None:
    """Read who bounced, complained or left at the provider into our list."""
    from newsletter_cli.workflow.suppressions import pull as pull_list

    with _both(app) as (database, provider):
        found = pull_list(
            database,
            provider,
            lambda: app.now,
            everything=everything,
            progress=lambda seen: app.note(f"{seen:,} entries read"),
            sleep=waits(app),
        )
        title = provider.title
    added = sum(found.added.values())
    app.emit(
        {
            "provider": title,
            "seen": found.seen,
            "added": added,
            "by_reason": found.added,
            "known": found.known,
            "came_back": found.came_back,
            "not_an_address": found.odd,
        }
    )
    app.result(f"{title}: {plural(found.seen, 'entry', 'entries')} read, {plural(added, 'person', 'people')} new here.")
    for reason, count in sorted(found.added.items()):
        app.result(f"  {count:,} {reason}")
    if found.came_back:
        app.result(
            f"  {found.came_back:,} asked to be written to again since; `newsletter suppressions push` tells it."
        )
    if found.odd:
        app.result(f"  {found.odd:,} of them no mail address; left out")
    app.next("newsletter subscribers list --suppressed")


@subcommand(suppressions, "push")
def push(app: App) -> None:
    """Put who left here on the provider's list, and take off who came back."""
    from newsletter_cli.workflow.suppressions import push as push_list

    with _both(app) as (database, provider):
        done = push_list(
            database, provider, lambda: app.now, lambda count: app.note(f"{count:,} entries done"), waits(app)
        )
        title = provider.title
    app.emit({"provider": title, "added": done.added, "removed": done.removed, "left_out": done.left_out})
    app.result(f"{title}: {done.added:,} added, {done.removed:,} taken off.")
    if done.left_out:
        app.result(f"  {done.left_out:,} erased here: their addresses are not known any more, so they cannot be told.")
    app.next("newsletter suppressions pull")


@contextmanager
def _both(app: App) -> "Iterator[tuple[Database, Provider]]":
    from newsletter_cli.workflow.send import open_account
    from newsletter_cli.workflow.subscribers import opened

    provider = open_account(app.workspace, app.settings, app.environ)
    try:
        with opened(app.workspace, app.settings) as database:
            yield database, provider
    finally:
        provider.close()
