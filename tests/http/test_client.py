"""The careful client against servers that mean well and servers that do not."""

import gzip
import socket
import zlib
from typing import Any

import pytest

from newsletter_cli.http import (
    AddressRefused,
    Client,
    FetchError,
    Limit,
    RobotsRefused,
    StatusRefused,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def a_client(**changes: Any) -> Client:
    clock = Clock()
    settings: dict[str, Any] = {"allow_local": True, "clock": clock, "sleep": clock.sleep} | changes
    return Client(**settings)


def names(*places: str) -> Any:
    """A resolver that gives these addresses, one lookup after the other, the last one for ever."""
    left = list(places)

    def lookup(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        place = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in place else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (place, port))]

    return lookup


def test_a_page_comes_with_its_status_headers_and_final_address(site: Any) -> None:
    site.put("/old", status=301, Location="/new")
    new = site.put("/new", "<p>Hello</p>", ETag='"1"')
    answer = a_client().get(site.url + "/old")
    assert (answer.url, answer.status, answer.body) == (new, 200, b"<p>Hello</p>")
    assert answer.headers["etag"] == '"1"'
    assert (answer.media_type, answer.charset) == ("text/html", "utf-8")
    assert answer.hops == (site.url + "/old", new)


def test_the_program_says_who_it_is_and_whom_to_complain_to(site: Any) -> None:
    a_client(contact="https://www.example.org/contact").get(site.put("/"))
    assert "newsletter-cli/" in site.asked[0][2]["user-agent"]
    assert "(+https://www.example.org/contact)" in site.asked[0][2]["user-agent"]


def test_head_asks_for_no_body_and_follows_redirects(site: Any) -> None:
    site.put("/old", status=302, Location="/new")
    site.put("/new", "x" * 100)
    answer = a_client().head(site.url + "/old")
    assert (answer.status, answer.body) == (200, b"")
    assert [method for method, *_ in site.asked] == ["HEAD", "HEAD"]


def test_an_unchanged_page_costs_a_304(site: Any) -> None:
    def page(handler: Any) -> None:
        same = handler.headers.get("If-None-Match") == '"7"'
        handler.send_response(304 if same else 200)
        handler.send_header("ETag", '"7"')
        handler.send_header("Content-Length", "0" if same else "2")
        handler.end_headers()
        if not same:
            handler.wfile.write(b"hi")

    site.pages["/"] = page
    client = a_client()
    first = client.get(site.url + "/")
    assert client.get(site.url + "/", etag=first.headers["etag"]).status == 304


def test_a_gzip_bomb_is_cut_at_the_cap(site: Any) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    url = site.put("/bomb", bomb, Content_Encoding="gzip")
    with pytest.raises(TooLarge):
        a_client().get(url, limit=Limit(1_000_000))


def test_a_deflate_bomb_is_cut_too(site: Any) -> None:
    url = site.put("/bomb", zlib.compress(b"\0" * 50_000_000), Content_Encoding="deflate")
    with pytest.raises(TooLarge):
        a_client().get(url, limit=Limit(1_000_000))


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_slow_drip_ends_at_the_deadline(site: Any, part: str) -> None:
    def drip(handler: Any) -> None:
        if part == "headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        else:
            handler.send_response(200)
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
        while not site.stopped.wait(0.02):
            try:
                handler.wfile.write(b"x")
                handler.wfile.flush()
            except OSError:
                return

    site.pages["/drip"] = drip
    with pytest.raises(TooSlow):
        a_client().get(site.url + "/drip", limit=Limit(1_000_000, 0.3))


def test_a_redirect_loop_ends_after_five_hops(site: Any) -> None:
    url = site.put("/loop", status=302, Location="/loop")
    with pytest.raises(TooManyRedirects):
        a_client().get(url)
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://www.example.org/",
        "gopher://www.example.org/",
        "http://",
        "https:///path",
        "http://user:secret@www.example.org/",
        "http://www.example.org:port/",
        "http://[::1/",
        "javascript:alert(1)",
    ],
)
def test_only_plain_web_addresses_are_opened(url: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        a_client().get(url)
    assert "secret" not in caught.value.message


def test_a_redirect_to_a_file_is_refused(site: Any) -> None:
    with pytest.raises(AddressRefused):
        a_client().get(site.put("/", status=302, Location="file:///etc/passwd"))


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/",
        "http://0xa9.0xfe.0xa9.0xfe/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[fe80::1]/",
        "http://224.0.0.1/",
    ],
)
def test_a_redirect_to_a_link_local_address_opens_no_connection_even_where_local_ones_are_allowed(
    site: Any, target: str
) -> None:
    url = site.put("/", status=302, Location=target)  # conftest fails any connection outside loopback
    with pytest.raises(AddressRefused):
        a_client(allow_local=True).get(url)
    assert [path for _, path, _ in site.asked] == ["/"]


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_loopback_is_refused_however_it_is_written(site: Any, host: str) -> None:
    port = site.url.rpartition(":")[2]
    with pytest.raises((AddressRefused, Unreachable)):
        a_client(allow_local=False).get(f"http://{host}:{port}/")
    assert site.asked == []


