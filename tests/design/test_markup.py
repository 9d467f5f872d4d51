"""What every message of every design must be, whatever is in it: read from its HTML and text, without a browser."""

import re
from html import unescape
from itertools import pairwise

import pytest
from lxml import html as lxml_html

from tests.design.conftest import DESIGNS, Made, Make

SAMPLES = ("example", "everything", "arabic", "sixty")


@pytest.fixture(params=[(sample, design) for design in DESIGNS for sample in SAMPLES], ids="-".join)
def made(request: pytest.FixtureRequest, make: Make) -> Made:
    return make(*request.param)


def styles(html: str) -> list[str]:
    return re.findall(r"<style[^>]*>(.*?)</style>", re.sub(r"<!--.*?-->", "", html, flags=re.S), re.S)


def test_it_is_small_enough_for_gmail(made: Made) -> None:
    assert len(made.raw.encode()) < 80_000
    assert sum(len(each.encode()) for each in styles(made.raw)) <= 16_384


def test_it_opens_as_html5_in_utf8(made: Made) -> None:
    assert made.raw.startswith("<!DOCTYPE html>")
    assert '<meta charset="utf-8">' in made.raw[:600]
    assert any(ord(each) > 255 for each in made.raw)
    assert not re.search("[\u0080-\u009f]", made.raw)


def test_language_and_direction_stand_on_page_and_wrapper(made: Made) -> None:
    tree = lxml_html.document_fromstring(made.raw)
    wrapper = tree.xpath('//div[@role="article"]')[0]
    for each in (tree, wrapper):
        assert (each.get("lang"), each.get("dir")) in (("en", "ltr"), ("ar", "rtl"))
    assert wrapper.get("aria-roledescription") == "email"
    assert wrapper.get("aria-label") == tree.findtext(".//title")
    assert tree.find("body").get("xml:lang") == tree.get("lang")


def test_layout_tables_say_that_they_are_none(made: Made) -> None:
    tables = list(lxml_html.document_fromstring(made.raw).iter("table"))
    assert tables
    for table in tables:
        if table.get("role") == "presentation":
            assert (table.get("cellpadding"), table.get("cellspacing"), table.get("border")) == ("0", "0", "0")
        else:
            assert table.xpath('.//th[@scope="col"]')


def test_every_picture_has_its_size_its_words_and_a_secure_address(made: Made) -> None:
    for image in lxml_html.document_fromstring(made.raw).iter("img"):
        assert image.get("src", "").startswith("https://")
        assert image.get("alt") is not None
        assert 0 < int(image.get("width")) <= 600
        assert int(image.get("height")) > 0


def test_a_link_is_never_only_a_picture_without_words(made: Made) -> None:
    links = list(lxml_html.document_fromstring(made.raw).iter("a"))
    assert links
    for link in links:
        words = link.text_content().strip() or "".join(each.get("alt", "") for each in link.iter("img"))
        assert words, link.get("href")
        assert re.match(r"https://|mailto:|nl\w+z$", link.get("href")), link.get("href")


def test_headings_begin_with_one_h1_and_skip_no_level(made: Made) -> None:
    tree = lxml_html.document_fromstring(made.raw)
    levels = [int(each.tag[1]) for each in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


def test_conditional_comments_are_closed_and_their_tables_too(made: Made) -> None:
    assert made.raw.count("<!--[if") == made.raw.count("<![endif]-->")
    outlook = "".join(re.findall(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", made.raw, re.S))
    for tag in ("table", "tr", "td"):
        assert len(re.findall(f"<{tag}[ >]", outlook)) == outlook.count(f"</{tag}>"), tag


def test_the_preheader_comes_first_and_is_not_made_to_look_like_spam(made: Made) -> None:
    tree = lxml_html.document_fromstring(made.raw)
    first = next(each for each in tree.find("body").iter("div") if (each.text or "").strip())
    assert first.get("style") == "display:none"
    assert first.text.strip()
    assert not re.search(r"font-size:\s*[01](px)?;[^\"]*color:\s*#f{3,6}", made.raw)


def test_styles_hold_nothing_that_mail_programs_choke_on(made: Made) -> None:
    css = "".join(styles(made.raw)) + "".join(re.findall(r'style="([^"]*)"', made.raw))
    for word in ("var(", "calc(", "rgb(", "rgba(", "flex", "grid", "position:", "@import", "@font-face", "/*", "url("):
        assert word not in css, word
    assert not re.search(r"margin[a-z-]*:[^;}]*-\d", css)
    for block in re.findall(r"@media[^{]*\{((?:[^{}]*\{[^{}]*\})*)", css):
        assert "@" not in block
    for colour in re.findall(r"#[0-9a-fA-F]+\b", re.sub(r"u\+\.body|#[A-Za-z_]+\w*\s*\{", "", css)):
        assert len(colour) == 7, colour


def test_nothing_a_template_left_behind_is_in_it(made: Made) -> None:
    for part in (made.html, made.text):
        assert not re.search(r"\{%|\{#|%\}|None|Undefined", part)
    assert "{{" not in made.html.replace("{{ braces }}", "")


def test_the_text_part_has_every_link_of_the_html(made: Made) -> None:
    links = {unescape(each) for each in re.findall(r'<a\b[^>]*href="([^"]*)"', made.html)}
    assert {each for each in links if each not in made.text} == set()


def test_the_text_part_is_72_columns_wide_but_for_addresses(made: Made) -> None:
    long = [row for row in made.text.splitlines() if len(row) > 72 and "://" not in row]
    assert long == []
    assert "\n\n\n" not in made.text


def test_both_parts_say_who_writes_where_they_live_and_how_to_leave(made: Made) -> None:
    words = " ".join(lxml_html.document_fromstring(made.html).text_content().split())
    for part in (words, " ".join(made.text.split())):
        assert "12 Harbour Steps, Edinburgh EH6 6QQ, Scotland" in part
    for part in (made.html, made.text):
        assert "https://www.example.org/unsubscribe/token" in part
        assert "https://www.example.org/newsletter/2022-0" in part


def test_a_text_part_says_all_the_words_of_the_html(made: Made) -> None:
    tree = lxml_html.document_fromstring(made.html)
    for hidden in tree.xpath('//style | //head | //*[@style="display:none"] | //*[@aria-hidden="true"]'):
        hidden.drop_tree()
    heard = set(re.findall(r"\w{4,}", made.text.lower()))
    said = re.findall(r"\w{4,}", tree.text_content().lower())
    assert sum(word in heard for word in said) > 0.9 * len(said)
