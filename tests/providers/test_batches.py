"""How many copies one call may carry, and what a batch with odd people becomes."""

from dataclasses import replace
from pathlib import Path

import pytest

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.model.message import Message
from newsletter_cli.providers.merging import BRACES, Syntax, merge
from newsletter_cli.providers.registry import open_provider
from newsletter_cli.providers.rest import HttpProvider
from newsletter_cli.providers.transport import Reply
from newsletter_cli.testing.provider_contract import HOSTILE, sample_batch, sample_message, sample_person


def big(size: int) -> Message:
    return replace(sample_message(), html="x" * size)


@pytest.mark.parametrize(
    ("name", "size", "people"),
    [("postmark", 1_000, 500), ("postmark", 1_000_000, 45), ("resend", 1_000, 100), ("mailjet", 100_000_000, 1)],
)
def test_whole_copies_are_as_many_as_fit_into_one_call(name: str, size: int, people: int, tmp_path: Path) -> None:
    provider = open_provider(ProviderSettings(name=name), {}, tmp_path, need_key=False)
    provider.prepare(big(size))
    assert provider.capabilities.max_recipients == people
    provider.prepare(big(size))
    assert provider.capabilities.max_recipients == people


def test_a_merged_message_carries_everybody_however_big_it_is(tmp_path: Path) -> None:
    provider = open_provider(ProviderSettings(name="sparkpost"), {}, tmp_path, need_key=False)
    provider.prepare(big(5_000_000))
    assert provider.capabilities.max_recipients == 2000


def test_the_same_address_twice_in_a_batch_gets_one_copy(tmp_path: Path) -> None:
    provider = open_provider(ProviderSettings(name="resend"), {}, tmp_path, need_key=False)
    twice = sample_person(1, "Ann", "")._replace(email="READER0@example.org")
    (call,) = provider.calls(sample_message(), sample_batch(sample_person(0, "Ann", ""), twice))
    assert call.body.count(b'"subject"') == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_only_characters_that_could_begin_or_end_the_syntax_are_carried(text: str) -> None:
    syntax = Syntax(lambda key: f"<{key}>", carried=BRACES)
    merged = merge(replace(sample_message(), text=text, html="", subject="", headers=()), syntax, own=False)
    back = merged.text
    for key, value in merged.constants.items():
        back = back.replace(f"<{key}>", value)
    assert back == text
    assert ("{{" in merged.text) is False


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7), ("1.5", 1.5), ("Thu, 24 Feb 2022 10:02:00 GMT", 120), ("soon", None), ("-3", None), ("", None)],
)
def test_the_wait_that_a_provider_names(value: str, seconds: float | None, tmp_path: Path) -> None:
    provider = open_provider(ProviderSettings(name="postmark"), {}, tmp_path, need_key=False)
    assert isinstance(provider, HttpProvider)
    reply = Reply(429, {"Retry-After": value, "Date": "Thu, 24 Feb 2022 10:00:00 GMT"}, b"{}")
    assert provider.retry_after(reply) == seconds