def test_a_name_that_changes_its_mind_reaches_only_the_address_that_was_checked(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: public when it is looked at, loopback a moment later. One look-up serves check and connection."""
    went: list[str] = []

    def connect(self: socket.socket, address: Any) -> None:
        went.append(address[0])
        raise ConnectionRefusedError("stopped before any connection")

    monkeypatch.setattr(socket.socket, "connect", connect)
    client = a_client(allow_local=False, lookup=names("93.184.215.14", "127.0.0.1"), attempts=1)
    with pytest.raises(Unreachable):
        client.get("http://rebind.example.org/")
    assert went == ["93.184.215.14"]
    assert site.asked == []


def test_one_private_address_among_public_ones_refuses_the_host() -> None:
    def lookup(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in ("93.184.215.14", "10.0.0.7")]

    with pytest.raises(AddressRefused):
        a_client(allow_local=False, lookup=lookup).get("http://both.example.org/")


def test_a_passing_fault_is_tried_again_and_the_server_is_asked_how_long(site: Any) -> None:
    answers = iter([(503, {"Retry-After": "7"}), (500, {}), (200, {})])

    def page(handler: Any) -> None:
        status, headers = next(answers)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.pages["/"] = page
    clock = Clock()
    assert a_client(clock=clock, sleep=clock.sleep).get(site.url + "/").status == 200
    assert clock.slept[0] == 7.0


def test_a_fault_that_stays_is_given_back_for_the_caller_to_judge(site: Any) -> None:
    answer = a_client().get(site.put("/", status=404))
    assert answer.status == 404
    with pytest.raises(StatusRefused, match="is gone"):
        answer.need()


def test_a_host_is_asked_once_a_second(site: Any) -> None:
    clock = Clock()
    client = a_client(clock=clock, sleep=clock.sleep)
    url = site.put("/")
    for _ in range(3):
        client.get(url)
    assert clock.slept == [1.0, 1.0]


def test_robots_txt_closes_what_was_discovered_but_not_what_a_person_names(site: Any) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /\nAllow: /news/\n")
    site.put("/news/one", "one")
    private = site.put("/private", "two")
    client = a_client()
    assert client.get(site.url + "/news/one", robots=True).body == b"one"
    with pytest.raises(RobotsRefused):
        client.get(private, robots=True)
    assert client.get(private).body == b"two"


def test_robots_txt_is_asked_about_where_a_redirect_leads_too(site: Any) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private\n")
    site.put("/private", "two")
    moved = site.put("/news", status=301, Location="/private")
    with pytest.raises(RobotsRefused):
        a_client().get(moved, robots=True)
    assert "/private" not in [path for _, path, _ in site.asked]


@pytest.mark.parametrize("status", [404, 403])
def test_a_robots_txt_that_is_not_there_opens(site: Any, status: int) -> None:
    site.put("/robots.txt", status=status)
    assert a_client().get(site.put("/news", "one"), robots=True).body == b"one"


def test_a_robots_txt_in_trouble_closes(site: Any) -> None:
    site.put("/robots.txt", status=500)
    with pytest.raises(RobotsRefused):
        a_client().get(site.put("/news", "one"), robots=True)


def test_a_crawl_delay_is_kept(site: Any) -> None:
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 4\n")
    clock = Clock()
    client = a_client(clock=clock, sleep=clock.sleep)
    url = site.put("/")
    for _ in range(2):
        client.get(url, robots=True)
    assert clock.slept == [1.0, 4.0]


def test_an_answer_cut_off_is_a_fault_and_not_a_page(site: Any) -> None:
    def page(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"half")

    site.pages["/"] = page
    with pytest.raises(FetchError):
        a_client(attempts=1).get(site.url + "/")
