"""One HTTP request to a provider, never repeated, and what its end proves."""

import re
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError, SSLError

from newsletter_cli.http import PRODUCT
from newsletter_cli.providers.base import Doubtful, HttpCall, NotSent
from newsletter_cli.providers.cleaning import clean

CONNECT, READ = 5.0, 60.0
_IDLE = 20.0  # Providers drop idle connections; a request written into a dead one is a needless doubt.
_CAP = 8 * 1024 * 1024
_BEFORE_ANY_BYTE = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidProxyURL,
)
_OURS = {"User-Agent": PRODUCT, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
_HEADER = re.compile(r"[^\x00\r\n\u0100-\U0010ffff]*")


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
    """One thread's session, to which origin it speaks, how (proxies, certificates), and when it was last used."""

    session: requests.Session
    origin: str
    how: dict[str, Any]
    used: float


@dataclass
class Transport:
    """Sends requests to one provider. May be used from several threads; each has a session of its own.

    Attributes:
        title: the provider's name in messages.
        secrets: what to mask in words of errors.
        timeout: seconds to connect and to wait for each part of the answer.
    """

    title: str
    secrets: Sequence[str] = field(default=(), repr=False)
    timeout: tuple[float, float] = (CONNECT, READ)
    _local: threading.local = field(default_factory=threading.local, repr=False)
    _open: list[requests.Session] = field(default_factory=list, repr=False)

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
            headers = _OURS | dict(request.headers)
            # Prepared outside the session, which would put a ~/.netrc password in place of our Authorization header.
            prepared = requests.Request(request.method, request.url, headers, data=request.body or None).prepare()
            line = self._line(request.url)
            response = line.session.send(prepared, timeout=self.timeout, allow_redirects=False, **line.how)
            with response:
                body = self._read(response, deadline)
        return Reply(response.status_code, CaseInsensitiveDict(response.headers), body)

    def close(self) -> None:
        for session in self._open:
            session.close()

    def _line(self, url: str) -> _Line:
        now = time.monotonic()
        origin = "/".join(url.split("/", 3)[:3])
        line: _Line | None = getattr(self._local, "line", None)
        if line is None or line.origin != origin:
            session = requests.Session()
            # HTTPS_PROXY, REQUESTS_CA_BUNDLE and the like are read once for an origin: as long as a small call takes.
            how = dict(session.merge_environment_settings(url, {}, True, None, None))
            self._open.append(session)
            line = self._local.line = _Line(session, origin, how, now)
        elif now - line.used > _IDLE:
            line.session.close()
        line.used = now
        return line

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_content(65536):
            parts.append(part)
            size += len(part)
            if size > _CAP or time.monotonic() > deadline:
                raise self._doubtful("its answer was too long or too slow")
        return b"".join(parts)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except requests.RequestException as error:
            words = clean(str(error), self.secrets)
            if never_left(error):
                raise self._not_sent(words) from error
            what = "it did not answer in time" if isinstance(error, requests.Timeout) else "the connection was lost"
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


def never_left(error: requests.RequestException) -> bool:
    """Whether this proves that no byte of the request reached the provider.

    requests.ConnectionError covers both "never connected" and "line lost after sending": the reason inside tells.
    """
    if isinstance(error, (*_BEFORE_ANY_BYTE, requests.ConnectTimeout)):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, ProxyError):
        original = reason.original_error
        return isinstance(original, (NewConnectionError, ConnectTimeoutError)) or "Tunnel connection failed" in str(
            original
        )
    if isinstance(reason, SSLError):  # The certificate is looked at before the request is written.
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))  # NameResolutionError is a NewConnectionError.
