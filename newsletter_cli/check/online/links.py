"""Follows the links of a mail, but never one by which a reader would leave or that is filled in per person."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from newsletter_cli.check.elements import host_of, href, is_merge, is_private, link_name, links
from newsletter_cli.check.material import Material
from newsletter_cli.check.online.catalogue import BROWSER_PAGE, LINK_DEAD, LINK_FINAL_HTTP
from newsletter_cli.check.origin import Place
from newsletter_cli.check.sender import leaves
from newsletter_cli.check.words import short
from newsletter_cli.http import AddressRefused, Answer, Client, FetchError, Limit, TooManyRedirects, TooSlow
from newsletter_cli.model.finding import Finding, Severity

MOST = 100
_LIMIT = Limit(1_000_000, 10.0)
_CROWD = 8
# Servers that do not want programs: what they would tell a person is not known.
_CLOSED = frozenset({401, 402, 403, 405, 406, 407, 429, 451, 999})

MakeClient = Callable[[], Client]


@dataclass(frozen=True, slots=True)
class _Result:
    url: str
    answer: Answer | None
    fault: FetchError | None


def look_at_links(material: Material, make_client: MakeClient) -> Iterator[Finding]:
    """Ask every different web address once, HEAD and then GET, a few hosts at a time.

    Args:
        make_client: one careful client per host; each is used by one thread only.
    """
    places = _places(material)
    browser = _browser_url(material)
    results = _ask_all(tuple(places)[:MOST], make_client)
    for url, place in tuple(places.items())[:MOST]:
        finding = _judge(results[url], place, url == browser)
        if finding:
            yield finding
    if len(places) > MOST:
        yield LINK_DEAD.finding(
            f"{len(places) - MOST} more links were not followed: {MOST} at most.", severity=Severity.INFO
        )


def _places(material: Material) -> Mapping[str, Place]:
    found: dict[str, Place] = {}
    for link in links(material):
        url = href(link)
        if not url.lower().startswith(("http://", "https://")) or is_merge(url, material.mail):
            continue
        if leaves(url, link_name(link)) or is_private(host_of(url)):
            continue
        found.setdefault(url.partition("#")[0], material.place(link))
    return found


def _browser_url(material: Material) -> str:
    settings, issue = material.settings, material.issue
    return settings.archive.url.replace("{issue}", issue.id) if settings and issue and settings.archive.url else ""


def _ask_all(urls: tuple[str, ...], make_client: MakeClient) -> Mapping[str, _Result]:
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        by_host[host_of(url)].append(url)

    def ask(group: list[str]) -> list[_Result]:
        client = make_client()
        return [_ask(client, url) for url in group]

    with ThreadPoolExecutor(max_workers=_CROWD) as pool:
        return {each.url: each for group in pool.map(ask, by_host.values()) for each in group}


def _ask(client: Client, url: str) -> _Result:
    try:
        answer = client.head(url, limit=_LIMIT)
        if answer.status >= 400:
            # Not a few servers answer HEAD with an error and GET with the page.
            answer = client.get(url, limit=_LIMIT)
    except FetchError as error:
        if isinstance(error, AddressRefused):
            return _Result(url, None, error)
        try:
            answer = client.get(url, limit=_LIMIT)
        except FetchError as second:
            return _Result(url, None, second)
    return _Result(url, answer, None)


def _judge(result: _Result, place: Place, browser: bool) -> Finding | None:
    rule = BROWSER_PAGE if browser else LINK_DEAD
    if result.fault is not None:
        passing = isinstance(result.fault, TooSlow | TooManyRedirects)
        return rule.finding(result.fault.message, place, Severity.WARNING if passing else None)
    answer = result.answer
    if answer is None:
        return None
    if answer.status in _CLOSED:
        message = f"{short(result.url)} does not answer programs (HTTP {answer.status}); open it in a browser."
        return rule.finding(message, place, Severity.INFO)
    if answer.status >= 500:
        return rule.finding(
            f"{short(result.url)} answers HTTP {answer.status}.", place, Severity.WARNING, "Try again later."
        )
    if answer.status >= 400:
        return rule.finding(f"{short(result.url)} answers HTTP {answer.status}.", place)
    if answer.url.lower().startswith("http://"):
        return LINK_FINAL_HTTP.finding(f"{short(result.url)} ends at {short(answer.url)}.", place)
    return None
