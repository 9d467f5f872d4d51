"""An issue as files."""

from datetime import date
from pathlib import Path

import pytest

from newsletter_cli.compose.issue_file import ReadIssue, read_issue
from newsletter_cli.config import load_settings
from newsletter_cli.errors import IssueNotFound
from newsletter_cli.model.article import Button, Paragraph
from newsletter_cli.paths import Workspace

ISSUE = """\
---
subject: Cells: how sleep matters
preheader: "Hello" {{ subscriber.first_name | default("friend") }}
date: 28 February 2022
send: 28 February 2022 9:30
articles: killing-cells, second
call_to_action: Become a Curestarter -> https://www.example.org/give
  One sentence why.
further_reading:
  - Remembering a friend -> https://www.example.org/friend
    8 June 2021
ignore: subject-length (a long name), dates
---
Dear {{ subscriber.first_name | default("friend") }},

[leave]({{ unsubscribe_url }})
"""
ARTICLE = """\
---
title: Killing cells: "while they sleep" # yes
date: 23 February 2022
link: https://www.example.org/news/killing-cells
image: images/cell.jpg
alt: A cell
caption: A cell. Credit: Jane Lab
button: Read on -> https://www.example.org/x
consent: 2023-01-01
look: who took the portrait?
---
Text {{ subscriber.email }}.
"""


@pytest.fixture
def write(workspace_folder: Path) -> "type[Writer]":
    Writer.root = workspace_folder
    for name, text in {"issue.md": ISSUE, "articles/killing-cells.md": ARTICLE}.items():
        Writer.put(name, text)
    Writer.put("articles/second.md", "---\ntitle: Second\nlink: https://x.org\n---\n")
    Writer.put("images/cell.jpg", "not looked into here")
    return Writer


class Writer:
    """Writes files of the issue 2022-02 and reads it."""

    root: Path

    @classmethod
    def put(cls, name: str, text: str, encoding: str = "utf-8") -> None:
        path = cls.root / "issues/2022-02" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))

    @classmethod
    def read(cls) -> ReadIssue:
        workspace = Workspace(cls.root)
        return read_issue(workspace, load_settings(workspace.settings_file), "2022-02")

    @classmethod
    def faults(cls) -> list[tuple[str, str, int]]:
        return [(each.rule, each.file.removeprefix("issues/2022-02/"), each.line) for each in cls.read().findings]


def test_a_whole_issue_is_read_without_findings(write: type[Writer]) -> None:
    read = write.read()
    issue = read.issue
    assert read.findings == ()
    assert issue.subject == "Cells: how sleep matters"
    assert issue.preheader == '"Hello" {{ subscriber.first_name | default("friend") }}'
    assert (issue.date, issue.send) == (date(2022, 2, 28), "2022-02-28 09:30")
    assert [each.slug for each in issue.articles] == ["killing-cells", "second"]
    assert issue.call_to_action is not None
    assert issue.call_to_action.button == Button("Become a Curestarter", "https://www.example.org/give", 7)
    assert issue.call_to_action.text == "One sentence why."
    assert [card.date for card in issue.further_reading] == [date(2021, 6, 8)]
    assert issue.ignores == (("subject-length", "a long name"), ("dates", ""))
    assert issue.line("further_reading") == 9


def test_an_article_has_typed_facts_and_its_braces_stay(write: type[Writer]) -> None:
    article = write.read().issue.articles[0]
    assert article.title == 'Killing cells: "while they sleep" # yes'
    assert article.image is not None
    assert (article.image.caption, article.image.credit, article.image.line) == ("A cell.", "Jane Lab", 5)
    assert article.button == Button("Read on", "https://www.example.org/x", 8)
    assert article.consent == date(2023, 1, 1)
    assert article.look == ("who took the portrait?",)
    assert article.blocks == (Paragraph("Text {{ subscriber.email }}.", 12),)


