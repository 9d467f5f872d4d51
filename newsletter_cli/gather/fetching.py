"""Fetches for gathering: the careful client with the store of earlier answers in front of it."""

from dataclasses import dataclass
from datetime import datetime

from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather.store import Kept, Store, sha256
from newsletter_cli.gather.words import decoded
from newsletter_cli.http import PAGE, Client, Limit, TooSlow, Unreachable


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its address after redirects, type and bytes; `again` when it came from the store."""

    url: str
    body: bytes
    media_type: str = ""
    charset: str = ""
    again: bool = False

    @property
    def text(self) -> str:
        return decoded(self.body, self.charset)


class NotKept(NewsletterError):
    """Offline, and there is no earlier answer of this address."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url} was not fetched before.", "Run once without --offline.")


class Fetcher:
    """Fetches addresses, once each in a run.

    Args:
        client: the careful client.
        store: earlier answers.
        now: of this run, aware.
        offline: answer from the store alone.
    """

    def __init__(self, client: Client, store: Store, now: datetime, *, offline: bool = False) -> None:
        self._client, self._store, self._now, self.offline = client, store, now, offline
        self._seen: dict[str, Fetched] = {}
        self._dead: dict[str, NewsletterError] = {}

    def fetch_or_kept(self, url: str, *, limit: Limit = PAGE, accept: str = "*/*") -> Fetched:
        """As `fetch`; when that fails today, the last good answer, for what seldom changes (a picture)."""
        try:
            return self.fetch(url, limit=limit, accept=accept)
        except NewsletterError:
            kept = self._store.find(url)
            if kept is None:
                raise
            return self._earlier(kept)

    def fetch(self, url: str, *, limit: Limit = PAGE, discovered: bool = False, accept: str = "*/*") -> Fetched:
        """What an address holds.

        Args:
            url: http or https.
            limit: bytes and seconds.
            discovered: nobody named it; robots.txt decides.
            accept: media types.

        Raises:
            FetchError: it could not be fetched.
            NotKept: offline, and not in the store.
        """
        host = url.split("/")[2:3][0] if url.count("/") >= 2 else url
        if host in self._dead:
            raise self._dead[host]
        if url not in self._seen:
            try:
                self._seen[url] = self._fetched(url, limit, discovered, accept)
            except (Unreachable, TooSlow) as error:
                # A host that is down is asked once a run, not once a picture.
                self._dead[host] = error
                raise
        return self._seen[url]

    def _fetched(self, url: str, limit: Limit, discovered: bool, accept: str) -> Fetched:
        kept = self._store.find(url)
        if self.offline:
            if kept is None:
                raise NotKept(url)
            return self._earlier(kept)
        answer = self._client.get(
            url,
            limit=limit,
            etag=kept.etag if kept else "",
            last_modified=kept.last_modified if kept else "",
            accept=accept,
            robots=discovered,
        ).need()
        if answer.status == 304 and kept is not None:
            return self._earlier(kept)
        fresh = Kept(
            url=answer.url,
            media_type=answer.media_type,
            charset=answer.charset,
            etag=answer.headers.get("etag", ""),
            last_modified=answer.headers.get("last-modified", ""),
            sha256=sha256(answer.body),
            fetched_at=self._now.isoformat(timespec="seconds"),
        )
        self._store.keep(url, fresh, answer.body)
        return Fetched(answer.url, answer.body, answer.media_type, answer.charset)

    def _earlier(self, kept: Kept) -> Fetched:
        return Fetched(kept.url, self._store.body(kept), kept.media_type, kept.charset, again=True)
