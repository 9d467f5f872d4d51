"""The outbox keeps the contract."""

from collections.abc import Sequence
from typing import ClassVar

from newsletter_cli.model.message import Message
from newsletter_cli.providers.base import Batch, Provider
from newsletter_cli.providers.outbox import Outbox
from newsletter_cli.testing.mailbox import read_copy
from newsletter_cli.testing.provider_contract import Copy, ProviderContract


class TestOutbox(ProviderContract):
    name: ClassVar[str] = "outbox"
    newlines_kept: ClassVar[bool] = False

    def deliver(self, provider: Provider, message: Message, batch: Batch) -> Sequence[Copy]:
        assert isinstance(provider, Outbox)
        for old in provider.folder.glob("*/*"):
            old.unlink()
        provider.send(message, batch)
        return [read_copy(path.read_bytes()) for path in sorted(provider.folder.glob("*/*.eml"))]
