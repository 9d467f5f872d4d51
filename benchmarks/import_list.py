"""How long the import of a large list takes against email-validator alone on every row.

Run: python benchmarks/import_list.py [ROWS] (a million unless said). CPU seconds and peak memory of each, as whole processes.
"""

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = """
import sys, pathlib, datetime
from newsletter_cli.audience.importing import ListImport
from newsletter_cli.database import open_database
folder, path = map(pathlib.Path, sys.argv[1:])
with ListImport(open_database(folder / "n.sqlite"), path, {}, basis="consent", source="") as work:
    print(work.plan().new)
    work.apply(datetime.datetime.now(datetime.UTC))
"""
EVERY_ROW = """
import sys, csv
from email_validator import validate_email
with open(sys.argv[2], newline="") as file:
    print(sum(bool(validate_email(row["email"], check_deliverability=False)) for row in csv.DictReader(file)))
"""


def measured(program: str, folder: str, path: Path) -> tuple[float, float]:
    """CPU seconds and peak MB of one run."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", program, folder, str(path)], env=env, stdout=subprocess.DEVNULL
    ) as run:
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    assert run.returncode == 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        with path.open("w", newline="") as file:
            out = csv.writer(file)
            out.writerow(("email", "first_name", "last_name", "town"))
            out.writerows(
                (f"reader{n}.x{n % 97}@d{n % 5000}.example.org", f"First{n % 1000}", f"Last{n % 3000}", f"Town{n % 50}")
                for n in range(rows)
            )
        theirs, _ = measured(EVERY_ROW, folder, path)
        ours, memory = measured(OURS, folder, path)
    print(
        f"{rows:,} rows: import (read, check, compare twice, write) {ours:.1f} s CPU, {memory:.0f} MB; email-validator on every row {theirs:.1f} s; ratio {ours / theirs:.2f}"
    )


if __name__ == "__main__":
    main()
