"""The index finds what XPath finds, in the same order."""

import pytest
from cssselect import HTMLTranslator
from lxml import etree

from newsletter_cli.compose.matching import Matcher

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
        "h1, td",
        ".x",
        "P",
    ],
)
def test_elements_are_those_of_xpath(selector: str) -> None:
    root = etree.fromstring(MAIL.encode(), etree.HTMLParser(encoding="utf-8"))
    for path in HTMLTranslator().css_to_xpath(selector).split(" | "):
        assert list(Matcher(root).elements(path)) == etree.XPath(path)(root)
