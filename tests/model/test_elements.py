"""One table of elements, and three readers of HTML that agree on it."""

from collections.abc import Callable

import pytest

from newsletter_cli.check.page import parse_page
from newsletter_cli.check.words import text_of as checked_text
from newsletter_cli.gather.page.tree import parsed
from newsletter_cli.gather.page.tree import text_of as gathered_text
from newsletter_cli.model.elements import BLOCKS, CLOSES_PARAGRAPH, TABLE_ROWS
from newsletter_cli.preview.page import Text, Title, plain, walk
from newsletter_cli.preview.reading import read_page


def previewed_text(html: str) -> str:
    """The words of a page as the preview reads them, pieces a space apart."""
    return " ".join(plain(each.spans) for each in walk(read_page(html).pieces) if isinstance(each, Text | Title))


READERS = {
    "check": lambda html: checked_text(parse_page(html).root),
    "gather": lambda html: gathered_text(parsed(html)),
    "preview": previewed_text,
}
# Tables, lists and rules need their own mark-up round the words; the readers' own tests have them.
PLAIN = sorted(BLOCKS - TABLE_ROWS - {"body", "caption", "dir", "hr", "li", "ol", "table", "ul"})


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("name", PLAIN)
def test_every_reader_parts_the_words_of_what_stands_on_a_line_of_its_own(
    name: str, read: Callable[[str], str]
) -> None:
    html = f"<!DOCTYPE html><html><body><div>First<{name}>second</{name}>third</div></body></html>"

    assert read(html).split() == ["First", "second", "third"]


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_no_reader_parts_a_word_with_a_part_in_bold(read: Callable[[str], str]) -> None:
    assert read("<!DOCTYPE html><html><body><p>News<b>letter</b></p></body></html>") == "Newsletter"


@pytest.mark.parametrize("name", sorted(CLOSES_PARAGRAPH))
def test_a_paragraph_nobody_closed_ends_where_a_block_begins(name: str) -> None:
    body = parse_page(f"<html><body><p>First<{name}>second</{name}></body></html>").root[-1]

    assert [each.tag for each in body] == ["p", name]
