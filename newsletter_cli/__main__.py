"""Runs the command line: ``python -m newsletter_cli`` and the ``newsletter`` script."""

from newsletter_cli.cli import run


def main() -> None:
    """Run the ``newsletter`` command and exit with its status."""
    raise SystemExit(run())


if __name__ == "__main__":
    main()
