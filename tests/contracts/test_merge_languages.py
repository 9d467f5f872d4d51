"""The interpreters give what the providers' own examples give."""

import pytest

from newsletter_cli.testing.merge_languages import brevo, handlebars, replaced


def test_sendgrid_replaces_tags_and_leaves_values_alone() -> None:
    assert replaced("Hello -name-, -name-!", {"-name-": "-town-", "-town-": "x"}) == "Hello -town-, -town-!"


def test_ses_fills_its_example_without_escaping() -> None:
    filled = handlebars("<h1>Hello {{name}},</h1>", {"name": "A & B"}, escape=False)
    assert filled == "<h1>Hello A & B,</h1>"


def test_a_missing_ses_variable_is_a_rendering_failure() -> None:
    with pytest.raises(KeyError):
        handlebars("{{gone}}", {}, escape=False)


def test_sparkpost_escapes_double_and_not_triple_braces() -> None:
    values = {"custom_html": "<b>Hello, World</b>"}
    assert handlebars("{{custom_html}}", values, escape=True) == "&lt;b&gt;Hello, World&lt;/b&gt;"
    assert handlebars("{{{custom_html}}}", values, escape=True) == "<b>Hello, World</b>"


def test_mandrill_takes_a_backslash_for_an_escape() -> None:
    assert handlebars(r"\{{thing}} \\{{thing}}", {"thing": "x"}, escape=True) == r"{{thing}} \x"


def test_brevo_escapes_unless_autoescape_is_off() -> None:
    values = {"my_html": "<h1>My title</h1>"}
    assert brevo("{{ params.my_html }}", values) == "&lt;h1&gt;My title&lt;/h1&gt;"
    assert brevo("{% autoescape off %}{{ params.my_html }}{% endautoescape %}", values) == "<h1>My title</h1>"
