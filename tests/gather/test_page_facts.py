"""The facts of a page: who wrote it, its title, its lead picture, on small pages of our own."""

from datetime import UTC, date

import pytest

from newsletter_cli.gather.found import Found
from newsletter_cli.gather.page import read_page
from newsletter_cli.gather.page.authors import names_in

LONG = "The clinic in the valley opened its doors in spring and has seen more people than anybody had hoped for. " * 3


def read(body: str, head: str = "", lang: str = "en") -> Found:
    page = f'<html lang="{lang}"><head>{head}</head><body><article>{body}<p>{LONG}</p><p>More: {LONG}</p></article></body></html>'
    return read_page(page, "https://www.example.org/news/clinic", zone=UTC, today=date(2022, 3, 10))


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Publié le 3 mars 2022 par Jeanne Roux", ["Jeanne Roux"]),
        ("Mis à jour le 03/02/2022 à 10:12 par Luc Noir et Jeanne Roux", ["Luc Noir", "Jeanne Roux"]),
        ("Publié par Jeanne Roux le 3 mars 2022 à 10h12", ["Jeanne Roux"]),
        ("Par Jeanne Roux, publié le 3 mars 2022", ["Jeanne Roux"]),
        ("Veröffentlicht am 3. März 2022 von Anna Schmidt", ["Anna Schmidt"]),
        ("Von Anna Schmidt, aktualisiert am 3. März 2022", ["Anna Schmidt"]),
        ("Pubblicato il 3 marzo 2022 da Maria Rossi", ["Maria Rossi"]),
        ("Publicado el 3 de marzo de 2022 por Ana García", ["Ana García"]),
        ("Publicado por Ana García el 3 de marzo de 2022", ["Ana García"]),
        ("Geplaatst op 3 mei 2022 door Jan de Vries", ["Jan de Vries"]),
        ("Posted on May 3, 2022 by Jo Marsh", ["Jo Marsh"]),
        ("By Jo Marsh 10/13/16 12:34PM", ["Jo Marsh"]),
        ("Jo Marsh Dec. 2, 2015", ["Jo Marsh"]),
        ("Jo March", ["Jo March"]),
        ("May Smith and Ann June", ["May Smith", "Ann June"]),
        ("3 minutes", []),
    ],
)
def test_names_are_read_from_lines_that_say_when_and_by_whom(line: str, names: list[str]) -> None:
    assert names_in(line) == names


@pytest.mark.parametrize(
    ("lang", "line", "author"),
    [
        ("fr", "Publié le 3 mars 2022 par Jeanne Roux", "Jeanne Roux"),
        ("de", "Veröffentlicht am 3. März 2022 von Anna Schmidt", "Anna Schmidt"),
        ("it", "Pubblicato il 3 marzo 2022 da Maria Rossi", "Maria Rossi"),
        ("es", "Publicado el 3 de marzo de 2022 por Ana García", "Ana García"),
    ],
)
def test_a_line_below_the_title_names_the_author_and_is_not_part_of_the_story(
    lang: str, line: str, author: str
) -> None:
    found = read(f"<h1>A clinic for the valley</h1><p>{line}</p>", lang=lang)
    assert (found.author, found.date) == (author, date(2022, 3, 3))
    assert not any(author in str(each) for each in found.pieces)


def test_a_sentence_that_says_who_published_something_is_no_byline() -> None:
    sentence = (
        "Published in spring, the report was soon read by ministers in every country, and by their opponents too. " * 2
    )
    assert read(f"<h1>A clinic for the valley</h1><p>{sentence}</p>").author == ""


def test_each_name_of_a_byline_in_an_element_of_its_own_is_an_author() -> None:
    names = "".join(f"<span>{name}</span> " for name in ("Jo Marsh", "Ann Lee", "Sam Roe Junior"))
    found = read(f'<h1>A clinic for the valley</h1><div class="article-byline"><div>{names}</div></div>')
    assert found.author == "Jo Marsh, Ann Lee, Sam Roe Junior"


def test_of_a_byline_with_more_lines_the_one_that_says_by_whom_counts() -> None:
    byline = "<div>By <span>Jo Marsh</span></div><div>THE VALLEY NEWS</div><time>Dec 16, 2016 at 1:38 pm</time>"
    assert read(f"<h1>A clinic for the valley</h1><div>{byline}</div>").author == "Jo Marsh"


def test_an_imprint_and_a_site_are_no_author() -> None:
    found = read(
        "<h1>A clinic for the valley</h1><p>By Jo Marsh</p>",
        '<meta name="author" content="example.org, York, England">',
    )
    assert found.author == "Jo Marsh"
    assert read("", '<meta name="author" content="Jo Marsh, Example.org">').author == "Jo Marsh"


def test_the_colon_that_markup_replaced_stands_in_the_title() -> None:
    head = '<meta property="og:title" content="Help for the valley: a clinic opens">'
    found = read("<h1><span>Help for the valley</span> <span>A clinic opens</span></h1>", head)
    assert found.title == "Help for the valley: a clinic opens"
    assert read(
        "<h1>Secours : une clinique ouvre</h1>", '<meta property="og:title" content="Secours : une clinique ouvre">'
    ).title == ("Secours : une clinique ouvre")


def test_a_page_whose_only_picture_is_a_films_still_leads_with_that() -> None:
    found = read('<video poster="/stills/clinic.jpg"><source src="/clinic.mp4"><img src="/clinic.mp4"></video>')
    assert found.image is not None
    assert found.image.src == "https://www.example.org/stills/clinic.jpg"


def test_a_film_and_a_counting_pixel_are_no_pictures() -> None:
    found = read('<p><img src="/clinic.mp4"></p><p><img src="/img/renderTimingPixel.png"></p>')
    assert found.image is None
