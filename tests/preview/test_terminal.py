"""The message drawn in a terminal."""

import re
from pathlib import Path

import pytest
from PIL import Image

from newsletter_cli.model.message import Address, Message
from newsletter_cli.preview.inbox import cut, inbox_lines
from newsletter_cli.preview.terminal import render_message

PAGE = """<!DOCTYPE html><html lang="en"><body>
<div style="display:none">Hidden teaser</div>
<h1>Asleep, not gone</h1>
<p>Cells can <a href="https://www.example.org/wait?a=1&amp;b=2">wait for years</a>.</p>
<img src="lead.png" width="600" alt="Cells under a microscope"><img src="none.png" width="600">
<table role="presentation"><tr><td bgcolor="#0b5fa5"><a href="https://www.example.org/give"
 style="display:inline-block;padding:14px;color:#ffffff">Give today</a></td></tr></table>
<table role="presentation"><tr><td width="300"><p>Left card</p></td><td width="300"><p>Right card</p></td></tr></table>
<p><a href="#">Nowhere</a></p>
</body></html>"""
ANSI = re.compile(r"\x1b[\[\]]")


def message(html: str = PAGE, subject: str = "February", preheader: str = "What wakes them") -> Message:
    return Message("2022-02", subject, preheader, html, "", Address("news@example.org", "Example News"))


def test_without_colour_not_one_escape_is_written() -> None:
    assert not ANSI.search(render_message(message(), width=80, colour=False))


def test_with_colour_a_button_is_a_block_in_its_own_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "38;2;255;255;255;48;2;11;95;165m  Give today  " in render_message(message(), width=80, colour=True)


@pytest.mark.parametrize("width", [40, 80, 100, 300])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    rows = render_message(message(), width=width, colour=False).splitlines()
    assert max(len(row) for row in rows) <= min(width, 100)


def test_the_page_shows_links_by_number_with_whole_addresses_at_the_end() -> None:
    text = render_message(message(), width=80, colour=False)
    assert "wait for years\N{NO-BREAK SPACE}[1]." in text
    assert "[ Give today ]\N{NO-BREAK SPACE}[2]" in text
    assert "[1] https://www.example.org/wait?a=1&b=2\n[2] https://www.example.org/give\n[3] (leads nowhere)" in text


def test_an_address_with_many_links_keeps_a_short_list_of_numbers() -> None:
    html = "<p>" + '<a href="https://a.example/">x</a> ' * 30 + "</p>"
    assert "[1, 2, 3, +27] https://a.example/" in render_message(message(html), width=80, colour=False)


def test_pictures_show_their_alt_or_shout() -> None:
    text = render_message(message(), width=80, colour=False)
    assert "▣ Cells under a microscope" in text
    assert "▣ (NO ALT)" in text


def test_hidden_text_is_not_shown() -> None:
    assert "Hidden teaser" not in render_message(message(), width=80, colour=False)


def test_columns_stand_side_by_side_only_where_there_is_room() -> None:
    assert re.search(r"^Left card +Right card$", render_message(message(), width=80, colour=False), re.M)
    assert re.search(r"^Left card$", render_message(message(), width=45, colour=False), re.M)


def test_a_missing_subject_or_preheader_is_said() -> None:
    text = render_message(message(subject="", preheader=""), width=80, colour=False)
    assert "Subject    (none)" in text
    assert "Preheader  (none)" in text


def test_escape_sequences_in_a_subject_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in render_message(message(subject="Bad\x1b]0;title\x07"), width=80, colour=False)


def test_a_right_to_left_page_stands_on_the_right() -> None:
    html = '<html dir="rtl" lang="ar"><body><p>مرحبا</p></body></html>'
    text = render_message(message(html), width=60, colour=False)
    assert re.search(r"^ {20,}مرحبا", text, re.M)


def test_the_first_column_of_a_right_to_left_page_is_on_the_right() -> None:
    html = '<html dir="rtl"><table role="presentation"><tr><td width="300">First</td><td width="300">Second</td></tr></table>'
    assert re.search(r"^ +Second +First$", render_message(message(html), width=80, colour=False), re.M)


def test_pictures_are_drawn_as_half_blocks_on_request(tmp_path: Path) -> None:
    Image.new("RGB", (60, 30), (200, 30, 30)).save(tmp_path / "lead.png")
    text = render_message(message(), width=80, colour=True, pictures={"lead.png": tmp_path / "lead.png"})
    assert text.count("▀") == 60 * 15
    assert "▣ Cells" not in text


def test_the_inbox_line_is_cut_at_thirty_forty_and_seventy() -> None:
    subject, preheader = "S" * 50, "P" * 50
    assert [[len(row) for row in line.lines] for line in inbox_lines(subject, preheader)] == [[30, 30], [40, 40], [70]]
    assert cut("Short", 30) == "Short"
    assert cut("A word and another", 8) == "A word…"
