"""A real browser, axe-core and an example message for the preview's tests."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.model.message import Address, Image, MergeField, Message

AXE = Path(__file__).parent.parent / "npm" / "node_modules" / "axe-core" / "axe.min.js"
EXAMPLE_PICTURES = Path(__file__).parent.parent.parent / "issues" / "2022-02" / "images"

HTML = """<!DOCTYPE html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><title>Asleep</title>
<meta name="color-scheme" content="light dark">
<style>@media (prefers-color-scheme: dark) { .body { background-color:#111111 !important; color:#eeeeee !important } }</style>
</head><body class="body" style="margin:0;background-color:#ffffff;color:#222222">
<div role="article" aria-roledescription="email" aria-label="Asleep" lang="en" dir="ltr" style="max-width:600px;margin:0 auto">
<h1>Asleep, not gone</h1>
<p>Dear nlt0x,</p>
<p>Cells can <a href="https://www.example.org/wait">wait for years</a> before they wake.</p>
<img src="https://images.example.org/lead.jpg" width="600" height="300" alt="Cells under a microscope" style="display:block;width:100%;height:auto">
<h2>Further reading</h2><p><a href="https://www.example.org/friend">A friend remembered</a></p>
<p><a href="nlt1x">Unsubscribe</a></p>
</div></body></html>"""
TEXT = (
    "Asleep, not gone\n\nDear nlt0x,\n\nCells can wait for years.\nhttps://www.example.org/wait\n\nUnsubscribe: nlt1x\n"
)


@pytest.fixture
def message() -> Message:
    """A message with a first name, an unsubscribe address and one picture."""
    return Message(
        issue_id="2022-02",
        subject="Asleep, not gone",
        preheader="What wakes them",
        html=HTML,
        text=TEXT,
        sender=Address("news@example.org", "Example News"),
        merge_fields=(MergeField("nlt0x", "subscriber.first_name", "friend"), MergeField("nlt1x", "unsubscribe_url")),
        images=(Image("https://images.example.org/lead.jpg", alt="Cells under a microscope"),),
    )


@pytest.fixture
def pictures() -> dict[str, Path]:
    return {"https://images.example.org/lead.jpg": EXAMPLE_PICTURES / "sleeping-cells.jpg"}


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    """A page 1440 pixels wide that remembers its requests and script errors (`tab.requested`, `tab.errors`)."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.requested, page.errors = [], []
    page.on("request", lambda request: page.requested.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def axe() -> Callable[[Any], list[str]]:
    """The accessibility faults axe-core finds in a page, as `rule: element` lines."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm install in tests/npm")

    def faults(page: Any) -> list[str]:
        # Through the debugger, which a page's own Content-Security-Policy does not bind.
        page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
        found = page.evaluate("axe.run(document, {iframes: false}).then(result => JSON.stringify(result.violations))")
        return [f"{each['id']}: {node['html'][:120]}" for each in json.loads(found) for node in each["nodes"]]

    return faults
