"""The final HTML read as a sighted person would."""

import pytest

from newsletter_cli.preview.page import (
    Announced,
    ButtonPiece,
    Columns,
    Grid,
    Listing,
    Quotation,
    RuleLine,
    Text,
    Title,
    plain,
    walk,
)
from newsletter_cli.preview.reading import TooDeep, read_page


def words(html: str) -> str:
    """All words in reading order, pieces parted by `|`."""
    return "|".join(
        plain(each.spans) for each in walk(read_page(html).pieces) if isinstance(each, Text | Title | ButtonPiece)
    )


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">secret</div>',
        '<div style="DISPLAY: none !important">secret</div>',
        '<div style="max-height:0;overflow:hidden">secret</div>',
        '<div style="max-height:0px; overflow:hidden; mso-hide:all">secret</div>',
        '<span style="visibility:hidden">secret</span>',
        '<span style="opacity:0">secret</span>',
        '<span style="font-size:0">secret</span>',
        "<div hidden>secret</div>",
        "<!--[if mso]><p>secret</p><![endif]-->",
        "<style>p { color: red } /* secret */</style>",
        "<script>secret()</script>",
    ],
)
def test_hidden_text_stays_hidden(hidden: str) -> None:
    assert words(f"<body>{hidden}<p>Shown</p></body>") == "Shown"


def test_what_only_outlook_hides_is_shown() -> None:
    assert words("<body><!--[if !mso]><!--><p>Shown</p><!--<![endif]--></body>") == "Shown"


def test_text_inside_a_spacer_with_its_own_size_is_shown() -> None:
    html = '<td style="font-size:0"> x <div style="font-size:16px">Shown</div></td>'
    assert words(f"<table role=presentation><tr>{html}</tr></table>") == "Shown"


def test_words_keep_single_spaces_and_line_breaks() -> None:
    assert words("<p> One\n  <b>two</b> three <br> four</p>") == "One two three\nfour"


def test_words_are_cleaned_of_what_steers_a_terminal() -> None:
    assert words("<p>Good\x1b[31m&#27;[2J &#8203;day\u034f</p>") == "Good[31m[2J day"


def test_a_layout_cell_beside_another_makes_columns_with_their_widths() -> None:
    html = '<table role="presentation"><tr><td width="200">A</td><td style="width:400px">B</td><td></td></tr></table>'
    (columns,) = read_page(html).pieces
    assert isinstance(columns, Columns)
    assert columns.widths == (200, 400)
    assert words(html) == "A|B"


def test_inline_block_boxes_stand_side_by_side_but_a_single_one_does_not() -> None:
    box = '<div style="display:inline-block;max-width:268px"><p>Card</p></div>'
    assert isinstance(read_page(f"<div>{box} {box}</div>").pieces[0], Columns)
    assert isinstance(read_page(f"<div>{box}</div>").pieces[0], Text)


def test_a_padded_link_in_a_coloured_cell_is_a_button() -> None:
    html = (
        '<table role="presentation"><tr><td bgcolor="#0b5fa5"><a href="https://a.example" '
        'style="display:inline-block;padding:14px 28px;color:#fff">Give</a></td></tr></table>'
    )
    (button,) = read_page(html).pieces
    assert isinstance(button, ButtonPiece)
    assert (plain(button.spans), button.background, button.colour) == ("Give", "#0b5fa5", "#ffffff")


@pytest.mark.parametrize(("around", "side"), [("", "left"), ("text-align:center", "center")])
def test_a_button_stands_where_its_surroundings_put_it(around: str, side: str) -> None:
    button = '<a href="https://a.example" style="display:inline-block;padding:9px;background-color:#112233">Give</a>'
    cell = f'<table role="presentation"><tr><td align="center">{button}</td></tr></table>'
    (piece,) = read_page(f'<div style="{around}">{cell}</div>').pieces
    assert isinstance(piece, ButtonPiece)
    assert piece.look.align == side


def test_pictures_tell_missing_alt_from_decoration() -> None:
    page = read_page('<img src="a.png"><img src="b.png" alt=""><img src="c.png" alt=" A  bench "><img width=1 src=t>')
    assert [(each.src, each.alt) for each in page.pictures] == [("a.png", None), ("b.png", ""), ("c.png", "A bench")]


def test_links_are_numbered_with_words_target_and_title() -> None:
    page = read_page(
        '<p><a href="https://a.example" title="T">One <b>link</b></a> <a href="#"><img alt="Logo"></a></p>'
    )
    assert [(each.number, each.label, each.target, each.title) for each in page.links] == [
        (1, "One link", "https://a.example", "T"),
        (2, "Logo", "#", ""),
    ]


def test_headings_lists_quotes_and_lines_keep_their_kind() -> None:
    html = "<h2>Head</h2><ol start=3><li>c</li><li>d</li></ol><blockquote><p>Said</p></blockquote><hr>"
    title, listing, quote, line = read_page(html).pieces
    assert isinstance(title, Title)
    assert title.level == 2
    assert isinstance(listing, Listing)
    assert [marker for marker, _ in listing.items] == ["3.", "4."]
    assert isinstance(quote, Quotation)
    assert isinstance(line, RuleLine)


def test_a_table_with_header_cells_is_data() -> None:
    (grid,) = read_page("<table><tr><th>Year<th>Given</tr><tr><td>2021<td>£2m</tr></table>").pieces
    assert isinstance(grid, Grid)
    assert grid.heads == 1
    assert [[plain(cell) for cell in row] for row in grid.rows] == [["Year", "Given"], ["2021", "£2m"]]


def test_for_the_ear_hidden_icons_go_and_undeclared_tables_are_announced() -> None:
    html = '<table><tr><td><span aria-hidden="true">★</span><p>Text</p></td></tr></table>'
    (table,) = read_page(html, for_ear=True).pieces
    assert isinstance(table, Announced)
    assert (table.rows, table.columns) == (1, 1)
    assert len(table.pieces) == 1


@pytest.mark.parametrize(
    "html", ["", "   ", "<", "<p", "<table><td></table>", "<a href>x</a>", "\x00", "<ol start=x><li>"]
)
def test_broken_html_is_read_as_far_as_it_goes(html: str) -> None:
    read_page(html)


def test_an_encoding_declaration_does_not_matter() -> None:
    assert words('<?xml version="1.0" encoding="latin-1"?><html><body><p>Žena £</p></body></html>') == "Žena £"


def test_html_that_nests_beyond_reason_is_an_error_in_words() -> None:
    cell = '<table role="presentation"><tr><td>'
    assert words(cell * 30 + "Text") == "Text"
    with pytest.raises(TooDeep, match="nests its elements too deeply"):
        read_page(cell * 500 + "Text")
