"""Where a key may lie, and that it is never seen."""

import os
import stat
from pathlib import Path

import pytest

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.errors import NewsletterError
from newsletter_cli.providers.access import Access
from newsletter_cli.providers.keys import KeyFileNotPrivate, KeyMissing, find_key
from newsletter_cli.providers.registry import open_provider

VARIABLE = "MAILGUN_API_KEY"


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends.fail import Keyring

    monkeypatch.setattr(keyring, "get_password", Keyring().get_password)


def key_file(folder: Path, text: str, mode: int = 0o600) -> ProviderSettings:
    path = folder / "mail.key"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return ProviderSettings(name="mailgun", domain="news.example.org", key_file="mail.key")


def test_the_environment_comes_first(tmp_path: Path) -> None:
    settings = key_file(tmp_path, "from-the-file")
    found = find_key(VARIABLE, settings, {VARIABLE: " from-the-environment\n"}, tmp_path)
    assert found is not None
    assert (found.value, found.source) == ("from-the-environment", "environment variable MAILGUN_API_KEY")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("key-1\n", "key-1"),
        ("\ufeff# the key of the newsletter\nkey-1", "key-1"),
        ("YmFzZTY0==\n", "YmFzZTY0=="),
        ("MAILGUN_API_KEY=key-1\nOTHER=x\n", "key-1"),
        ("export MAILGUN_API_KEY='key-1'\n", "key-1"),
        ("OTHER=x\n", None),
        ("two\nlines\n", None),
        ("", None),
    ],
)
def test_a_key_file_holds_a_bare_key_or_named_ones(text: str, value: str | None, tmp_path: Path) -> None:
    found = find_key(VARIABLE, key_file(tmp_path, text), {}, tmp_path)
    assert (found.value if found else None) == value


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o622])
def test_a_key_file_that_others_can_read_is_refused(mode: int, tmp_path: Path) -> None:
    settings = key_file(tmp_path, "key-1", mode)
    with pytest.raises(KeyFileNotPrivate) as caught:
        find_key(VARIABLE, settings, {}, tmp_path)
    assert "chmod 600" in caught.value.hint
    assert "key-1" not in str(caught.value)
    assert stat.S_IMODE((tmp_path / "mail.key").stat().st_mode) == mode


def test_a_key_with_a_line_break_or_space_inside_is_refused_without_being_shown(tmp_path: Path) -> None:
    with pytest.raises(NewsletterError) as caught:
        find_key(VARIABLE, ProviderSettings(), {VARIABLE: "half\nX-Header: other-half"}, tmp_path)
    assert "other-half" not in str(caught.value) + caught.value.hint


def test_a_missing_key_names_the_three_places(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing) as caught:
        open_provider(ProviderSettings(name="mailgun", domain="x.org"), {}, tmp_path)
    for words in ("MAILGUN_API_KEY", "key_file", "newsletter provider login mailgun"):
        assert words in caught.value.hint


def test_a_key_is_not_in_a_repr() -> None:
    assert "key-1" not in repr(Access(ProviderSettings(), {VARIABLE: "key-1"}))


def test_a_region_or_setting_that_is_wrong_is_named_with_what_to_write(tmp_path: Path) -> None:
    keys = {VARIABLE: "k", "SPARKPOST_API_KEY": "k"}
    with pytest.raises(NewsletterError, match="domain"):
        open_provider(ProviderSettings(name="mailgun"), keys, tmp_path)
    provider = open_provider(ProviderSettings(name="sparkpost", region="mars"), keys, tmp_path)
    with pytest.raises(NewsletterError) as caught:
        provider.verify()
    assert "us, eu" in caught.value.hint
