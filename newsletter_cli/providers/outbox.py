"""The outbox: writes each copy as a file on this machine, as .eml or into a maildir."""

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from newsletter_cli.config.settings import key_path
from newsletter_cli.model.message import Message
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.paths import make_folder
from newsletter_cli.providers.access import Access
from newsletter_cli.providers.base import (
    Batch,
    Capabilities,
    IdempotencyKey,
    NotSent,
    Provider,
    Receipt,
    Verification,
)
from newsletter_cli.providers.mime import SplitMime, split_mime
from newsletter_cli.providers.screening import screen_batch, screen_message
from newsletter_cli.providers.setup import Setup

_TOGETHER = 200  # files in memory at a time
_YEARS = 100 * 365 * 86400


class Outbox(Provider):
    """One RFC 5322 file for each person below `.newsletter/outbox/<campaign>/`.

    A person's file name depends on campaign and person only, so a repeated batch writes the same files again and
    nobody has two: that is why a repeat counts as replayed for ever. `format = "maildir"` writes a maildir
    (cr.yp.to/proto/maildir.html) that mail programs open.
    """

    name: ClassVar[str] = "outbox"
    title: ClassVar[str] = "Outbox"
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Nothing to set up: each copy becomes an .eml file under .newsletter/outbox/ that mail programs open.",
            'With format = "maildir" the copies go into a maildir instead; folder names another place.',
        ),
        page="docs/providers.md",
    )
    capabilities = Capabilities(
        max_recipients=1000,
        key=IdempotencyKey(ttl_seconds=_YEARS, repeat="replay"),
        local=True,
        concurrency=1,
        verify=True,
    )

    def __init__(self, access: Access) -> None:
        settings = access.settings
        self.maildir = settings.format == "maildir"
        default = access.root / ".newsletter" / "outbox"
        self.folder = key_path(settings.folder, access.root) if settings.folder else default
        self._split: tuple[Message, SplitMime] | None = None

    def prepare(self, message: Message) -> None:
        screen_message(message, self.title)

    def send(self, message: Message, batch: Batch) -> Receipt:
        screened = screen_batch(message, batch, unicode_mailbox=True)
        copies = self._mime(message)
        now = datetime.now(UTC)
        place = self.folder / _safe(batch.campaign) if batch.campaign else self.folder
        try:
            wanted = self._maildir(place) if self.maildir else self._files(place)
            for at in range(0, len(screened.people), _TOGETHER):
                some = screened.people[at : at + _TOGETHER]
                named = [(path, copies.copy(person, now)) for person in some if (path := wanted(person))]
                _write_all(named, place / "tmp" if self.maildir else place)
            _flush(place / "new" if self.maildir else place)
        except OSError as error:
            raise NotSent(
                f"The outbox could not write to {place}: {error.strerror or error}.",
                "Check the free disk space and that you may write there, then run the same command again: "
                "what is written already is written over, not doubled.",
            ) from error
        return Receipt(tuple(each.message_id for each in screened.people), screened.turned_away)

    def verify(self, sender: str = "") -> Sequence[Verification]:
        place = next(each for each in (self.folder, *self.folder.parents) if each.exists())
        good = os.access(place, os.W_OK)
        return (Verification("outbox folder", good, f"{self.folder} can{'' if good else 'not'} be written"),)

    def _mime(self, message: Message) -> SplitMime:
        if self._split is None or self._split[0] is not message:
            self._split = (message, split_mime(message))
        return self._split[1]

    def _files(self, place: Path) -> Callable[[Recipient], Path | None]:
        make_folder(place)
        return lambda person: place / f"{_file_name(person)}.eml"

    def _maildir(self, place: Path) -> Callable[[Recipient], Path | None]:
        for each in ("tmp", "new", "cur"):
            make_folder(place / each)
        # A mail program moves what was looked at to cur/ and adds flags after a colon.
        moved = {each.name.partition(":")[0] for each in (place / "cur").iterdir()}

        def wanted(person: Recipient) -> Path | None:
            name = _file_name(person)
            return None if name in moved else place / "new" / name

        return wanted


def _write_all(files: Sequence[tuple[Path, bytes]], temporary: Path) -> None:
    """Every file whole or not at all, on disk before it has its name.

    All are written before the first is flushed: then the file system flushes most of them together.
    """
    parts = [(temporary / f".{path.name}.part", path) for path, _ in files]
    try:
        for (part, _), (_, data) in zip(parts, files, strict=True):
            part.write_bytes(data)
        for part, _ in parts:
            _flush(part)
        for part, path in parts:
            part.replace(path)
    except BaseException:
        for part, _ in parts:
            part.unlink(missing_ok=True)
        raise


def _flush(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    if os.name != "posix" or not path.exists():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _file_name(person: Recipient) -> str:
    """Place in the audience and address for a person's eye, and what makes it unique."""
    mark = hashlib.sha256(f"{person.message_id}\n{person.email}".encode()).hexdigest()[:10]
    return f"{person.seq + 1:06d}-{_safe(person.email.replace('@', '-at-'))[:60]}-{mark}"


def _safe(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.-]+", "_", plain).strip("._-") or "x"
