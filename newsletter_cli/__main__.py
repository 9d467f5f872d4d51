"""Runs the command line: ``python -m newsletter_cli`` and the ``newsletter`` script."""

import gc

from newsletter_cli.bulk import SELDOM
from newsletter_cli.cli import run


def main() -> None:
    """Run the ``newsletter`` command and exit with its status."""
    # Python's 700 looks a hundred times while modules are loaded, and finds nothing; at this number `newsletter send`
    # of a million readers still looks often enough.
    gc.set_threshold(SELDOM)
    status = run()
    # What is left goes with the process: to look through all of it once more takes as long as a tenth of the work.
    gc.freeze()
    raise SystemExit(status)


if __name__ == "__main__":
    main()
