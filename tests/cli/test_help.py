"""Help is quick: it imports nothing that it does not need (a test without a clock)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter_cli.cli.commands import GROUPS
from tests.conftest import ROOT, Run

HEAVY = "jinja2 premailer cssutils lxml requests sqlalchemy pydantic rich trafilatura babel PIL email_validator asyncio starlette"


@pytest.mark.parametrize("words", [[], *([name] for entries in GROUPS.values() for name in entries)], ids=" ".join)
def test_help_imports_no_heavy_library(words: list[str], tmp_path: Path) -> None:
    program = (
        "import sys; from newsletter_cli.cli import run; "
        f"status = run({[*words, '--help']!r}); "
        f"print(sorted(set({HEAVY.split()!r}) & set(sys.modules)), file=sys.stderr); sys.exit(status)"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=env, cwd=tmp_path, check=False
    )
    assert (ran.returncode, ran.stderr.strip()) == (0, "[]")
    assert "--json" in ran.stdout or not words or "Commands:" in ran.stdout


def test_the_help_fits_80_columns_and_names_every_command(newsletter: Run, tmp_path: Path) -> None:
    out = newsletter("--help", cwd=tmp_path).stdout
    assert max(map(len, out.splitlines())) <= 80
    assert all(f"  {name} " in out for entries in GROUPS.values() for name in entries)


def test_a_misspelt_command_names_the_nearest(newsletter: Run, tmp_path: Path) -> None:
    ran = newsletter("subscriber", cwd=tmp_path)
    assert (ran.status, "Did you mean `subscribers`?" in ran.stderr) == (2, True)


@pytest.mark.parametrize(
    ("environ", "coloured"), [({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False), ({}, False)]
)
def test_colour_follows_the_environment(
    newsletter: Run, workspace_folder: Path, environ: dict[str, str], coloured: bool
) -> None:
    assert ("\x1b[" in newsletter("doctor", "--offline", cwd=workspace_folder, **environ).stdout) is coloured


def test_a_reader_that_has_had_enough_is_no_fault(workspace_folder: Path) -> None:
    command = f"{sys.executable} -m newsletter_cli doctor --offline -v | head -1"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        env=env,
        cwd=workspace_folder,
        check=False,
    )
    assert (ran.returncode, "Traceback" in ran.stderr, "Exception" in ran.stderr) == (0, False, False)


def test_no_time_goes_into_looking_for_garbage() -> None:
    program = (
        "import gc, sys\n"
        "from newsletter_cli.__main__ import main\n"
        "before = gc.get_stats()[0]['collections']\n"
        "sys.argv = ['newsletter', '--help']\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    looks = gc.get_stats()[0]['collections'] - before\n"
        "    print(looks, gc.isenabled(), gc.get_freeze_count() > 1000, file=sys.stderr)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert said.stderr.split() == ["0", "True", "True"]
