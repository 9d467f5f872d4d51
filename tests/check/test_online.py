"""The online rules, against a server on loopback and name servers of our own."""

import socket
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from examples import picture

from newsletter_cli.check import Mail, Material, prepare
from newsletter_cli.check.online import look_at_links, look_at_pictures, look_at_sender
from newsletter_cli.check.online.sources import Source, look_at_sources
from newsletter_cli.config import parse_settings
from newsletter_cli.gather.provenance import Origin, write_origins
from newsletter_cli.gather.store import Store
from newsletter_cli.http import Client
from newsletter_cli.model.article import Article, Paragraph
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.issue import Issue
from newsletter_cli.model.message import Address, MergeField
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.check_online import check_online, spf_includes

SETTINGS = '[newsletter]\nname = "N"\n[sender]\nemail = "news@charity.org"\n[provider]\nname = "mailgun"\n'


class Server(ThreadingHTTPServer):
    """Answers by path and writes down what was asked."""

    asked: list[str]

    @property
    def base(self) -> str:
        return f"http://www.charity.org:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_HEAD(self) -> None:
        self.answer(False)

    def do_GET(self) -> None:
        self.answer(True)

    def answer(self, body: bool) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        status, kind, data = 200, "text/html", b"<title>Cells that wake</title><p>A study of 5,100 women.</p>"
        if self.path == "/gone":
            status = 404
        elif self.path == "/no-head" and not body:
            status = 501
        elif self.path == "/closed":
            status = 403
        elif self.path == "/cell.png":
            kind, data = "image/png", picture("40x20")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def loopback(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def client() -> Client:
    return Client(allow_local=True, attempts=1, requests_per_second=1000, lookup=loopback, sleep=lambda seconds: None)


def material(html: str, **more: Any) -> Material:
    mail = Mail("issue", html, "mail.html", sender=Address("news@charity.org"), **more)
    return prepare(mail, settings=parse_settings(SETTINGS), today=date(2022, 2, 24))


def links_of(server: Server, html: str, **more: Any) -> list[Finding]:
    return list(look_at_links(material(html.replace("BASE", server.base), **more), client))


def test_a_link_that_is_gone_is_an_error_at_its_line(server: Server) -> None:
    (found,) = [each for each in links_of(server, '<p>\n<a href="BASE/gone">Story</a>') if each.rule == "link-dead"]
    assert (found.severity, found.line) == (Severity.ERROR, 2)
    assert "404" in found.message


def test_a_server_that_refuses_head_is_asked_with_get(server: Server) -> None:
    found = links_of(server, '<a href="BASE/no-head">Story</a>')
    assert [each.rule for each in found] == ["link-final-http"]
    assert server.asked == ["HEAD /no-head", "GET /no-head"]


def test_a_server_that_shuts_programs_out_is_only_told(server: Server) -> None:
    found = links_of(server, '<a href="BASE/closed">Story</a>')
    assert [(each.rule, each.severity) for each in found] == [("link-dead", Severity.INFO)]


def test_unsubscribe_and_merge_links_are_never_asked(server: Server) -> None:
    field = MergeField("nlmerge1x", "unsubscribe_url")
    html = (
        '<a href="BASE/leave/1">Unsubscribe</a><a href="BASE/unsubscribe?u=1">Go</a><a href="BASE/abmelden">Abmelden</a>'
        '<a href="BASE/x/nlmerge1x">Leave</a><a href="BASE/{{ id }}">Yours</a><a href="BASE/preferences">Email preferences</a>'
        '<a href="mailto:a@charity.org">Write</a><a href="http://10.0.0.1/">Office</a>'
    )
    assert links_of(server, html, merge_fields=(field,)) == []
    assert server.asked == []


def test_one_address_is_asked_once_and_a_hundred_at_most(server: Server) -> None:
    html = (
        "".join(f'<a href="BASE/p{number}">Story {number}</a>' for number in range(105))
        + '<a href="BASE/p1#x">Again</a>'
    )
    found = links_of(server, html)
    assert len(server.asked) == 100
    assert any("5 more links were not followed" in each.message for each in found)


def test_private_addresses_behind_a_public_name_are_refused(server: Server) -> None:
    def careful() -> Client:
        return Client(attempts=1, lookup=loopback, sleep=lambda seconds: None)

    subject = material(f'<a href="{server.base}/ok">Story</a>')
    (found,) = look_at_links(subject, careful)
    assert found.severity is Severity.ERROR
    assert server.asked == []


def test_pictures_are_loaded_and_measured(server: Server) -> None:
    html = f'<img src="{server.base}/cell.png" alt="A" width="400"><img src="{server.base}/page" alt="B"><img src="{server.base}/gone" alt="C">'
    found = list(look_at_pictures(material(html), client()))
    assert [(each.rule, each.severity) for each in found] == [
        ("image-online", Severity.INFO),
        ("image-dead", Severity.ERROR),
        ("image-dead", Severity.ERROR),
    ]
    assert "40 px wide but shown at 400" in found[0].message


def test_a_source_page_that_changed_is_told_with_what_changed(server: Server) -> None:
    blocks = (Paragraph("A study of 5,000 women.", line=9),)
    article = Article(
        "cells", "issues/2022-02/articles/cells.md", "Cells that sleep", blocks=blocks, lines={"title": 2}
    )
    issue = Issue("2022-02", "issues/2022-02/issue.md", "News", articles=(article,))
    subject = prepare(None, issue=issue, today=date(2022, 2, 24))
    found = list(look_at_sources(subject, {"cells": Source(f"{server.base}/cells", "Cells that sleep")}, client()))
    assert [each.line for each in found] == [2, 9]
    assert "5,000 is no longer" in found[1].message
    same = {"cells": Source(f"{server.base}/cells", "Cells that wake")}
    assert [each.line for each in look_at_sources(subject, same, client())] == [9]


def test_what_the_editor_wrote_is_no_change_of_the_page(server: Server) -> None:
    blocks = (Paragraph("A study of 5,100 women, 77 of them in Padua.", line=9),)
    article = Article("cells", "issues/2022-02/articles/cells.md", "Our own title", blocks=blocks)
    issue = Issue("2022-02", "issues/2022-02/issue.md", "News", articles=(article,))
    before = b"<html><title>Cells that wake</title><p>A study of 5,100 women.</p></html>"
    source = Source(f"{server.base}/cells", "Cells that wake", before)
    assert list(look_at_sources(prepare(None, issue=issue, today=date(2022, 2, 24)), {"cells": source}, client())) == []


def test_an_online_check_compares_with_the_page_that_gathering_kept(server: Server, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    raw = Store(workspace.cache / "gathered").keep_bytes(
        b"<html><title>Cells that sleep</title><p>A study of 5,000 women.</p></html>"
    )
    origin = Origin("cells", f"{server.base}/cells", "page", "Cells that sleep", raw=raw)
    write_origins(tmp_path / "issues" / "2022-02" / "articles", [origin])
    blocks = (Paragraph("A study of 5,000 women, 77 of them in Padua.", line=9),)
    article = Article("cells", "issues/2022-02/articles/cells.md", "Our own title", blocks=blocks, lines={"title": 2})
    issue = Issue("2022-02", "issues/2022-02/issue.md", "News", articles=(article,))
    subject = prepare(None, issue=issue, today=date(2022, 2, 24))
    found = list(check_online(workspace, subject, make_client=client, resolver=Names({})))
    assert [(each.rule, each.line) for each in found] == [("source-changed", 2), ("source-changed", 9)]


class Names:
    """A resolver that knows what it is told."""

    def __init__(self, txt: dict[str, list[str]], mx: tuple[str, ...] = (), hosts: tuple[str, ...] = ()) -> None:
        self._txt, self._mx, self._hosts = txt, mx, hosts

    def txt(self, name: str) -> list[str]:
        return self._txt.get(name, [])

    def mx(self, name: str) -> list[str]:
        return ["mx." + name] if name in self._mx else []

    def exists(self, name: str) -> bool:
        return name in self._hosts


GOOD = {
    "charity.org": ["v=spf1 include:mailgun.org ~all", "google-site-verification=x"],
    "mailgun.org": ["v=spf1 ip4:1.2.3.4 ~all"],
    "mailo._domainkey.charity.org": ["k=rsa; p=MIGf"],
    "_dmarc.charity.org": ["v=DMARC1; p=none; rua=mailto:d@charity.org"],
}


def sender(txt: dict[str, list[str]], **more: Any) -> list[str]:
    return [f"{each.rule}: {each.message}" for each in look_at_sender(material("<p>x</p>", **more), Names(txt))]


def test_a_domain_that_is_set_up_has_no_finding() -> None:
    assert sender(GOOD) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"charity.org": []}, "spf: charity.org has no SPF record."),
        ({"charity.org": ["v=spf1 -all", "v=spf1 ~all"]}, "spf: charity.org has 2 SPF records"),
        ({"charity.org": ["v=spf1 include:nobody.org ~all"]}, "nobody.org, which it includes, has no SPF record"),
        ({"charity.org": ["v=spf1 " + "a:x.org " * 11 + "~all"]}, "needs 11 look-ups"),
        ({"charity.org": ["v=spf1 include:charity.org ~all"]}, "look-ups; ten are allowed"),
        ({"charity.org": ["v=spf1 +all"]}, "lets everybody send"),
        ({"mailo._domainkey.charity.org": []}, "dkim: No DKIM key of charity.org"),
        ({"_dmarc.charity.org": []}, "dmarc: charity.org has no DMARC record."),
        ({"_dmarc.charity.org": ["v=DMARC1; rua=mailto:a@charity.org"]}, "has no policy"),
        ({"_dmarc.charity.org": ["v=DMARC1; p=none", "v=DMARC1; p=none"]}, "has 2 records"),
    ],
)
def test_each_fault_of_the_domain_is_told(change: dict[str, list[str]], expected: str) -> None:
    (found,) = sender(GOOD | change)
    assert expected in found


