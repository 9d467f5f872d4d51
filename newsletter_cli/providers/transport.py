"""One HTTP request to a provider, never repeated, and what its end proves."""

import re
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NewConnectionError,
    ProxyError,
    SSLError,
)
from urllib3.exceptions import (
    TimeoutError as TookTooLong,
)

from newsletter_cli.http import PRODUCT
from newsletter_cli.http.pools import open_pool
from newsletter_cli.providers.base import Doubtful, HttpCall, NotSent
from newsletter_cli.providers.cleaning import clean

CONNECT, READ = 5.0, 60.0
_IDLE = 20.0  # Providers drop idle connections; a request written into a dead one is a needless doubt.
_CAP = 8 * 1024 * 1024
_HEADER = re.compile(r"[^\x00\r\n\u0100-\U0010ffff]*")
_OURS = {"User-Agent": PRODUCT, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: every byte of the body arrived."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def request_id(self) -> str:
        """The id to quote to the provider's support, by the usual header names."""
        names = ("X-Request-Id", "x-amzn-RequestId", "X-Message-Id", "X-Mailgun-Request-Id", "CF-Ray")
        return next((clean(self.headers[name]) for name in names if self.headers.get(name)), "")


@dataclass
class _Line:
    """One thread's pool, for which origin it is, and when it was last used."""

    pool: PoolManager
    origin: str
    used: float


@dataclass
class Transport:
    """Sends requests to one provider. May be used from several threads; each has a connection of its own.

    Attributes:
        title: the provider's name in messages.
        secrets: what to mask in words of errors.
        timeout: seconds to connect and to wait for each part of the answer.
    """

    title: str
    secrets: Sequence[str] = field(default=(), repr=False)
    timeout: tuple[float, float] = (CONNECT, READ)
    _local: threading.local = field(default_factory=threading.local, repr=False)
    _open: list[PoolManager] = field(default_factory=list, repr=False)

    def call(self, request: HttpCall) -> Reply:
        """Send once and read the whole answer, whatever its status. Redirects are not followed.

        Raises:
            NotSent: no connection was made, so the provider cannot have seen it.
            Doubtful: the line was lost, or the answer did not arrive whole in time.
        """
        deadline = time.monotonic() + sum(self.timeout)
        if not all(_HEADER.fullmatch(value) for header in request.headers for value in header):
            raise self._not_sent("a header holds a character that no header can carry")
        with self._explained():
            response = self._pool(request.url).request(
                request.method,
                request.url,
                body=request.body or None,
                headers=_OURS | dict(request.headers),
                timeout=Timeout(*self.timeout),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                body = self._read(response, deadline)
            except BaseException:
                response.close()
                raise
            response.release_conn()
        return Reply(response.status, response.headers, body)

    def close(self) -> None:
        for pool in self._open:
            pool.clear()

    def _pool(self, url: str) -> PoolManager:
        now = time.monotonic()
        origin = "/".join(url.split("/", 3)[:3])
        line: _Line | None = getattr(self._local, "line", None)
        if line is None or line.origin != origin:
            line = self._local.line = _Line(open_pool(url), origin, now)
            self._open.append(line.pool)
        elif now - line.used > _IDLE:
            line.pool.clear()
        line.used = now
        return line.pool

    def _read(self, response: BaseHTTPResponse, deadline: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.stream(65536):
            parts.append(part)
            size += len(part)
            if size > _CAP or time.monotonic() > deadline:
                raise self._doubtful("its answer was too long or too slow")
        return b"".join(parts)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except HTTPError as error:
            words = clean(str(error), self.secrets)
            if never_left(error):
                raise self._not_sent(words) from error
            what = "it did not answer in time" if isinstance(error, TookTooLong) else "the connection was lost"
            raise self._doubtful(what, words) from error

    def _not_sent(self, words: str) -> NotSent:
        return NotSent(
            f"{self.title} could not be reached; nothing was sent.",
            "Check the network connection, the proxy settings and [provider] in newsletter.toml, then run it again.",
            words=words,
        )

    def _doubtful(self, what: str, words: str = "") -> Doubtful:
        return Doubtful(
            f"{self.title} may or may not have taken this batch: {what}.",
            "Nothing is repeated blindly; run the same command again later to settle it.",
            words=words,
        )


def never_left(error: HTTPError) -> bool:
    """Whether this proves that no byte of the request reached the provider: there was no address or no connection."""
    if isinstance(error, ProxyError):
        original = error.original_error
        return isinstance(original, (NewConnectionError, ConnectTimeoutError)) or "Tunnel connection failed" in str(
            original
        )
    if isinstance(error, SSLError):  # The certificate is looked at before the request is written.
        return bool(error.args) and isinstance(error.args[0], ssl.SSLCertVerificationError)
    # NameResolutionError is a NewConnectionError.
    return isinstance(error, (LocationValueError, NewConnectionError, ConnectTimeoutError))
