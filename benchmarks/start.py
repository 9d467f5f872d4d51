"""How much CPU `newsletter --help` and each `COMMAND --help` take against a minimal Click program.

Run: python benchmarks/start.py [ROUNDS]. Both are run in turn as whole processes; the medians' ratio is printed, the goal
is at most 1.15.
"""

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
MINIMAL = """
import click
@click.group()
def cli(): pass
@cli.command()
def hello(): "Say hello."
cli(["--help"])
"""


def cpu(words: list[str]) -> float:
    """CPU seconds, user and system, of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(words, env=env, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from newsletter_cli.cli.commands import GROUPS

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    names = [name for entries in GROUPS.values() for name in entries]
    programs = {"newsletter --help": ["-m", "newsletter_cli", "--help"]}
    programs |= {f"newsletter {name} --help": ["-m", "newsletter_cli", name, "--help"] for name in names}
    floor: list[float] = []
    ours: dict[str, list[float]] = {title: [] for title in programs}
    for number in range(rounds + 1):
        for title, words in programs.items():
            base, mine = cpu([sys.executable, "-c", MINIMAL]), cpu([sys.executable, *words])
            if number:  # the first round warms the caches
                floor.append(base)
                ours[title].append(mine)
    base = statistics.median(floor)
    print(f"minimal Click program: {base * 1000:.1f} ms CPU")
    for title, times in ours.items():
        print(f"{title:<34} {statistics.median(times) * 1000:6.1f} ms  {statistics.median(times) / base:.2f} x")


if __name__ == "__main__":
    main()
