"""Mail addresses: what is one, and when two spellings are one person."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from newsletter_cli.errors import NewsletterError

# Mailboxes that belong to a function, not to a person (RFC 2142 and common use).
ROLES = frozenset(
    [
        "abuse",
        "admin",
        "billing",
        "contact",
        "enquiries",
        "hello",
        "help",
        "hostmaster",
        "info",
        "mail",
        "marketing",
        "noreply",
        "no-reply",
        "office",
        "postmaster",
        "press",
        "root",
        "sales",
        "security",
        "service",
        "spam",
        "support",
        "team",
        "webmaster",
    ]
)
# A dot-atom of ASCII letters, digits and the marks of RFC 5322 section 3.2.3.
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


class BadAddress(NewsletterError):
    """A string that is no mail address; `reason` says why and never holds the address."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This is no mail address: {reason}", "Write it as name@example.org.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Checked:
    """A good address: as it should be written, and its key."""

    email: str
    key: str

    @property
    def is_role(self) -> bool:
        return self.key.partition("@")[0] in ROLES


def address_key(email: str) -> str:
    """What makes two spellings one person: NFC, Unicode case folding, the domain in IDNA (RFC 5891) form.

    SQLite's NOCASE folds ASCII only, so the folded key is kept. Works on any string; a bad address has a key too.
    """
    local, _, domain = unicodedata.normalize("NFC", email.strip()).rpartition("@")
    return f"{local.casefold()}@{_idna(domain.casefold())}" if local else domain.casefold()


def check_address(email: str) -> Checked:
    """The address, checked by email-validator (no DNS).

    Raises:
        BadAddress: with the validator's reason.
    """
    return Checked(*checked(email))


def checked(email: str) -> tuple[str, str]:
    """`check_address` for many: the address as it should be written, and its key.

    A strictly plain local part with a domain that was validated before needs no second validation: the same
    verdicts at a twentieth of the time (each distinct domain goes through email-validator once).

    Raises:
        BadAddress: with the validator's reason.
    """
    text = email.strip()
    local, at, domain = text.rpartition("@")
    if at and len(local) <= 64 and len(text) <= 254 and _PLAIN_LOCAL.fullmatch(local):
        normal, key = _validated_domain(domain)
        if normal and len(local) + len(normal) < 254:
            return f"{local}@{normal}", f"{local.lower()}@{key}"
    return _fully_checked(text)


def _fully_checked(text: str) -> tuple[str, str]:
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_domain_literal=False)
    except EmailNotValidError as error:
        raise BadAddress(str(error).replace(text, "…")) from error
    return found.normalized, address_key(found.normalized)


@lru_cache(maxsize=65536)
def _validated_domain(domain: str) -> tuple[str, str]:
    """The domain in email-validator's normal form and in its key's, or two empty strings when it is refused."""
    from email_validator import EmailNotValidError, validate_email

    try:
        normal = validate_email(f"a@{domain}", check_deliverability=False).domain
    except EmailNotValidError:
        return "", ""
    return normal, _idna(normal.casefold())


@lru_cache(maxsize=65536)
def _idna(domain: str) -> str:
    if domain.isascii():
        return domain
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain


def masked(email: str) -> str:
    """An address a log or a plan may show: `a…@example.org`."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}…{at}{domain}" if local else "…"
