"""Choosing what to take, at a terminal and without one, and showing without taking."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.gather.test_gather_command import PAGE
from tests.gather.test_sources import LONG, RSS

pty = pytest.importorskip("pty", reason="a terminal of Unix")


def at_a_terminal(answers: str, *words: str, cwd: Path) -> str:
    """What the command prints on a terminal where a person types `answers`, a line at each question."""
    child, screen = pty.fork()
    if child == 0:
        os.chdir(cwd)
        os.environ["PYTHONPATH"] = str(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "newsletter_cli", *words])
    shown, left, until = b"", answers.split("\n"), time.monotonic() + 60
    while time.monotonic() < until:
        try:
            more = os.read(screen, 4096)
        except OSError:  # Linux ends a terminal whose child is gone with an error
            break
        if not more:
            break
        shown += more
        if left and shown.count(b"Which ones?") > answers.count("\n") + 1 - len(left):
            os.write(screen, left.pop(0).encode() + b"\n")
    os.waitpid(child, 0)
    os.close(screen)
    return shown.decode(errors="replace")


@pytest.fixture
def feed(gathering: Path) -> str:
    (gathering / "feed.xml").write_text(RSS.format(site="https://site.invalid", long=LONG), encoding="utf-8")
    return "feed.xml"


def test_pick_lists_titles_dates_and_marks_and_takes_the_numbers_typed(gathering: Path, feed: str) -> None:
    shown = at_a_terminal(
        "2,99\n2", "gather", feed, "none.docx", "--pick", "--month", "2022-02", "--issue", "2022-02", cwd=gathering
    )
    assert "2022-02-28  First & foremost" in shown
    assert "2022-03-01  Second: with a colon  (a day outside)" in shown
    assert "feed.xml\r\n" in shown  # the source's name above what it offers
    assert "Third  (no date)" in shown
    assert shown.index("Failed: none.docx is neither a file here") < shown.index("Which ones?")
    assert "There is no number 99 in the list of 3." in shown  # and it asks again
    assert "Left out" in shown
    assert [each.name for each in (gathering / "issues/2022-02/articles").glob("*.md")] == ["first-foremost.md"]


def test_pick_without_a_terminal_names_the_option_for_scripts(gathering: Path, feed: str, newsletter: Any) -> None:
    ran = newsletter("gather", feed, "--pick", "--issue", "2022-02", cwd=gathering)
    assert ran.status == 2
    assert "--only 1,3,5" in ran.stderr


def test_what_was_not_picked_is_told_in_a_number_and_near_misses_by_title(
    gathering: Path, feed: str, newsletter: Any
) -> None:
    ran = newsletter("gather", feed, "--only", "3", "--month", "2022-02", "--issue", "2022-02", cwd=gathering)
    assert "Left out: Second: with a colon: 2022-03-01 is a day outside 2022-02-01 to 2022-02-28." in ran.stderr
    assert "1 other article not taken: of other days, or not picked. -n lists every one." in ran.stderr
    assert "First & foremost" not in ran.stderr


def test_a_list_with_a_source_that_failed_names_it_and_fails(gathering: Path, feed: str, newsletter: Any) -> None:
    ran = newsletter("gather", feed, "no-such.docx", "-n", "--issue", "2022-02", cwd=gathering)
    assert ran.status == 1
    assert "First & foremost" in ran.stdout
    assert "Failed: no-such.docx is neither a file here nor a web address." in ran.stderr


def test_show_needs_no_workspace_and_leaves_nothing(tmp_path: Path, newsletter: Any) -> None:
    ran = newsletter("gather", "--show", str(PAGE), cwd=tmp_path)
    assert ran.status == 0, ran.stderr
    assert ran.stdout.startswith("---\ntitle: Forty miles for one microscope")
    assert "Further reading: The letters we keep in the drawer, 2021-09-14" in ran.stderr
    assert not list(tmp_path.iterdir())


def test_show_prints_what_can_be_read_and_fails_for_the_rest(tmp_path: Path, newsletter: Any) -> None:
    ran = newsletter("gather", "--show", "--json", str(PAGE), "missing.docx", cwd=tmp_path)
    told = json.loads(ran.stdout)
    assert ran.status == 1
    assert "Forty miles" in told["markdown"]
    assert len(told["further_reading"]) == 3
    assert [each["source"] for each in told["skipped"]] == ["missing.docx"]
    assert newsletter("gather", "--show", "", cwd=tmp_path).status == 1
