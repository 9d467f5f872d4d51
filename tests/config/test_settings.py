"""newsletter.toml: every fault at once, each with its line and remedy."""

import pytest

from newsletter_cli.config import parse_settings
from newsletter_cli.errors import SettingsError

GOOD = '[newsletter]\nname = "N"\n[sender]\nemail = "n@example.org"\n'


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text)
    return caught.value.problems


def test_the_smallest_file_is_enough() -> None:
    assert parse_settings(GOOD).provider.name == "outbox"


def test_every_fault_is_reported_with_line_key_and_remedy() -> None:
    found = problems('[newsletter]\nnmae = "N"\ntime_zone = "Mars"\n[sender]\nemail = "nobody"\n')
    assert [each.split(" ")[0] for each in found] == [
        "newsletter.toml:1:",
        "newsletter.toml:2:",
        "newsletter.toml:3:",
        "newsletter.toml:5:",
    ]
    assert "Did you mean `name`?" in found[1]


def test_a_key_in_the_file_is_refused_and_never_repeated() -> None:
    (found,) = problems(GOOD + '[provider]\nname = "mailgun"\napi_key = "s3cret"\n')
    assert found.startswith("newsletter.toml:7:")
    assert "s3cret" not in found


def test_plain_http_is_only_for_loopback() -> None:
    assert (
        parse_settings(GOOD + '[provider]\nbase_url = "http://127.0.0.1:1"\n').provider.base_url == "http://127.0.0.1:1"
    )
    assert "https" in problems(GOOD + '[provider]\nbase_url = "http://api.example.org"\n')[0]


def test_a_fault_of_toml_names_its_line() -> None:
    assert problems("[newsletter]\nname = “N”\n")[0].startswith("newsletter.toml:2:")
