"""The account of campaigns at platforms that keep the list themselves: the intent, and what was read back."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from newsletter_cli.database.tables import event, hosted
from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.model.campaign import Counts
from newsletter_cli.providers.platform import UNDER_WAY, Draft, Stage

SAID = "said by a person"
"""Stands in `raw` where a person's word decided, and not the platform's."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """An issue's campaign at a platform.

    Attributes:
        draft: its id there.
        members: people on the list when it was begun; None when the platform does not say.
        intent: when the one call that sends was about to be made; None when it was not, or surely did nothing.
        stage, raw: how far it is by the platform's own word, and that word.
        recipients: people it was dispatched to, as the platform counts.
        at: when it was last read back.
    """

    issue: str
    provider: str
    draft: str
    message_hash: str
    approved_by: str
    members: int | None
    intent: datetime | None
    stage: Stage
    raw: str
    recipients: int | None
    at: datetime

    @property
    def in_doubt(self) -> bool:
        """The call was made and the platform does not show the campaign under way."""
        return self.intent is not None and self.stage not in UNDER_WAY

    @property
    def counts(self) -> Counts:
        """The six numbers. Nobody is accepted before the platform says that it has sent; whom it left out of the
        people it had then, only it knows: they are unknown here."""
        told = (self.recipients or 0) if self.stage is Stage.SENT else 0
        audience = max(self.members or 0, told)
        if self.intent is None:
            return Counts(audience=audience, pending=audience)
        return Counts(audience=audience, accepted=told, unknown=audience - told)


class AtPlatformAlready(NewsletterError):
    """The issue's campaign is under way, or over, at the platform."""

    exit_status = ExitStatus.NOTHING_TO_DO

    def __init__(self, record: Hosted, title: str) -> None:
        begun = f" since {record.intent:%d %B %Y %H:%M} UTC" if record.intent else ""
        super().__init__(
            f"The campaign of issue {record.issue} is {record.stage} at {title}{begun}.",
            f"newsletter receipt {record.issue} shows it.",
        )


class PlatformDoubt(NewsletterError):
    """The send was asked for, and the platform does not show it."""

    exit_status = ExitStatus.PARTLY_SENT

    def __init__(self, record: Hosted, title: str) -> None:
        super().__init__(
            f"{title} was asked to send issue {record.issue} on {record.intent:%d %B %Y at %H:%M} UTC; it says the "
            f"campaign is {record.stage} ({record.raw}). Nothing is asked again by itself.",
            f"Look at the campaign at {title}. If it went out: newsletter resolve {record.issue} --went. If it surely "
            f"did not: newsletter resolve {record.issue} --again, then send.",
        )


def find_hosted(connection: Connection, issue: str) -> Hosted | None:
    """The issue's campaign at a platform, or None."""
    row = connection.execute(select(hosted).where(hosted.c.issue == issue)).first()
    return _hosted(row) if row else None


def each_hosted(connection: Connection) -> tuple[Hosted, ...]:
    """All of them, oldest first."""
    return tuple(_hosted(row) for row in connection.execute(select(hosted).order_by(hosted.c.issue)))


def keep_hosted(connection: Connection, record: Hosted, what: str) -> None:
    """Write a campaign as it is now, and what happened."""
    connection.execute(delete(hosted).where(hosted.c.issue == record.issue))
    connection.execute(
        insert(hosted).values(
            issue=record.issue,
            provider=record.provider,
            draft=record.draft,
            message_hash=record.message_hash,
            approved_by=record.approved_by,
            members=record.members,
            intent=_iso(record.intent) if record.intent else None,
            stage=record.stage.value,
            raw=record.raw,
            recipients=record.recipients,
            at=_iso(record.at),
        )
    )
    connection.execute(insert(event).values(at=_iso(record.at), who="", what=what, issue=record.issue))


def as_read(record: Hosted, found: Draft, recipients: int | None, now: datetime) -> Hosted:
    """The campaign as the platform shows it now.

    That it went stays, where a person said so and the platform still shows it as not under way.
    """
    if record.raw == SAID and found.stage not in UNDER_WAY:
        return replace(record, at=now)
    return replace(record, stage=found.stage, raw=found.raw, recipients=recipients, at=now)


def decided(record: Hosted, went: bool, now: datetime) -> Hosted:
    """A person looked at the platform and says whether it went out."""
    if went:
        return replace(record, stage=Stage.SENT, at=now, raw=SAID)
    return replace(record, intent=None, at=now)


def _hosted(row: Row[Any]) -> Hosted:
    return Hosted(
        issue=row.issue,
        provider=row.provider,
        draft=row.draft,
        message_hash=row.message_hash,
        approved_by=row.approved_by,
        members=row.members,
        intent=datetime.fromisoformat(row.intent) if row.intent else None,
        stage=Stage(row.stage),
        raw=row.raw,
        recipients=row.recipients,
        at=datetime.fromisoformat(row.at),
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
