"""The command line: words, colour, progress, prompts and exit status; the only layer that prints."""

from collections.abc import Sequence


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; never raises for a fault of the person's."""
    from newsletter_cli.cli.running import run_command

    return run_command(arguments)
