"""The interpreters give what the providers' own examples give."""

import re
from html import unescape
from pathlib import Path

import pytest

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.providers.merging import merge
from newsletter_cli.providers.registry import open_provider, provider_class
from newsletter_cli.testing.merge_languages import brevo, handlebars, replaced
from newsletter_cli.testing.provider_contract import KEY, sample_message, sample_person
from newsletter_cli.testing.recorded import SETTINGS


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


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("mailgun", r"%(recipient|unsubscribe)"),
        *((each, r"[{\\]") for each in ("brevo", "mandrill", "ses", "sparkpost")),
    ],
)
def test_a_value_in_the_html_part_would_stay_itself_if_it_were_read_again(
    name: str, begins: str, tmp_path: Path
) -> None:
    """Nobody documents that what was filled in is not: with a second reading, a name like `{{f1h}}` would show a town."""
    keys = dict.fromkeys(provider_class(name).key_env, KEY)
    provider = open_provider(ProviderSettings(name=name, **SETTINGS.get(name, {})), keys, tmp_path)
    odd = "{{f1h}} {% x %} {{{f1h}}} %recipient.f1h% %unsubscribe_url% \\{{f1h}}"
    syntax = provider.syntax  # type: ignore[attr-defined]
    values = merge(sample_message(), syntax, own=False).values(sample_person(0, odd, "Padua"))
    assert not re.search(begins, values["f0h"])
    assert unescape(values["f0h"]) == odd
