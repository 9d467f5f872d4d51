"""A plain page that lists articles, and the feed a page points to."""

import re
from datetime import tzinfo

from newsletter_cli.gather.entries import Entry
from newsletter_cli.gather.links import absolute, comparing_key
from newsletter_cli.gather.page.cleaning import cleaned
from newsletter_cli.gather.page.teasers import card_around
from newsletter_cli.gather.page.tree import lang_of, parsed

_FEEDS = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/json",
)


def read_listing(text: str, url: str, pattern: str, *, zone: tzinfo) -> tuple[Entry, ...]:
    """The links of a page whose address matches `pattern` (a regular expression), with the dates shown beside them."""
    root, lang = cleaned(text), lang_of(parsed(text))
    found: dict[str, Entry] = {}
    for each in root.iter("a"):
        link = absolute(str(each.get("href") or ""), url)
        if not link.startswith(("http://", "https://")) or not re.search(pattern, link):
            continue
        card = card_around(each, root, link, url, zone, lang)
        known = found.get(comparing_key(link))
        if known is None or (not known.title and card.title):
            found[comparing_key(link)] = Entry(
                title=card.title,
                link=link,
                date=card.date,
                date_from="said" if card.date else "",
                summary=card.standfirst,
            )
    return tuple(found.values())


def feed_of(text: str, url: str) -> str:
    """The address of the feed a page names in its head, or "": a comments feed does not count."""
    for each in parsed(text).iter("link"):
        if "alternate" in str(each.get("rel") or "").lower() and str(each.get("type") or "").lower() in _FEEDS:
            href = absolute(str(each.get("href") or ""), url)
            if (
                href
                and "comment" not in (href + str(each.get("title") or "")).lower()
                and "oembed" not in href
                and "wp-json" not in href
            ):
                return href
    return ""
