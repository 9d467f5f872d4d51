"""What a command gets to work with: workspace, settings, streams and the shared options."""

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from newsletter_cli.errors import ExitStatus, NewsletterError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from newsletter_cli.config import Settings
    from newsletter_cli.paths import Workspace


class App:
    """One run of one command. Imports what it needs when it needs it: every `--help` passes here.

    `result` and `emit` write to stdout; `note` and `warn` to stderr. With --json nothing but the one object of
    `emit` reaches stdout.
    """

    def __init__(
        self,
        *,
        json: bool = False,
        quiet: bool = False,
        verbose: bool = False,
        debug: bool = False,
        no_input: bool = False,
        dry_run: bool = False,
        yes: bool = False,
        directory: "Path | None" = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.json = json
        self.quiet = quiet
        self.verbose = verbose
        self.debug = debug
        self.no_input = no_input
        self.dry_run = dry_run
        self.yes = yes
        self.directory = directory
        self.environ = os.environ if environ is None else environ

    @cached_property
    def workspace(self) -> "Workspace":
        from pathlib import Path

        from newsletter_cli.paths import find_workspace

        return find_workspace(self.directory, self.environ, Path.cwd())

    @cached_property
    def settings(self) -> "Settings":
        from newsletter_cli.config import load_settings

        settings = load_settings(self.workspace.settings_file)
        if redirect := settings.test_mode.redirect_to:
            self.warn(f"TEST MODE: every message of this workspace goes to {redirect} and to nobody else.")
        return settings

    @property
    def now(self) -> "datetime":
        from datetime import UTC, datetime

        return datetime.now(UTC)

    @property
    def colour(self) -> bool:
        """Whether stdout takes colour: a terminal, and neither NO_COLOR nor TERM=dumb; FORCE_COLOR insists."""
        return wants_colour(sys.stdout.isatty(), self.environ)

    @property
    def width(self) -> int:
        """Columns to write in: the terminal's, else COLUMNS, else 80."""
        import shutil

        return max(40, shutil.get_terminal_size((80, 24)).columns)

    @property
    def can_ask(self) -> bool:
        """Whether a person sits at the other end of stdin."""
        return not self.no_input and sys.stdin is not None and sys.stdin.isatty()

    def style(self, text: str, **style: Any) -> str:
        return click.style(text, **style) if self.colour else text

    def result(self, text: str = "") -> None:
        """A line of the command's result, for people; silent with --json."""
        if not self.json:
            click.echo(text, color=self.colour)

    def emit(self, value: Mapping[str, Any]) -> None:
        """The one JSON object of --json; does nothing without it."""
        if self.json:
            import json

            click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))

    def note(self, text: str) -> None:
        """Progress or a remark, to stderr; silent with -q or --json."""
        if not self.quiet and not self.json:
            click.echo(text, err=True, color=wants_colour(sys.stderr.isatty(), self.environ))

    def warn(self, text: str) -> None:
        """Something the person must know, to stderr, even with -q."""
        click.echo(text, err=True, color=wants_colour(sys.stderr.isatty(), self.environ))

    def next(self, command: str, why: str = "") -> None:
        """The last line: which command comes next."""
        self.note(f"Next: {command}" + (f"  ({why})" if why else ""))

    def exit(self, status: ExitStatus) -> None:
        """End here with this status."""
        raise click.exceptions.Exit(int(status))

    def report(self, error: NewsletterError) -> None:
        """Tell a fault: to stderr for people, as the one object on stdout with --json."""
        if self.json:
            self.emit(
                {
                    "error": {
                        "message": error.message,
                        "hint": error.hint,
                        "problems": list(error.problems),
                        "exit_status": int(error.exit_status),
                    }
                }
            )
            return
        colour = wants_colour(sys.stderr.isatty(), self.environ)
        label = click.style("Error:", fg="red", bold=True) if colour else "Error:"
        rows = [f"{label} {error.message}", *(f"  {each}" for each in error.problems)]
        if error.hint:
            rows.append(error.hint)
        click.echo("\n".join(rows), err=True, color=colour)


def wants_colour(is_terminal: bool, environ: Mapping[str, str]) -> bool:
    """NO_COLOR (no-color.org) and TERM=dumb switch colour off, FORCE_COLOR on; else a terminal decides."""
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    return bool(environ.get("FORCE_COLOR")) or is_terminal


def plural(count: int, one: str, many: str = "") -> str:
    """`1 article`, `1,204 articles`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def wrapped(text: str, width: int, more: str = "") -> str:
    """A long line in rows of at most `width` columns, `more` before each row but the first; addresses stay whole."""
    import textwrap

    indent = text[: len(text) - len(text.lstrip())]
    return textwrap.fill(
        text.lstrip(), width, initial_indent=indent, subsequent_indent=more,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def choose(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
