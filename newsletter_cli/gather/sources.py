"""Every kind of source and how it is told from the others: addresses, files, and what newsletter.toml lists."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date as Date
from datetime import tzinfo
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urljoin

from newsletter_cli.config import SourceSettings
from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather.candidates import Candidate
from newsletter_cli.gather.discovery import find_feed, shows_a_list
from newsletter_cli.gather.entries import Entry
from newsletter_cli.gather.entry_article import read_entry
from newsletter_cli.gather.feed import NoFeed, is_feed, read_feed
from newsletter_cli.gather.fetching import Fetched, Fetcher
from newsletter_cli.gather.found import Found
from newsletter_cli.gather.listing import read_listing
from newsletter_cli.gather.mail import read_mail
from newsletter_cli.gather.markdown import read_markdown
from newsletter_cli.gather.page import read_page
from newsletter_cli.gather.pasted import read_pasted
from newsletter_cli.gather.sitemap import read_sitemap
from newsletter_cli.gather.text import read_text
from newsletter_cli.gather.window import Window
from newsletter_cli.gather.word import read_word
from newsletter_cli.gather.wordpress import NoInterface, read_wordpress
from newsletter_cli.gather.words import decoded
from newsletter_cli.http import DOCX, FEED

_KINDS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".docx": "word",
    ".eml": "mail",
    ".html": "page",
    ".htm": "page",
    ".xhtml": "page",
    ".rss": "feed",
    ".atom": "feed",
    ".rdf": "feed",
}
_MEDIA = {
    "text/markdown": "markdown",
    "text/plain": "text",
    "message/rfc822": "mail",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word",
}
_MOST = 25_000_000


class UnknownSource(NewsletterError):
    """Nothing that can be gathered."""

    def __init__(self, source: str, why: str) -> None:
        super().__init__(
            f"{source} {why}.",
            "A source is a web address, a saved page (.html), a feed, .md, .txt, .docx or .eml, a folder of those, or - for what you paste.",
        )


@dataclass(frozen=True, slots=True)
class Sources:
    """Reads sources.

    Attributes:
        fetcher: for addresses.
        zone: where the newsletter is at home.
        today: no article is from later than tomorrow.
        window: which days matter, so that lists need not be read to their end.
        pasted: reads standard input, for `-`.
        tell: says something a person should know of a source that was read all the same.
    """

    fetcher: Fetcher
    zone: tzinfo
    today: Date
    window: Window
    pasted: Callable[[], str]
    tell: Callable[[str], None] = lambda _: None

    def named(self, source: str) -> list[Candidate]:
        """The articles of a source that a person named.

        Raises:
            NewsletterError: it cannot be read.
        """
        if source == "-":
            return [self._single("-", partial(self._pasted, self.pasted()))]
        if source.startswith(("http://", "https://")):
            return self._address(source)
        if not source.strip():
            raise UnknownSource("An empty name", "names nothing")
        path = Path(source).expanduser()
        if path.is_dir():
            files = sorted(
                each for each in path.iterdir() if each.suffix.lower() in _KINDS and not each.name.startswith(".")
            )
            return [each for file in files for each in self._file(file)]
        if not path.is_file():
            raise UnknownSource(source, "is neither a file here nor a web address")
        return self._file(path)

    def configured(self, settings: SourceSettings, root: Path) -> list[Candidate]:
        """The articles of one [[sources]] table of newsletter.toml; relative folders hang on `root`."""
        name = settings.name or settings.url
        if settings.kind == "folder":
            made = self.named(str(root / settings.url))
        elif settings.kind == "page":
            made = self._address(settings.url, that_page=True)
        else:
            made = self._listed(self._entries(settings), settings.kind, settings.url)
        return [replace(each, source=name if each.listed else each.source, listed=True) for each in made]

    def _entries(self, settings: SourceSettings) -> tuple[Entry, ...]:
        url, since, until = settings.url, self.window.since, self.window.until
        if settings.kind == "wordpress":
            try:
                return read_wordpress(url, self.fetcher, since, until, zone=self.zone)
            except NoInterface as error:
                return self._feed_instead(settings, error)
        if settings.kind == "sitemap":
            return read_sitemap(url, self.fetcher, since, zone=self.zone, pattern=settings.link_pattern)
        fetched = self.fetcher.fetch(url, limit=FEED, discovered=True)
        if settings.kind == "listing":
            return read_listing(fetched.text, fetched.url, settings.link_pattern, zone=self.zone)
        if is_feed(fetched.body, fetched.media_type):
            return self._reaching(
                read_feed(fetched.body, fetched.url, zone=self.zone, lang=settings.language), settings
            )
        return self._discovered(fetched, settings)

    def _feed_instead(self, settings: SourceSettings, closed: NoInterface) -> tuple[Entry, ...]:
        """WordPress whose interface is closed still has a feed, of its newest posts only."""
        site = settings.url.partition("/wp-json")[0]
        feed = find_feed(self.fetcher.fetch(site, limit=FEED, discovered=True), self.fetcher)
        if feed is None:
            raise closed
        self.tell(f"{closed.message} Its feed was read instead.")
        return self._reaching(read_feed(feed.body, feed.url, zone=self.zone, lang=settings.language), settings)

    def _reaching(self, entries: tuple[Entry, ...], settings: SourceSettings) -> tuple[Entry, ...]:
        """A feed's entries; it is said when they may not go back to the first day that matters."""
        days = [each.date for each in entries if each.date]
        since = self.window.since
        if since and len(days) == len(entries) and min(days) > since:
            self.tell(
                f"{settings.name or settings.url}: its feed goes back to {min(days)} only; articles of {since} to then"
                " may be missing."
            )
        return entries

    def _discovered(self, page: Fetched, settings: SourceSettings) -> tuple[Entry, ...]:
        """A page instead of a feed: its feed, else the site's WordPress interface, else its sitemap."""
        feed = find_feed(page, self.fetcher)
        if feed is not None:
            return self._reaching(read_feed(feed.body, feed.url, zone=self.zone, lang=settings.language), settings)
        root = urljoin(page.url, "/")
        for read in (
            partial(read_wordpress, root, self.fetcher, self.window.since, self.window.until, zone=self.zone),
            partial(
                read_sitemap,
                urljoin(root, "sitemap.xml"),
                self.fetcher,
                self.window.since,
                zone=self.zone,
                pattern=settings.link_pattern,
            ),
        ):
            try:
                if entries := read():
                    return entries
            except NewsletterError:
                continue
        raise NoFeed(page.url)

    def _listed(self, entries: tuple[Entry, ...], kind: str, source: str) -> list[Candidate]:
        return [
            Candidate(
                source=source,
                read=partial(
                    read_entry,
                    each,
                    kind,
                    each.link or f"{source}#{each.id}",
                    self.fetcher,
                    zone=self.zone,
                    today=self.today,
                ),
                title=each.title,
                date=each.date
                if each.date_from == "said"
                else None
                if kind == "sitemap" and not each.date
                else each.date,
                link=each.link,
                feed_id=each.id,
                listed=True,
            )
            for each in entries
        ]

    def _address(self, url: str, that_page: bool = False) -> list[Candidate]:
        fetched = self.fetcher.fetch(url, limit=DOCX)
        if is_feed(fetched.body, fetched.media_type):
            return self._listed(read_feed(fetched.body, fetched.url, zone=self.zone), "feed", url)
        kind = _MEDIA.get(fetched.media_type, "page")
        if kind == "page" and not that_page and shows_a_list(fetched) and (feed := find_feed(fetched, self.fetcher)):
            return self._listed(read_feed(feed.body, feed.url, zone=self.zone), "feed", feed.url)
        if kind == "text" and url.lower().endswith((".md", ".markdown")):
            kind = "markdown"
        return self._of_bytes(kind, fetched.body, url, fetched)

    def _file(self, path: Path) -> list[Candidate]:
        source = str(path)
        try:
            if path.stat().st_size > _MOST:
                raise UnknownSource(source, "is larger than 25 MB")
            data = path.read_bytes()
        except OSError as error:
            raise UnknownSource(source, f"cannot be opened: {error.strerror}") from error
        kind = _KINDS.get(path.suffix.lower()) or _sniffed(data)
        if kind != "page" and is_feed(data):
            kind = "feed"
        if kind == "feed":
            return self._listed(read_feed(data, "", zone=self.zone), "feed", source)
        if not kind:
            raise UnknownSource(source, "is of no kind that can be gathered")
        return self._of_bytes(kind, data, source, None)

    def _of_bytes(self, kind: str, data: bytes, source: str, fetched: Fetched | None) -> list[Candidate]:
        """One article, but for a mail, which may hold several."""
        if kind != "mail":
            return [self._single(source, lambda: self._read(kind, data, source, fetched))]
        found = read_mail(data, source=source, zone=self.zone)
        return [
            replace(self._single(each.source, partial(self._raw, each, data)), title=each.title, date=each.date)
            for each in found
        ]

    def _single(self, source: str, read: Callable[[], Found]) -> Candidate:
        return Candidate(source=source, read=read)

    def _read(self, kind: str, data: bytes, source: str, fetched: Fetched | None) -> Found:
        text = decoded(data, fetched.charset if fetched else "") if kind != "word" else ""
        if kind == "word":
            found = read_word(data, source=source, today=self.today)
        elif kind == "markdown":
            found = read_markdown(text, source=source)
        elif kind == "text":
            found = read_text(text, source=source, today=self.today)
        else:
            found = read_page(
                text,
                fetched.url if fetched else "",
                source=source,
                zone=self.zone,
                today=self.today,
                beside=None if fetched else partial(_is_beside, Path(source).expanduser().parent),
            )
        return self._raw(found, data, fetched.media_type if fetched else "")

    def _pasted(self, text: str) -> Found:
        return self._raw(read_pasted(text, today=self.today), text.encode())

    def _raw(self, found: Found, data: bytes, media_type: str = "") -> Found:
        return replace(found, raw=data, media_type=media_type)


def _sniffed(data: bytes) -> str:
    """The kind of a file whose name does not tell."""
    head = data[:2000].lower()
    if data.startswith(b"PK\x03\x04"):
        return "word"
    if b"<html" in head or b"<!doctype html" in head or b"<head" in head or b"<body" in head:
        return "page"
    if b"\x00" in head:
        return ""
    if head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"---"):
        return "markdown"
    return "text"


def _is_beside(folder: Path, path: str) -> bool:
    """Whether a relative path of a page leads to a file in the page's own folder."""
    wanted = (folder / unquote(path.partition("?")[0])).resolve()
    return wanted.is_relative_to(folder.resolve()) and wanted.is_file()


def folder_beside(source: str) -> Path | None:
    """The folder a local source's own pictures may lie in."""
    path = Path(source).expanduser()
    return path.parent if not source.startswith(("http://", "https://")) and path.is_file() else None
