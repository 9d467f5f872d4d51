"""A house's colours stay readable in every design."""

import tomllib

import pytest

from newsletter_cli.compose.house_colours import best_ink, contrast, fit_theme, readable
from newsletter_cli.paths import shipped

DESIGNS = ("classic", "letter", "digest")
PAIRS = (
    ("accent_text", "accent"),
    ("accent_ink", "surface"),
    ("accent_ink", "panel"),
    ("link", "surface"),
    ("text", "surface"),
    ("text", "panel"),
    ("heading", "panel"),
    ("muted", "surface"),
    ("muted", "panel"),
    ("muted", "background"),
    ("masthead_text", "masthead"),
    ("dark_accent_text", "dark_accent"),
    ("dark_link", "dark_surface"),
    ("dark_link", "dark_panel"),
    ("dark_text", "dark_surface"),
    ("dark_text", "dark_panel"),
    ("dark_heading", "dark_panel"),
    ("dark_muted", "dark_surface"),
    ("dark_muted", "dark_panel"),
    ("dark_muted", "dark_background"),
)


def theme_of(design: str) -> dict[str, object]:
    text = (shipped("templates") / design / "theme.toml").read_text("utf-8")
    return dict(tomllib.loads(text)["theme"])


def faint(theme: dict[str, object]) -> list[tuple[str, str]]:
    return [(ink, ground) for ink, ground in PAIRS if contrast(str(theme[ink]), str(theme[ground])) < 4.5]


@pytest.mark.parametrize("design", DESIGNS)
def test_every_pair_of_a_shipped_theme_can_be_read(design: str) -> None:
    assert faint(theme_of(design)) == []


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("accent", ["#0b6c74", "#ffd100", "#e4007c", "#000000", "#ffffff", "#7fff00", "#1d1d8f"])
def test_any_house_colour_stays_readable(design: str, accent: str) -> None:
    assert faint(fit_theme(theme_of(design), {"accent": accent})) == []


def test_a_house_colour_that_can_be_read_is_used_as_it_is() -> None:
    theme = fit_theme(theme_of("classic"), {"accent": "#0b5fa5"})
    assert (theme["accent"], theme["link"], theme["accent_ink"]) == ("#0b5fa5",) * 3


def test_what_the_house_names_is_never_changed() -> None:
    house = {"accent": "#ffd100", "link": "#ffee88", "dark_link": "#222222", "masthead": "#ffd100"}
    theme = fit_theme(theme_of("classic"), house)
    assert {key: theme[key] for key in house} == house
    assert theme["masthead_text"] == "#10151c"


def test_without_house_colours_the_design_is_as_its_file_says() -> None:
    assert fit_theme(theme_of("digest"), {"radius": 0}) == theme_of("digest") | {"radius": 0}


def test_a_masthead_of_plain_paper_stays_paper_with_the_name_in_the_house_colour() -> None:
    theme = fit_theme(theme_of("letter"), {"accent": "#0b5fa5", "surface": "#fafafa"})
    assert (theme["masthead"], theme["masthead_text"]) == ("#fafafa", "#0b5fa5")
    banded = fit_theme(theme_of("letter"), {"accent": "#0b5fa5", "masthead": "#0e1b33"})
    assert (banded["masthead"], banded["masthead_text"]) == ("#0e1b33", "#ffffff")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert best_ink("#ffd100") == "#10151c"
    assert readable("#777777", ("#ffffff",)) != "#777777"
