"""What a person must set up at a provider before the first send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dns:
    """A DNS record wanted: `kind` TXT, CNAME or MX; `host` below the sending domain."""

    kind: str
    host: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Setup:
    """The way from no account to a first send.

    Attributes:
        steps: in order, one sentence each.
        dns: records; values in <angle brackets> are shown at the provider's site.
        settings: lines of [provider] besides name, as (key, example).
        page: the provider's own page on it.
    """

    steps: tuple[str, ...] = ()
    dns: tuple[Dns, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    page: str = ""


DMARC = Dns("TXT", "_dmarc", "v=DMARC1; p=none; rua=mailto:dmarc@example.org", "mailbox providers want a DMARC policy")
