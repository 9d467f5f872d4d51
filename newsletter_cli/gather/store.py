"""What was fetched, kept by address: so that a page unchanged costs a 304, and gathering can be repeated offline."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from newsletter_cli.paths import write_file


@dataclass(frozen=True, slots=True)
class Kept:
    """The last good answer of an address: where it ended, what it was, and the hash its bytes are kept under."""

    url: str
    media_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    fetched_at: str = ""


class Store:
    """A folder of answers (`.newsletter/cache/gathered/`): one small file an address, one file a body."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, address: str) -> Kept | None:
        """What is known of an address, when its bytes are here too."""
        try:
            kept = Kept(**json.loads(self._card(address).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return kept if self._blob(kept.sha256).is_file() else None

    def body(self, kept: Kept) -> bytes:
        return self._blob(kept.sha256).read_bytes()

    def keep(self, address: str, kept: Kept, body: bytes) -> None:
        """Remember an answer."""
        self.keep_bytes(body)
        write_file(self._card(address), json.dumps(asdict(kept), ensure_ascii=False, indent=1))

    def keep_bytes(self, body: bytes) -> str:
        """Keep bytes under their hash, which is given back."""
        name = sha256(body)
        if not self._blob(name).is_file():
            write_file(self._blob(name), body)
        return name

    def bytes_of(self, name: str) -> bytes:
        """The bytes kept under a hash; empty when they are not here."""
        path = self._blob(name)
        return path.read_bytes() if name and path.is_file() else b""

    def _card(self, address: str) -> Path:
        return self._folder / "addresses" / f"{sha256(address.encode())[:32]}.json"

    def _blob(self, name: str) -> Path:
        return self._folder / "bodies" / name


def sha256(data: bytes) -> str:
    """The hash of bytes in hex."""
    return hashlib.sha256(data).hexdigest()
