"""What was fetched, kept by address: so that a page unchanged costs a 304, and gathering can be repeated offline."""

import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from newsletter_cli.gather.provenance import read_origins
from newsletter_cli.paths import write_file

_MOST_BESIDE = 2_000_000


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
    """A folder of answers (`.newsletter/cache/gathered/`): one small file an address, one file a body.

    Args:
        folder: need not exist; on this machine only.
        beside: the issue's `articles/.gather/`, which goes where the issue goes (git): what articles were read from and
            how they were first written, so that another machine too can compare, and gather offline.
        writes: False only looks up, for a run that may leave nothing behind.
    """

    def __init__(self, folder: Path, beside: Path | None = None, *, writes: bool = True) -> None:
        self._folder, self._beside, self._writes = folder, beside, writes

    def find(self, address: str) -> Kept | None:
        """What is known of an address, when its bytes are here too."""
        try:
            kept = Kept(**json.loads(self._card(address).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return self._find_beside(address)
        return kept if self._blob(kept.sha256).is_file() else self._find_beside(address)

    def _find_beside(self, address: str) -> Kept | None:
        for each in read_origins(self._beside.parent) if self._beside else ():
            # What a feed gave for an address is not the page of that address.
            if each.source == address and b"<html" in self.bytes_of(each.raw)[:4096].lower():
                return Kept(url=address, media_type=each.media_type or "text/html", sha256=each.raw)
        return None

    def body(self, kept: Kept) -> bytes:
        return self.bytes_of(kept.sha256)

    def keep(self, address: str, kept: Kept, body: bytes) -> None:
        """Remember an answer."""
        self.keep_bytes(body)
        if not self._writes:
            return
        write_file(self._card(address), json.dumps(asdict(kept), ensure_ascii=False, indent=1))

    def keep_bytes(self, body: bytes) -> str:
        """Keep bytes under their hash, which is given back."""
        name = sha256(body)
        if self._writes and not self._blob(name).is_file():
            write_file(self._blob(name), body)
        return name

    def keep_beside(self, body: bytes) -> str:
        """Keep bytes beside the articles too, unless they are too many for a repository."""
        name = self.keep_bytes(body)
        if self._beside is not None and self._writes and len(body) <= _MOST_BESIDE:
            path = self._beside / name
            if not path.is_file():
                write_file(path, body)
        return name

    def forget_beside(self, needed: Collection[str]) -> None:
        """Remove from beside the articles what none of them needs any more."""
        for path in self._beside.glob("*") if self._beside is not None and self._writes else ():
            if re.fullmatch(r"[0-9a-f]{64}", path.name) and path.name not in needed:
                path.unlink(missing_ok=True)

    def bytes_of(self, name: str) -> bytes:
        """The bytes kept under a hash; empty when they are not here."""
        for path in (self._blob(name), *([self._beside / name] if self._beside else [])):
            if name and path.is_file():
                return path.read_bytes()
        return b""

    def _card(self, address: str) -> Path:
        return self._folder / "addresses" / f"{sha256(address.encode())[:32]}.json"

    def _blob(self, name: str) -> Path:
        return self._folder / "bodies" / name


def sha256(data: bytes) -> str:
    """The hash of bytes in hex."""
    return hashlib.sha256(data).hexdigest()
