"""What an issue is for, and which readers' lawful basis covers that (UK PECR, regulation 22)."""

from enum import StrEnum
from functools import lru_cache

from newsletter_cli.errors import NewsletterError


class Purpose(StrEnum):
    """What a mail is for. `newsletter` claims nothing in particular; every reader on the list may get it."""

    NEWSLETTER = "newsletter"
    CHARITABLE = "charitable"
    COMMERCIAL = "commercial"


# A soft opt-in covers one purpose only: a charity's its charitable purposes, a seller's its own similar goods.
_COVERS = {
    "soft_opt_in_charity": (Purpose.NEWSLETTER, Purpose.CHARITABLE),
    "soft_opt_in_commercial": (Purpose.NEWSLETTER, Purpose.COMMERCIAL),
}


class UnknownPurpose(NewsletterError):
    """The purpose is none we know, so nobody can say whose basis covers it."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"`{text}` is no purpose.",
            f"Write `purpose` as one of {', '.join(Purpose)}: in the issue's header, or under [audience].",
        )


def parse_purpose(text: str) -> Purpose:
    """The purpose of this name.

    Raises:
        UnknownPurpose: there is none.
    """
    try:
        return Purpose(text.strip().casefold())
    except ValueError:
        raise UnknownPurpose(text) from None


@lru_cache(maxsize=256)
def not_covered(basis: str, purpose: Purpose) -> str:
    """Why a reader with this basis must not get a mail of this purpose; "" when they may."""
    name = basis.strip().casefold().replace("-", "_").replace(" ", "_")
    covers = _COVERS.get(name)
    return "" if covers is None or purpose in covers else f"{name} does not cover {purpose} mail"
