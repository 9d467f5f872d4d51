"""The files of the shipped designs: complete, alike, and translated."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from newsletter_cli.config.settings import ThemeSettings
from newsletter_cli.paths import shipped
from tests.design.conftest import DESIGNS

STRINGS = Path(__file__).parent.parent.parent / "newsletter_cli" / "compose" / "strings"


def toml(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("design", DESIGNS)
def test_a_design_has_all_its_files(design: str) -> None:
    folder = shipped("templates") / design
    for name in ("issue.html", "issue.txt", "theme.css", "head.css", "theme.toml", "design.toml"):
        assert (folder / name).is_file(), name
    about = toml(folder / "design.toml")
    assert about["name"] == design
    assert str(about["about"]).endswith(".")


def test_all_themes_have_the_same_variables_in_the_same_order() -> None:
    keys = {design: list(dict(toml(shipped("templates") / design / "theme.toml")["theme"])) for design in DESIGNS}  # type: ignore[call-overload]
    assert keys["classic"] == keys["letter"] == keys["digest"]
    assert {each.name for each in fields(ThemeSettings)} <= set(keys["classic"])


@pytest.mark.parametrize("lang", ["ar", "de", "es", "fr", "it"])
def test_every_language_says_all_that_english_says(lang: str) -> None:
    english, other = toml(STRINGS / "en.toml"), toml(STRINGS / f"{lang}.toml")
    assert list(other) == list(english)
    for key, words in english.items():
        assert ("{name}" in str(words)) == ("{name}" in str(other[key])), key


def test_every_file_says_at_its_top_what_it_is() -> None:
    for path in shipped("templates").rglob("*.html"):
        assert path.read_text("utf-8").startswith("{#- "), path
