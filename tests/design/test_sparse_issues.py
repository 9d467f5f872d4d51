"""An issue that lacks something still makes a whole message in every design."""

import re
from pathlib import Path

import pytest
from lxml import html as lxml_html

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
