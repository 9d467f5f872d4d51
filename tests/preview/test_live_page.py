"""The live page: who is let in, and the page in a real browser."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn

from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.message import Message, personalise
from newsletter_cli.preview.live import Live, LiveFinding
from newsletter_cli.preview.places import Place
from newsletter_cli.preview.server import LiveServer

browser = pytest.mark.browser
ALT = Finding("img-alt-missing", Severity.ERROR, "A picture has no alternative text.", "Write one.", "issues/i.md", 3)
SUBJECT = Finding("subject", Severity.WARNING, "The subject is long.")


@dataclass
class Desk:
    """What the server shows, to be changed while it runs."""

    message: Message
    pictures: dict[str, Path]
    version: int = 1
    fault: NewsletterError | None = None

    def show(self, reader: str) -> Live:
        if self.fault:
            raise self.fault
        values = {"nlt1x": "https://www.example.org/u", **({"nlt0x": "Ann"} if reader else {})}
        findings = (LiveFinding(SUBJECT, Place()), LiveFinding(ALT, Place("furtherreading")))
        return Live(personalise(self.message, values), reader, findings, self.pictures)

    def stamp(self) -> str:
        return str(self.version)


@pytest.fixture
def desk(message: Message, pictures: dict[str, Path]) -> Desk:
    return Desk(message, pictures)


@pytest.fixture
def server(desk: Desk) -> Iterator[LiveServer]:
    live = LiveServer("Example News 2022-02", desk.show, desk.stamp, lambda typed: ["ann@example.org"])
    listener = live.listen()
    running = uvicorn.Server(uvicorn.Config(live.application(), log_level="error", access_log=False))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield live
    running.should_exit = True
    thread.join(10)


def test_it_listens_on_loopback_only(server: LiveServer) -> None:
    assert server.address.startswith("http://127.0.0.1:")
    assert requests.get(server.address, timeout=10).status_code == 200


def test_what_a_browser_is_started_with_opens_the_page_once_and_holds_no_secret(server: LiveServer) -> None:
    launched = server.address_to_launch
    assert server.token not in launched
    first = requests.get(launched, timeout=10)
    assert (first.status_code, first.url) == (200, server.address)
    again = requests.get(launched, timeout=10)
    assert again.status_code == 404
    assert server.token not in again.text


@pytest.mark.parametrize("path", ["open/", "open/x", "open/x/y", "open//"])
def test_a_wrong_ticket_opens_nothing_and_spends_nothing(server: LiveServer, path: str) -> None:
    assert requests.get(f"http://127.0.0.1:{server.port}/{path}", timeout=10).status_code == 404
    assert requests.get(server.address_to_launch, timeout=10).status_code == 200


@pytest.mark.parametrize("path", ["", "x/", "content", "../content", "%2e/"])
def test_without_the_secret_nothing_is_shown(server: LiveServer, path: str) -> None:
    answer = requests.get(f"http://127.0.0.1:{server.port}/{path}", timeout=10)
    assert answer.status_code == 404
    assert "Asleep" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1.evil.example:{port}"])
def test_another_host_name_is_refused(server: LiveServer, host: str) -> None:
    answer = requests.get(server.address, headers={"Host": host.format(port=server.port)}, timeout=10)
    assert answer.status_code == 421


def test_another_site_is_refused(server: LiveServer) -> None:
    answer = requests.get(server.address + "content", headers={"Sec-Fetch-Site": "cross-site"}, timeout=10)
    assert answer.status_code == 403


def test_answers_are_not_kept_or_framed_and_send_no_referrer(server: LiveServer) -> None:
    headers = requests.get(server.address, timeout=10).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_fault_in_the_issue_is_told_with_its_remedy(server: LiveServer, desk: Desk) -> None:
    desk.fault = NewsletterError("issue.md has no subject.", "Write one.", ["issue.md:2: no subject"])
    assert requests.get(server.address + "content", timeout=10).json()["error"] == {
        "message": "issue.md has no subject.",
        "hint": "Write one.",
        "problems": ["issue.md:2: no subject"],
    }


def test_a_taken_port_is_said(server: LiveServer, desk: Desk) -> None:
    with pytest.raises(NewsletterError, match=f"Port {server.port} cannot be used"):
        LiveServer("x", desk.show, desk.stamp, lambda typed: []).listen(server.port)


@pytest.fixture
def opened(server: LiveServer, tab: Any) -> Any:
    tab.goto(server.address)
    tab.wait_for_selector(".finding.placed")
    return tab


def inside(tab: Any, title: str) -> Any:
    return tab.frame_locator(f'iframe[title="{title}"]')


@browser
def test_the_page_shows_the_message_at_both_widths(opened: Any) -> None:
    for title in ("On a computer", "On a phone"):
        assert inside(opened, title).locator("h1").text_content() == "Asleep, not gone"
    assert opened.errors == []
    assert all(url.startswith(("http://127.0.0.1:", "data:", "about:")) for url in opened.requested)


@browser
def test_a_finding_stands_beside_the_place_it_speaks_of(opened: Any) -> None:
    card = opened.locator(".finding.placed").bounding_box()
    heading = inside(opened, "On a computer").locator("h2").bounding_box()
    assert "no alternative text" in opened.locator(".finding.placed").text_content()
    assert abs(card["y"] - heading["y"]) < 40
    assert card["x"] + card["width"] <= heading["x"]
    assert opened.locator(".finding:not(.placed)").count() == 1


@browser
def test_it_reloads_by_itself_on_a_change(opened: Any, desk: Desk) -> None:
    desk.message = replace(desk.message, html=desk.message.html.replace("Asleep, not gone", "Awake"))
    desk.version += 1
    inside(opened, "On a computer").locator("h1", has_text="Awake").wait_for()


@browser
def test_a_fault_is_shown_and_goes_away_when_mended(opened: Any, desk: Desk) -> None:
    desk.fault = NewsletterError("issue.md has no subject.", "Write one.")
    desk.version += 1
    opened.locator("#fault", has_text="issue.md has no subject.").wait_for()
    assert inside(opened, "On a computer").locator("h1").count() == 1
    desk.fault = None
    desk.version += 1
    opened.locator("#fault").wait_for(state="hidden")


@browser
def test_it_can_be_used_with_a_keyboard_alone(opened: Any) -> None:
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "To the message"
    opened.keyboard.press("Tab")
    opened.keyboard.press("ArrowRight")  # plain text
    assert "Cells can wait for years." in opened.locator("#text").text_content()
    assert opened.locator("#text").is_visible()
    opened.keyboard.press("ArrowLeft")
    for _ in range(2):
        opened.keyboard.press("Tab")
    opened.keyboard.press("ArrowRight")  # dark
    from playwright.sync_api import expect

    expect(inside(opened, "On a computer").locator("body")).to_have_css("background-color", "rgb(17, 17, 17)")
    for _ in range(2):
        opened.keyboard.press("Tab")
    opened.keyboard.type("ann@example.org")
    opened.keyboard.press("Enter")
    inside(opened, "On a phone").locator("p", has_text="Dear Ann,").wait_for()


@browser
def test_the_place_of_a_finding_is_pointed_at(opened: Any) -> None:
    opened.get_by_role("button", name="Show where").click()
    assert inside(opened, "On a computer").locator("[data-pointed]").text_content() == "Further reading"
    assert opened.locator("#state").text_content() == "Pointed at: Further reading"


@browser
def test_the_size_is_told_against_the_clip_limit(opened: Any) -> None:
    assert opened.locator("#weight").text_content().endswith(" of 102.0 KB")
    assert opened.locator("#meter").evaluate("each => each.max") == 102 * 1024


@browser
def test_links_are_listed_with_their_targets(opened: Any) -> None:
    cells = opened.locator("#links tr").first.locator("td").all_text_contents()
    assert cells == ["1", "wait for years", "https://www.example.org/wait"]


@browser
@pytest.mark.parametrize("width", [1440, 1000, 390])
def test_axe_finds_no_fault_in_the_page(opened: Any, axe: Callable[[Any], list[str]], width: int) -> None:
    opened.set_viewport_size({"width": width, "height": 900})
    assert axe(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
