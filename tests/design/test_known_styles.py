"""What is kept of the shipped designs' style sheets is what premailer and cssutils read in them."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter_cli.compose import known_styles as known
from newsletter_cli.compose.style_reading import read_declarations, read_sheets
from newsletter_cli.compose.style_rules import FORM, StyleReader
from tests.conftest import ROOT
from tests.design.conftest import DESIGNS
from tests.design.known_styles import attributes_of, files, page, pages, sheets_of, write_files


def test_the_files_are_up_to_date() -> None:
    """`make known-styles` sets the variable, and the files are written instead."""
    if os.environ.get("NEWSLETTER_WRITE_KNOWN_STYLES"):
        write_files()
    kept = {path.name: path.read_text("utf-8") for path in known.FOLDER.glob("*.json")}
    assert kept == files(), "the CSS of a design has changed: run `make known-styles`"


@pytest.mark.parametrize("number", range(18))
def test_a_sheet_that_is_known_says_what_is_read_in_it(number: int) -> None:
    html = pages()[number]
    texts = sheets_of(html)
    assert known.known_sheets(FORM, texts) is not None
    kept, read = StyleReader().sheets(texts), read_sheets(texts)
    assert kept.kept == read.kept
    assert [(each.order, each.xpath, each.pairs) for each in kept.rules] == [
        (each.order, each.xpath, each.pairs) for each in read.rules
    ]
    reader = StyleReader()
    for attribute in attributes_of(html):
        assert known.known_attribute(FORM, attribute) is not None
        assert reader.attribute(attribute) == read_declarations(attribute)


@pytest.mark.parametrize("design", DESIGNS)
def test_colours_and_sizes_of_a_house_are_no_new_sheet(design: str, tmp_path: Path) -> None:
    chance = random.Random(design)
    colours = {
        name: f"#{chance.choice((0, 0xFFFFFF, 0x112233, chance.randrange(1 << 24))):06x}"
        for name in ("accent", "text", "background", "surface", "muted", "link", "masthead", "heading")
    }
    theme = "".join(f'{name} = "{value}"\n' for name, value in colours.items())
    texts = sheets_of(page(tmp_path / "w", "everything", design, f"{theme}radius = 13\nwidth = 640\n"))
    assert known.known_sheets(FORM, texts) is not None
    assert StyleReader().sheets(texts).rules == tuple(
        type(each)(each.order, each.xpath, each.pairs) for each in read_sheets(texts).rules
    )


@pytest.mark.parametrize(
    "change",
    [("margin:0;", "margin:1em;"), ("Georgia", "Palatino"), ("</style>", ".mine{color:#000000}</style>"), ("{", "¤{")],
)
def test_any_other_sheet_is_read(change: tuple[str, str]) -> None:
    texts = sheets_of(pages()[0].replace(*change))
    assert known.known_sheets(FORM, texts) is None
    assert known.known_sheets("3", sheets_of(pages()[0])) is None


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("color:#0b6c74;margin:0 12px 0px -4px", "color:¤#¤;margin:0 ¤px¤ 0px -4px"),
        (".w600px{top:1.5px;left:007px}", ".w600px{top:1.5px;left:007px}"),
        ("#abcdefa #ABCDEF #abcde 12pxx 123456px", "#abcdefa #ABCDEF #abcde 12pxx 123456px"),
    ],
)
def test_only_colours_and_pixels_that_come_back_letter_for_letter_are_left_open(text: str, opened: str) -> None:
    assert known.open_up([text])[0] == [opened]


def test_a_first_run_asks_no_reader_of_css(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "issues", tmp_path / "issues")
    settings = (ROOT / "newsletter.toml").read_text("utf-8").replace("#0b6c74", "#7a1f5c")
    (tmp_path / "newsletter.toml").write_text(settings, "utf-8")
    program = (
        "import sys; from newsletter_cli.cli import run; run(['-q', 'compose', '2022-02']); "
        "print(sorted({'premailer', 'cssutils', 'cssselect', 'tinycss2'} & set(sys.modules)))"
    )
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines()[-1] == "[]"
