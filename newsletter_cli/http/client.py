"""The careful client: every fetch of this program from a server it does not know goes through here."""

import socket
import time
from collections.abc import Callable, Mapping
from urllib.parse import urljoin, urlsplit

from newsletter_cli import __version__
from newsletter_cli.http.addresses import Resolve
from newsletter_cli.http.answer import ANY, PAGE, Answer, Limit
from newsletter_cli.http.exchange import exchange
from newsletter_cli.http.faults import AddressRefused, RobotsRefused, TooManyRedirects, TooSlow, Unreachable
from newsletter_cli.http.pace import Pace
from newsletter_cli.http.robots import Robots

PRODUCT = f"newsletter-cli/{__version__}"
_AGAIN = frozenset({429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})


class Client:
    """Fetches with a cap, a deadline, checked addresses, one request a second per host, and few safe retries.

    Args:
        contact: an address or URL where the site's owner can complain; goes into the User-Agent.
        allow_local: open private and loopback addresses too; link-local ones stay closed.
        requests_per_second: for one host.
        attempts: tries for a passing fault (429, 5xx, a broken connection); 1 is no retry.
        redirects: hops followed, by hand, each checked.
        clock, sleep: monotonic seconds, and waiting; for tests.
        lookup: the resolver (socket.getaddrinfo); for tests.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        allow_local: bool = False,
        requests_per_second: float = 1.0,
        attempts: int = 3,
        redirects: int = 5,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        lookup: Resolve = socket.getaddrinfo,
    ) -> None:
        self.agent = f"{PRODUCT} (+{contact})" if contact else PRODUCT
        self._allow_local, self._attempts, self._redirects = allow_local, attempts, redirects
        self._sleep, self._lookup = sleep, lookup
        self._pace = Pace(requests_per_second, clock, sleep)
        self._robots = Robots(self)

    def get(
        self,
        url: str,
        *,
        limit: Limit = PAGE,
        etag: str = "",
        last_modified: str = "",
        accept: str = "*/*",
        robots: bool = False,
    ) -> Answer:
        """GET an address.

        Args:
            url: http or https.
            limit: bytes and seconds.
            etag, last_modified: of the copy at hand; the answer may then be a 304 without a body.
            accept: media types.
            robots: obey robots.txt (for addresses that were discovered, not named by a person).

        Returns:
            The last answer, whatever its status; see `Answer.need`.

        Raises:
            FetchError: one of the faults in newsletter_cli.http.faults.
        """
        headers = {"Accept": accept}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        return self._patiently("GET", url, headers, limit, robots)

    def head(self, url: str, *, limit: Limit = ANY) -> Answer:
        """HEAD an address: its status and headers after redirects. Raises as `get`."""
        return self._patiently("HEAD", url, {"Accept": "*/*"}, limit, False)

    def slow_down(self, host: str, gap: float) -> None:
        """Ask this host at most every `gap` seconds."""
        self._pace.slow_down(host, gap)

    def _patiently(self, method: str, url: str, headers: dict[str, str], limit: Limit, robots: bool) -> Answer:
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            wait = float(2 ** (attempt - 1))
            try:
                answer = self._follow(method, url, headers, limit, robots)
            except Unreachable as error:
                if last or not error.passing:
                    raise
            else:
                asked = _retry_after(answer.headers)
                if answer.status not in _AGAIN or last or asked > limit.seconds:
                    return answer
                wait = asked or wait
            self._sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _follow(self, method: str, url: str, headers: dict[str, str], limit: Limit, robots: bool) -> Answer:
        until = time.monotonic() + limit.seconds
        hops: list[str] = []
        while True:
            _refuse_strange(url)
            if robots and not self._robots.allows(url):
                raise RobotsRefused(url)
            self._pace.wait(urlsplit(url).hostname or "")
            left = until - time.monotonic()
            if left <= 0:
                raise TooSlow(url, limit.seconds)
            hops.append(url)
            answer = exchange(
                method,
                url,
                headers | {"User-Agent": self.agent},
                Limit(limit.bytes, left),
                allow_local=self._allow_local,
                lookup=self._lookup,
                hops=tuple(hops),
            )
            target = answer.headers.get("location", "")
            if answer.status not in _MOVED or not target:
                return answer
            if len(hops) > self._redirects:
                raise TooManyRedirects(hops[0], self._redirects)
            url = urljoin(url, target.strip())


def _refuse_strange(url: str) -> None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - a port that is no number is found only on access
    except ValueError as error:
        raise AddressRefused(url, "is not a web address.", "Write it as https://www.example.org/page.") from error
    if parts.scheme not in ("http", "https"):
        raise AddressRefused(url, "is not an http or https address.", "Only web pages are fetched.")
    if parts.username or parts.password:
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        raise AddressRefused(bare, "was given with a name or password in it.", "Write the address without them.")
    if not parts.hostname:
        raise AddressRefused(url, "names no host.", "Write it as https://www.example.org/page.")


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds the server asks to wait (RFC 9110 10.2.3), 0 when it does not say."""
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    text = headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
