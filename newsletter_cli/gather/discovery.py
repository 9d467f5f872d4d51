"""Finds the feed of a site: the one a page names, else one at the places where most sites keep it."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather.feed import is_feed
from newsletter_cli.gather.fetching import Fetched, Fetcher
from newsletter_cli.gather.listing import feed_of
from newsletter_cli.http import FEED

# In the order of how common they are; the first serves WordPress, whose feeds live below the page they are of.
_USUAL = ("feed", "rss.xml", "feed.xml", "atom.xml", "feed.json")
_IS_ARTICLE = re.compile(
    r"[\"']og:type[\"'][^>]*[\"']article[\"']|\"@type\"\s*:\s*\[?\s*\"(?:\w*Article|\w*Posting|Report|Review)\"",
    re.IGNORECASE,
)


def find_feed(page: Fetched, fetcher: Fetcher) -> Fetched | None:
    """The feed of a page, or None: what its head names first, then guesses below the page and at the site's root.

    A guess that is not there costs one request; robots.txt decides on each.
    """
    for address in dict.fromkeys(_places(page)):
        try:
            found = fetcher.fetch(address, limit=FEED, discovered=True)
        except NewsletterError:
            continue
        if is_feed(found.body, found.media_type):
            return found
    return None


def _places(page: Fetched) -> Iterator[str]:
    if named := feed_of(page.text, page.url):
        yield named
    folder = page.url.partition("?")[0].partition("#")[0].rstrip("/") + "/"
    for name in _USUAL:
        yield urljoin(folder, name)
        yield urljoin(page.url, f"/{name}")


def shows_a_list(page: Fetched) -> bool:
    """Whether a page lists stories instead of telling one: a home page, or one whose feed lies below it."""
    if _is_home(page.url):
        return True
    named = feed_of(page.text, page.url)
    path = urlsplit(page.url).path.rstrip("/") + "/"
    return bool(named) and urlsplit(named).path.startswith(path) and not _IS_ARTICLE.search(page.text)


def _is_home(url: str) -> bool:
    return urlsplit(url).path in ("", "/") and not urlsplit(url).query
