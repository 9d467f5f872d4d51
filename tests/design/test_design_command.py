"""`newsletter design`: list, show, copy, and what a copy changes."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.design import samples


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return samples.everything(tmp_path / "workspace", "letter", '[theme]\naccent = "#ffd100"\nradius = 0')


def test_the_list_names_every_design_and_marks_the_one_in_use(workspace: Path, newsletter: Run) -> None:
    ran = newsletter("design", "list", cwd=workspace)
    assert ran.status == 0
    assert [row[:9].rstrip() for row in ran.stdout.splitlines()] == ["  classic", "  digest", "* letter"]
    assert "Next: newsletter design show NAME" in ran.stderr
    designs = json.loads(newsletter("design", "list", "--json", cwd=workspace).stdout)["designs"]
    assert [(each["name"], each["used"], each["shipped"]) for each in designs] == [
        ("classic", False, True),
        ("digest", False, True),
        ("letter", True, True),
    ]


def test_show_tells_where_each_value_comes_from(workspace: Path, newsletter: Run) -> None:
    sheet = json.loads(newsletter("design", "show", "letter", "--json", cwd=workspace).stdout)
    source = {each["key"]: (each["value"], each["source"]) for each in sheet["theme"]}
    assert source["accent"] == ("#ffd100", "newsletter.toml")
    assert source["radius"] == (0, "newsletter.toml")
    assert source["accent_text"] == ("#10151c", "fitted")
    assert source["width"] == (580, "design")
    assert {"name": "blocks/quote.html", "place": "shipped"} in sheet["files"]


def test_a_copied_file_is_used_instead_of_the_shipped_one(workspace: Path, newsletter: Run) -> None:
    ran = newsletter("design", "copy", "letter", "blocks/footer.html", cwd=workspace)
    assert ran.stdout == "Copied templates/letter/blocks/footer.html\n"
    footer = workspace / "templates" / "letter" / "blocks" / "footer.html"
    footer.write_text(footer.read_text("utf-8").replace("<strong>", "<strong>Yours, "), "utf-8")
    assert newsletter("compose", "2022-03", cwd=workspace).status == 0
    html = (workspace / ".newsletter" / "build" / "2022-03" / "issue.html").read_text("utf-8")
    assert "<strong>Yours, First Light</strong>" in html
    assert "(1 file of your own)" in newsletter("design", "list", cwd=workspace).stdout


def test_a_copy_under_a_new_name_is_a_design_of_its_own(workspace: Path, newsletter: Run) -> None:
    assert newsletter("design", "copy", "letter", "--as", "house", cwd=workspace).status == 0
    settings = workspace / "newsletter.toml"
    settings.write_text(settings.read_text("utf-8").replace('design = "letter"', 'design = "house"'), "utf-8")
    letter = newsletter("compose", "2022-03", cwd=workspace)
    assert letter.status == 0, letter.stderr
    html = (workspace / ".newsletter" / "build" / "2022-03" / "issue.html").read_text("utf-8")
    assert "&#8258;" in html or "⁂" in html
    assert "border-radius:44px" not in html  # the letter's own quote, without a portrait, came along


def test_a_copy_overwrites_nothing(workspace: Path, newsletter: Run) -> None:
    newsletter("design", "copy", "classic", "theme.css", cwd=workspace)
    mine = workspace / "templates" / "classic" / "theme.css"
    mine.write_text("mine", "utf-8")
    ran = newsletter("design", "copy", "classic", cwd=workspace)
    assert "templates/classic/theme.css is there already and was left alone." in ran.stderr
    assert "Copied templates/classic/issue.html" in ran.stdout
    assert mine.read_text("utf-8") == "mine"


def test_a_dry_run_copies_nothing(workspace: Path, newsletter: Run) -> None:
    ran = newsletter("design", "copy", "digest", "-n", cwd=workspace)
    assert ran.stdout.startswith("Would copy templates/digest/issue.html")
    assert not (workspace / "templates").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "clasic"), "classic"),
        (("copy", "classic", "blocks/storey.html"), "blocks/story.html"),
        (("copy", "classic", "../../newsletter.toml"), "has no ../../newsletter.toml"),
        (("copy", "classic", "--as", "../outside"), "cannot be a design's name"),
        (("copy", "classic", "--as", "blocks"), "folder of shared macros"),
    ],
)
def test_what_cannot_be_done_is_explained(
    workspace: Path, newsletter: Run, words: tuple[str, ...], message: str
) -> None:
    ran = newsletter("design", *words, cwd=workspace)
    assert ran.status == 1
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (workspace / "templates").exists()


def test_the_house_colour_reaches_the_message(workspace: Path, newsletter: Run) -> None:
    assert newsletter("compose", "2022-03", cwd=workspace).status == 0
    html = (workspace / ".newsletter" / "build" / "2022-03" / "issue.html").read_text("utf-8")
    assert 'bgcolor="#ffd100"' in html
    assert "border-radius:0" in html
    assert "#8c2f1b" not in html
