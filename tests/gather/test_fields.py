"""The fields beside the text (title, standfirst, author, addresses): nothing that can act comes through them."""

import json
from datetime import UTC, date

import pytest

from newsletter_cli.gather.feed import is_feed, read_feed
from newsletter_cli.gather.fragment import read_fragment
from newsletter_cli.gather.listing import read_listing
from newsletter_cli.gather.markdown_text import markdown
from newsletter_cli.gather.page import read_page
from newsletter_cli.gather.page.cleaning import words_in

TODAY = date(2022, 3, 10)
ACTS = "Care<script>alert(1)</script> <img src=x onerror=alert(2)><b>for</b> <svg><style>alert(3)</style></svg>all"
ESCAPED = ACTS.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ACTS, "Care for all"),
        ("Fewer < more & better, 3<5", "Fewer < more & better, 3<5"),
        ("Priya&#8217;s &amp; Ben’s", "Priya’s & Ben’s"),
        ("a\u200b  line\nbreak", "a line break"),
        ("", ""),
    ],
)
def test_a_field_is_plain_text(text: str, words: str) -> None:
    assert words_in(text) == words


def test_the_data_and_the_heading_of_a_page_give_words_only() -> None:
    data = json.dumps(
        {
            "@type": "NewsArticle",
            "headline": ACTS,
            "description": ACTS,
            "articleSection": ACTS,
            "author": {"name": "Jo <script>alert(1)</script>Marsh"},
            "image": {"url": "javascript:alert(1)", "caption": ACTS},
            "url": "javascript:alert(1)",
        }
    ).replace("</", "<\\/")
    page = (
        f'<html><head><meta property="og:title" content="{ESCAPED}"><meta property="og:image:alt" content="{ESCAPED}"><script type="application/ld+json">{data}</script></head>'
        f"<body><h1>{ACTS}</h1><p>{'The story is told here at length, so that it counts. ' * 9}</p></body></html>"
    )
    found = read_page(page, "", zone=UTC, today=TODAY)
    assert (found.title, found.standfirst, found.topic, found.author) == (*["Care for all"] * 3, "Jo Marsh")
    assert found.link == ""


def test_a_table_keeps_its_caption_and_a_film_says_its_title_once() -> None:
    html = (
        "<figure class='wp-block-table'><table><tr><th>Year</th><th>Sum</th></tr><tr><td>2021</td><td>£2</td></tr></table>"
        "<figcaption>Our sums</figcaption></figure><figure><iframe title='Our film' src='https://www.youtube.com/embed/abcdEFGH123'>"
        "</iframe><figcaption>Our film</figcaption></figure><p><a href='/r.pdf'>Report</a><a class='wp-block-file__button' "
        "href='/r.pdf'>Download</a></p>"
    )
    assert markdown(read_fragment(html, "https://www.example.org/")) == (
        "| Year | Sum |\n| --- | --- |\n| 2021 | £2 |\n\nOur sums\n\n"
        "[Our film](https://www.youtube.com/watch?v=abcdEFGH123)\n\n[Report](https://www.example.org/r.pdf)"
    )


def test_feeds_and_listings_give_words_only() -> None:
    item = f"<item><title>{ESCAPED}</title><author>{ESCAPED}</author><link>\u00a0javascript:alert(1)</link><category>{ESCAPED}</category></item>"
    (entry,) = read_feed(f'<rss version="2.0"><channel>{item}</channel></rss>'.encode(), "", zone=UTC)
    assert (entry.title, entry.author, entry.topic, entry.link) == (*["Care for all"] * 3, "")
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "1", "title": ACTS, "authors": [{"name": ACTS}], "url": "data:text/html,x"}],
    }
    (entry,) = read_feed(json.dumps(feed).encode(), "", zone=UTC)
    assert (entry.title, entry.author, entry.link) == ("Care for all", "Care for all", "")
    page = f'<div><a href="/news/1">{ACTS}</a></div><a href="javascript:/news/2">no</a>'
    (entry,) = read_listing(page, "https://www.example.org/", "/news/", zone=UTC)
    assert (entry.title, entry.link) == ("Care for all", "https://www.example.org/news/1")


def test_a_feed_in_utf_16_is_known_as_one_and_a_guid_is_no_link() -> None:
    item = "<item><title>Grüße</title><guid>17</guid></item>"
    data = f'<?xml version="1.0" encoding="utf-16"?><rss version="2.0"><channel>{item}</channel></rss>'.encode("utf-16")
    assert is_feed(data)
    (entry,) = read_feed(data, "https://www.example.org/feed", zone=UTC)
    assert (entry.title, entry.link, entry.id) == ("Grüße", "", "17")
