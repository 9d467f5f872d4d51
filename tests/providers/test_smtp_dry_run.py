"""A dry run shows SMTP's transactions as commands that curl would carry out."""

import shlex
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.model.message import Message
from newsletter_cli.providers.base import Batch
from newsletter_cli.providers.registry import open_provider
from newsletter_cli.workflow.requests import as_curl

PASSWORD = "s3cret-password"


@pytest.mark.parametrize(
    ("security", "scheme", "secure"),
    [("starttls", "smtp://", True), ("tls", "smtps://", False), ("none", "smtp://", False)],
)
def test_each_person_is_a_transaction_of_their_own_and_the_password_is_masked(
    security: str, scheme: str, secure: bool, message: Message, batch: Batch, root: Path
) -> None:
    settings = ProviderSettings(name="smtp", host="127.0.0.1", port=2525, security=security, username="news")  # type: ignore[arg-type]
    provider = open_provider(settings, {"SMTP_PASSWORD": PASSWORD}, root)
    provider.prepare(message)
    shown = [as_curl(call) for call in provider.calls(message, batch)]
    assert len(shown) == len(batch.recipients)
    assert PASSWORD not in "".join(shown)
    for person, line in zip(batch.recipients, shown, strict=True):
        words = shlex.split(line)
        assert f"--url {scheme}127.0.0.1:2525" in line
        assert ("--ssl-reqd" in words) is secure
        assert words[words.index("--mail-rcpt") + 1] == person.email
        assert words[words.index("--user") + 1] == "news:***"
        mail = message_from_bytes(words[2].encode(), policy=policy.default)
        assert person.name in mail["Subject"]
