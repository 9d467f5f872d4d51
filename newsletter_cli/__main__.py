"""Runs the command line: ``python -m newsletter_cli`` and the ``newsletter`` script."""

import gc

from newsletter_cli.cli import run

# Objects made between two looks for garbage that refers to itself. Python's 700 looks a hundred times while modules are
# loaded, and finds nothing; at this number `newsletter send` of a million readers still looks often enough.
_OBJECTS = 50_000


def main() -> None:
    """Run the ``newsletter`` command and exit with its status."""
    gc.set_threshold(_OBJECTS)
    status = run()
    # What is left goes with the process: to look through all of it once more takes as long as a tenth of the work.
    gc.freeze()
    raise SystemExit(status)


if __name__ == "__main__":
    main()
