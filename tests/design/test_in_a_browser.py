"""What a reader sees: every design in a real Chromium, on a desk and on a phone, light and dark, with and without styles."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.config import load_settings
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.compose import compose_issue
from tests.design import samples
from tests.design.conftest import DESIGNS, Made, Make

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("design-browser")]
AXE = Path(__file__).parent.parent / "npm" / "node_modules" / "axe-core" / "axe.min.js"
LOOK = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const box = (element) => element.getBoundingClientRect();
  const inks = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.getClientRects().length) continue;
    let ground = element;
    while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
    const style = getComputedStyle(element);
    inks.push({text: walker.currentNode.data.trim().slice(0, 40), ink: style.color, size: parseFloat(style.fontSize),
               ground: ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)'});
  }
  return {
    inks, words: document.body.innerText, scroll: document.documentElement.scrollWidth,
    column: [box(all('.column')[0]).left, box(all('.column')[0]).width],
    tops: all('.col').map(e => box(e).top),
    cards: all('.card-title').map(e => box(e).top),
    ways: all('.foot-a').at(-1).parentElement.innerText,
    faces: all('.portrait').map(e => ({width: box(e).width, radius: parseFloat(getComputedStyle(e).borderRadius)})),
    buttons: all('.button-link, .appeal-link').map(e => box(e).height),
    pictures: all('img').map(e => ({alt: e.alt, height: box(e).height, shape: e.clientWidth / e.clientHeight,
                                    meant: e.getAttribute('width') / e.getAttribute('height')})),
  };
}"""
# A mail is shown inside a page that has the landmarks; one of its own would be a second main.
RUN_AXE = """() => axe.run(document, {rules: {region: {enabled: false}, 'landmark-one-main': {enabled: false}}})
  .then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))]))"""
Look = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def look(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Look]:
    """`look(html, width=375, dark=True)`: all that is measured on a page, seen once, with no way to the network."""
    contexts = {
        dark: browser.new_context(color_scheme="dark" if dark else "light", viewport={"width": 640, "height": 900})
        for dark in (False, True)
    }
    for context in contexts.values():
        context.route(re.compile("^https?:"), lambda route: route.abort())
    file = tmp_path_factory.mktemp("look") / "page.html"

    @cache
    def looked(html: str, width: int = 640, dark: bool = False) -> dict[str, Any]:
        file.write_text(html, encoding="utf-8")
        page = contexts[dark].new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(file.as_uri())
        seen: dict[str, Any] = page.evaluate(LOOK)
        if AXE.exists() and width == 640:
            page.add_script_tag(path=str(AXE))
            seen["axe"] = page.evaluate(RUN_AXE)
        page.close()
        return seen

    yield looked
    for context in contexts.values():
        context.close()


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


@pytest.mark.parametrize("width", [320, 375, 600])
def test_nobody_scrolls_sideways(look: Look, made: Made, width: int) -> None:
    assert look(made.html, width)["scroll"] <= width


def test_nobody_scrolls_sideways_without_styles_either(look: Look, made: Made) -> None:
    assert look(made.bare, 375)["scroll"] <= 375


def test_the_column_is_as_wide_as_the_theme_says(look: Look, made: Made) -> None:
    assert look(made.html, 640)["column"] == [(640 - made.width) / 2, made.width]


def test_columns_stand_side_by_side_on_a_desk(look: Look, made: Made) -> None:
    tops = look(made.html, 640)["tops"]
    assert len(set(tops)) == len(tops) / 2


def test_columns_stack_on_a_phone_without_any_style_block(look: Look, made: Made) -> None:
    tops = look(made.bare, 375)["tops"]
    assert tops == sorted(set(tops))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_text_can_be_read(look: Look, made: Made, dark: bool) -> None:
    inks = look(made.html, 640, dark)["inks"]
    assert len(inks) > 15
    assert [each for each in inks if contrast(each["ink"], each["ground"]) < 4.5] == []


def test_dark_mode_is_dark(look: Look, made: Made) -> None:
    surfaces = {each["ground"] for each in look(made.html, 640, True)["inks"] if each["size"] < 18}
    buttons = {each["ground"] for each in look(made.html, 640)["inks"]}
    assert "rgb(255, 255, 255)" not in surfaces
    assert not surfaces & buttons


@pytest.mark.parametrize("width", [375, 640])
def test_no_text_is_smaller_than_14_pixels(look: Look, made: Made, width: int) -> None:
    assert min(each["size"] for each in look(made.html, width)["inks"]) >= 14


def test_buttons_are_big_enough_for_a_thumb(look: Look, made: Made) -> None:
    heights = look(made.html, 375)["buttons"]
    assert heights
    assert min(heights) >= 44


@pytest.mark.parametrize("width", [375, 640])
def test_pictures_keep_their_shape(look: Look, made: Made, width: int) -> None:
    pictures = look(made.html, width)["pictures"]
    assert pictures
    assert [each for each in pictures if abs(each["shape"] - each["meant"]) > 0.03 * each["meant"]] == []


def test_without_pictures_their_words_are_shown(look: Look, made: Made) -> None:
    blind = look(re.sub(r'src="file:[^"]*"', 'src="https://images.example.org/none.jpg"', made.html), 375)
    assert [each for each in blind["pictures"] if each["alt"] and each["height"] < 14] == []


def test_the_preheader_is_not_seen(look: Look, made: Made) -> None:
    assert "\u034f" in made.html
    assert "\u034f" not in look(made.html, 640)["words"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(look: Look, made: Made, dark: bool) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core: run `npm install` in tests/npm")
    assert look(made.html, 640, dark)["axe"] == []


def test_titles_of_two_cards_align_whatever_the_shape_of_their_pictures(look: Look, tmp_path: Path) -> None:
    samples.everything(tmp_path, "classic")
    issue = tmp_path / "issues" / "2022-03" / "issue.md"
    card = "its neighbour.\n    image: images/square.png\n    alt: A square\n"
    issue.write_text(issue.read_text("utf-8").replace("its neighbour.\n", card), "utf-8")
    workspace = Workspace(tmp_path)
    message = compose_issue(workspace, load_settings(workspace.settings_file), "2022-03").message
    assert message.html.count('class="mat"') == 2
    left, right = look(message.html)["cards"]
    assert left == right


def test_no_dot_hangs_where_the_links_of_the_footer_wrap(look: Look, made: Made) -> None:
    assert "·" not in look(made.html, 320)["ways"]


def test_portraits_are_not_cut_so_round_that_their_words_are_lost(look: Look, make: Make) -> None:
    for design in ("classic", "letter"):  # a digest tells its first story without a quotation here
        faces = look(make("everything", design).html)["faces"]
        assert faces, design
        assert [each for each in faces if each["radius"] > each["width"] / 6] == []
