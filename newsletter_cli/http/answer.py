"""What a server said, what it may cost us, and how large each kind of thing may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from newsletter_cli.http.faults import StatusRefused


@dataclass(frozen=True, slots=True)
class Limit:
    """What an answer may cost: bytes after decompression, and seconds from the first packet to the last."""

    bytes: int
    seconds: float = 20.0


PAGE = Limit(8_000_000)
FEED = Limit(5_000_000)
PICTURE = Limit(15_000_000)
DOCX = Limit(25_000_000)
ROBOTS = Limit(500_000, 10.0)
ANY = Limit(1_000_000)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    Attributes:
        url: the address it came from, after redirects.
        status: HTTP status.
        headers: by lower-case name.
        body: decompressed; empty for HEAD and for 304.
        hops: every address that was asked, the first one first.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hops: tuple[str, ...] = ()

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """What the Content-Type header claims, or ""."""
        _, _, rest = self.headers.get("content-type", "").lower().partition("charset=")
        return rest.partition(";")[0].strip(" \"'")

    def need(self) -> "Answer":
        """The answer itself when it is a 2xx or 304.

        Raises:
            StatusRefused: it is anything else.
        """
        if 200 <= self.status < 300 or self.status == 304:
            return self
        raise StatusRefused(self.url, self.status)
