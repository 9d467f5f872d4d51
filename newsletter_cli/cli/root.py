"""The `newsletter` group: help in sections, commands imported only when called."""

from importlib import import_module

import click

from newsletter_cli import __version__
from newsletter_cli.cli.commands import GROUPS, entry


class Root(click.Group):
    """Finds commands in the table of cli/commands.py."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for entries in GROUPS.values() for name in entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = entry(cmd_name)
        if found is None:
            return None
        command = getattr(import_module(f"newsletter_cli.cli.{found.module}"), found.attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{found.module}.{found.attribute} is not a command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and entry(args[0]) is None:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            ctx.fail(f"There is no command `{args[0]}`." + (f" Did you mean `{near[0]}`?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, entries in GROUPS.items():
            if entries:
                with formatter.section(title):
                    formatter.write_dl([(name, each.help) for name, each in entries.items()])


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="newsletter")
def newsletter() -> None:
    """Compose, check, approve and send a newsletter: nobody twice, nobody missed, and a receipt.

    `newsletter demo` shows the whole way on an example.
    """
