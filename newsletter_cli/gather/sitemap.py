"""Sitemaps (sitemaps.org): plain, index, gzip, and Google's news extension."""

import gzip
import io
import re
from collections.abc import Iterator
from datetime import date as Date
from datetime import timedelta, tzinfo
from typing import Any

from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather import dates
from newsletter_cli.gather.entries import Entry
from newsletter_cli.gather.fetching import Fetcher
from newsletter_cli.gather.page.cleaning import words_in
from newsletter_cli.gather.xml import safe_xml
from newsletter_cli.http import Limit
from newsletter_cli.http.faults import TooLarge

_LIMIT = Limit(20_000_000)
_MOST_FILES = 20


def read_sitemap(
    address: str, fetcher: Fetcher, since: Date | None, *, zone: tzinfo, pattern: str = ""
) -> tuple[Entry, ...]:
    """The pages of a sitemap; files of an index that were last changed before the window are not fetched.

    Args:
        address: of the sitemap.
        fetcher: for it and the files it names.
        since: first day that matters, or None.
        zone: for dates.
        pattern: a regular expression the page's address must match, or "".
    """
    waiting, found, read = [address], [], 0
    while waiting and read < _MOST_FILES:
        read += 1
        root = _parsed(
            _unpacked(fetcher.fetch(waiting.pop(0), limit=_LIMIT, discovered=read > 1).body, address), address
        )
        for child in root:
            facts = dict(_facts(child))
            location = facts.get("loc", "")
            changed = dates.day(facts.get("lastmod", ""), zone)
            if not location.startswith(("http://", "https://")):
                continue
            if _name(child) == "sitemap":
                if since is None or changed is None or changed >= since - timedelta(days=1):
                    waiting.append(location)
            elif not pattern or re.search(pattern, location):
                found.append(_entry(location, facts, changed, zone))
    return tuple(found)


def _entry(location: str, facts: dict[str, str], changed: Date | None, zone: tzinfo) -> Entry:
    said = dates.day(facts.get("publication_date", ""), zone)
    return Entry(
        title=words_in(facts.get("title", "")),
        link=location,
        date=said or changed,
        date_from="said" if said else "changed" if changed else "",
    )


def _unpacked(data: bytes, address: str) -> bytes:
    """gzip files are unpacked up to the cap; the transfer encoding was undone before."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            plain = packed.read(_LIMIT.bytes + 1)
    except (OSError, EOFError) as error:
        raise NewsletterError(f"{address} is a damaged gzip file.") from error
    if len(plain) > _LIMIT.bytes:
        raise TooLarge(address, _LIMIT.bytes)
    return plain


def _parsed(data: bytes, address: str) -> Any:
    root = safe_xml(data, recover=True)
    if root is None:
        raise NewsletterError(f"{address} is no sitemap that can be read.", "Open it in a browser.")
    return root


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _facts(element: Any) -> Iterator[tuple[str, str]]:
    """An entry's own facts and those of the news extension: pictures and films of it have a `loc` of their own."""
    for each in element:
        for one in each if _name(each) == "news" else (each,):
            if one.text and one.text.strip():
                yield _name(one), one.text.strip()
