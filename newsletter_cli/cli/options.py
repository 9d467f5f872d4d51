"""The options every command shares, and the decorator that puts them on."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import click

from newsletter_cli.cli.app import App

Function = Callable[..., Any]
Maker = Callable[[Function], click.Command]

_ALWAYS = (
    click.option(
        "-C",
        "--workspace",
        "directory",
        type=click.Path(),
        metavar="DIR",
        help="The workspace; default: NEWSLETTER_WORKSPACE, else the folder here or above.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON object."),
    click.option("-q", "--quiet", is_flag=True, help="Print the result only."),
    click.option("-v", "--verbose", is_flag=True, help="Print more."),
    click.option("--debug", is_flag=True, help="Show a traceback for a fault."),
    click.option("--no-input", is_flag=True, help="Never ask."),
)
_DRY_RUN = click.option("-n", "--dry-run", is_flag=True, help="Say what would happen and touch nothing.")
_YES = click.option("-y", "--yes", is_flag=True, help="Answer the confirmation; lifts no guard.")


class _IssueId(click.types.StringParamType):
    """An issue of the workspace: the shell completes those that are there."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[click.shell_completion.CompletionItem]":
        from pathlib import Path

        from click.shell_completion import CompletionItem

        from newsletter_cli.errors import NewsletterError

        directory = ctx.params.get("directory")
        try:
            known = App(directory=Path(directory) if directory else None).workspace.issue_ids()
        except NewsletterError:
            return []
        return [CompletionItem(each) for each in known if each.startswith(incomplete)]


def command(
    name: str, *, dry_run: bool = False, yes: bool = False, **attributes: Any
) -> Callable[[Function], click.Command]:
    """A command of the given name whose function gets an App first, then its own parameters.

    Args:
        name: as typed.
        dry_run: add -n/--dry-run.
        yes: add -y/--yes.
        attributes: passed on to click.command.
    """
    return _decorator(cast(Maker, click.command(name, **attributes)), dry_run, yes)


def subcommand(
    group: click.Group, name: str, *, dry_run: bool = False, yes: bool = False, **attributes: Any
) -> Callable[[Function], click.Command]:
    """The same for a command below `group`."""
    return _decorator(group.command(name, **attributes), dry_run, yes)


def _decorator(make: Maker, dry_run: bool, yes: bool) -> Callable[[Function], click.Command]:
    shared = (*_ALWAYS, *((_DRY_RUN,) if dry_run else ()), *((_YES,) if yes else ()))

    def decorate(function: Function) -> click.Command:
        @wraps(function)
        def call(
            directory: str | None,
            as_json: bool,
            quiet: bool,
            verbose: bool,
            debug: bool,
            no_input: bool,
            dry_run: bool = False,
            yes: bool = False,
            **own: Any,
        ) -> Any:
            from pathlib import Path

            app = App(
                json=as_json,
                quiet=quiet,
                verbose=verbose,
                debug=debug,
                no_input=no_input,
                dry_run=dry_run,
                yes=yes,
                directory=Path(directory) if directory else None,
            )
            click.get_current_context().find_root().obj = app
            return function(app, **own)

        decorated: Function = call
        for option in reversed(shared):
            decorated = option(decorated)
        made = make(decorated)
        for parameter in made.params:
            if parameter.name == "issue_id" and made.name != "new":
                parameter.type = _IssueId()
        return made

    return decorate
