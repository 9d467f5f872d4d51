"""A person who reads the newsletter, and why a person must not be written to."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from newsletter_cli.records import record


class SuppressionReason(StrEnum):
    """Why an address is never mailed."""

    UNSUBSCRIBED = "unsubscribed"
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    ERASED = "erased"
    MANUAL = "manual"


@record
class Subscriber:
    """One reader. `attributes` are the further columns of the list (town, segment tags), all strings."""

    email: str
    first_name: str = ""
    last_name: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    basis: str = "consent"
    source: str = ""
    joined: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def value(self, key: str) -> str:
        """A merge value by its name without `subscriber.`: email, first_name, last_name, name or an attribute; "" if none."""
        own = {"email": self.email, "first_name": self.first_name, "last_name": self.last_name, "name": self.name}
        return own[key] if key in own else self.attributes.get(key, "")
