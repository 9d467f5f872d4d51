"""Styles written into elements: what must survive, what must never happen."""

import re
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from newsletter_cli.compose.inline import InlineRefused, inline_styles

PAGE = "<!DOCTYPE html><html><head><style>{css}</style></head><body>{body}</body></html>"


def _inlined(css: str, body: str) -> str:
    return inline_styles(PAGE.format(css=css, body=body))


def _style(css: str, body: str, tag: str = "p") -> str:
    found = re.search(rf'<{tag}\b[^>]*style="([^"]*)"', _inlined(css, body))
    return found[1] if found else ""


def test_rules_go_into_elements_in_the_order_of_the_cascade() -> None:
    css = "p{color:#111111;margin:0} .a{color:#222222} p.a{color:#333333} #b{color:#444444}"
    assert _style(css, '<p class="a">x</p>') == "color:#333333; margin:0"
    assert _style(css, '<p class="a" id="b">x</p>') == "color:#444444; margin:0"


def test_the_style_attribute_wins_but_not_over_an_important_rule() -> None:
    css = "p{color:#111111} .i{color:#222222 !important}"
    assert _style(css, '<p style="color:#999999">x</p>') == "color:#999999"
    assert _style(css, '<p class="i" style="color:#999999">x</p>') == "color:#222222 !important"
    assert _style(css, '<p class="i" style="color:#999999 !important">x</p>') == "color:#999999 !important"


def test_an_attribute_selector_counts_as_a_class_does() -> None:
    assert (
        _style("td[class=x]{color:#111111} td{color:#222222}", '<table><tr><td class="x">x</td></tr></table>', "td")
        == "color:#111111"
    )


def test_a_shorthand_comes_after_the_longhand_it_overrules() -> None:
    css = ".a{padding:0}.b{padding-left:10px}.c{padding:5px}"
    assert _style(css, '<p class="a b c">x</p>') == "padding-left:10px; padding:5px"


def test_six_digit_colours_stay_six_digits() -> None:
    assert (
        _style("p{color:#112233;background-color:#AABBCC}", "<p>x</p>").lower()
        == "color:#112233; background-color:#aabbcc"
    )


@pytest.mark.parametrize(
    "css",
    [
        "@media (max-width:600px){.a{color:#111111 !important}}",
        "@media only screen and (width <= 600px){.a{color:#111111 !important}}",
        '@import url("https://x.org/x.css");',
        "@font-face{font-family:X;src:url(https://x.org/x.woff2)}",
        "@supports (display:grid){.a{display:grid}}",
        ".a:hover{color:#111111}",
        '.a::before{content:"x"}',
        "[data-ogsc] .a{color:#111111 !important}",
        "u + .body .a{color:#111111}",
        "a[x-apple-data-detectors]{color:inherit !important}",
    ],
)
def test_what_only_a_style_element_can_say_stays_in_one(css: str) -> None:
    out = _inlined(css + ".z{margin:0}", '<p class="a">x</p>')
    (kept,) = re.findall(r"<style>(.*?)</style>", out, re.S)
    assert kept.replace(" ", "") == css.replace(" ", "")


def test_a_media_rule_still_wins_over_what_is_now_in_the_element() -> None:
    out = _inlined(".a{color:#111111}@media (max-width:600px){.a{color:#222222}}", '<p class="a">x</p>')
    assert "{.a{color:#222222!important;}}" in out.replace(" ", "")


def test_a_media_rule_that_was_overruled_later_is_not_made_stronger() -> None:
    out = _inlined("@media (max-width:600px){.a{color:#222222}} .a{color:#111111}", '<p class="a">x</p>')
    assert "important" not in out


def test_an_ignored_style_element_stays_word_for_word() -> None:
    css = "/* as is */ .a { color : #111111 }"
    out = inline_styles(
        f'<html><head><style data-premailer="ignore">{css}</style></head><body><p class="a">x</p></body></html>'
    )
    assert f"<style>{css}</style>" in out
    assert "style=" not in out


def test_attributes_that_word_sizes_by_are_not_touched() -> None:
    out = _inlined(
        "img{width:100%;height:auto} td{text-align:right;background-color:#111111}",
        '<table><tr><td align="left"><img width="600" height="300" src="https://x.org/a.png"></td></tr></table>',
    )
    assert '<img width="600" height="300" src="https://x.org/a.png" style="width:100%; height:auto">' in out
    assert '<td align="left" style=' in out


