"""An issue that lacks something still makes a whole message in every design."""

import re
from pathlib import Path

import pytest
from lxml import html as lxml_html
from PIL import Image

from newsletter_cli.config import load_settings
from newsletter_cli.model.message import Message
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.compose import compose_issue
from tests.design.conftest import DESIGNS

STORY = "---\ntitle: The only story\ndate: 1 March 2022\n---\nIt is told here.\n"
LINKED = "---\ntitle: The only story\ndate: 1 March 2022\nlink: https://www.example.org/story\n---\n"
LETTER = "---\nsubject: Only a letter\ndate: 3 March 2022\n---\nDear friend,\n\nThat is all.\n"
BARE = "---\nsubject: Only a story\narticles: story\n---\n"
CARDS = """\
---
subject: Only further reading
date: 3 March 2022
further_reading:
  - One card -> https://www.example.org/one
---
"""


def message(folder: Path, design: str, issue: str, article: str = "") -> Message:
    (folder / "issues" / "2022-03" / "articles").mkdir(parents=True)
    (folder / "issues" / "2022-03" / "issue.md").write_text(issue, "utf-8")
    if article:
        (folder / "issues" / "2022-03" / "articles" / "story.md").write_text(article, "utf-8")
    settings = (
        (folder / "newsletter.toml").read_text("utf-8").replace("[newsletter]", f'[newsletter]\ndesign = "{design}"')
    )
    (folder / "newsletter.toml").write_text(settings, "utf-8")
    workspace = Workspace(folder)
    return compose_issue(workspace, load_settings(workspace.settings_file), "2022-03").message


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(
    ("issue", "article", "words"),
    [
        (LETTER, "", "That is all."),
        (BARE, STORY, "It is told here."),
        (BARE, LINKED, "The only story"),
        (CARDS, "", "One card"),
    ],
    ids=["letter", "story", "teaser", "cards"],
)
def test_a_sparse_issue_is_whole(workspace_folder: Path, design: str, issue: str, article: str, words: str) -> None:
    made = message(workspace_folder, design, issue, article)
    tree = lxml_html.document_fromstring(made.html)
    levels = [int(each.tag[1]) for each in tree.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    for part in (tree.text_content(), made.text):
        assert words in part
    assert not re.search(r"<(p|h\d|li)[^>]*>\s*</\1>", made.html)
    assert " · " not in made.text
    assert not made.text.startswith(("\n", "-", "="))


@pytest.mark.parametrize("design", DESIGNS)
def test_without_an_archive_nothing_offers_the_browser(workspace_folder: Path, design: str) -> None:
    made = message(workspace_folder, design, BARE, STORY)
    for part in (made.html, made.text):
        assert "View in your browser" not in part


@pytest.mark.parametrize("design", DESIGNS)
def test_a_story_told_whole_leads_to_its_page(workspace_folder: Path, design: str) -> None:
    made = message(workspace_folder, design, BARE, LINKED)
    for part in (made.html, made.text):
        assert "https://www.example.org/story" in part


TWO = """\
---
subject: Two stories
date: 3 March 2022
articles: story, other
further_reading:
  - A card without a date -> https://www.example.org/card
---
"""


def two_stories(folder: Path, design: str, other: str) -> tuple[str, str]:
    """HTML and text of an issue whose second story is `other`."""
    articles = folder / "issues" / "2022-03" / "articles"
    articles.mkdir(parents=True)
    (articles / "other.md").write_text(other, "utf-8")
    (folder / "issues" / "2022-03" / "images").mkdir()
    Image.new("RGB", (900, 1200), "#445566").save(folder / "issues" / "2022-03" / "images" / "tall.jpg")
    (articles.parent / "issue.md").write_text(TWO, "utf-8")
    (articles / "story.md").write_text(STORY, "utf-8")
    settings = folder / "newsletter.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("[newsletter]", f'[newsletter]\ndesign = "{design}"'), "utf-8"
    )
    workspace = Workspace(folder)
    made = compose_issue(workspace, load_settings(workspace.settings_file), "2022-03").message
    return made.html, made.text


@pytest.mark.parametrize("design", DESIGNS)
def test_a_story_told_elsewhere_is_introduced_by_its_first_paragraph(workspace_folder: Path, design: str) -> None:
    other = "---\ntitle: Winter hours\nlink: https://www.example.org/w\n---\nWe open at **ten**.\n\nAnd close at six.\n"
    html, text = two_stories(workspace_folder, design, other)
    words = lxml_html.document_fromstring(html).text_content()
    for part in (words, text):
        assert "We open at ten." in part
        assert "And close at six." not in part


@pytest.mark.parametrize("design", DESIGNS)
def test_a_standfirst_stands_instead_of_the_first_paragraph(workspace_folder: Path, design: str) -> None:
    other = "---\ntitle: Winter\nstandfirst: Shorter days.\nlink: https://www.example.org/w\n---\nWe open at ten.\n"
    html, text = two_stories(workspace_folder, design, other)
    for part in (html, text):
        assert "Shorter days." in part
        assert "We open at ten." not in part


def test_a_tall_picture_is_shown_no_higher_than_its_column_is_wide(workspace_folder: Path) -> None:
    other = "---\ntitle: Tea\nlink: https://www.example.org/w\nimage: images/tall.jpg\nalt: A tea urn\n---\n"
    html, _ = two_stories(workspace_folder, "classic", other)
    image = next(each for each in lxml_html.document_fromstring(html).iter("img") if each.get("alt") == "A tea urn")
    assert (image.get("width"), image.get("height")) == ("401", "534")


def test_a_card_without_a_date_keeps_its_distance_to_the_footer(workspace_folder: Path) -> None:
    html, _ = two_stories(workspace_folder, "classic", LINKED)
    card = next(each for each in lxml_html.document_fromstring(html).iter("h3") if "A card" in each.text_content())
    after = [each.get("style") for each in card.itersiblings("div")]
    assert after
    assert "height:28px" in str(after[-1]).replace(" ", "")


def test_a_long_place_may_wrap_on_a_small_phone(workspace_folder: Path) -> None:
    other = "---\ntitle: Open day\nevent: 12 March 2022\nplace: The Royal Albert Memorial Museum, Exeter\n---\nCome.\n"
    html, _ = two_stories(workspace_folder, "digest", other)
    assert "12\u00a0March\u00a02022, The Royal Albert" in lxml_html.document_fromstring(html).text_content()
    assert "nowrap" not in html
