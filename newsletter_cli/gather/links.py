"""Addresses in gathered text: made absolute, without tracking, compared by what they mean."""

import re
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok|igshid|yclid|at_\w+|cmpid|ns_\w+)$"
)
_WRAPPED = re.compile(
    r"^(?:www\.)?google\.[a-z.]+$|^l\.facebook\.com$|safelinks\.protection\.outlook\.com$", re.IGNORECASE
)
_SAFE = ("http", "https", "mailto", "tel")


def absolute(href: str, base: str) -> str:
    """Where a link leads, or "" when it leads nowhere a reader of the mail could go.

    Leading white space of any kind goes first: browsers skip it, sanitisers have missed `\\u00a0javascript:`.
    """
    text = re.sub(r"[\x00-\x20\x7f\u00a0]+", " ", re.sub(r"[\t\n\r]", "", href)).strip()
    if not text or text.startswith("#"):
        return ""
    try:
        whole = unwrapped(urljoin(base, text.replace(" ", "%20")))
        parts = urlsplit(whole)
        if parts.scheme.lower() not in _SAFE or (parts.scheme in ("http", "https") and not parts.hostname):
            return ""
    except ValueError:
        return ""
    if (
        base
        and parts.fragment
        and urlunsplit(parts._replace(fragment="")) == urlsplit(base)._replace(fragment="").geturl()
    ):
        return ""
    return untracked(whole)


def joined(base: str, href: str) -> str:
    """urljoin for addresses out of pages; "" when one of them is none."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""


def untracked(url: str) -> str:
    """Without the parameters that only tell who sent the reader."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in pairs if not _TRACKING.match(pair[0].lower())]
    if len(kept) == len(pairs):
        return url
    return urlunsplit(parts._replace(query=urlencode(kept)))


def unwrapped(url: str) -> str:
    """The address inside a redirector of Google Docs, Facebook or Outlook."""
    parts = urlsplit(url)
    if not _WRAPPED.search(parts.hostname or ""):
        return url
    query = parse_qs(parts.query)
    inner = (query.get("q") or query.get("url") or query.get("u") or [""])[0]
    return inner if inner.startswith(("http://", "https://")) else url


def comparing_key(url: str) -> str:
    """The same text for addresses that mean the same page: http is https, no www, fragment, tracking or last slash."""
    try:
        parts = urlsplit(untracked(url.strip()))
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").removeprefix("www.")
    if port not in (None, 80, 443):
        host += f":{port}"
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~").rstrip("/")
    return f"{host}{path}" + (f"?{parts.query}" if parts.query else "")