@pytest.mark.parametrize(
    "doctype",
    [
        "<!doctype html>",
        "<!DOCTYPE html>",
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"\n "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">',
        "<!-- made by hand --><!DOCTYPE html>",
        '<?xml version="1.0"?>\n<!DOCTYPE html>',
        "\ufeff<!DOCTYPE html>",
        "",
    ],
)
def test_the_doctype_comes_out_as_it_went_in(doctype: str) -> None:
    out = inline_styles(f"{doctype}<html><head></head><body><p>x</p></body></html>")
    assert out.startswith(doctype)
    assert out.count("<!DOCTYPE") + out.count("<!doctype") == (1 if doctype else 0)


CONDITIONAL = """<!--[if mso]><table role="presentation" width="600"><tr><td class="a"><![endif]--><div class="a">x</div>
<!--[if mso]></td></tr></table><![endif]--><!--[if !mso]><!-->y<!--<![endif]--><![if !mso]>z<![endif]>
<!--[if mso]><v:rect xmlns:v="urn:schemas-microsoft-com:vml" style="width:600px"><v:fill src="{{ u }}"/></v:rect><![endif]-->"""


def test_conditional_comments_for_word_come_out_as_they_went_in() -> None:
    out = _inlined(".a{color:#111111}", CONDITIONAL)
    for piece in re.findall(r"<!--.*?-->|<!\[[^>]*>", CONDITIONAL, re.S):
        assert piece in out
    assert '<div class="a" style="color:#111111">x</div>' in out


MERGE_TAGS = [
    "{{ unsubscribe_url }}",
    "{{{unsubscribe}}}",
    "{{ subscriber.name | default: 'friend' }}",
    "{% if x %}",
    "{%recipient.name%}",
    "{%unwrap%}",
    "<%asm_group_unsubscribe_raw_url%>",
    "<%= name %>",
    "*|UNSUB|*",
    "*|FNAME:there|*",
    "[[UNSUB_LINK_EN]]",
    "%unsubscribe_url%",
    "%recipient.first_name%",
    "%%unsubscribe%%",
    "{{params.FIRSTNAME}}",
    "{$unsubscribe}",
    "-name-",
    "{{#if a}}{{/if}}",
    "nlmerge0x1z",
]


@pytest.mark.parametrize("tag", MERGE_TAGS)
def test_the_merge_tag_of_every_provider_survives(tag: str) -> None:
    body = f'<a href="{tag}">{tag}</a><!--[if mso]><a href="{tag}">x</a><![endif]--><img src="https://x.org/{tag}" alt="{tag}">'
    out = _inlined("a{color:#111111}", body)
    assert f'<a href="{tag}" style="color:#111111">{tag}</a>' in out
    assert f'<!--[if mso]><a href="{tag}">x</a><![endif]-->' in out
    assert f'src="https://x.org/{tag}" alt="{tag}"' in out


def test_the_stand_ins_avoid_letters_that_the_mail_holds() -> None:
    out = _inlined("p{margin:0}", "<p>nlh0m0z nlh0c0z {{ x }}</p><!-- c -->")
    assert "nlh0m0z nlh0c0z {{ x }}</p><!-- c -->" in out


def test_a_link_around_a_table_keeps_its_table() -> None:
    out = _inlined("a{color:#111111}", '<a href="https://x.org"><table><tr><td>x</td></tr></table></a>')
    assert re.search(r'<a href="https://x.org" style="color:#111111"><table><tr>\s*<td>x</td>\s*</tr></table></a>', out)


def test_words_after_a_style_element_in_the_body_are_kept() -> None:
    assert "after" in inline_styles("<html><body><p>before</p><style>p{margin:0}</style>after<p>x</p></body></html>")


