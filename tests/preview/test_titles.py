"""The titles of linked pages, asked only when wanted."""

import pytest
from pytest_httpserver import HTTPServer

from newsletter_cli.http import Client
from newsletter_cli.workflow.proof import page_titles


@pytest.fixture
def client() -> Client:
    return Client(allow_local=True, attempts=1, requests_per_second=1000)


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        (b"<title> A  page\n title </title>", "text/html", "A page title"),
        ("<title>Žena</title>".encode(), "text/html", "Žena"),
        ("<title>Žena</title>".encode("cp1250"), "text/html; charset=windows-1250", "Žena"),
        (b"<meta charset=latin-1><title>Caf\xe9</title>", "text/html", "Café"),
        (b"<p>No title</p>", "text/html", "(a page without a title)"),
        (b"", "text/html", "(a page without a title)"),
        (b"%PDF-1.7", "application/pdf", "(a file: application/pdf)"),
    ],
)
def test_a_page_is_called_what_it_calls_itself(
    client: Client, httpserver: HTTPServer, body: bytes, kind: str, title: str
) -> None:
    httpserver.expect_request("/page").respond_with_data(body, content_type=kind)
    address = httpserver.url_for("/page")
    assert page_titles(client, [address, address]) == {address: title}
    assert len(httpserver.log) == 1


def test_a_page_that_is_gone_or_silent_is_said(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/gone").respond_with_data("", status=404)
    gone = httpserver.url_for("/gone")
    assert page_titles(client, [gone]) == {gone: "(answers with status 404)"}
    silent = "http://127.0.0.1:9/"
    assert page_titles(client, [silent])[silent].startswith("(no answer: ")


def test_a_private_address_is_not_opened(httpserver: HTTPServer) -> None:
    address = httpserver.url_for("/")
    assert page_titles(Client(attempts=1), [address])[address].startswith("(no answer: ")
    assert httpserver.log == []
