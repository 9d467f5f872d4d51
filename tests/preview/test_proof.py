"""The proof file, opened in a browser without a network."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.message import Message, approval_code, personalise
from newsletter_cli.preview.proof import ProofFacts, render_proof
from newsletter_cli.preview.variants import Variant

browser = pytest.mark.browser


@pytest.fixture
def facts(message: Message, pictures: dict[str, Path]) -> ProofFacts:
    return ProofFacts(
        newsletter="Example News",
        message=personalise(message, {"nlt1x": "https://www.example.org/unsubscribe/PREVIEW"}),
        code=approval_code(message.fingerprint),
        findings=(
            Finding("subject", Severity.WARNING, "The subject is <b>long</b>.", "Shorten it.", "issues/x.md", 2),
        ),
        variants=(Variant(3911, ("Dear ‹first name›,",)), Variant(3, ("Dear ,",), broken=True)),
        pictures=pictures,
    )


@pytest.fixture
def opened(facts: ProofFacts, tmp_path: Path, tab: Any) -> Any:
    file = tmp_path / "proof.html"
    file.write_text(render_proof(facts), encoding="utf-8")
    tab.context.set_offline(True)
    tab.goto(file.as_uri())
    tab.wait_for_function("[...document.querySelectorAll('iframe')].every(f => f.contentDocument.body.children.length)")
    return tab


def frame(tab: Any, title: str) -> Any:
    return tab.locator(f'iframe[title="{title}"]').element_handle().content_frame()


def test_the_same_facts_give_the_same_bytes(facts: ProofFacts) -> None:
    assert render_proof(facts) == render_proof(facts)


def test_everything_said_is_in_it_and_escaped(facts: ProofFacts) -> None:
    html = render_proof(facts)
    assert html.startswith("<!DOCTYPE html>")
    assert facts.code in html
    assert "The subject is &lt;b&gt;long&lt;/b&gt;." in html
    assert "3,911 ×" in html
    assert "a gap shows" in html
    assert "https://www.example.org/wait" in html


def test_titles_of_linked_pages_are_shown_when_known(facts: ProofFacts) -> None:
    html = render_proof(replace(facts, titles={"https://www.example.org/wait": "Waiting & waking"}))
    assert "Waiting &amp; waking" in html


def test_a_picture_that_is_only_on_the_web_is_said(facts: ProofFacts) -> None:
    assert "1 of its pictures is on the web" in render_proof(replace(facts, pictures={}))


def test_without_a_list_what_differs_is_named_all_the_same(facts: ProofFacts) -> None:
    bare = replace(facts, variants=())
    assert "Every reader gets the same words." in render_proof(bare)
    named = render_proof(replace(bare, personal=("first name",)))
    assert "Every reader gets the same words." not in named
    assert "What differs from reader to reader: first name." in named


@browser
def test_it_opens_offline_and_asks_for_nothing(opened: Any) -> None:
    assert [url for url in opened.requested if not url.startswith(("file:", "data:", "about:"))] == []
    assert opened.errors == []


@browser
def test_both_widths_show_the_message_whole(opened: Any) -> None:
    for title, width in (("On a computer", 640), ("On a phone", 375)):
        shown = frame(opened, title)
        assert shown.evaluate("innerWidth") == width
        assert shown.evaluate("document.documentElement.scrollHeight <= innerHeight + 1")
        assert shown.locator("img").evaluate("each => each.naturalWidth") > 0


@browser
def test_dark_and_light_differ_and_pictures_can_be_off(opened: Any) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    assert frame(opened, "On a computer").evaluate(ground) == "rgb(255, 255, 255)"
    assert frame(opened, "On a computer, dark").evaluate(ground) == "rgb(17, 17, 17)"
    assert frame(opened, "On a phone, pictures off").locator("img").evaluate("each => each.naturalWidth") == 0


@browser
def test_a_script_in_the_message_does_not_run(facts: ProofFacts, tmp_path: Path, tab: Any) -> None:
    evil = replace(facts.message, html=facts.message.html.replace("</body>", "<script>top.owned = 1</script></body>"))
    file = tmp_path / "proof.html"
    file.write_text(render_proof(replace(facts, message=evil)), encoding="utf-8")
    tab.goto(file.as_uri())
    assert tab.evaluate("window.owned") is None


@browser
def test_axe_finds_no_fault_in_it(opened: Any, axe: Callable[[Any], list[str]]) -> None:
    assert axe(opened) == []


@browser
def test_the_first_tab_stop_leads_to_the_message(opened: Any) -> None:
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "To the message"
    opened.keyboard.press("Enter")
    assert opened.url.endswith("#message")


@browser
def test_it_fits_a_phone(opened: Any) -> None:
    opened.set_viewport_size({"width": 390, "height": 800})
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
