"""A message, a batch and a loopback provider for the adapters' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.model.message import Address, MergeField, Message
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.providers.base import Batch
from newsletter_cli.testing.loopback import Loopback
from newsletter_cli.testing.recorded import Open, opener

NAME = MergeField("nlaaaa1", "subscriber.first_name", "friend")
LEAVE = MergeField("nlaaaa2", "unsubscribe_url")


@pytest.fixture
def message() -> Message:
    return Message(
        issue_id="2022-02",
        subject=f"Dear {NAME.token}, the February issue",
        preheader="What is new",
        html=f'<p>Dear {NAME.token}, café.</p><p><a href="{LEAVE.token}">Leave</a></p>',
        text=f"Dear {NAME.token}, café.\n\nLeave: {LEAVE.token}\n",
        sender=Address("news@example.org", "Example News"),
        reply_to=Address("reply@example.org"),
        list_id="news.example.org",
        headers=(
            ("List-Unsubscribe", f"<{LEAVE.token}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ),
        merge_fields=(NAME, LEAVE),
    )


def person(seq: int, name: str) -> Recipient:
    values = {NAME.token: name, LEAVE.token: f"https://www.example.org/unsubscribe/t{seq}"}
    return Recipient(seq, f"reader{seq}@example.org", name, values, f"<m{seq}@news.example.org>")


@pytest.fixture
def batch() -> Batch:
    return Batch("key-1", "nl-1-b1", "2022-02", (person(0, "Ann"), person(1, "Bjørn & Co"), person(2, "Zoë")))


@pytest.fixture
def settings() -> ProviderSettings:
    return ProviderSettings()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens a provider against recorded answers."""
    with Loopback() as server:
        yield opener(server, tmp_path)
