"""Carries single batches, for workers on several machines: which may be carried now, and one carry.

A carry is harmless when it is asked for twice: the ledger decides whether there is anything to do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from newsletter_cli.config.settings import PaceSettings
from newsletter_cli.database import Database
from newsletter_cli.database.tables import batch, campaign
from newsletter_cli.delivery.asking import ask
from newsletter_cli.delivery.calls import Answered, Claim, Look, Rest
from newsletter_cli.delivery.campaigns import iso
from newsletter_cli.delivery.claims import Claims
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.pace import Pace
from newsletter_cli.delivery.signals import Stop
from newsletter_cli.model.campaign import BatchState, CampaignState
from newsletter_cli.providers.base import CannotExpress, Provider, ProviderFault

_SHORT = timedelta(seconds=5)


def database_clock(database: Database) -> Callable[[], datetime]:
    """A clock that shows the server's time: leases and pace must not depend on how well each machine's clock goes."""
    with database.reading() as connection:
        server: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    ahead = server.astimezone(UTC) - datetime.now(UTC)
    return lambda: datetime.now(UTC) + ahead


def open_campaigns(ledger: Ledger) -> tuple[int, ...]:
    """Campaigns that may go on."""
    with ledger.database.reading() as connection:
        query = select(campaign.c.id).where(campaign.c.state == CampaignState.OPEN).order_by(campaign.c.id)
        return tuple(connection.execute(query).scalars())


def due(ledger: Ledger, campaign_id: int) -> tuple[int, ...]:
    """Batches of a campaign that may be carried now; only the first until one was accepted (the canary)."""
    now = iso(ledger.clock())
    with ledger.database.reading() as connection:
        table = batch.c
        waiting = table.state.in_([BatchState.PENDING, BatchState.IN_DOUBT]) & (
            table.next_try.is_(None) | (table.next_try <= now)
        )
        dead = (table.state == BatchState.IN_FLIGHT) & (table.lease_until < now)
        rows = connection.execute(
            select(table.id).where(table.campaign_id == campaign_id, waiting | dead).order_by(table.id)
        ).scalars()
        found = tuple(rows)
        proven = connection.execute(
            select(table.id)
            .where(table.campaign_id == campaign_id, table.state == BatchState.ACCEPTED)
            .where(table.provider_ids.is_not(None))
            .limit(1)
        ).first()
    return found if proven else found[:1]


@dataclass(slots=True)
class Carrier:
    """One worker's hands: a provider, and the claims of each campaign it has met."""

    ledger: Ledger
    provider: Provider
    settings: PaceSettings
    stop: Stop = field(default_factory=Stop)
    _claims: dict[int, Claims] = field(default_factory=dict)

    def carry(self, batch_id: int) -> str:
        """Do what there is to do for this batch now; gives what was done, in words, "" for nothing."""
        claims = self._claims_of(batch_id)
        if claims is None:
            return ""
        step = claims.next(only=batch_id)
        while isinstance(step, Rest) and not step.idle and step.until - self.ledger.clock() < _SHORT:
            if self.stop.wait(max(0.05, (step.until - self.ledger.clock()).total_seconds())):
                return ""
            step = claims.next(only=batch_id)
        match step:
            case Claim():
                claims.finish(self._call(claims, step))
                return f"batch {batch_id}: {len(step.batch.recipients)} people"
            case Look():
                ask(claims, self.provider, step)
                return f"batch {batch_id}: asked"
            case _:
                return ""

    def close_finished(self) -> None:
        """Campaigns whose every call was answered for good are done."""
        for campaign_id in open_campaigns(self.ledger):
            if self.ledger.complete(campaign_id):
                self.ledger.set_state(campaign_id, CampaignState.DONE)

    def _call(self, claims: Claims, claim: Claim) -> Answered:
        try:
            return Answered(claim, claim.make(self.provider, claims.campaign.message, self.ledger.clock()))
        except (ProviderFault, CannotExpress) as fault:
            return Answered(claim, fault)
        except Exception as fault:
            claims.finish(Answered(claim, fault))
            raise

    def _claims_of(self, batch_id: int) -> Claims | None:
        with self.ledger.database.reading() as connection:
            campaign_id = connection.execute(select(batch.c.campaign_id).where(batch.c.id == batch_id)).scalar()
        if campaign_id is None:
            return None
        if campaign_id not in self._claims:
            found = self.ledger.get(campaign_id)
            if found.provider != self.provider.name:
                return None  # this machine's newsletter.toml names another account: leave it to others
            self.provider.prepare(found.message)
            pace = Pace(found.provider, self.settings, self.provider.capabilities.calls_per_second)
            self._claims[campaign_id] = Claims(self.ledger, found, self.provider.capabilities, pace, self.stop)
        return self._claims[campaign_id]
