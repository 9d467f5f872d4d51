"""WordPress sites through their own interface: `/wp-json/wp/v2/posts` (developer.wordpress.org/rest-api)."""

import json
from collections.abc import Iterator
from datetime import date as Date
from datetime import timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather import dates
from newsletter_cli.gather.entries import Entry
from newsletter_cli.gather.fetching import Fetcher
from newsletter_cli.gather.links import absolute
from newsletter_cli.gather.page.cleaning import words_in
from newsletter_cli.http import FEED
from newsletter_cli.http.faults import StatusRefused

_PER_PAGE = 50
_MOST_PAGES = 10


class NoInterface(NewsletterError):
    """The site gives no posts through WordPress's interface."""

    def __init__(self, site: str, why: str) -> None:
        super().__init__(
            f"{site} gives no posts through WordPress's interface ({why}).",
            "It may be closed, or no WordPress: try its feed, or a sitemap.",
        )


def read_wordpress(
    site: str, fetcher: Fetcher, since: Date | None, until: Date | None, *, zone: tzinfo
) -> tuple[Entry, ...]:
    """The posts of a site, newest first; a day around the window too, for its near misses.

    Raises:
        NoInterface: the site has no such interface, or a closed one.
        FetchError: the site cannot be reached, or its robots.txt refuses.
    """
    found: list[Entry] = []
    for page in range(1, _MOST_PAGES + 1):
        try:
            rows = _posts(site, _address(site, since, until, page), fetcher)
        except StatusRefused as error:
            if page > 1 and error.status == 400:  # past the last page
                break
            raise NoInterface(site, f"HTTP {error.status}") from error
        found += (_entry(row, zone) for row in rows)
        if len(rows) < _PER_PAGE:
            break
    return tuple(found)


def _address(site: str, since: Date | None, until: Date | None, page: int) -> str:
    query: dict[str, str | int] = {
        "_embed": "1",
        "per_page": _PER_PAGE,
        "page": page,
        "orderby": "date",
        "order": "desc",
    }
    if since is not None:
        query["after"] = f"{since - timedelta(days=2)}T00:00:00"
    if until is not None:
        query["before"] = f"{until + timedelta(days=2)}T23:59:59"
    if "/wp-json/" in site:
        base = site.partition("?")[0]
    else:
        base = urljoin(site if urlsplit(site).path else site + "/", "wp-json/wp/v2/posts")
    return f"{base}?{urlencode(query)}"


def _posts(site: str, address: str, fetcher: Fetcher) -> list[dict[str, Any]]:
    fetched = fetcher.fetch(address, limit=FEED, discovered=True, accept="application/json")
    try:
        rows = json.loads(fetched.text)
    except (ValueError, RecursionError) as error:
        raise NoInterface(site, "the answer is no JSON") from error
    if not isinstance(rows, list):
        raise NoInterface(site, "the answer is no list of posts")
    return [row for row in rows if isinstance(row, dict)]


def _entry(row: dict[str, Any], zone: tzinfo) -> Entry:
    """`date` is the site's own wall clock: the day as the editors wrote it."""
    media = next(_embedded(row, "wp:featuredmedia"), {})
    author = next(_embedded(row, "author"), {})
    return Entry(
        title=words_in(_rendered(row, "title")),
        link=absolute(str(row.get("link") or ""), ""),
        id=str(_rendered(row, "guid") or row.get("id") or ""),
        date=dates.day(str(row.get("date") or ""), zone),
        date_from="said" if row.get("date") else "",
        author=words_in(str(author.get("name") or "")),
        summary=_rendered(row, "excerpt"),
        content=_rendered(row, "content"),
        image=absolute(str(media.get("source_url") or ""), ""),
        image_alt=words_in(str(media.get("alt_text") or "")),
        image_caption=words_in(_rendered(media, "caption")),
        topic=_category(row),
    )


def _category(row: dict[str, Any]) -> str:
    """The first category; `_embed` gives a list for each kind of term."""
    embedded = row.get("_embedded")
    groups = embedded.get("wp:term") if isinstance(embedded, dict) else None
    for group in groups if isinstance(groups, list) else ():
        for term in group if isinstance(group, list) else ():
            name = words_in(str(term.get("name") or "")) if isinstance(term, dict) else ""
            if name and term.get("taxonomy") == "category" and not name.lower().startswith("uncategori"):
                return name
    return ""


def _rendered(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return str(value.get("rendered") or "") if isinstance(value, dict) else str(value or "")


def _embedded(row: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    embedded = row.get("_embedded")
    rows = embedded.get(key) if isinstance(embedded, dict) else None
    yield from (each for each in rows or () if isinstance(each, dict))
