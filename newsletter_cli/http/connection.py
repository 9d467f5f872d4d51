"""One connection to an address that was checked, cut when its time is up."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from newsletter_cli.http.addresses import Resolve, resolve


class _Checked:
    """Resolves once, checks, and connects to that very address: a name that changes its mind gains nothing."""

    host: str
    port: int
    timeout: Any
    allow_local = False
    lookup: Resolve = staticmethod(socket.getaddrinfo)
    _brake: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        failure: OSError | None = None
        host = self.host.strip("[]")
        for family, kind, protocol, _, place in resolve(host, self.port, self.allow_local, self.lookup):
            made = socket.socket(family, kind, protocol)
            try:
                made.settimeout(self.timeout)
                made.connect(place)
            except OSError as error:
                made.close()
                failure = error
                continue
            # A duplicate of the descriptor: TLS takes the first one over, and the watchdog must reach the wire.
            self._brake = made.dup()
            return made
        raise failure or OSError("no address")

    @contextmanager
    def cut_after(self, seconds: float) -> Iterator[threading.Event]:
        """Shut the connection down after so long, even when bytes keep dripping; the event tells it happened."""
        happened = threading.Event()

        def cut() -> None:
            happened.set()
            if self._brake is not None:
                try:
                    self._brake.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # already closed by the other side

        timer = threading.Timer(max(seconds, 0.001), cut)
        timer.daemon = True
        timer.start()
        try:
            yield happened
        finally:
            timer.cancel()
            if self._brake is not None:
                self._brake.close()


class PlainConnection(_Checked, HTTPConnection):
    """http://"""


class SecureConnection(_Checked, HTTPSConnection):
    """https://, the certificate checked against the host's name."""


def open_connection(
    scheme: str, host: str, port: int | None, timeout: float, allow_local: bool, lookup: Resolve
) -> PlainConnection | SecureConnection:
    """A connection, not yet made; `timeout` in seconds bounds each single read."""
    made: PlainConnection | SecureConnection
    if scheme == "https":
        made = SecureConnection(host, port, timeout=timeout, ssl_context=_context())
    else:
        made = PlainConnection(host, port, timeout=timeout)
    made.allow_local, made.lookup = allow_local, lookup
    return made


@cache
def _context() -> ssl.SSLContext:
    """The system's certificates and certifi's: some Pythons (python.org on macOS) come without the first."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