HOSTILE = """<html><head><link rel="stylesheet" href="{url}/a.css"><base href="{url}"><style>@import "{url}/b.css";@import url({url}/c.css);
@font-face{{font-family:x;src:url({url}/d.woff)}} p{{background:url({url}/e.png);behavior:url({url}/f.htc);color:#111111}}</style>
<style data-premailer="ignore">@import "{url}/g.css";</style></head><body background="{url}/h.png" style="background:url('{url}/i.png')"><p>x</p></body></html>"""


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "https://www.example.org", "file:///etc", "//x.org", "ftp://x.org"]
)
def test_nothing_is_ever_fetched_or_read(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    attempts: list[str] = []

    def refuse(*args: Any, **_: Any) -> None:
        attempts.append(str(args))
        raise OSError("refused")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    out = inline_styles(HOSTILE.format(url=url), tmp_path)
    assert attempts == []
    assert "color:#111111" in out
    assert "root:" not in out


def test_a_style_sheet_on_disk_beside_the_mail_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.css").write_text("p{color:#123456}")
    monkeypatch.chdir(tmp_path)
    for way in ('<link rel="stylesheet" href="secret.css">', '<style>@import "secret.css";</style>'):
        assert "123456" not in inline_styles(f"<html><head>{way}</head><body><p>x</p></body></html>")


@pytest.mark.parametrize(
    "html",
    [
        '<style>p{color:#111111}</style><p style="p">x</p>',
        "<p>x",
        "x alone",
        "<table><tr><td>x",
        "x<style>p{",
        "<style>}{}{;;:::!important</style><p>x</p>",
        "<style>@media{@media{p{color:</style><p>x</p>",
        "<html><body><!-- never closed <p>x</p></body></html>",
        '<p style="color:;;background:url(">x</p>',
        "<div>" * 200 + "x",
        "<style>" + "p " * 500 + "{margin:0}</style><p>x</p>",
        "<p>\x00\ud800 x</p>",
        "<style>p:not(a,b){margin:0} :is(p){margin:0} *{margin:0} p:nth-child(2n+1){margin:0}</style><p>x</p>",
        "<svg><style>p{margin:0}</style></svg><p>x</p>",
        "<a href='" + "x" * 200_000 + "'>x</a>",
    ],
)
def test_malformed_mail_never_crashes(html: str) -> None:
    assert "x" in inline_styles(html)


def test_what_a_parser_would_cut_off_in_silence_is_refused() -> None:
    with pytest.raises(InlineRefused, match="nested too deeply"):
        inline_styles("<div>" * 5000 + "lost")


@pytest.mark.parametrize("html", ["", "   ", "\n", "<!-- nothing -->", "<!DOCTYPE html>"])
def test_nothing_to_inline_is_refused_in_words(html: str) -> None:
    with pytest.raises(InlineRefused, match="no HTML"):
        inline_styles(html)


PIECES = [*"<>/=\"' pa.#{}:;!@-*|%[]()&\n", "style", "<p>", "<style>", "</style>", "color", "<!--", "-->", "{{", "}}"]


@settings(max_examples=200, deadline=None)
@given(some.lists(some.sampled_from(PIECES), max_size=80))
def test_no_text_crashes_the_inliner(pieces: list[str]) -> None:
    assert inline_styles("<p>x</p>" + "".join(pieces))


def test_the_same_mail_gives_the_same_bytes_with_cold_warm_and_damaged_cache(tmp_path: Path) -> None:
    html = PAGE.format(
        css=".a{color:#111111;margin:0 auto}@media (x){.a{margin:0}}", body='<p class="a" style="padding:1px">x</p>'
    )
    cold = inline_styles(html)
    assert inline_styles(html, tmp_path) == cold
    assert inline_styles(html, tmp_path) == cold
    for path in tmp_path.iterdir():
        path.write_text('{"rules": [[1]], "kept": 3}')
    assert inline_styles(html, tmp_path) == cold


def test_with_the_rules_kept_neither_cssutils_nor_requests_is_imported(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = f"""
import sys, pathlib
from newsletter_cli.compose.inline import inline_styles
print(inline_styles('<style>p{{color:#111111}}</style><p style="margin:0">x</p>', pathlib.Path({str(tmp_path)!r})))
print(sorted(set(sys.modules) & {{"premailer", "cssutils", "tinycss2", "cssselect"}}), type(sys.modules.get("requests")).__name__)
"""
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
        ).stdout.splitlines()
        for _ in range(2)
    ]
    assert runs[0][0] == runs[1][0]
    assert runs[0][1] == "['cssselect', 'cssutils', 'premailer', 'tinycss2'] NoneType"
    assert runs[1][1] == "[] NoneType"


@pytest.mark.parametrize("design", ["classic", "letter", "digest"])
def test_a_shipped_design_comes_out_as_premailer_with_the_same_options_makes_it(
    design: str, newsletter: Any, tmp_path: Path
) -> None:
    import shutil

    from newsletter_cli.compose import message as composing
    from newsletter_cli.compose.issue_file import read_issue
    from newsletter_cli.config import load_settings
    from newsletter_cli.paths import Workspace

    root = Path(__file__).parents[2]
    shutil.copytree(root / "issues", tmp_path / "issues")
    text = (root / "newsletter.toml").read_text("utf-8").replace('design = "classic"', f'design = "{design}"')
    (tmp_path / "newsletter.toml").write_text(text, encoding="utf-8")
    workspace = Workspace(tmp_path)
    settings = load_settings(workspace.settings_file)
    seen: list[str] = []
    original = composing.inline_styles
    try:
        composing.inline_styles = lambda html, cache=None: seen.append(html) or original(html, cache)
        out = composing.compose_message(workspace, settings, read_issue(workspace, settings, "2022-02").issue).html
    finally:
        composing.inline_styles = original
    assert out == _by_premailer(seen[-1])


def _by_premailer(html: str) -> str:
    """premailer itself at the options that mail needs, doctype and comments set aside as our wrapper does."""
    import cssutils
    from premailer import Premailer

    from newsletter_cli.compose.hidden_parts import hide

    cssutils.ser.prefs.minimizeColorHash = False
    body, hidden = hide(html)
    made = Premailer(
        body,
        allow_network=False,
        strip_important=False,
        disable_validation=True,
        disable_basic_attributes=["width", "height", "align", "valign", "bgcolor"],
        align_floating_images=False,
        remove_unset_properties=False,
    ).transform(pretty_print=False)
    return hidden.restore(made)


def test_rules_that_word_wraps_in_a_comment_are_read() -> None:
    assert _style("<!-- p{color:#112233} -->", "<p>x</p>") == "color:#112233"
    kept = _inlined("p{color:#112233}", "<!--[if mso]><style>p{color:#445566}</style><![endif]--><p>x</p>")
    assert "<!--[if mso]><style>p{color:#445566}</style><![endif]-->" in kept


def test_nested_rules_stay_in_a_style_element() -> None:
    made = _inlined(".a{color:#112233;& p{color:#445566}}p{margin:1px}", '<div class="a"><p>x</p></div>')
    assert ".a{color:#112233;& p{color:#445566}}" in made
    assert '<p style="margin:1px">' in made


def test_a_colour_that_cssutils_cannot_read_is_kept_word_for_word() -> None:
    assert _style("p{color:rgb(255 0 0 / 50%);margin:1px}", "<p>x</p>") == "margin:1px; color:rgb(255 0 0 / 50%)"
    assert _style("p{color:#ff0000;color:rgb(255 0 0 / 50%)}", "<p>x</p>") == "color:#ff0000"
    assert "rgb(0 0 0 / 9%)" in _style("p{margin:1px}", '<p style="color:rgb(0 0 0 / 9%)">x</p>')


def test_what_stands_in_a_layer_goes_on_losing_to_what_does_not() -> None:
    made = _inlined("p{color:#112233}@layer z{.x{color:#ff0000}}", '<p class="x">x</p>')
    assert "@layer z{.x{color:#ff0000}}" in made


def test_an_important_media_rule_goes_on_winning_over_an_important_rule() -> None:
    css = "p{color:#112233 !important;margin:1px !important}@media (max-width:500px){p{color:#445566 !important}}"
    assert _style(css, "<p>x</p>") == "color:#112233; margin:1px !important"
    stronger = "#i{color:#112233 !important}@media (max-width:500px){p{color:#445566 !important}}"
    assert _style(stronger, '<p id="i">x</p>') == "color:#112233 !important"


def test_a_style_element_with_a_media_attribute_goes_on_winning() -> None:
    made = inline_styles(
        "<!DOCTYPE html><style>p{color:#112233}</style>"
        '<style media="(max-width:500px)">p{color:#445566}</style><style type="text/x">p{margin:9px}</style><p>x</p>'
    )
    assert "@media (max-width:500px){p{color:#445566!important;}}" in made
    assert '<style type="text/x">p{margin:9px}</style>' in made
    assert '<p style="color:#112233">' in made


def test_a_merge_tag_with_quotes_does_not_end_the_attribute_it_stands_in() -> None:
    made = _inlined("", """<a href='https://e.org/{{ code | default("a") }}' title="it's">x</a>""")
    assert """href='https://e.org/{{ code | default("a") }}'""" in made
    assert 'title="it\'s"' in made
