"""The story of a page: its headings, pictures, captions, and what stands around it, on small pages of our own."""

from datetime import UTC, date

import pytest

from newsletter_cli.gather.found import Found
from newsletter_cli.gather.page import read_page
from newsletter_cli.gather.page.pictures import same_picture
from newsletter_cli.gather.page.structure import plain
from newsletter_cli.gather.pieces import Grid, Picture, Prose, Rule, Title

LONG = "The clinic in the valley opened its doors in spring and has seen more people than anybody had hoped for. "
MORE = "Two nurses and a driver reach the villages above it once a week, whatever the weather makes of the road. "
SRC = "https://www.example.org/pictures/clinic.jpg"


def story(body: str, head: str = "") -> Found:
    page = f"""<html lang="en"><head><title>A clinic for the valley</title>{head}</head><body><main><article>
    <h1>A clinic for the valley</h1>{body}</article></main></body></html>"""
    return read_page(page, "https://www.example.org/news/clinic", zone=UTC, today=date(2022, 3, 10))


def between(*parts: str) -> str:
    """Parts of a story, a long paragraph before and after each."""
    texts = [f"<p>{LONG * 2}</p>", f"<p>{MORE * 2}</p>"]
    return texts[0] + "".join(
        f"{part}<p>Part {number}: {MORE if number % 2 else LONG}{LONG}</p>" for number, part in enumerate(parts)
    )


def headings(found: Found) -> list[str]:
    return [each.text for each in found.pieces if isinstance(each, Title)]


def pictures(found: Found) -> list[Picture]:
    lead = [found.image] if found.image else []
    return lead + [each for each in found.pieces if isinstance(each, Picture)]


# -- headings


def test_bold_lines_head_the_parts_of_a_story_that_has_no_headings() -> None:
    found = story(between("<p><strong>Where it began</strong></p>", "<p><b>What comes next?</b></p>"))
    assert headings(found) == ["Where it began", "What comes next?"]


def test_a_single_bold_line_stays_a_paragraph() -> None:
    found = story(between("<p><strong>Where it began</strong></p>"))
    assert headings(found) == []
    assert "**Where it began**" in [each.text for each in found.pieces if isinstance(each, Prose)]


def test_bold_lines_stay_paragraphs_beside_real_headings_and_when_they_are_sentences() -> None:
    found = story(between("<h2>Where it began</h2>", "<p><b>What comes next</b></p>", "<p><b>And then</b></p>"))
    assert headings(found) == ["Where it began"]
    found = story(between("<p><b>They came on foot.</b></p>", "<p><b>They stayed for a year.</b></p>"))
    assert headings(found) == []


def test_a_bold_heading_keeps_its_escapes() -> None:
    found = story(between("<p><b>The [first] year</b></p>", "<p><b>The second_ year</b></p>"))
    assert headings(found)[0] == r"The \[first\] year"


@pytest.mark.parametrize(
    "mark", ['<p class="crosshead">{}</p>', '<div class="sub-heading">{}</div>', '<div role="heading">{}</div>']
)
def test_a_line_is_a_heading_by_its_class_or_role(mark: str) -> None:
    assert headings(story(between(mark.format("Where it began")))) == ["Where it began"]


def test_headings_behind_a_paywall_are_read() -> None:
    assert headings(story(between('<h2 class="paywall">Where it began</h2>'))) == ["Where it began"]


def test_links_to_edit_a_heading_are_no_part_of_it() -> None:
    edit = '<h2><span>Where it began</span><span class="mw-editsection">[<a href="/edit">edit</a>]</span></h2>'
    assert headings(story(between(edit))) == ["Where it began"]


def test_a_heading_of_strokes_is_a_divider() -> None:
    found = story(between("<h2>___</h2>"))
    assert headings(found) == []
    assert any(isinstance(each, Rule) for each in found.pieces)


def test_the_title_with_its_kicker_is_not_repeated_in_the_story() -> None:
    head = '<meta property="og:title" content="Nurses on the road: how help comes to the villages">'
    body = f"<h2>Health Nurses on the road: How help comes to the villages</h2>{between()}<h2>More</h2><p>{MORE}</p>"
    page = f"<html><head>{head}</head><body><main><article>{body}</article></main></body></html>"
    found = read_page(page, "https://www.example.org/a", zone=UTC, today=date(2022, 3, 10))
    assert headings(found) == ["More"]


def test_a_line_that_says_only_the_day_is_left_to_the_header() -> None:
    head = '<meta property="article:published_time" content="2022-03-01T09:00:00+00:00">'
    found = story(f"<p>Updated: 1 March 2022, 9:05</p>{between()}", head)
    assert found.date == date(2022, 3, 1)
    assert plain(found.pieces[0]).startswith("The clinic in the valley")


# -- pictures


def test_a_caption_is_known_by_a_class_that_ends_in_caption() -> None:
    found = story(between(f'<div><img src="{SRC}" alt="A hut"><p class="imageCaption">The hut in May.</p></div>'))
    assert [each.caption for each in pictures(found)] == ["The hut in May."]


def test_a_class_that_only_says_that_there_is_a_caption_is_none() -> None:
    found = story(between(f'<div class="hascaption"><p>{LONG}</p><img src="{SRC}" alt="A hut"></div>'))
    assert [each.caption for each in pictures(found)] == [""]


