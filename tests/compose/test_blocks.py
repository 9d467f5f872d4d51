"""Markdown as blocks with line numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from newsletter_cli.compose.blocks import read_blocks
from newsletter_cli.model.article import (
    Button,
    Divider,
    Figure,
    Heading,
    ListBlock,
    ListItem,
    Paragraph,
    Quote,
    Table,
)


def _blocks(markdown: str) -> tuple[object, ...]:
    return read_blocks(markdown, "a.md", 10).blocks


def _rules(markdown: str) -> list[tuple[str, int]]:
    return [(each.rule, each.line) for each in read_blocks(markdown, "a.md", 10).findings]


def test_a_paragraph_keeps_its_emphasis_and_links() -> None:
    assert _blocks("**Bold**, *soft* and [a link](https://x.org/?a=1&b=2)\n") == (
        Paragraph('<strong>Bold</strong>, <em>soft</em> and <a href="https://x.org/?a=1&amp;b=2">a link</a>', line=10),
    )


def test_a_picture_alone_is_a_figure_with_caption_and_credit() -> None:
    assert _blocks('\n![A cell](images/c.jpg "A cell at night. Credit: Jane Lab")') == (
        Figure("images/c.jpg", "A cell", "A cell at night.", "Jane Lab", line=11),
    )


def test_a_decorative_picture_is_marked() -> None:
    assert _blocks("![](images/line.png){.decorative}") == (Figure("images/line.png", decorative=True, line=10),)


def test_a_pull_quote_has_portrait_name_role_and_says_when_it_is_a_paraphrase() -> None:
    markdown = "> ![Dr Dupont](images/d.jpg)\n>\n> Our hope.\n>\n> — Dr Sirio Dupont, University of Padua (paraphrase)"
    assert _blocks(markdown) == (
        Quote(
            ("Our hope.",),
            "Dr Sirio Dupont",
            "University of Padua",
            Figure("images/d.jpg", "Dr Dupont", line=10),
            paraphrase=True,
            line=10,
        ),
    )


@pytest.mark.parametrize("dash", ["—", "–", "--"])
def test_an_attribution_may_stand_right_below_the_words(dash: str) -> None:
    assert _blocks(f"> Our hope.\n> {dash} Ana") == (Quote(("Our hope.",), "Ana", line=10),)


def test_a_quote_without_a_name_is_a_plain_quote() -> None:
    assert _blocks("> One - two.\n>\n> Three.") == (Quote(("One - two.", "Three."), line=10),)


def test_links_alone_marked_as_buttons_are_buttons() -> None:
    markdown = "[Give](https://x.org/1){.button}\n[Run](https://x.org/2){.button}"
    assert _blocks(markdown) == (Button("Give", "https://x.org/1", 10), Button("Run", "https://x.org/2", 11))


def test_a_button_inside_a_sentence_stays_a_link() -> None:
    assert _blocks("Please [give](https://x.org){.button} today") == (
        Paragraph('Please <a href="https://x.org">give</a> today', 10),
    )


def test_lists_nest_and_number() -> None:
    assert _blocks("- a\n  1. b\n- c\n\n<!-- -->\n\n3. d")[0] == ListBlock(
        (ListItem("a", ListBlock((ListItem("b", line=11),), True, 1, 11), 10), ListItem("c", line=12)), line=10
    )
    assert _blocks("3. d") == (ListBlock((ListItem("d", line=10),), True, 3, 10),)


def test_tables_headings_and_dividers() -> None:
    assert _blocks("# A\n\n##### B\n\n| x | y |\n|---|---|\n| 1 | *2* |\n\n---") == (
        Heading(2, "A", 10),
        Heading(4, "B", 12),
        Table(("x", "y"), (("1", "<em>2</em>"),), 14),
        Divider(18),
    )


def test_raw_html_is_shown_as_text_and_reported() -> None:
    assert _blocks("<script>alert(1)</script>") == (Paragraph("&lt;script&gt;alert(1)&lt;/script&gt;", 10),)
    assert _rules("x\n\n<b>y</b>")[0] == ("raw-html", 12)


def test_braces_stay_braces() -> None:
    assert _blocks("{{ 7 * 7 }} {% if x %} {.note}") == (Paragraph("{{ 7 * 7 }} {% if x %} {.note}", 10),)


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x.org", "page.html", "#top"]
)
def test_an_address_a_reader_cannot_follow_is_no_link(href: str) -> None:
    body = read_blocks(f"[x]({href})", "a.md", 10)
    assert "<a" not in str(body.blocks)


def test_an_unusable_link_names_its_line() -> None:
    assert _rules("one\ntwo [x](page.html)") == [("link-unusable", 11)]


def test_a_picture_with_a_space_in_its_name_is_explained() -> None:
    assert _rules("![x](images/my cat.jpg)") == [("markdown-unread", 10)]


def test_a_picture_in_a_sentence_is_shown_above_it_and_reported() -> None:
    assert _blocks("See ![x](c.jpg) here") == (Figure("c.jpg", "x", line=10), Paragraph("See  here", 10))
    assert _rules("See ![x](c.jpg) here") == [("image-in-text", 10)]


@settings(max_examples=150, deadline=None)
@given(some.text(some.sampled_from(list("ab <>[](){}!*_`>-#|\n\\&\"'1.:—/=~")), max_size=120))
def test_no_text_breaks_the_reader_or_brings_a_tag(text: str) -> None:
    import re

    body = read_blocks(text, "a.md")
    tags = {each.lower() for each in re.findall(r"</?([a-zA-Z]+)", str([_html(b) for b in body.blocks]))}
    assert tags <= {"a", "em", "strong", "s", "code", "br"}


def _html(block: object) -> object:
    return getattr(block, "html", None) or getattr(block, "paragraphs", None) or getattr(block, "rows", None)
