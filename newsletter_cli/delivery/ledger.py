"""The ledger: campaigns with their frozen audiences, and what became of every person."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from newsletter_cli.bulk import many_rows
from newsletter_cli.database import Database
from newsletter_cli.database.identity import machine_id
from newsletter_cli.database.tables import batch, breaker, campaign, event
from newsletter_cli.delivery import accounts, snapshot
from newsletter_cli.delivery.accounts import HeldBatch, Person
from newsletter_cli.delivery.campaigns import AlreadySent, Campaign, campaign_of, iso
from newsletter_cli.delivery.holds import IssueHeld, find_hold
from newsletter_cli.delivery.snapshot import Frozen
from newsletter_cli.model.campaign import BatchState, CampaignState, Counts
from newsletter_cli.model.message import Message

__all__ = ["AlreadySent", "Campaign", "Frozen", "HeldBatch", "Ledger", "Person"]

CANARY = 10


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account of all sends in one state database. `clock` gives aware UTC datetimes."""

    database: Database
    clock: Callable[[], datetime] = utc_now

    def freeze(
        self,
        *,
        issue: str,
        message: Message,
        audience_rule: str,
        recipients: Iterable[Frozen],
        provider: str,
        batch_size: int,
        not_after: datetime | None = None,
        rehearsal: bool = False,
        token: snapshot.Token | None = None,
    ) -> int:
        """Fix message and audience of a send in one transaction: all of it is in the ledger, or nothing.

        Args:
            issue: the issue's id.
            message: exactly what goes out.
            audience_rule: the rule that picked the people, in words; part of what the campaign is.
            recipients: the people, each address key once, suppressed ones included. Streamed; memory stays flat.
            provider: name of the provider account.
            batch_size: most people in one call; the first call is a canary of 10.
            not_after: after this moment nothing is sent any more.
            rehearsal: an experiment, not a delivery of the issue.
            token: makes the unsubscribe token of campaign and seq, where the message has a field for it.

        Returns:
            The campaign's id.

        Raises:
            AlreadySent: the issue has a campaign that reached, or may have reached, somebody, or still will.
            IssueHeld: somebody held the issue back, or called it off, up to this very transaction.
            EmptyAudience: there are no recipients.
        """
        now = self.clock()
        with many_rows(), self.database.writing() as connection:
            self.begin_alone(connection)
            if hold := find_hold(connection, issue):
                raise IssueHeld(issue, hold)
            cancelled = 0 if rehearsal else self._look_for_earlier(connection, issue)
            campaign_id: int = connection.execute(
                insert(campaign).values(
                    issue=issue,
                    message_hash=message.fingerprint,
                    audience_hash=f"freezing-{iso(now)}",
                    provider=provider,
                    machine_id=machine_id(),
                    message=message.to_json(),
                    created=iso(now),
                    not_after=iso(not_after) if not_after else None,
                    state=CampaignState.OPEN,
                    audience=0,
                    rehearsal=int(rehearsal),
                )
            ).inserted_primary_key[0]  # type: ignore[index]  # an insert of one row has one
            people, digest = snapshot.store(connection, campaign_id, message, recipients, token)
            unique = f"{audience_rule}\n{cancelled}" + (f"\n{iso(now)}" if rehearsal else "")
            digest.update(unique.encode())
            connection.execute(
                update(campaign)
                .where(campaign.c.id == campaign_id)
                .values(audience=people, audience_hash=digest.hexdigest())
            )
            snapshot.store_batches(connection, campaign_id, people, batch_size, CANARY)
            self.record(connection, f"froze {people} people for {provider}", issue)
        return int(campaign_id)

    def begin_alone(self, connection: Connection) -> None:
        """Until the end of this transaction no campaign begins (in SQLite every writer is alone anyway)."""
        if not self.database.is_sqlite:
            connection.exec_driver_sql("LOCK TABLE campaign IN SHARE ROW EXCLUSIVE MODE")

    def campaign(self, issue: str) -> Campaign | None:
        """The newest campaign of this issue (no rehearsal), or None."""
        with self.database.reading() as connection:
            return self.newest(connection, issue)

    def newest(self, connection: Connection, issue: str) -> Campaign | None:
        """`campaign` within the caller's transaction."""
        row = connection.execute(
            select(campaign).where(campaign.c.issue == issue, campaign.c.rehearsal == 0).order_by(campaign.c.id.desc())
        ).first()
        return campaign_of(row) if row else None

    def get(self, campaign_id: int) -> Campaign:
        """The campaign of this id, which must be there."""
        with self.database.reading() as connection:
            return campaign_of(connection.execute(select(campaign).where(campaign.c.id == campaign_id)).one())

    def campaigns(self) -> tuple[Campaign, ...]:
        """All campaigns but rehearsals, oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(campaign).where(campaign.c.rehearsal == 0).order_by(campaign.c.id)).all()
        return tuple(campaign_of(row) for row in rows)

    def counts(self, campaign_id: int) -> Counts:
        """How many people are in which state; always adds up."""
        with self.database.reading() as connection:
            return accounts.counts(connection, campaign_id)

    def complete(self, campaign_id: int) -> bool:
        """Whether every call was answered for good."""
        with self.database.reading() as connection:
            query = select(batch.c.id).where(batch.c.campaign_id == campaign_id, batch.c.state != BatchState.ACCEPTED)
            return connection.execute(query.limit(1)).first() is None

    def people(self, campaign_id: int) -> Iterator[Person]:
        """Every person of the campaign in order, with state and reason; streamed in pages."""
        return accounts.people(self.database, campaign_id)

    def held(self, campaign_id: int) -> tuple[HeldBatch, ...]:
        """The batches of which nobody but a person can say whether they went."""
        return accounts.held(self.database, campaign_id, self.clock())

    def doubt_until(self, campaign_id: int) -> datetime | None:
        """When a person may decide about what is in doubt and not yet in `held`; None when nothing is."""
        with self.database.reading() as connection:
            return accounts.doubt_until(connection, campaign_id)

    def history(self, address_key: str) -> tuple[tuple[Campaign, Person], ...]:
        """Every campaign this person was in, oldest first, and what became of their copy."""
        return accounts.history(self.database, address_key)

    def set_state(self, campaign_id: int, state: CampaignState, why: str = "", who: str = "") -> None:
        """Hold, release, cancel or pause a campaign; a running send notices before its next call."""
        with self.database.writing() as connection:
            self.change_state(connection, campaign_id, state, why, who)

    def change_state(
        self, connection: Connection, campaign_id: int, state: CampaignState, why: str, who: str = ""
    ) -> None:
        """`set_state` within the caller's transaction."""
        issue = connection.execute(select(campaign.c.issue).where(campaign.c.id == campaign_id)).scalar_one()
        connection.execute(update(campaign).where(campaign.c.id == campaign_id).values(state=state, why=why))
        if state is CampaignState.OPEN:
            connection.execute(breaker.delete().where(breaker.c.campaign_id == campaign_id))
            # Whoever releases a campaign wants it to go on now, not after an old back-off.
            connection.execute(
                update(batch)
                .where(batch.c.campaign_id == campaign_id, batch.c.state == BatchState.PENDING)
                .values(next_try=None, attempt=0)
            )
        self.record(connection, f"{state}: {why}" if why else str(state), issue, who)

    def pause(self, connection: Connection, campaign_id: int, why: str) -> None:
        """Pause a campaign that is open; what a person has decided stays."""
        state = connection.execute(select(campaign.c.state).where(campaign.c.id == campaign_id)).scalar_one()
        if state == CampaignState.OPEN:
            self.change_state(connection, campaign_id, CampaignState.PAUSED, why)

    def reopen(self, connection: Connection, campaign_id: int) -> None:
        """A finished campaign has something to do again."""
        connection.execute(
            update(campaign)
            .where(campaign.c.id == campaign_id, campaign.c.state == CampaignState.DONE)
            .values(state=CampaignState.OPEN, why="")
        )

    def set_not_after(self, campaign_id: int, not_after: datetime | None, who: str = "") -> None:
        """Move, or lift, the moment after which nothing more goes out."""
        with self.database.writing() as connection:
            issue = connection.execute(select(campaign.c.issue).where(campaign.c.id == campaign_id)).scalar_one()
            value = iso(not_after) if not_after else None
            connection.execute(update(campaign).where(campaign.c.id == campaign_id).values(not_after=value))
            self.record(connection, f"may go out until {value or 'any time'}", issue, who)

    def record(self, connection: Connection, what: str, issue: str, who: str = "") -> None:
        """Write a line into the ledger's diary; no addresses, no keys."""
        connection.execute(insert(event).values(at=iso(self.clock()), who=who or machine_id(), what=what, issue=issue))

    def _look_for_earlier(self, connection: Connection, issue: str) -> int:
        """Raise AlreadySent, or give the number of earlier campaigns that were cancelled before anybody was reached."""
        rows = connection.execute(
            select(campaign).where(campaign.c.issue == issue, campaign.c.rehearsal == 0).order_by(campaign.c.id)
        ).all()
        for row in rows:
            counts = accounts.counts(connection, row.id)
            if row.state != CampaignState.CANCELLED or counts.accepted or counts.unknown:
                raise AlreadySent(campaign_of(row), counts)
        return len(rows)
