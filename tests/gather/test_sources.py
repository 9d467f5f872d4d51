"""Every kind of source, through loopback servers and files of our own."""

import gzip
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsletter_cli.config import SourceSettings, load_settings
from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather.feed import read_feed
from newsletter_cli.gather.images import prepare
from newsletter_cli.gather.markdown import read_markdown
from newsletter_cli.gather.markdown_text import markdown
from newsletter_cli.gather.pieces import Listing, Picture, Quotation
from newsletter_cli.gather.text import read_text
from newsletter_cli.gather.window import Window
from newsletter_cli.http import Client
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.gather import Choice, Gatherer, left_out

TODAY = date(2022, 3, 10)
NOW = datetime(2022, 3, 10, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>News</title><link>{site}/</link>
<item><title>First &amp; foremost</title><link>{site}/one?utm_source=rss</link><guid>1</guid><pubDate>Mon, 28 Feb 2022 23:30:00 GMT</pubDate>
<description>A short teaser.</description><content:encoded><![CDATA[<p>{long}</p><h2>Half way</h2><p>More &lt;text&gt;.</p>]]></content:encoded></item>
<item><title>Second: with a colon</title><link>{site}/two</link><guid>2</guid><pubDate>Tue, 01 Mar 2022 00:00:00 +0000</pubDate><description>Only a teaser.</description></item>
<item><title>Third</title><link>{site}/three</link><guid>3</guid><description>No date at all.</description></item>
</channel></rss>"""

PAGE = """<html lang="en"><head><meta property="og:title" content="{title}"><meta property="og:description" content="What it is about, in a sentence.">
<meta property="article:published_time" content="{date}"><link rel="canonical" href="{url}"></head><body><main><article><h1>{title}</h1>
<p>{long}</p><p>{long}</p></article></main></body></html>"""
LONG = "This sentence is here so that the paragraph is long enough to count as the whole of a story. " * 8


def a_gatherer(folder: Path, **changes: Any) -> Gatherer:
    workspace = Workspace(folder)
    client = Client(allow_local=True, sleep=lambda _: None, attempts=1)
    return Gatherer(workspace, load_settings(workspace.settings_file), "2022-02", NOW, client=client, **changes)


def gathered(gatherer: Gatherer, *names: str) -> Any:
    choices, failed = gatherer.choices(names)
    return gatherer.gather([each for each in choices if each.taken], failed)


FEBRUARY = Window(date(2022, 2, 1), date(2022, 2, 28))


def configured(folder: Path, source: str) -> None:
    """Add a [[sources]] table to newsletter.toml."""
    file = folder / "newsletter.toml"
    file.write_text(f"{file.read_text()}\n[[sources]]\n{source}")


def a_page(site: Any, path: str, title: str, when: str = "2022-02-20") -> str:
    return site.put(path, PAGE.format(title=title, date=when, url=site.url + path, long=LONG))


def test_a_feed_gives_whole_articles_and_fetches_those_it_only_teases(gathering: Path, site: Any) -> None:
    feed = site.put("/feed", RSS.format(site=site.url, long=LONG), Content_Type="application/rss+xml")
    a_page(site, "/two", "Second: with a colon", "2022-03-01")
    done = gathered(a_gatherer(gathering), feed)
    by_title = {each.found.title: each.found for each in done.articles}
    assert set(by_title) == {"First & foremost", "Second: with a colon", "Third"}
    assert by_title["First & foremost"].link == site.url + "/one"
    assert "## Half way" in markdown(by_title["First & foremost"].pieces)
    assert markdown(by_title["Second: with a colon"].pieces).count("This sentence") == 16
    assert any("Only what the feed holds was gathered" in each for each in by_title["Third"].look)


def test_a_moment_in_utc_counts_at_home_and_a_bare_midnight_is_a_date() -> None:
    entries = read_feed(RSS.format(site="https://www.example.org", long="x").encode(), "", zone=LONDON)
    days = {each.id: each.date for each in entries}
    assert days == {"1": date(2022, 2, 28), "2": date(2022, 3, 1), "3": None}
    sydney = read_feed(
        RSS.format(site="https://www.example.org", long="x").encode(), "", zone=ZoneInfo("Australia/Sydney")
    )
    assert {each.id: each.date for each in sydney} == {"1": date(2022, 3, 1), "2": date(2022, 3, 1), "3": None}


def test_near_misses_and_undated_ones_are_listed_and_never_dropped_in_silence(gathering: Path, site: Any) -> None:
    feed = site.put("/feed", RSS.format(site=site.url, long=LONG))
    gatherer = a_gatherer(gathering, window=Window(date(2022, 2, 1), date(2022, 2, 28)))
    choices, _ = gatherer.choices([feed])
    assert {each.candidate.title: each.standing for each in choices} == {
        "First & foremost": "inside",
        "Second: with a colon": "near",
        "Third": "undated",
    }
    taken = [each for each in choices if each.taken]
    assert [each.why for each in left_out(choices, taken)] == [
        "2022-03-01 is a day outside 2022-02-01 to 2022-02-28.",
        "It has no date, so it cannot be told whether it belongs here.",
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "atom",
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><id>urn:1</id><link href="https://www.example.org/a"/>'
            "<updated>2022-02-03T10:00:00+01:00</updated><content type='html'>&lt;p&gt;Text&lt;/p&gt;</content></entry></feed>",
        ),
        (
            "rdf",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            '<item rdf:about="urn:1"><title>A</title><link>https://www.example.org/a</link><dc:date>2022-02-03</dc:date></item></rdf:RDF>',
        ),
        (
            "json",
            json.dumps(
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "items": [
                        {
                            "id": "urn:1",
                            "title": "A",
                            "url": "https://www.example.org/a",
                            "date_published": "2022-02-03T10:00:00+01:00",
                        }
                    ],
                }
            ),
        ),
    ],
)
def test_every_feed_format_gives_the_same_entry(name: str, data: str) -> None:
    (entry,) = read_feed(data.encode(), "https://www.example.org/", zone=LONDON)
    assert (entry.title, entry.link, entry.date) == ("A", "https://www.example.org/a", date(2022, 2, 3)), name


def test_a_page_that_names_its_feed_will_do_as_a_feed_source(gathering: Path, site: Any) -> None:
    site.put("/feed.xml", RSS.format(site=site.url, long=LONG))
    site.put("/news", '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>')
    (gathering / "newsletter.toml").write_text(
        (gathering / "newsletter.toml").read_text()
        + f'\n[[sources]]\nkind = "feed"\nurl = "{site.url}/news"\nname = "News"\n'
    )
    choices, failed = a_gatherer(gathering).choices([])
    assert not failed
    assert [each.candidate.source for each in choices] == ["News"] * 3


def test_robots_txt_closes_what_was_discovered(gathering: Path, site: Any) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /two\n")
    feed = site.put("/feed", RSS.format(site=site.url, long=LONG))
    a_page(site, "/two", "Second: with a colon")
    done = gathered(a_gatherer(gathering), feed)
    (second,) = [each for each in done.articles if each.found.title.startswith("Second")]
    assert any("robots.txt" in each for each in second.look)
    assert "/two" not in [path for _, path, _ in site.asked]


def test_a_wordpress_site_is_read_through_its_own_interface(gathering: Path, site: Any) -> None:
    posts = [
        {
            "id": 7,
            "date": "2022-02-14T23:50:00",
            "link": site.url + "/post",
            "guid": {"rendered": site.url + "/?p=7"},
            "title": {"rendered": "Love &#8211; and tea"},
            "excerpt": {"rendered": "<p>In short, this is about a cup of tea and about love. And then [&hellip;]</p>"},
            "content": {
                "rendered": f"<p>{LONG}</p><blockquote><p>Yes.</p><cite>Ann Lee, nurse</cite></blockquote><iframe src='https://www.youtube.com/embed/abc123xyz' title='The film'></iframe>"
                f"<p>The post Love appeared first on Hope.</p>"
            },
            "_embedded": {
                "author": [{"name": "Ann Lee"}],
                "wp:featuredmedia": [
                    {
                        "source_url": site.url + "/p.jpg",
                        "alt_text": "A cup",
                        "caption": {"rendered": "<p>Tea at last. Photo: Jo Reed</p>"},
                    }
                ],
                "wp:term": [
                    [{"name": "Stories &amp; tea", "taxonomy": "category"}],
                    [{"name": "x", "taxonomy": "post_tag"}],
                ],
            },
        }
    ]
    site.put("/wp-json/wp/v2/posts", json.dumps(posts), Content_Type="application/json")
    source = SourceSettings(kind="wordpress", url=site.url)
    gatherer = a_gatherer(gathering)
    gatherer.settings = replace(gatherer.settings, sources=(source,))
    choices, failed = gatherer.choices([])
    assert not failed
    found = choices[0].candidate.read()
    assert (found.title, found.date, found.standfirst, found.author) == (
        "Love – and tea",
        date(2022, 2, 14),
        "In short, this is about a cup of tea and about love.",
        "Ann Lee",
    )
    assert found.image == Picture(site.url + "/p.jpg", "A cup", "Tea at last.", "Jo Reed")
    assert found.topic == "Stories & tea"
    assert "appeared" not in markdown(found.pieces)
    assert "[The film](https://www.youtube.com/watch?v=abc123xyz)" in markdown(found.pieces)
    (quote,) = [each for each in found.pieces if isinstance(each, Quotation)]
    assert (quote.who, quote.role) == ("Ann Lee", "nurse")


def test_a_closed_wordpress_interface_gives_its_feed_and_says_so(gathering: Path, site: Any) -> None:
    site.put("/wp-json/wp/v2/posts", b'{"code":"rest_forbidden"}', status=401)
    site.put("/feed", RSS.format(site=site.url, long=LONG), Content_Type="application/rss+xml")
    site.put("/", "<h1>Home</h1>")
    configured(gathering, f'kind = "wordpress"\nurl = "{site.url}/"\nname = "Our site"\n')
    told: list[str] = []
    choices, failed = a_gatherer(gathering, window=FEBRUARY, progress=told.append).choices([])
    assert not failed
    assert [each.candidate.title for each in choices if each.taken] == ["First & foremost"]
    assert any("(HTTP 401). Its feed was read instead." in each for each in told)
    del site.pages["/feed"]
    _, (fault,) = a_gatherer(gathering, window=FEBRUARY).choices([])
    assert "through WordPress's interface (HTTP 401)" in fault.why


def test_a_feed_that_does_not_reach_back_to_the_first_day_is_told(gathering: Path, site: Any) -> None:
    item = "<item><title>Late</title><guid>1</guid><pubDate>Mon, 14 Feb 2022 10:00:00 GMT</pubDate></item>"
    url = site.put("/feed", f'<rss version="2.0"><channel>{item}</channel></rss>', Content_Type="text/xml")
    configured(gathering, f'kind = "feed"\nurl = "{url}"\nname = "News"\n')
    told: list[str] = []
    a_gatherer(gathering, window=FEBRUARY, progress=told.append).choices([])
    assert "News: its feed goes back to 2022-02-14 only; articles of 2022-02-01 to then may be missing." in told


def test_a_host_that_is_down_is_not_said_to_refuse_by_robots_txt(gathering: Path, site: Any) -> None:
    configured(gathering, 'kind = "wordpress"\nurl = "http://127.0.0.1:9/"\nname = "Our site"\n')
    _, (fault,) = a_gatherer(gathering).choices([])
    assert "could not be reached" in fault.why


def test_sitemaps_are_followed_through_index_and_gzip(gathering: Path, site: Any) -> None:
    inner = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc>{site.url}/news/a</loc><lastmod>2022-02-20</lastmod><image:image><image:loc>{site.url}/a.jpg</image:loc><image:title>A dog</image:title></image:image></url><url><loc>{site.url}/about</loc></url></urlset>'
    site.put("/news.xml.gz", gzip.compress(inner.encode()), Content_Type="application/gzip")
    site.put("/old.xml", "<urlset/>")
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{site.url}/news.xml.gz</loc></sitemap><sitemap><loc>{site.url}/old.xml</loc><lastmod>2019-01-01</lastmod></sitemap></sitemapindex>"
    )
    source = SourceSettings(kind="sitemap", url=site.put("/sitemap.xml", index), link_pattern="/news/")
    gatherer = a_gatherer(gathering, window=Window(date(2022, 2, 1), date(2022, 2, 28)))
    gatherer.settings = replace(gatherer.settings, sources=(source,))
    choices, failed = gatherer.choices([])
    assert not failed
    assert [(each.candidate.link, each.candidate.title, each.candidate.date) for each in choices] == [
        (site.url + "/news/a", "", date(2022, 2, 20))
    ]
    assert "/old.xml" not in [path for _, path, _ in site.asked]


def test_a_sitemap_with_entities_reads_no_file(gathering: Path, site: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://secret.example.org/")
    evil = f'<!DOCTYPE u [<!ENTITY x SYSTEM "file://{secret}">]><urlset><url><loc>&x;</loc></url></urlset>'
    source = SourceSettings(kind="sitemap", url=site.put("/sitemap.xml", evil))
    gatherer = a_gatherer(gathering)
    gatherer.settings = replace(gatherer.settings, sources=(source,))
    choices, _ = gatherer.choices([])
    assert not choices


def test_a_listing_page_gives_the_links_that_match(gathering: Path, site: Any) -> None:
    listing = (
        '<html><body><nav><a href="/about">About</a></nav><div class="cards">'
        '<div class="card"><a href="/news/a"><h3>Story A for everyone</h3></a><time datetime="2022-02-20">20 Feb</time></div>'
        '<div class="card"><a href="/news/b"><h3>Story B for everyone</h3></a><span>1 March 2022</span></div></div></body></html>'
    )
    source = SourceSettings(kind="listing", url=site.put("/news", listing), link_pattern=r"/news/\w")
    gatherer = a_gatherer(gathering)
    gatherer.settings = replace(gatherer.settings, sources=(source,))
    choices, _ = gatherer.choices([])
    assert [(each.candidate.title, each.candidate.date) for each in choices] == [
        ("Story A for everyone", date(2022, 2, 20)),
        ("Story B for everyone", date(2022, 3, 1)),
    ]


def test_the_same_story_from_two_sources_is_taken_once(gathering: Path, site: Any) -> None:
    one = site.put("/one.xml", RSS.format(site=site.url, long=LONG))
    two = site.put("/two.xml", RSS.format(site=site.url, long=LONG).replace("utm_source=rss", "utm_source=other"))
    choices, _ = a_gatherer(gathering).choices([one, two])
    assert len(choices) == 3


def test_a_page_that_is_gone_is_said(gathering: Path, site: Any) -> None:
    done = gathered(a_gatherer(gathering), site.put("/gone", status=410))
    assert done.failed
    assert "is gone (HTTP 410)" in done.skipped[0].why


def test_pictures_are_stored_once_upright_and_without_their_hidden_data(
    gathering: Path, site: Any, a_picture: Any
) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "A private note"
    site.put("/photo.jpg", a_picture("JPEG", (800, 400), exif=exif), Content_Type="image/jpeg")
    body = f'<p>{LONG}</p><figure><img src="/photo.jpg" alt="A field"><figcaption>A field. Photo: Ann Lee</figcaption></figure><p>{LONG}</p>'
    site.put(
        "/a",
        f"<html><head><title>A story about fields</title></head><body><article><h1>A story about fields</h1>{body}</article></body></html>",
    )
    site.put(
        "/b",
        f"<html><head><title>Another story of fields</title></head><body><article><h1>Another story of fields</h1>{body}</article></body></html>",
    )
    done = gathered(a_gatherer(gathering), site.url + "/a", site.url + "/b")
    images = list((gathering / "issues/2022-02/images").iterdir())
    assert len(images) == 1
    with Image.open(images[0]) as stored:
        assert stored.size == (400, 800)
        assert not stored.getexif()
    assert done.articles[0].found.image == Picture("images/photo.jpg", "A field", "A field.", "Ann Lee")


def test_a_picture_bomb_is_left_out(gathering: Path, site: Any, a_picture: Any) -> None:
    site.put("/bomb.png", a_picture("PNG", (9000, 9000)), Content_Type="image/png")
    site.put(
        "/a",
        f'<html><head><title>A story about fields</title><meta property="og:image" content="{site.url}/bomb.png"></head><body><article><p>{LONG}</p></article></body></html>',
    )
    done = gathered(a_gatherer(gathering), site.url + "/a")
    assert done.articles[0].found.image is None
    assert any("9000 × 9000" in each for each in done.articles[0].look)


def test_a_picture_that_is_gone_or_a_drawing_mail_cannot_show_is_left_out_and_said(gathering: Path, site: Any) -> None:
    site.put("/chart.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', Content_Type="image/svg+xml")
    figures = "".join(
        f'<figure><img src="/{name}" alt="A chart"><figcaption>What we spent</figcaption></figure><p>{LONG}</p>'
        for name in ("chart.svg", "gone.jpg")
    )
    site.put(
        "/a",
        f"<html><head><title>A story about fields</title></head><body><article><p>{LONG}</p>{figures}</article></body></html>",
    )
    (article,) = gathered(a_gatherer(gathering), site.url + "/a").articles
    assert [each for each in article.look if "left out" in each] == [
        f"A picture was left out: {site.url}/chart.svg: it is not a picture that mail can show.",
        f"A picture was left out: {site.url}/gone.jpg is gone (HTTP 404).",
    ]
    assert article.found.image is None
    assert not any(isinstance(each, Picture) for each in article.found.pieces)


def test_a_grey_picture_of_sixteen_bits_is_not_burnt_out() -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("I;16", (400, 300), 30_000).save(out, "PNG")
    with Image.open(io.BytesIO(prepare(out.getvalue()).data)) as made:
        assert made.getpixel((0, 0)) == 30_000 // 256


def test_the_day_under_a_page_s_title_stands_in_the_header_only(gathering: Path, site: Any) -> None:
    page = f'<html lang="en"><body><article><h1>A story about fields</h1><p>Published: 20 February 2022</p><p>{LONG}</p><p>{LONG}</p></article></body></html>'
    (article,) = gathered(a_gatherer(gathering), site.put("/a", page)).articles
    assert article.found.date == date(2022, 2, 20)
    assert "20 February" not in markdown(article.found.pieces)


def test_a_saved_page_reads_pictures_beside_it_and_nothing_else_on_the_disk(gathering: Path, a_picture: Any) -> None:
    saved = gathering / "saved"
    saved.mkdir()
    (saved / "in.jpg").write_bytes(a_picture())
    (gathering / "out.jpg").write_bytes(a_picture(colour="red"))
    page = f'<html><head><title>A story saved to disk</title></head><body><article><p>{LONG}</p><img src="in.jpg" alt="In"><p>{LONG}</p><img src="../out.jpg" alt="Out"><p>{LONG}</p></article></body></html>'
    (saved / "page.html").write_text(page)
    done = gathered(a_gatherer(gathering), str(saved / "page.html"))
    names = [each.name for each in (gathering / "issues/2022-02/images").iterdir()]
    assert len(names) == 1
    assert done.articles[0].found.image is not None
    assert done.articles[0].found.image.alt == "In"


def test_offline_repeats_what_was_fetched(gathering: Path, site: Any) -> None:
    url = a_page(site, "/a", "A story to repeat")
    gathered(a_gatherer(gathering), url)
    asked = len(site.asked)
    done = gathered(a_gatherer(gathering, offline=True), url)
    assert done.articles[0].state == "unchanged"
    assert len(site.asked) == asked
    assert gathered(a_gatherer(gathering, offline=True), site.url + "/b").failed


def test_a_markdown_file_keeps_its_text_and_its_header_of_another_tool() -> None:
    text = '---\ntitle: "Killing cells: how"\ndate: 2022-02-03T10:00:00Z\ndescription: In short.\ndraft: false\n---\n\nText with *emphasis*.\n\n![Alt](p.jpg)\n'
    found = read_markdown(text, source="a.md")
    assert (found.title, found.date, found.standfirst) == ("Killing cells: how", date(2022, 2, 3), "In short.")
    assert markdown(found.pieces) == "Text with *emphasis*.\n\n![Alt](p.jpg)"
    pelican = read_markdown("Title: A title\nDate: 2022-02-03\nSummary: In short.\n\nText.\n", source="b.md")
    assert (pelican.title, pelican.standfirst, markdown(pelican.pieces)) == ("A title", "In short.", "Text.")
    bare = read_markdown("# A title\n\n3 February 2022\n\nText.\n", source="c.md")
    assert (bare.title, bare.date, markdown(bare.pieces)) == ("A title", date(2022, 2, 3), "Text.")


def test_plain_text_keeps_lists_and_quotes_with_their_speaker() -> None:
    text = "A title\n1 February 2022\nThe opening paragraph says what this is all about and why.\n• one\n• two\n“We hope that this can become a treatment for everybody one day.”\n— Dr Ann Lee, University of Padua\nThe end.\n"
    found = read_text(text, source="a.txt", today=TODAY)
    assert [type(each) for each in found.pieces][:2] == [Listing, Quotation]
    assert isinstance(found.pieces[1], Quotation)
    assert (found.pieces[1].who, found.pieces[1].role) == ("Dr Ann Lee", "University of Padua")


def test_text_teasers_carry_their_date_before_after_or_behind_the_title() -> None:
    head = "A title\n1 February 2022\nThe opening paragraph says what this is all about and why.\nThe end of it.\nFurther reading\n"
    expected = [("A bench for a friend", date(2021, 6, 8)), ("What is new on the ward", date(2021, 10, 7))]
    for teasers in (
        "A bench for a friend\n8 June 2021\nWhat is new on the ward\n7 October 2021\n",
        "8 June 2021\nA bench for a friend\n7 October 2021\nWhat is new on the ward\n",
        "A bench for a friend (8 June 2021)\nWhat is new on the ward - 7 October 2021\nRead more\n",
    ):
        found = read_text(head + teasers, source="a.txt", today=TODAY)
        assert [(card.title, card.date) for card in found.cards] == expected


def test_text_teasers_keep_their_own_sentence_wherever_it_stands() -> None:
    head = "A title\n1 February 2022\nThe opening paragraph says what this is all about and why.\nThe end of it.\nFurther reading\n"
    pond = ("A pond in a washing-up bowl", date(2022, 2, 2), "How to make one in an afternoon.")
    leaves = ("Why we leave the leaves", date(2021, 11, 18), "The case for an untidy lawn.")
    for teasers in (
        "A pond in a washing-up bowl\n2 February 2022\nHow to make one in an afternoon.\n\n"
        "Why we leave the leaves\n18 November 2021\nThe case for an untidy lawn.\n\nShare on Facebook\n",
        "A pond in a washing-up bowl\nHow to make one in an afternoon.\n2 February 2022\n"
        "Why we leave the leaves\nThe case for an untidy lawn.\n18 November 2021\n© 2022 A society\n",
        "2 February 2022\nA pond in a washing-up bowl\nHow to make one in an afternoon.\n"
        "18 November 2021\nWhy we leave the leaves\nThe case for an untidy lawn.\n",
    ):
        found = read_text(head + teasers, source="a.txt", today=TODAY)
        assert [(card.title, card.date, card.standfirst) for card in found.cards] == [pond, leaves]


def test_a_menu_above_the_title_of_a_page_copied_as_text_is_left_out() -> None:
    text = "Home\nNews\nGive\nA title of some words\nPublished: Tuesday, 1st February 2022\nThe opening paragraph says what this is about.\nMore.\n"
    found = read_text(text, source="a.txt", today=TODAY)
    assert (found.title, found.date) == ("A title of some words", date(2022, 2, 1))


def test_a_choice_that_is_not_taken_says_why() -> None:
    from newsletter_cli.gather.candidates import Candidate

    def read() -> Any:
        raise NewsletterError("not read")

    choice = Choice(1, Candidate("s", read, title="T"), "inside")
    assert [each.why for each in left_out([choice], [])] == ["It was not picked."]


PAGE_AS_TEXT = """\
Skip to content
Hope Trust
About us
News
Donate

Home > News > Research

A kinder scan: the children who helped design an MRI room

Research | 3 min read

23 February 2022 by Priya Nair

Twelve children who know the hospital better than most told architects what was wrong.

Share this page
Facebook
Twitter
Email

Oona tries the model bed

The old room was white, cold and loud.

Donate today

Stay up to date with our news.
First name
Email address
Subscribe

Further reading

The night bus to the clinic
8 June 2021
Read more

What a scan can and cannot see
12 October 2021
Read more

Follow us on Facebook
© Hope Trust 2022
Cookies | Privacy | Contact
"""


def test_a_whole_page_copied_as_text_is_told_apart_from_its_furniture() -> None:
    found = read_text(PAGE_AS_TEXT, source="a.txt", today=TODAY)
    assert found.title == "A kinder scan: the children who helped design an MRI room"
    assert (found.date, found.author) == (date(2022, 2, 23), "Priya Nair")
    assert found.standfirst.startswith("Twelve children who know")
    assert markdown(found.pieces) == "Oona tries the model bed\n\nThe old room was white, cold and loud."
    assert [(card.title, card.date) for card in found.cards] == [
        ("The night bus to the clinic", date(2021, 6, 8)),
        ("What a scan can and cannot see", date(2021, 10, 12)),
    ]
    assert len(found.look) == 1
    assert "Oona tries the model bed" in found.look[0]


@pytest.mark.parametrize(
    ("text", "title", "author"),
    [
        ("Oona’s story\nBy Priya Nair\n3 March 2022\nText.\n", "Oona’s story", "Priya Nair"),
        ("3 March 2022\nA title below its date\nText.\n", "A title below its date", ""),
        ("Home\nAbout\nContact\nWhat we learned from the flood\nText with 3 March 2022 in it.\n", "What we learned from the flood", ""),
        ("A title\nNews | 3 March 2022 | 4 min read\nText.\n", "A title", ""),
        ("Just one line", "Just one line", ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_the_title_is_found_wherever_the_date_and_the_menu_stand(text: str, title: str, author: str) -> None:
    found = read_text(text, source="a.txt", today=TODAY)
    assert (found.title, found.author) == (title, author)


def test_short_lines_of_a_text_are_asked_about_each_in_its_own_few_words() -> None:
    text = (
        "A story of cells\n23 February 2022\n4 min read\nThis is the opening paragraph, long enough to be one.\nText one.\n"
        "A cell in the lab\nPhoto: Jane Lab\n“We hope that this can soon be turned into a drug.”\nDr Dupont\nText two.\n"
    )
    found = read_text(text, source="a.txt", today=TODAY)
    assert found.look == (
        "Heading, caption, alt text or name? “A cell in the lab”",
        "The credit of a picture? “Photo: Jane Lab”",
        "Who is quoted above? “Dr Dupont”",
    )
    assert "min read" not in markdown(found.pieces)


def test_read_more_in_the_middle_of_a_text_ends_nothing_and_undated_teasers_are_told() -> None:
    text = (
        "A story that goes on\n23 February 2022\nThis is the opening paragraph, long enough to be one.\nText one.\nRead more\n"
        "Text two goes on after that line.\nFurther reading\nA title that has no date\nAnother with a date\n3 January 2022\n"
    )
    found = read_text(text, source="a.txt", today=TODAY)
    assert markdown(found.pieces) == "Text one.\n\nText two goes on after that line."
    assert [(card.title, card.date) for card in found.cards] == [("Another with a date", date(2022, 1, 3))]
    assert found.look == ("“A title that has no date” stood below further reading without a date, and was left out.",)


def test_the_date_of_a_teaser_is_not_the_date_of_the_story() -> None:
    from newsletter_cli.gather.page import read_page

    text = (
        '<html lang="fr"><head><meta property="og:image" content="/og.jpg"><link rel="canonical" href="https://www.example.org/irm"></head>'
        f'<body><h1>Une IRM plus douce</h1><p class="meta">Publié le 23 février 2022</p><p>{LONG}</p>'
        '<section class="related"><time datetime="2021-06-08">8 juin 2021</time></section></body></html>'
    )
    found = read_page(text, "", zone=LONDON, today=TODAY)
    assert found.date == date(2022, 2, 23)
    assert found.image is not None
    assert found.image.src == "https://www.example.org/og.jpg"
