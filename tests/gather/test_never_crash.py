"""Whatever comes in: an article, an empty article, or an error with a sentence; never a traceback."""

import contextlib
import random
import time
from datetime import UTC, date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather import dates
from newsletter_cli.gather.feed import read_feed
from newsletter_cli.gather.links import absolute, comparing_key
from newsletter_cli.gather.mail import read_mail
from newsletter_cli.gather.markdown import read_markdown
from newsletter_cli.gather.markdown_text import escaped, markdown
from newsletter_cli.gather.page import read_page
from newsletter_cli.gather.page.length import CUT
from newsletter_cli.gather.pasted import read_pasted
from newsletter_cli.gather.text import read_text
from newsletter_cli.gather.window import Window
from newsletter_cli.gather.word import read_word
from newsletter_cli.gather.words import decoded, slug

TODAY = date(2022, 3, 1)
PAGE = Path(__file__).parents[2] / "newsletter_cli" / "demo" / "news-page.html"
NASTY = (
    "",
    "<",
    "<html>",
    "<!DOCTYPE html><html><head><title></title></head><body></body></html>",
    "<?xml version='1.0' encoding='utf-16'?><html><p>x</p></html>",
    "<p>" * 5000,
    "<div>" * 100_000 + "deep",
    "<table><tr><td>" * 500,
    "<ul><li>" * 300 + "x",
    "<blockquote>" * 300 + "x",
    "<a href='http://[::1'>x</a><img src='http://[bad' srcset='a 1w, b 2x, ,,,  3.4.5x'>",
    '<script type=\'application/ld+json\'>{"@graph": [[[[1]]]], "@type": 5}</script><p>x</p>',
    "<script type='application/ld+json'>" + "[" * 100_000 + "</script><p>x</p>",
    "<time datetime='99999999999999'>x</time><meta name=date content='0000-00-00'>",
    "<p>\x00\x01\x0b\ufffe\ud7ff</p>",
    "<img data-srcs='{bad json' src='data:image/png;base64,%%%'>",
    "<base href='http://[x'><a href='y'>z</a>",
    "<h1><img src=x></h1><figure><figcaption>only</figcaption></figure>",
)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_malformed_html_is_read_as_far_as_it_goes(text: str) -> None:
    found = read_page(text, "https://www.example.org/", zone=UTC, today=TODAY)
    assert isinstance(markdown(found.pieces), str)
    assert isinstance(markdown(read_pasted("<div>" + text, today=TODAY).pieces), str)


def test_a_page_cut_off_or_garbled_anywhere_is_still_read() -> None:
    whole = PAGE.read_bytes()
    chance = random.Random(7)
    for _ in range(25):
        cut = bytearray(whole[: chance.randrange(len(whole))])
        for _ in range(20):
            if cut:
                cut[chance.randrange(len(cut))] = chance.randrange(256)
        found = read_page(decoded(bytes(cut)), "", zone=UTC, today=TODAY)
        assert isinstance(markdown(found.pieces), str)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400))
def test_any_bytes_as_feed_word_file_or_mail_are_an_answer_or_an_error(data: bytes) -> None:
    for read in (
        lambda: read_feed(data, "x", zone=UTC),
        lambda: read_feed(b"<rss><channel><item><title>" + data, "x", zone=UTC),
        lambda: read_word(data, source="x", today=TODAY),
        lambda: read_mail(data, source="x", zone=UTC),
    ):
        with contextlib.suppress(NewsletterError):
            read()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_as_text_markdown_and_a_link(text: str) -> None:
    assert isinstance(markdown(read_text(text, source="x", today=TODAY).pieces), str)
    assert isinstance(markdown(read_markdown(text, source="x").pieces), str)
    assert absolute(text, "https://www.example.org/").startswith(
        ("http:", "https:", "mailto:", "tel:")
    ) or not absolute(text, "https://www.example.org/")
    assert isinstance(comparing_key(text), str)
    assert slug(text)
    dates.day(text)


@settings(max_examples=100, deadline=None)
@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")),
        min_size=1,
        max_size=80,
    )
)
def test_escaped_text_is_shown_by_markdown_as_it_was(text: str) -> None:
    import re
    from html import unescape

    from markdown_it import MarkdownIt

    shown = MarkdownIt("commonmark", {"html": False}).render("x" + escaped(text))
    assert unescape(re.sub(r"</?p>\n?", "", shown)) == "x" + text


