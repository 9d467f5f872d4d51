"""Opens urllib3's pools as the machine is set up: its proxies and its certificates."""

import os
import ssl
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from urllib3 import PoolManager, ProxyManager, make_headers
from urllib3.exceptions import LocationParseError
from urllib3.util.ssl_ import create_urllib3_context


def open_pool(url: str) -> PoolManager:
    """A pool for requests to the origin of this address.

    Proxies come from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, or the system's settings; certificate authorities
    from REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE (a file or a folder), else certifi's.

    Raises:
        LocationParseError: the address, or the proxy's, is none; nothing was sent.
    """
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise LocationParseError(url)
        host = parts.netloc.rpartition("@")[2]
        proxies = getproxies()
        proxy = proxies.get(parts.scheme) or proxies.get("all", "")
        context = _context(_authorities()) if "https" in (parts.scheme, urlsplit(proxy).scheme) else None
        if not proxy or proxy_bypass(host) or proxy_bypass(parts.hostname):
            return PoolManager(ssl_context=context)
        return _through(proxy if "://" in proxy else f"http://{proxy}", context)
    except ValueError as error:
        raise LocationParseError(url) from error


def _through(proxy: str, context: ssl.SSLContext | None) -> PoolManager:
    parts = urlsplit(proxy)
    if parts.scheme.startswith("socks"):
        from urllib3.contrib.socks import SOCKSProxyManager

        return SOCKSProxyManager(proxy, ssl_context=context)
    who = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    headers = make_headers(proxy_basic_auth=who) if who else None
    return ProxyManager(proxy, proxy_headers=headers, ssl_context=context, proxy_ssl_context=context)


def _authorities() -> str:
    named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if named:
        return named
    import certifi

    return certifi.where()


@cache
def _context(authorities: str) -> ssl.SSLContext:
    """One for all threads: reading the authorities takes longer than a request."""
    context = create_urllib3_context()
    folder = Path(authorities).is_dir()
    context.load_verify_locations(cafile=None if folder else authorities, capath=authorities if folder else None)
    return context