def test_answers_to_a_domain_without_mail_are_told() -> None:
    (found,) = sender(GOOD, reply_to=Address("ed@nomail.org"))
    assert found.startswith("reply-to-mx: nomail.org")


def spf_of(record: str, includes: tuple[str, ...], **txt: list[str]) -> list[str]:
    found = look_at_sender(material("<p>x</p>"), Names(GOOD | {"charity.org": [record]} | txt), includes)
    return [each.message for each in found if each.rule == "spf"]


def test_a_provider_that_the_spf_record_leaves_out_is_told() -> None:
    (found,) = spf_of("v=spf1 ip4:1.2.3.4 ~all", ("mailgun.org",))
    assert found == "The SPF record of charity.org does not let mailgun send: no include:mailgun.org."


def test_a_provider_included_by_another_record_is_let_in() -> None:
    assert spf_of("v=spf1 include:mailgun.org ~all", ("mailgun.org",)) == []
    nested = {"all.charity.org": ["v=spf1 include:mailgun.org ~all"]}
    assert spf_of("v=spf1 redirect=all.charity.org", ("mailgun.org",), **nested) == []


@pytest.mark.parametrize(("provider", "expected"), [("mailgun", ("mailgun.org",)), ("outbox", ()), ("smtp", ())])
def test_what_to_include_comes_from_what_the_provider_documents(provider: str, expected: tuple[str, ...]) -> None:
    settings = parse_settings(SETTINGS.replace('"mailgun"', f'"{provider}"'))
    mail = Mail("issue", "<p>x</p>", "mail.html", sender=Address("news@charity.org"))
    assert spf_includes(prepare(mail, settings=settings, today=date(2022, 2, 24))) == expected


def test_name_servers_that_do_not_answer_are_no_verdict() -> None:
    class Silent(Names):
        def txt(self, name: str) -> list[str]:
            raise LookupError("timed out")

    (found,) = look_at_sender(material("<p>x</p>"), Silent({}))
    assert found.severity is Severity.INFO
