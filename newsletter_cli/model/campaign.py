"""Sending an issue to an audience: the states of a batch, a delivery and a campaign, and the sum that must hold."""

from enum import StrEnum

from newsletter_cli.records import record


class BatchState(StrEnum):
    """One provider call, as drawn in docs/delivery.md."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    IN_DOUBT = "in_doubt"
    HELD = "held"
    ACCEPTED = "accepted"


class DeliveryState(StrEnum):
    """One person's fate, up to the provider's yes; what came of the copy after that is in the report."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


class CampaignState(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    HELD = "held"
    CANCELLED = "cancelled"
    DONE = "done"


@record
class Counts:
    """Numbers of people; `audience` is always the sum of the other five."""

    audience: int = 0
    accepted: int = 0
    suppressed: int = 0
    rejected: int = 0
    unknown: int = 0
    pending: int = 0

    @property
    def adds_up(self) -> bool:
        return self.audience == self.accepted + self.suppressed + self.rejected + self.unknown + self.pending
