"""What a reader sees: every design in a real Chromium, on a desk and on a phone, light and dark, with and without styles."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.design.conftest import DESIGNS, Made, Make

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("design-browser")]
AXE = Path(__file__).parent.parent / "npm" / "node_modules" / "axe-core" / "axe.min.js"
Show = Callable[..., Any]

# Text, its colour, and the colour of the nearest ancestor that has one, for every run of text that is shown.
INKS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.getClientRects().length) continue;
    let ground = element;
    while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
    found.push([walker.currentNode.data.trim().slice(0, 40), getComputedStyle(element).color,
                ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)',
                parseFloat(getComputedStyle(element).fontSize)]);
  }
  return found;
}"""


@pytest.fixture(
    params=[(sample, design) for design in DESIGNS for sample in ("example", "everything", "arabic")], ids="-".join
)
def made(request: pytest.FixtureRequest, make: Make) -> Made:
    return make(*request.param)


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
        linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("width", [320, 375, 640, 1280])
def test_nobody_scrolls_sideways(show: Show, made: Made, width: int) -> None:
    for html in (made.html, made.bare):
        assert show(html, width=width).evaluate("document.documentElement.scrollWidth") <= width


def test_the_column_is_as_wide_as_the_theme_says(show: Show, made: Made) -> None:
    box = show(made.html, width=900).evaluate(
        "(({left, width}) => [left, width])(document.querySelector('.column').getBoundingClientRect())"
    )
    assert box == [(900 - made.width) / 2, made.width]


def test_columns_stack_on_a_phone_without_any_style_block(show: Show, made: Made) -> None:
    page = show(made.bare, width=375)
    lefts = page.evaluate(
        "[...document.querySelectorAll('.col')].map(e => Math.round(e.getBoundingClientRect()[document.dir === 'rtl' ? 'right' : 'left']))"
    )
    assert len(set(lefts)) <= 2  # cards and quotes begin at two different insets, never side by side
    tops = page.evaluate("[...document.querySelectorAll('.col')].map(e => e.getBoundingClientRect().top)")
    assert tops == sorted(tops)
    assert len(set(tops)) == len(tops)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_text_can_be_read(show: Show, made: Made, dark: bool) -> None:
    inks = show(made.html, dark=dark).evaluate(INKS)
    assert len(inks) > 15
    assert [each for each in inks if contrast(each[1], each[2]) < 4.5] == []


def test_dark_mode_is_dark(show: Show, made: Made) -> None:
    grounds = {each[2] for each in show(made.html, dark=True).evaluate(INKS)}
    assert "rgb(255, 255, 255)" not in grounds


def test_no_text_is_smaller_than_14_pixels(show: Show, made: Made) -> None:
    for width in (375, 640):
        assert min(each[3] for each in show(made.html, width=width).evaluate(INKS)) >= 14


def test_buttons_are_big_enough_for_a_thumb(show: Show, made: Made) -> None:
    heights = show(made.html, width=375).evaluate(
        "[...document.querySelectorAll('.button-link, .appeal-link')].map(e => e.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) >= 44


def test_pictures_keep_their_shape(show: Show, made: Made) -> None:
    for width in (375, 640):
        shapes = show(made.html, width=width).evaluate(
            "[...document.images].map(e => [e.alt, e.getAttribute('width') / e.getAttribute('height'), e.clientWidth / e.clientHeight])"
        )
        assert [each for each in shapes if abs(each[1] - each[2]) > 0.03 * each[1]] == []


def test_without_pictures_their_words_are_shown(show: Show, made: Made) -> None:
    page = show(re.sub(r'src="file:[^"]*"', 'src="https://images.example.org/none.jpg"', made.html))
    hidden = page.evaluate(
        "[...document.images].filter(e => e.alt && e.getBoundingClientRect().height < 16).map(e => e.alt)"
    )
    assert hidden == []


def test_the_preheader_is_not_seen(show: Show, made: Made) -> None:
    text = show(made.html).evaluate("document.body.innerText")
    assert "͏" not in text


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(show: Show, made: Made, dark: bool) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core: run `npm install` in tests/npm")
    page = show(made.html, dark=dark)
    page.add_script_tag(path=str(AXE))
    # A mail is shown inside a web page that has the landmarks; one of its own would be a second main.
    options = "{rules: {region: {enabled: false}, 'landmark-one-main': {enabled: false}}}"
    violations = page.evaluate(
        f"axe.run(document, {options}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))"
    )
    assert violations == []
