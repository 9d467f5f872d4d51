"""robots.txt of each host, read once (RFC 9309)."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsletter_cli.http.answer import ROBOTS
from newsletter_cli.http.faults import AddressRefused, FetchError, TooSlow, Unreachable

if TYPE_CHECKING:
    from protego import Protego

    from newsletter_cli.http.client import Client

_LONGEST_DELAY = 30.0


class Robots:
    """What hosts let programs fetch. protego, because urllib.robotparser gets `Allow` after `Disallow: /` wrong."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._rules: dict[str, Protego | bool] = {}

    def allows(self, url: str) -> bool:
        """Whether this address may be fetched by a program that was not sent there by a person.

        Raises:
            AddressRefused, Unreachable, TooSlow: the host itself cannot be asked.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = True  # robots.txt itself, and whatever it redirects to, is always open
            try:
                self._rules[origin] = self._read(origin, parts.hostname or "")
            except FetchError:
                del self._rules[origin]
                raise
        rules = self._rules[origin]
        return rules if isinstance(rules, bool) else bool(rules.can_fetch(url, self._client.agent))

    def _read(self, origin: str, host: str) -> "Protego | bool":
        """RFC 9309 2.3.1: a 4xx opens everything, a server in trouble closes everything."""
        from protego import Protego

        try:
            answer = self._client.get(f"{origin}/robots.txt", limit=ROBOTS)
        except (AddressRefused, Unreachable, TooSlow):
            raise
        except FetchError:
            return False
        if not 200 <= answer.status < 300:
            return 400 <= answer.status < 500
        rules = Protego.parse(answer.body.decode("utf-8", "replace"))
        delay = rules.crawl_delay(self._client.agent)
        if delay:
            self._client.slow_down(host, min(float(delay), _LONGEST_DELAY))
        return rules
