"""The commands `preview` and `proof`, run as people run them, on the example issue."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.conftest import ROOT, Ran, Run

ISSUE = "2022-02"
PEOPLE = "email,first_name\nann@example.org,Ann\nbo@example.org,Bo\ngone@example.org,Gone\nnobody@example.org,\n"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example workspace with four subscribers, one of whom left."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copy(ROOT / "newsletter.toml", folder)
    shutil.copytree(ROOT / "issues", folder / "issues")
    (folder / "people.csv").write_text(PEOPLE)
    for words in (
        ("subscribers", "import", "people.csv", "--yes"),
        ("subscribers", "suppress", "gone@example.org", "--reason", "unsubscribed"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "newsletter_cli", *words],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
    return folder


@pytest.fixture
def run(example: Path, newsletter: Run) -> Run:
    def here(*words: str, **environ: str) -> Ran:
        return newsletter(*words, cwd=example, **environ)

    return here


def test_the_issue_is_shown_through_a_pipe_without_colour_at_eighty_columns(run: Run) -> None:
    ran = run("preview", ISSUE)
    assert ran.status == 0
    assert "\x1b" not in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 80
    assert "Dear friend," in ran.stdout
    assert "(NO ALT)" not in ran.stdout
    assert "[ Become a Curestarter ]" in ran.stdout
    assert "Defaults are shown for first_name" in ran.stderr
    assert "Next: newsletter check 2022-02" in ran.stderr


def test_no_color_wins_over_a_wish_for_colour(run: Run) -> None:
    assert "\x1b" in run("preview", ISSUE, FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="").stdout
    assert "\x1b" not in run("preview", ISSUE, FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="1").stdout


def test_a_subscribers_values_are_shown(run: Run) -> None:
    ran = run("preview", ISSUE, "--as", "ANN@example.org", "--text")
    assert "Dear Ann," in ran.stdout
    assert "Defaults are shown" not in ran.stderr


def test_an_unknown_reader_is_told(run: Run) -> None:
    ran = run("preview", ISSUE, "--as", "who@example.org")
    assert ran.status == 1
    assert "who@example.org is not a subscriber." in ran.stderr


def test_an_unknown_issue_is_told(run: Run) -> None:
    for words in (("preview", "1999-01"), ("preview", "1999-01", "--browser"), ("proof", "1999-01")):
        ran = run(*words)
        assert ran.status == 1
        assert "There is no issue 1999-01" in ran.stderr


def test_two_views_at_once_are_refused(run: Run) -> None:
    ran = run("preview", ISSUE, "--text", "--diff")
    assert ran.status == 2
    assert "Only one view at a time" in ran.stderr


def test_the_source_and_the_reading_order_are_shown(run: Run) -> None:
    assert run("preview", ISSUE, "--html").stdout.startswith("<!DOCTYPE html>")
    order = run("preview", ISSUE, "--order").stdout
    assert re.search(r"heading 1 +Asleep in soft tissue", order)
    assert "!" not in [row.strip().split(" ")[1:2] for row in order.splitlines()]


def test_versions_are_counted_without_names_and_without_those_who_left(run: Run) -> None:
    ran = run("preview", ISSUE, "--variants")
    assert re.search(r"2 × +Dear ‹first name›,", ran.stdout)
    assert re.search(r"1 × +Dear friend,", ran.stdout)
    assert "Ann" not in ran.stdout


def test_json_is_one_object_with_what_was_asked(run: Run) -> None:
    shown = json.loads(run("preview", ISSUE, "--as", "bo@example.org", "--json").stdout)
    assert shown["reader"] == "bo@example.org"
    assert shown["links"][0].keys() == {"number", "label", "target"}
    assert [each["characters"] for each in shown["inbox"]] == [30, 40, 70]
    assert json.loads(run("preview", ISSUE, "--variants", "--json").stdout)["variants"][0]["count"] == 2


def test_the_difference_to_the_issue_before_is_shown(run: Run, example: Path) -> None:
    later = example / "issues" / "2022-03"
    shutil.copytree(example / "issues" / ISSUE, later)
    try:
        text = (later / "issue.md").read_text(encoding="utf-8")
        (later / "issue.md").write_text(text.replace("February is a short month", "March is a long month"), "utf-8")
        ran = run("preview", "2022-03", "--diff")
        assert "Compared with issue 2022-02" in ran.stdout
        assert "[-February-] {+March+} is a [-short-] {+long+} month" in ran.stdout
    finally:
        shutil.rmtree(later)


def test_there_is_nothing_to_compare_the_first_issue_with(run: Run) -> None:
    ran = run("preview", ISSUE, "--diff")
    assert ran.status == 1
    assert "There is no issue before 2022-02" in ran.stderr
    assert "was not approved yet" in run("preview", ISSUE, "--diff=approved").stderr


def test_without_a_browser_screenshots_are_one_line_and_no_fault(run: Run, tmp_path: Path) -> None:
    ran = run("preview", ISSUE, "--screenshot", str(tmp_path / "shots"), PATH=str(tmp_path))
    assert ran.status == 0
    assert ran.stdout.count("\n") == 1
    assert "no Chromium, Chrome or Edge" in ran.stdout
    assert not (tmp_path / "shots").exists()


def test_the_proof_is_one_file_with_the_code_of_this_content(run: Run, example: Path) -> None:
    made = json.loads(run("proof", ISSUE, "--json").stdout)
    html = (example / made["file"]).read_text(encoding="utf-8")
    assert made["code"] in html
    assert "ann@example.org" not in html
    assert "Dear Ann" not in html
    assert html == run("proof", ISSUE, "-o", "-").stdout.removesuffix("\n")


def test_a_changed_comma_changes_the_code(run: Run, example: Path) -> None:
    file = example / "issues" / ISSUE / "issue.md"
    before = file.read_text(encoding="utf-8")
    code = json.loads(run("proof", ISSUE, "--json").stdout)["code"]
    try:
        file.write_text(before.replace("short month, so", "short month so"), encoding="utf-8")
        assert json.loads(run("proof", ISSUE, "--json").stdout)["code"] != code
    finally:
        file.write_text(before, encoding="utf-8")


def test_a_proof_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = run("proof", ISSUE, "-o", str(tmp_path / "file" / "proof.html"))
    assert ran.status == 1
    assert "could not be written" in ran.stderr


def test_the_live_page_is_served_until_it_is_interrupted(example: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "newsletter_cli",
        "preview",
        ISSUE,
        "--browser",
        "--no-open",
        "--as",
        "ann@example.org",
    ]
    with subprocess.Popen(
        command,
        cwd=example,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stdout is not None
        address = served.stdout.readline().strip()
        try:
            assert 'value="ann@example.org"' in requests.get(address, timeout=60).text
            content = requests.get(f"{address}content", params={"as": "ann@example.org"}, timeout=60).json()
            assert "Dear Ann," in content["text"]
            assert "images.example.org" not in content["html"]
            assert requests.get(f"{address}readers?q=b", timeout=60).json() == {"readers": ["bo@example.org"]}
        finally:
            served.send_signal(signal.SIGINT)
        assert served.wait(30) == 0
