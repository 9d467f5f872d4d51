"""`newsletter providers`, `provider login`, `suppressions` and `report`, as typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.config import parse_settings
from newsletter_cli.providers.registry import open_provider, provider_classes
from newsletter_cli.workflow.providers import guide

Newsletter = Any
NAMES = list(provider_classes())


def test_the_table_names_every_provider(newsletter: Newsletter, tmp_path: Path) -> None:
    ran = newsletter("providers", cwd=tmp_path)
    assert ran.status == 0
    lines = ran.stdout.splitlines()[1:]
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == NAMES
    assert max(map(len, lines)) <= 80
    assert "newsletter providers NAME" in ran.stderr


def test_json_has_the_promised_keys(newsletter: Newsletter, tmp_path: Path) -> None:
    found = json.loads(newsletter("providers", "--json", cwd=tmp_path).stdout)
    assert list(found) == ["providers"]
    keys = [
        "name",
        "kind",
        "key_env",
        "max_recipients",
        "max_bytes",
        "idempotency",
        "ask",
        "suppressions",
        "statistics",
        "regions",
        "host_image",
    ]
    assert all(list(each) == keys for each in found["providers"])
    resend = next(each for each in found["providers"] if each["name"] == "resend")
    assert resend["idempotency"] == {"ttl_seconds": 86400, "repeat": "replay"}


def test_one_provider_is_shown_with_steps_records_and_settings(newsletter: Newsletter, workspace_folder: Path) -> None:
    ran = newsletter("providers", "postmark", cwd=workspace_folder)
    assert ran.status == 0
    for words in ("POSTMARK_SERVER_TOKEN", "broadcast", "pm-bounces.example.org", 'name = "postmark"'):
        assert words in ran.stdout


def test_an_unknown_provider_gets_the_nearest_name(newsletter: Newsletter, workspace_folder: Path) -> None:
    ran = newsletter("providers", "postmrk", cwd=workspace_folder)
    assert ran.status == 1
    assert "Did you mean postmark?" in ran.stderr


@pytest.mark.parametrize("name", NAMES)
def test_the_newsletter_toml_shown_is_enough_to_open_the_provider(name: str, tmp_path: Path) -> None:
    settings = parse_settings(guide(name, None).toml)
    opened = open_provider(settings.provider, {}, tmp_path, need_key=False)
    assert opened.name == name
    opened.close()


def test_a_login_without_a_terminal_and_key_says_how(newsletter: Newsletter, workspace_folder: Path) -> None:
    ran = newsletter("provider", "login", "mailgun", cwd=workspace_folder)
    assert ran.status == 2
    assert "MAILGUN_API_KEY" in ran.stderr


def test_a_login_without_a_keyring_says_where_the_key_can_be_kept(
    newsletter: Newsletter, workspace_folder: Path
) -> None:
    key = "key-0123456789"
    ran = newsletter(
        "provider",
        "login",
        "mailgun",
        cwd=workspace_folder,
        stdin=f"{key}\n",
        PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
    )
    assert ran.status == 1
    assert "key_file" in ran.stderr
    assert key not in ran.stderr + ran.stdout


def test_the_outbox_has_no_suppressions_to_pull(newsletter: Newsletter, workspace_folder: Path) -> None:
    ran = newsletter("suppressions", "pull", cwd=workspace_folder)
    assert ran.status == 1
    assert "Outbox has no list" in ran.stderr


def test_a_report_of_an_issue_that_never_went_out_says_so(newsletter: Newsletter, workspace_folder: Path) -> None:
    ran = newsletter("report", "2022-02", cwd=workspace_folder)
    assert ran.status == 6
    assert "has not gone out" in ran.stderr