@given(
    st.dates(date(1990, 1, 1), date(2040, 12, 31)),
    st.sampled_from(["en", "de", "fr", "it", "es", "pt", "nl", "pl", "ja", "sv"]),
)
@settings(max_examples=150, deadline=None)
def test_a_long_date_of_any_language_is_read_back(day: date, lang: str) -> None:
    from babel.dates import format_date

    assert dates.day(format_date(day, "long", locale=lang), UTC, lang) == day
    assert dates.day(day.isoformat(), UTC, lang) == day
    assert dates.day(day.strftime("%Y%m%d")) == day


@given(st.dates(), st.dates(), st.dates())
def test_a_day_is_inside_or_a_near_miss_or_neither_but_never_both(since: date, until: date, day: date) -> None:
    window = Window(min(since, until), max(since, until))
    assert window.holds(day) == (min(since, until) <= day <= max(since, until))
    assert not (window.holds(day) and window.just_misses(day))
    assert window.just_misses(day) == (
        not window.holds(day) and min(abs((day - window.since).days), abs((day - window.until).days)) == 1
    )


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("23rd February 2022", "en", "2022-02-23"),
        ("23 février 2022", "fr", "2022-02-23"),
        ("23. Februar 2022", "de", "2022-02-23"),
        ("le 1er mars 2022", "fr", "2022-03-01"),
        ("23 de febrero de 2022", "es", "2022-02-23"),
        ("02/03/2022", "en-GB", "2022-03-02"),
        ("02/03/2022", "en-US", "2022-02-03"),
        ("02.03.2022", "en-US", "2022-03-02"),
        ("2022年2月23日", "ja", "2022-02-23"),
        ("1645574400", "", "2022-02-23"),
        ("Mon, 28 Feb 2022 23:30:00 -0500", "", "2022-02-28"),
        ("no date in 12:30", "en", None),
        ("Mon, 01 Jan 0001 00:00:00 +0000", "", None),
        ("31 February 2022", "en", None),
    ],
)
def test_dates_as_people_write_them(text: str, lang: str, expected: str | None) -> None:
    found = dates.day(text, UTC, lang)
    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("javascript:alert(1)", ""),
        ("\u00a0javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("//other.example.org/x", "https://other.example.org/x"),
        ("/x?utm_source=a&id=3&fbclid=b", "https://www.example.org/x?id=3"),
        ("#top", ""),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("https://www.google.com/url?q=https://www.example.org/y&sa=D", "https://www.example.org/y"),
    ],
)
def test_links_lead_where_a_reader_may_go(href: str, expected: str) -> None:
    assert absolute(href, "https://www.example.org/") == expected


def test_addresses_that_mean_one_page_compare_equal() -> None:
    same = [
        "http://www.example.org/a/",
        "https://example.org/a",
        "https://example.org:443/a?utm_source=x#top",
        "https://EXAMPLE.org/a",
    ]
    assert len({comparing_key(each) for each in same}) == 1


def test_further_reading_with_a_single_undated_line_is_told() -> None:
    found = read_text(
        "A story\n23 February 2022\nText of it.\nFurther reading\nA title that has no date", source="a", today=TODAY
    )
    assert found.cards == ()
    assert any("A title that has no date" in each for each in found.look)


def test_a_character_that_is_none_in_a_broken_feed_is_no_crash() -> None:
    data = b"<rss><channel><item><title>A</title><guid>1</guid><description>a & b &#xD800;</description></item></channel></rss>"
    with contextlib.suppress(NewsletterError):
        assert read_feed(data, "x", zone=UTC)


@pytest.mark.parametrize("tag", ["div", "ul><li", "b"])
def test_a_page_of_elements_thousands_deep_is_read_at_once(tag: str) -> None:
    began = time.process_time()
    read_page(f"<html><body><p>Words.</p>{f'<{tag}>' * 60_000}x</body></html>", "", zone=UTC, today=TODAY)
    assert time.process_time() - began < 15  # nh3 alone took half a minute


def test_a_page_longer_than_any_story_is_cut_and_that_is_said() -> None:
    row = f"<p>A sentence with <b>bold</b> words, long enough to count. {'More of them follow. ' * 40}</p>"
    found = read_page(
        f"<html><body><article><h1>T</h1>{row * 600}<p>The very end.</p></article></body></html>",
        "",
        zone=UTC,
        today=TODAY,
    )
    assert CUT in found.look
    text = markdown(found.pieces)
    assert text.startswith("A sentence with **bold** words")
    assert "The very end." not in text
    assert len(text) > 100_000
