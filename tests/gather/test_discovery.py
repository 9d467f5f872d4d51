"""The feed of a site that was named by its page."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.config import SourceSettings
from tests.gather.test_sources import LONG, RSS, a_gatherer, a_page

HOME = "<html><head><title>Hope Trust</title>{head}</head><body><h1>Hope Trust</h1><p>Welcome.</p></body></html>"


def offered(folder: Path, url: str) -> list[str]:
    gatherer = a_gatherer(folder)
    settings = SourceSettings(kind="feed", url=url)
    gatherer.settings = replace(gatherer.settings, sources=(settings,))
    choices, failed = gatherer.choices([])
    return [each.candidate.title for each in choices] + [f"failed: {each.why}" for each in failed]


@pytest.mark.parametrize("path", ["/feed", "/rss.xml", "/news/feed", "/atom.xml"])
def test_a_feed_that_no_page_names_is_found_at_the_usual_places(gathering: Path, site: Any, path: str) -> None:
    site.put("/news", HOME.format(head=""))
    site.put(path, RSS.format(site=site.url, long=LONG))
    assert offered(gathering, url=site.url + "/news")[0] == "Second: with a colon"


def test_without_a_feed_the_wordpress_interface_is_asked_and_then_the_sitemap(gathering: Path, site: Any) -> None:
    site.put("/", HOME.format(head=""))
    url = f"{site.url}/story"
    site.put("/sitemap.xml", f"<urlset><url><loc>{url}</loc><lastmod>2022-02-03</lastmod></url></urlset>")
    gatherer = a_gatherer(gathering)
    assert offered(gathering, url=site.url) == [""]
    post = {"id": 1, "date": "2022-02-02T10:00:00", "link": url, "title": {"rendered": "A post"}}
    site.put("/wp-json/wp/v2/posts", json.dumps([post]), Content_Type="application/json")
    assert offered(gathering, url=site.url) == ["A post"]
    assert gatherer.choices([site.url + "/story"])[1]


def test_a_site_without_any_of_them_is_told_so(gathering: Path, site: Any) -> None:
    site.put("/", HOME.format(head=""))
    (told,) = offered(gathering, url=site.url)
    assert told.startswith("failed: ")
    assert "no feed" in told


def test_a_home_page_named_by_hand_gives_its_feed_and_a_story_gives_itself(gathering: Path, site: Any) -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/news/feed">'
    site.put("/", HOME.format(head=head))
    site.put("/news/", HOME.format(head=head))
    site.put("/news/feed", RSS.format(site=site.url, long=LONG))
    story = a_page(site, "/story", "A story")
    for name in (site.url, site.url + "/news/"):
        choices, failed = a_gatherer(gathering).choices([name])
        assert not failed
        assert len(choices) == 3
    ((only,), _) = a_gatherer(gathering).choices([story])
    assert not only.candidate.listed


def test_robots_txt_closes_the_usual_places_too(gathering: Path, site: Any) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n")
    page = site.put("/", HOME.format(head=""))
    site.put("/feed", RSS.format(site=site.url, long=LONG))
    ((only,), _) = a_gatherer(gathering).choices([page])
    assert not only.candidate.listed
    assert "/feed" not in [path for _, path, _ in site.asked]
