"""One request and its answer on the wire, with the cap counted after decompression."""

import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError, LocationParseError, SSLError
from urllib3.exceptions import TimeoutError as SingleReadTimeout
from urllib3.util import parse_url

from newsletter_cli.http.addresses import NotPublic, Resolve
from newsletter_cli.http.answer import Answer, Limit
from newsletter_cli.http.connection import PlainConnection, SecureConnection, open_connection
from newsletter_cli.http.faults import AddressRefused, TooLarge, TooSlow, Unreachable

_CHUNK = 65_536


def exchange(
    method: str,
    url: str,
    headers: Mapping[str, str],
    limit: Limit,
    *,
    allow_local: bool,
    lookup: Resolve,
    hops: tuple[str, ...],
) -> Answer:
    """Ask once; follows nothing.

    Raises:
        AddressRefused: the host stands for a private address.
        TooLarge, TooSlow, Unreachable: as they say.
    """
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise AddressRefused(url, "is not a web address.", "Write it as https://www.example.org/page.") from error
    connection = open_connection(
        urlsplit(url).scheme, parsed.host or "", parsed.port, limit.seconds, allow_local, lookup
    )
    with connection.cut_after(limit.seconds) as cut:
        try:
            answer = _ask(connection, method, url, parsed.request_uri, headers, limit, hops)
        except NotPublic as error:
            raise AddressRefused(
                url,
                f"leads to {error.args[0]}, which is not a public address.",
                "" if allow_local else "Use --allow-local if this is your own server.",
            ) from error
        except socket.gaierror as error:
            raise Unreachable(url, "the host's name is not known", passing=False) from error
        except SSLError as error:
            raise Unreachable(url, f"its certificate is not trusted ({error})", passing=False) from error
        except (TimeoutError, SingleReadTimeout) as error:
            raise TooSlow(url, limit.seconds) from error
        except (OSError, HTTPError, ValueError) as error:
            if cut.is_set():
                raise TooSlow(url, limit.seconds) from error
            raise Unreachable(url, _reason(error)) from error
        finally:
            connection.close()
    if cut.is_set():
        # http.client takes a connection cut inside the headers for their end.
        raise TooSlow(url, limit.seconds)
    return answer


def _ask(
    connection: PlainConnection | SecureConnection,
    method: str,
    url: str,
    target: str,
    headers: Mapping[str, str],
    limit: Limit,
    hops: tuple[str, ...],
) -> Answer:
    connection.request(
        method, target, headers=dict(headers) | {"Accept-Encoding": "gzip, deflate"}, preload_content=False
    )
    response = connection.getresponse()
    body = bytearray()
    redirected = 300 <= response.status < 400
    if method != "HEAD" and not redirected:
        for chunk in response.stream(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > limit.bytes:
                raise TooLarge(url, limit.bytes)
    names = {name.lower(): value for name, value in response.headers.items()}
    return Answer(url, response.status, names, bytes(body), hops)


def _reason(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text.partition("\n")[0][:160].rstrip(".")
