"""The checker never fails on what a mail may hold, however broken."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter_cli.check import Mail, all_rules, prepare, run
from newsletter_cli.check.mailfile import read_mail
from newsletter_cli.check.page import parse_page
from newsletter_cli.errors import NewsletterError

PIECES = (
    "<table>", "</table>", "<tr>", "<td width='x' style='color:#zzz;background:url('>", "</td>", "<p>", "</p>", "<a href='", "<a>", "</a>",
    "<img src=x ", "<!--[if mso]>", "<![endif]-->", "<![if !mso]>", "<![", "<!", "<!doctype", "<style>p{color:rgb(", "@media(", "}", "</style>",
    "<script>", "&#x110000;", "&#0;", "&amp", "\x00", "\x93", "\ud800", "\u202e", "{{ x", "*|A|*", "%%", "<o:p/>", "<a:b:c>", "='\"", "<", ">", "\n",
    "style='font:12px/1.2 a;padding:1px 2px 3px;line-height:1.2.3;font-size:1e999px'", "<body>", "</html>", "<h1>", "<h6>", "<svg/>", "<br></br>",
    "href='http://[::1'", "href='https://x:99999999/'", "31 February 2022", "Monday 99 May", "lang='!!'", "id=a", "1" * 5000,
)  # fmt: skip
markup = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join)
quick = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def everything(mail: Mail) -> int:
    return len(list(run(prepare(mail, today=date(2022, 2, 24)), all_rules())))


@quick
@given(markup)
def test_any_markup_can_be_checked(source: str) -> None:
    assert everything(Mail("html", source, "mail.html")) >= 0
    assert (
        everything(
            Mail("eml", source, "mail.eml", subject=source[:80], text=source, headers=(("List-Unsubscribe", source),))
        )
        >= 0
    )


@quick
@given(
    st.binary(max_size=400)
    | markup.map(lambda text: b"Subject: x\nContent-Type: text/html\n\n" + text.encode("utf-8", "surrogatepass"))
)
def test_any_file_is_a_mail_or_a_sentence_that_it_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(data)
    with suppress(NewsletterError):
        mail, _ = read_mail(path, "mail.eml")
        assert everything(mail) >= 0


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 20_000,
        "<table><tr><td>" * 5_000,
        "<a><b><i>" * 5_000 + "x",
        "<!--" * 9_000,
        "<p style='" + "color:red;" * 5_000,
    ],
)
def test_a_hostile_mail_is_checked_within_reach(source: str) -> None:
    assert everything(Mail("html", source, "mail.html")) >= 0


def test_elements_stay_where_they_were_written() -> None:
    page = parse_page('<p>\n<a href="x"><table>\n<tr><td>y</td></tr></table></a>')
    (link,) = page.all("a")
    assert next(link.iter("table"), None) is not None
    assert [element.sourceline for element in page.all("a", "table", "td")] == [2, 2, 3]


def test_a_part_sent_in_another_charset_than_utf_8_is_told_though_the_html_does_not_say_so(tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(
        b"Subject: x\nMIME-Version: 1.0\nContent-Type: text/html; charset=ISO-8859-1\n\n<p>Caf\xe9 au lait</p>\n"
    )
    mail, _ = read_mail(file, "mail.eml")
    found = [each for each in run(prepare(mail, today=date(2022, 2, 24)), all_rules()) if each.rule == "charset-latin1"]
    assert [each.message for each in found] == ["The HTML part is sent as iso-8859-1."]
