"""What is installed is what is in the repository: packages, designs, the example and its data."""

import configparser
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_every_package_is_listed_by_name() -> None:
    listed = configparser.ConfigParser()
    listed.read(ROOT / "setup.cfg", encoding="utf-8")
    names = set(listed["options"]["packages"].split())
    folders = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "newsletter_cli").rglob("*.py")
        if "__pycache__" not in path.parts
    }
    assert names == folders | {"newsletter_cli.issues", "newsletter_cli.templates"}


def test_the_cleaner_that_reading_pages_needs_is_named_and_not_left_to_an_extra_of_lxml() -> None:
    # justext asks for lxml[html_clean]; pip before 23.3 does not find that extra under its new name, html-clean,
    # and `pip install . && newsletter demo` ended in a traceback.
    listed = configparser.ConfigParser()
    listed.read(ROOT / "setup.cfg", encoding="utf-8")
    assert "lxml_html_clean>=0.4" in listed["options"]["install_requires"].split()


@pytest.mark.parametrize("name", ["newsletter.toml"])
def test_the_demos_settings_are_the_repositorys_own(name: str) -> None:
    assert (ROOT / "newsletter_cli" / "demo" / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_wheel_holds_every_design_and_the_example(tmp_path: Path) -> None:
    build_meta = pytest.importorskip("setuptools.build_meta")
    import os
    import shutil

    copy = tmp_path / "source"
    ignored = shutil.ignore_patterns(
        ".git", ".venv*", "build", "*.egg-info", "__pycache__", ".newsletter", "tests", "node_modules", ".mypy_cache"
    )
    shutil.copytree(ROOT, copy, ignore=ignored)
    before = Path.cwd()
    os.chdir(copy)
    try:
        wheel = build_meta.build_wheel(str(tmp_path))
    finally:
        os.chdir(before)
    inside = set(zipfile.ZipFile(tmp_path / wheel).namelist())
    for folder in ("templates", "issues"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"newsletter_cli/{path.relative_to(ROOT).as_posix()}" in inside
    assert {
        "newsletter_cli/demo/subscribers.csv",
        "newsletter_cli/demo/news-page.html",
        "newsletter_cli/py.typed",
        "newsletter_cli/preview/pages/live.html",
        "newsletter_cli/preview/pages/proof.html",
    } <= inside
