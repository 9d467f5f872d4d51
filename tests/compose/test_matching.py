"""The index finds what XPath finds, in the same order."""

import pytest
from lxml import etree
from lxml.cssselect import CSSSelector

from newsletter_cli.compose.matching import Matcher
from newsletter_cli.compose.style_reading import xpath_of

MAIL = """<html lang="en"><!-- a comment --><body class="body"><table class="outer  wide"><tr><td class="lead\tp">a</td>
<td class="Lead">b</td><td class="p lead p">c<p class="lead">d</p></td><td class="lead\u00a0x">e</td></tr></table>
<?pi data?><p class="">f</p><p class=" lead ">g</p><a class="lead-in" href="#">h</a><p class="\u00fcber">i</p></body></html>"""


@pytest.mark.parametrize(
    "selector",
    [
        "td",
        ".lead",
        "td.lead",
        "p.lead",
        ".p",
        ".Lead",
        ".lead-in",
        ".none",
        "none",
        "none.lead",
        "html",
        "body.body",
        "*",
        "td .lead",
        "td > p",
        ".lead.p",
        "#x",
        "a[href]",
        "p:first-child",
        ".über",
        ".x",
        "P",
    ],
)
def test_elements_are_those_of_xpath(selector: str) -> None:
    root = etree.fromstring(MAIL.encode(), etree.HTMLParser(encoding="utf-8"))
    found = xpath_of(selector)
    assert found is not None
    assert (
        list(Matcher(root).elements(found[0]))
        == etree.XPath(found[0])(root)
        == CSSSelector(selector, translator="html")(root)
    )


@pytest.mark.parametrize("selector", ["td", ".lead", "td.lead", ".lead-in"])
def test_a_simple_selector_needs_no_xpath(selector: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = etree.fromstring(MAIL.encode(), etree.HTMLParser(encoding="utf-8"))
    matcher = Matcher(root)
    monkeypatch.setattr(etree, "XPath", None)
    found = xpath_of(selector)
    assert found is not None
    assert list(matcher.elements(found[0]))
