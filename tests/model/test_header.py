"""The header reader takes what people write, whatever YAML would make of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_cli.model.header import read_header, write_header

KNOWN = ("title", "date", "standfirst")


@pytest.mark.parametrize(
    "title",
    [
        "Killing cells: how sleep matters",
        "What # we did",
        "12:30",
        "Yes",
        "‘curly’ quotes: yes",
        '"A" and "B"',
        "- dash",
    ],
)
def test_a_title_is_simply_a_title(title: str) -> None:
    header = read_header(f"---\ntitle: {title}\n---\nBody\n", KNOWN)
    assert (header.get("title"), header.body, header.problems) == (title, "Body\n", ())


def test_quotes_around_the_whole_value_are_taken_off() -> None:
    assert read_header('---\ntitle: "Killing cells"\n---\n', KNOWN).get("title") == "Killing cells"


def test_bom_crlf_and_words_long_dashes_are_accepted() -> None:
    header = read_header("\ufeff———\r\ntitle: A\r\n———\r\nBody", KNOWN)
    assert (header.get("title"), header.body) == ("A", "Body")


def test_an_indented_line_continues_the_value() -> None:
    assert read_header("---\nstandfirst: One\n  two\n---\n", KNOWN).get("standfirst") == "One\ntwo"


def test_an_unknown_key_is_reported_with_its_line_and_the_nearest_known_one() -> None:
    (problem,) = read_header("---\ntitle: A\nstandfrist: B\n---\n", KNOWN).problems
    assert (problem.line, problem.hint) == (3, "Did you mean `standfirst`?")


def test_a_missing_closing_line_is_fatal_and_names_the_line_it_began() -> None:
    (problem,) = read_header("---\ntitle: A\n\nBody", KNOWN).problems[-1:]
    assert (problem.line, problem.fatal) == (1, True)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).map(str.strip).filter(bool))
def test_what_is_written_is_read_again(title: str) -> None:
    assert read_header(write_header({"title": title}, "Body"), KNOWN).get("title") == title


def test_a_header_without_its_first_rule_is_read_and_told() -> None:
    header = read_header("title: Cells that sleep\nlink: https://www.example.org/c\n---\nWords.\n", ("title", "link"))
    assert header.get("title") == "Cells that sleep"
    assert (header.line("link"), header.body, header.body_line) == (2, "Words.\n", 4)
    (problem,) = header.problems
    assert (problem.line, problem.message, problem.fatal) == (1, "The header has no `---` line above it.", False)


@pytest.mark.parametrize(
    "text",
    ["Title: a story\n\nWords, and more.\n\n---\n\nThe end.", "title: Cells\nlink: x\n", "note: x\n---\nWords."],
    ids=["prose above the rule", "no rule at all", "no known key"],
)
def test_text_that_only_looks_like_a_header_is_body(text: str) -> None:
    header = read_header(text, ("title", "link"))
    assert (header.body, header.problems) == (text, ())
