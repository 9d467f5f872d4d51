"""Writes docs/commands.md from the commands themselves: `python -m newsletter_cli.cli.reference > docs/commands.md`."""

import inspect
from collections.abc import Iterator

import click

from newsletter_cli.cli.commands import GROUPS
from newsletter_cli.cli.root import newsletter

_SHARED = ("directory", "as_json", "quiet", "verbose", "debug", "no_input", "dry_run", "yes", "help")
_INTRODUCTION = """\
# Every command

Written by `python -m newsletter_cli.cli.reference`; a test compares it with the commands.

## Options of all commands

| option | what it does |
|---|---|
| `-C`, `--workspace DIR` | the workspace; default: `NEWSLETTER_WORKSPACE`, else the folder here or above |
| `--json` | print exactly one JSON object on stdout, also for an error |
| `-q`, `--quiet` | print the result only |
| `-v`, `--verbose` | print more |
| `--debug` | show a traceback for a fault |
| `--no-input` | never ask |
| `-h`, `--help` | explain the command |

Commands that change something outside the workspace or that cannot be undone also have `-n`, `--dry-run` (say what
would happen and touch nothing) and `-y`, `--yes` (answer the confirmation; it lifts no guard).

## Exit status

| status | meaning |
|---|---|
| 0 | done |
| 1 | failed: the message says what and what to do |
| 2 | the command was called with words that do not fit |
| 3 | check found errors |
| 4 | partly handed over, or the outcome of some people is not known |
| 5 | nothing was handed over; it is safe to run again |
| 6 | nothing to do: nothing due, or this issue is done |
| 7 | not approved |
| 8 | too late |
| 130 | interrupted |
"""


def reference() -> str:
    """The whole page."""
    rows = [_INTRODUCTION]
    context = click.Context(newsletter, info_name="newsletter")
    for title, entries in GROUPS.items():
        rows.append(f"## {title}\n")
        for name in entries:
            command = newsletter.get_command(context, name)
            if command is not None:
                rows += _command(f"newsletter {name}", command)
    return "\n".join(rows).rstrip() + "\n"


def _command(path: str, command: click.Command) -> Iterator[str]:
    usage = " ".join(part for part in (path, *_arguments(command)) if part)
    yield f"### `{path}`\n"
    yield f"{inspect.cleandoc(command.help or '')}\n"
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from _command(f"{path} {name}", each)
        return
    yield f"```\n{usage} [OPTIONS]\n```\n"
    options = [each for each in command.params if isinstance(each, click.Option) and each.name not in _SHARED]
    extras = [
        word for word, name in (("`-n`", "dry_run"), ("`-y`", "yes")) if name in {each.name for each in command.params}
    ]
    if options:
        yield "| option | what it does |\n|---|---|"
        for option in options:
            yield f"| {_names(option)} | {_help(option)} |"
        yield ""
    if extras:
        yield f"Also {' and '.join(extras)}.\n"


def _arguments(command: click.Command) -> Iterator[str]:
    for each in command.params:
        if isinstance(each, click.Argument):
            yield each.make_metavar(click.Context(command))


def _names(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    return (
        names
        if option.is_flag or option.count
        else f"{names} `{option.make_metavar(click.Context(click.Command('x')))}`".replace("|", "\\|")
    )


def _help(option: click.Option) -> str:
    text = (option.help or "").replace("|", "\\|")
    shown = option.show_default and option.default not in (None, "", False)
    return f"{text} (default: {option.default})" if shown else text


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201  (its output is a file)
