"""The page "Write a provider in an hour" works as it stands: its code blocks are installed and run."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "write-a-provider.md").read_text(encoding="utf-8")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder as pip would leave it: the module, and metadata that names the entry point."""
    adapter, test = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    (project,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    points = tomllib.loads(project)["project"]["entry-points"]["newsletter_cli.providers"]
    (tmp_path / "newsletter_pigeon.py").write_text(adapter, encoding="utf-8")
    (tmp_path / "test_pigeon.py").write_text(test, encoding="utf-8")
    metadata = tmp_path / "newsletter_pigeon-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: newsletter-pigeon\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[newsletter_cli.providers]\n" + "".join(f"{name} = {place}\n" for name, place in points.items())
    )
    return tmp_path


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def test_the_example_keeps_the_contract(installed: Path) -> None:
    ran = run(installed, "pytest", "-q", "-p", "no:cacheprovider", "test_pigeon.py")
    assert ran.returncode == 0, ran.stdout[-3000:]
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert passed
    assert int(passed[1]) > 45  # "some fifty tests come with the class"


def test_an_installed_package_is_listed_and_shown(installed: Path) -> None:
    listed = run(installed, "newsletter_cli", "providers")
    assert "PIGEON_API_KEY" in listed.stdout
    assert (
        "api key into PIGEON_API_KEY".lower() in run(installed, "newsletter_cli", "providers", "pigeon").stdout.lower()
    )


def test_an_installed_package_that_does_not_load_is_named(installed: Path) -> None:
    (installed / "newsletter_pigeon.py").write_text("import no_such_module\n")
    ran = run(installed, "newsletter_cli", "providers", "pigeon")
    assert ran.returncode == 1
    assert "newsletter_pigeon:Pigeon" in ran.stderr


def test_a_package_cannot_take_the_place_of_one_of_ours(installed: Path) -> None:
    points = installed / "newsletter_pigeon-1.0.dist-info" / "entry_points.txt"
    points.write_text(points.read_text().replace("pigeon =", "mailgun ="))
    shown = run(installed, "newsletter_cli", "providers", "mailgun").stdout
    assert "MAILGUN_API_KEY" in shown
    assert "PIGEON" not in shown