def test_the_short_text_in_a_box_named_after_its_picture_is_the_caption() -> None:
    box = f'<div class="story__picture"><img src="{SRC}" alt="A hut"><p>The hut in May. <span>Photo: Jo Marsh</span></p></div>'
    (picture,) = pictures(story(between(box)))
    assert (picture.caption, picture.credit) == ("The hut in May.", "Jo Marsh")


def test_text_beside_a_picture_in_a_box_for_more_is_no_caption() -> None:
    box = f'<div class="image-box"><img src="{SRC}" alt="A hut"><h3>Where it began</h3><p>{MORE}</p></div>'
    found = story(between(box))
    assert [each.caption for each in pictures(found)] == [""]
    assert headings(found) == ["Where it began"]


def test_a_figure_without_figcaption_keeps_its_text_as_the_caption() -> None:
    (picture,) = pictures(story(between(f'<figure><img src="{SRC}" alt="A hut"><p>The hut in May.</p></figure>')))
    assert picture.caption == "The hut in May."


def test_the_owner_named_in_a_caption_stays_in_it() -> None:
    figure = (
        f'<figure><img src="{SRC}" alt="A hut"><figcaption>Caritas’s first clinic. <span class="credit">Caritas</span>'
        "</figcaption></figure>"
    )
    (picture,) = pictures(story(between(figure)))
    assert (picture.caption, picture.credit) == ("Caritas’s first clinic.", "Caritas")


def test_a_picture_shown_twice_is_kept_once_with_what_its_second_place_says() -> None:
    figure = f'<figure><img src="{SRC}" alt="A hut"><figcaption>The hut in May.</figcaption></figure>'
    (picture,) = pictures(story(between(f'<img src="{SRC}?width=300">', figure)))
    assert (picture.alt, picture.caption) == ("A hut", "The hut in May.")


def test_a_picture_with_a_share_button_on_it_is_read() -> None:
    assert len(pictures(story(between(f'<div><img class="img-share" src="{SRC}" alt="A hut"></div>')))) == 1


def test_what_is_hidden_on_narrow_screens_only_is_read() -> None:
    found = story(between(f'<div class="hidden xl:block"><p>Only wide. {LONG}</p></div>'))
    assert any(plain(each).startswith("Only wide.") for each in found.pieces)


def test_pictures_of_amp_pages_are_read() -> None:
    figure = f'<figure><amp-img src="{SRC}" alt="A hut" width="600" height="400"></amp-img></figure>'
    caption = '<figcaption class="caption">The hut in May.</figcaption>'
    (picture,) = pictures(story(between(f"<div>{figure}{caption}</div>")))
    assert (picture.src, picture.caption) == (SRC, "The hut in May.")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.org/w/rally-1024x683.jpg", "https://a.org/w/rally.webp?x=1", True),
        ("https://a.org/409956368_v16_9_1600.jpeg", "https://a.org/409956368_v16_9_1200.webp", True),
        ("https://a.org/IMG_1200.jpg", "https://a.org/IMG_1600.jpg", False),
        (
            "https://cdn.org/resize/1200x630!/quality/80/?url=https%3A%2F%2Fa.org%2Frally.jpeg",
            "https://cdn.org/resize/320x216!/quality/80/?url=https%3A%2F%2Fa.org%2Fmarch.jpeg",
            False,
        ),
        ("https://a.org/id/195679/width/425/crop/1", "https://a.org/id/195680/width/425/crop/1", False),
        ("https://a.org/id/195679/width/425/crop/1", "https://a.org/id/195679/width/425/crop/1", True),
    ],
)
def test_pictures_are_told_apart_by_their_file_whatever_server_sizes_them(one: str, other: str, same: bool) -> None:
    assert same_picture(one, other) is same


# -- words


def test_spaces_inside_raised_letters_and_code_part_the_words() -> None:
    found = story(f"<p>M<sup>me </sup>Binet ran<code> make </code>again. {LONG}</p>{between()}")
    assert plain(found.pieces[0]).startswith("Mme Binet ran make again.")


def test_square_brackets_of_the_author_are_kept() -> None:
    found = story(f"<p>She came with “[her] list” and 2*3 wishes. {LONG}</p>{between()}")
    assert plain(found.pieces[0]).startswith("She came with “[her] list” and 2*3 wishes.")


def test_links_and_lines_of_preformatted_text_are_kept() -> None:
    text = f'Minutes of the meeting\n\n{LONG}\nSee <a href="/plan">the plan\nof spring</a> and <b>more</b>.\n{MORE}'
    found = story(f"<pre>{text}</pre>")
    (prose,) = [each.text for each in found.pieces if isinstance(each, Prose)]
    assert prose.splitlines()[0] == "Minutes of the meeting\\"
    assert "See [the plan of spring](https://www.example.org/plan) and **more**.\\" in prose.splitlines()


def test_a_table_with_icons_in_its_cells_is_a_table() -> None:
    icon = '<img src="/tick.png" width="20" alt="reached">'
    rows = "".join(f"<tr><td>Village {number}</td><td>{icon}</td><td>{MORE}</td></tr>" for number in range(4))
    found = story(between(f"<table>{rows}</table>"))
    (grid,) = [each for each in found.pieces if isinstance(each, Grid)]
    assert {row[1] for row in grid.rows} == {"reached"}
    assert [row[0] for row in grid.rows] == [f"Village {number}" for number in range(4)]
