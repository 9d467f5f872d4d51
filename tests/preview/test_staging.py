"""The HTML prepared for a frame."""

import html as escaping
from pathlib import Path

from newsletter_cli.model.message import Message
from newsletter_cli.preview.proof import page_source
from newsletter_cli.preview.staging import ALWAYS, NEVER, POLICY, SCHEME, embed, stage


def test_pictures_are_put_inside_and_nothing_else_is_touched(message: Message, pictures: dict[str, Path]) -> None:
    html = embed(message.html, pictures)
    assert 'src="data:image/jpeg;base64,' in html
    assert "images.example.org" not in html
    assert html.count("<") == message.html.count("<")


def test_an_address_with_an_ampersand_is_found_as_html_writes_it(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"png")
    assert embed(
        '<img src="https://a.example/?a=1&amp;b=2">', {"https://a.example/?a=1&b=2": tmp_path / "a.png"}
    ).startswith('<img src="data:image/png')


def test_a_file_that_is_gone_or_no_picture_stays_an_address(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    html = '<img src="a"><img src="b">'
    assert embed(html, {"a": tmp_path / "gone.png", "b": tmp_path / "secret.txt"}) == html


def test_dark_rules_hold_only_when_asked_for(message: Message) -> None:
    assert f"@media {NEVER}" in stage(message.html)
    assert f"@media {ALWAYS}" in stage(message.html, dark=True)
    assert 'name="color-scheme"' not in stage(message.html)


def test_words_about_colour_schemes_are_not_rules() -> None:
    assert "<p>(prefers-color-scheme: dark)</p>" in stage("<p>(prefers-color-scheme: dark)</p>")


def test_the_policy_comes_before_anything_that_could_load() -> None:
    for html in ("<html><head><link href=x></head></html>", "<link href=x>", "<html lang=en><link href=x></html>"):
        staged = stage(html)
        assert staged.index("Content-Security-Policy") < staged.index("<link")


def test_the_script_knows_the_same_marks() -> None:
    script = page_source("frames.js")
    assert f'"{NEVER}"' in script
    assert f'"{ALWAYS}"' in script
    assert f'"{SCHEME}"' in script
    assert '"img-src data:"' in script
    assert "img-src data:" in escaping.unescape(POLICY)
