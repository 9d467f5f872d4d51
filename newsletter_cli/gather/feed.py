"""Feeds: RSS, Atom, RDF through feedparser, fastfeedparser where that finds nothing, and JSON Feed."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any

from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather import dates
from newsletter_cli.gather.entries import Entry
from newsletter_cli.gather.links import absolute, joined
from newsletter_cli.gather.page.cleaning import words_in
from newsletter_cli.gather.words import decoded

_HEAD = (b"<rss", b"<feed", b"<rdf:rdf", b"<channel", b"http://purl.org/rss", b"http://www.w3.org/2005/atom")


class NoFeed(NewsletterError):
    """The bytes hold no entries of any feed format."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"{source} is no feed that can be read.", "Open it in a browser: it may have moved or be empty."
        )


def is_feed(data: bytes, media_type: str = "") -> bool:
    """Whether bytes look like a feed, by their beginning; what the server calls them counts little."""
    head = data[:2000]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\x00", b"")  # UTF-16: every other byte of its mark-up
    head = head.lower().lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"{"):
        return b"jsonfeed.org" in head
    return any(mark in head for mark in _HEAD) and b"<html" not in head[:300]


def read_feed(data: bytes, source: str, *, zone: tzinfo, lang: str = "") -> tuple[Entry, ...]:
    """The entries of a feed, newest first (16 of 200 real feeds are in another order), undated ones last.

    Raises:
        NoFeed: there are no entries.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        entries = _json_entries(data, source, zone)
    else:
        entries = _feedparser_entries(data, source, zone, lang) or _fast_entries(data, source, zone, lang)
    if not entries:
        raise NoFeed(source)
    return tuple(sorted(entries, key=lambda each: each.date.toordinal() if each.date else 0, reverse=True))


def _feedparser_entries(data: bytes, base: str, zone: tzinfo, lang: str) -> list[Entry]:
    import feedparser

    # From memory only: given a string, feedparser would open it as an address or a file.
    try:
        made = feedparser.parse(_Bytes(data), sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError):
        return []  # `&#xD800;` in broken XML and the like: the other reader may know what to do
    site = str(made.feed.get("link") or base)
    language = lang or str(made.feed.get("language") or "")
    return [_entry(each, joined(base, site) if base else site, zone, language) for each in made.entries]


class _Bytes:
    """A file-like object: feedparser reads it and opens nothing."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int = -1) -> bytes:
        data, self._data = (self._data, b"") if size < 0 else (self._data[:size], self._data[size:])
        return data


def _entry(each: Any, base: str, zone: tzinfo, lang: str) -> Entry:
    said, changed = str(each.get("published") or each.get("created") or ""), _own(each, "updated")
    when = dates.day(said, zone, lang)
    contents = [str(part.get("value") or "") for part in each.get("content") or ()]
    summary = str(each.get("summary") or "")
    content = max([*contents, ""], key=len)
    return Entry(
        title=words_in(str(each.get("title") or "")),
        link=absolute(_link(each), base),
        id=str(each.get("id") or ""),
        date=when or dates.day(changed, zone, lang),
        date_from="said" if when else "changed" if changed else "",
        author=words_in(str(each.get("author") or "")),
        summary=summary,
        content=content if len(content) > len(summary) else summary if len(summary) > len(content) else content,
        image=absolute(_image(each), base),
        topic=words_in(str(next((tag.get("term") or "" for tag in each.get("tags") or ()), ""))),
        lang=lang,
    )


def _own(each: Any, key: str) -> str:
    """A value the entry itself has: feedparser fills in `updated` from `published`, with a warning."""
    return str((dict.get(each, key) if isinstance(each, dict) else each.get(key)) or "")


def _link(each: Any) -> str:
    """The link; an id that is an address stands in for one that is missing, unless it says it is none."""
    links = [link for link in each.get("links") or () if link.get("href")]
    alternate = next((link for link in links if link.get("rel", "alternate") == "alternate"), None)
    identity = str(each.get("id") or "")
    named = str(each.get("link") or "") or (str(alternate["href"]) if alternate else "")
    if named == identity and not re.match(r"https?:|/", identity):
        return ""  # feedparser takes a guid for a link where there is none, `<guid>17</guid>` too
    return named or (identity if identity.startswith(("http://", "https://")) else "")


def _image(each: Any) -> str:
    for key in ("media_content", "media_thumbnail"):
        for part in each.get(key) or ():
            url, kind = str(part.get("url") or ""), str(part.get("type") or part.get("medium") or "image")
            if url and kind.startswith("image"):
                return url
    for part in each.get("enclosures") or ():
        if str(part.get("type") or "").startswith("image"):
            return str(part.get("href") or "")
    return ""


def _fast_entries(data: bytes, base: str, zone: tzinfo, lang: str) -> list[Entry]:
    """fastfeedparser reads the two feeds in two hundred that feedparser finds empty."""
    import fastfeedparser

    try:
        made = fastfeedparser.parse(data)
    except Exception:  # noqa: BLE001 - it raises whatever its XML reader raises; there is no feed then
        return []
    return [_entry(each, base, zone, lang) for each in made.entries]


def _json_entries(data: bytes, base: str, zone: tzinfo) -> list[Entry]:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""
    try:
        made = json.loads(decoded(data))
    except (ValueError, RecursionError):
        return []
    items = made.get("items") if isinstance(made, dict) else None
    if not isinstance(items, list):
        return []
    lang = str(made.get("language") or "")
    return [_json_entry(each, base, zone, lang) for each in items if isinstance(each, dict)]


def _json_entry(each: Mapping[str, Any], base: str, zone: tzinfo, lang: str) -> Entry:
    said, changed = str(each.get("date_published") or ""), str(each.get("date_modified") or "")
    authors = each.get("authors") if isinstance(each.get("authors"), list) else [each.get("author")]
    content = str(each.get("content_html") or "") or _paragraphs(str(each.get("content_text") or ""))
    return Entry(
        title=words_in(str(each.get("title") or "")),
        link=absolute(str(each.get("url") or each.get("external_url") or ""), base),
        id=str(each.get("id") or ""),
        date=dates.day(said or changed, zone, lang),
        date_from="said" if said else "changed" if changed else "",
        author=", ".join(_names(authors or ())),
        summary=_paragraphs(str(each.get("summary") or "")),
        content=content,
        image=absolute(str(each.get("image") or each.get("banner_image") or ""), base),
        lang=lang,
    )


def _names(authors: Iterable[Any]) -> list[str]:
    return [words_in(str(each.get("name") or "")) for each in authors if isinstance(each, dict) and each.get("name")]


def _paragraphs(text: str) -> str:
    from html import escape

    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())
