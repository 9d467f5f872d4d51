"""What the end of a call proves: certain only where it is certain."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ProxyError, SSLError

from newsletter_cli.providers.base import Doubtful, HttpCall, NotSent
from newsletter_cli.providers.cleaning import clean
from newsletter_cli.providers.transport import Transport, never_left
from newsletter_cli.testing.loopback import Canned, Loopback, closed_port
from newsletter_cli.testing.provider_contract import sample_batch


def call(url: str, body: bytes = b"x") -> HttpCall:
    return HttpCall("POST", url, (("Authorization", "Bearer K"),), body)


@contextmanager
def rude(answer: bytes) -> Iterator[str]:
    """A server that reads a little, says `answer` and closes the line."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with line:
                    line.recv(65536)
                    line.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


def test_nobody_listening_is_not_sent() -> None:
    with pytest.raises(NotSent):
        Transport("Post").call(call(closed_port()))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"garbage\r\n\r\n",
    ],
)
def test_an_answer_that_did_not_arrive_whole_is_a_doubt_or_is_empty(answer: bytes) -> None:
    with rude(answer) as url:
        try:
            reply = Transport("Post", timeout=(1, 1)).call(call(url))
        except Doubtful:
            return
        # requests takes headers that were cut for a whole answer: the body is empty then, and no adapter takes that.
        assert reply.body == b""


def test_an_answer_that_never_comes_is_a_doubt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(Doubtful, match="in time"):
        Transport("Post", timeout=(0.2, 0.2)).call(call(f"http://127.0.0.1:{listening.getsockname()[1]}/"))


def test_a_redirect_is_not_followed_and_a_netrc_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with Loopback(lambda _: Canned(302, b"", (("Location", "/elsewhere"),))) as server:
        assert Transport("Post").call(call(server.url)).status == 302
    assert [each.headers["Authorization"] for each in server.requests] == ["Bearer K"]


@pytest.mark.parametrize("url", ["http://[::1/", "nothing", "ftp://example.org/"])
def test_an_address_that_is_none_is_not_sent(url: str) -> None:
    with pytest.raises(NotSent):
        Transport("Post").call(call(url))


@pytest.mark.parametrize("value", ["a\r\nBcc: x@example.org", "\u2028", "\x00"])
def test_a_header_that_would_not_stay_one_is_not_sent(value: str) -> None:
    with Loopback(lambda _: Canned(200, b"{}")) as server:
        with pytest.raises(NotSent):
            Transport("Post").call(HttpCall("POST", server.url, (("X-Tag", value),), b"x"))
        assert server.requests == []


def test_an_endless_answer_is_cut_off() -> None:
    with Loopback(lambda _: Canned(200, b"x" * 9_000_000)) as server, pytest.raises(Doubtful, match="too long"):
        Transport("Post").call(call(server.url))


@pytest.mark.parametrize(
    ("reason", "certain"),
    [
        (NewConnectionError(HTTPConnection("x"), "refused"), True),
        (ProtocolError("Connection aborted.", ConnectionResetError()), False),
        (SSLError(ssl.SSLCertVerificationError("self-signed")), True),
        (SSLError(ssl.SSLError("decryption failed")), False),
        (ProxyError("no", OSError("Tunnel connection failed: 403 Forbidden")), True),
        (ProxyError("no", ConnectionResetError()), False),
    ],
)
def test_only_a_connection_that_was_never_made_is_certain(reason: Exception, certain: bool) -> None:
    pool = urllib3.HTTPConnectionPool("x")
    assert never_left(requests.ConnectionError(MaxRetryError(pool, "/", reason))) is certain


def test_words_are_cleaned_of_addresses_keys_values_and_line_breaks() -> None:
    batch = sample_batch()
    words = 'Bad "Reader 0" <reader0@example.org>,\nkey SECRET, at https://www.example.org/leave/t0?a=1&b=2 for Ann'
    cleaned = clean(words, ["SECRET"], batch)
    for gone in ("Reader 0", "reader0@", "SECRET", "leave/t0", "Ann", "\n"):
        assert gone not in cleaned
    assert clean("Anna's Annex", (), batch) == "Anna's Annex"


def test_a_proxy_of_the_machine_is_used_and_no_proxy_passes_it_by(monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback(lambda _: Canned(200, b"proxy")) as proxy, Loopback(lambda _: Canned(200, b"straight")) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert Transport("Post").call(call(server.url)).body == b"straight"
        assert Transport("Post").call(call("http://api.example.org/v3/send")).body == b"proxy"
        assert [each.path for each in proxy.requests] == ["http://api.example.org/v3/send"]