def test_the_letter_keeps_its_merge_fields_as_written(write: type[Writer]) -> None:
    assert write.read().issue.letter == (
        Paragraph("Dear {{ subscriber.first_name | default(&quot;friend&quot;) }},", 14),
        Paragraph('<a href="{{ unsubscribe_url }}">leave</a>', 16),
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("date: 28 F", "date: 31 F", ("date-invalid", "issue.md", 4)),
        ("2022 9:30", "2022 25:30", ("date-invalid", "issue.md", 5)),
        ("preheader:", "preheadr:", ("header", "issue.md", 3)),
        ("killing-cells,", "kiling-cells,", ("article-missing", "issue.md", 6)),
        ("killing-cells, second", "second, second", ("article-twice", "issue.md", 6)),
        (", second", "", ("article-not-listed", "articles/second.md", 1)),
        ("Curestarter -> https", "Curestarter https", ("button-unreadable", "issue.md", 7)),
        ("    8 June", "    date: 38 June", ("card-unreadable", "issue.md", 11)),
        ("friend -> https://www.example.org/friend", "friend", ("card-unreadable", "issue.md", 10)),
        ("subject: Cells: how sleep matters", "subject:", ("subject-missing", "issue.md", 2)),
        ("Dear {{ subscriber.first_name", "Dear {{ first_name", ("merge-field", "issue.md", 14)),
        ("[leave]", "{% if subscriber.town %}[leave]", ("merge-field", "issue.md", 16)),
        ("---\nDear", "Dear", ("header", "issue.md", 1)),
    ],
)
def test_a_fault_in_issue_md_is_a_finding_with_its_line(
    write: type[Writer], old: str, new: str, expected: tuple[str, str, int]
) -> None:
    assert old in ISSUE
    write.put("issue.md", ISSUE.replace(old, new))
    assert expected in write.faults()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("alt: A cell\n", "", ("alt-missing", 5)),
        ("images/cell.jpg", "images/cel.jpg", ("image-missing", 5)),
        ("images/cell.jpg", "../../../newsletter.toml", ("image-missing", 5)),
        ("images/cell.jpg", "/etc/passwd", ("image-missing", 5)),
        ("title: Killing cells", "titel: Killing cells", ("title-missing", 1)),
        ("link: https://", "link: ", ("link-unusable", 4)),
        ("consent: 2023-01-01", "consent: next year", ("date-invalid", 9)),
        ("Read on -> ", "Read on ", ("button-unreadable", 8)),
        ("Text {{", "![](images/cell.jpg)\n\nText {{", ("alt-missing", 12)),
        ("---\nText", "Text", ("header", 1)),
    ],
)
def test_a_fault_in_an_article_is_a_finding_with_its_line(
    write: type[Writer], old: str, new: str, expected: tuple[str, int]
) -> None:
    assert old in ARTICLE
    write.put("articles/killing-cells.md", ARTICLE.replace(old, new))
    assert (expected[0], "articles/killing-cells.md", expected[1]) in write.faults()


def test_a_picture_behind_a_link_that_leads_out_is_not_taken(write: type[Writer]) -> None:
    (write.root / "issues/2022-02/images/cell.jpg").unlink()
    (write.root / "issues/2022-02/images/cell.jpg").symlink_to(write.root / "newsletter.toml")
    assert ("image-missing", "articles/killing-cells.md", 5) in write.faults()


def test_a_picture_path_from_the_articles_folder_is_understood(write: type[Writer]) -> None:
    write.put("articles/killing-cells.md", ARTICLE.replace("images/cell.jpg", "../images/cell.jpg"))
    assert write.faults() == []


def test_without_a_list_all_articles_come_in_order_of_their_names(write: type[Writer]) -> None:
    write.put("issue.md", "---\nsubject: S\n---\n")
    write.put("articles/second.new.md", ARTICLE)
    read = write.read()
    assert [each.slug for each in read.issue.articles] == ["killing-cells", "second"]
    assert [each.rule for each in read.findings] == ["article-gathered-again"]


def test_a_list_may_be_written_with_bullets_folders_and_endings(write: type[Writer]) -> None:
    write.put("issue.md", "---\nsubject: S\narticles:\n- articles/second.md\n- killing-cells\n---\n")
    assert [each.slug for each in write.read().issue.articles] == ["second", "killing-cells"]


def test_a_file_in_another_encoding_is_read_and_reported(write: type[Writer]) -> None:
    write.put("articles/second.md", "---\ntitle: Caf\u00e9\nlink: https://x.org\n---\n", "cp1252")
    assert write.read().issue.articles[1].title == "Café"
    assert write.faults() == [("file-unreadable", "articles/second.md", 2)]


def test_windows_files_read_the_same(write: type[Writer]) -> None:
    before = write.read()
    write.put("issue.md", "\ufeff" + ISSUE.replace("\n", "\r\n"))
    assert write.read() == before


@pytest.mark.parametrize("issue_id", ["2022-03", "../2022-02", "", "2022-02/articles", "a\0b"])
def test_an_unknown_issue_is_named_with_those_there_are(write: type[Writer], issue_id: str) -> None:
    workspace = Workspace(write.root)
    with pytest.raises(IssueNotFound, match="issues here: 2022-02"):
        read_issue(workspace, load_settings(workspace.settings_file), issue_id)
