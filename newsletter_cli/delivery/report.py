"""What became of each copy: the provider's events beside the receipt."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from newsletter_cli.database import Database
from newsletter_cli.database.lookup import among
from newsletter_cli.database.tables import batch, outcome, recipient
from newsletter_cli.delivery.campaigns import Campaign
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.writing import unpack
from newsletter_cli.model.campaign import DeliveryState

KINDS = ("delivered", "bounced", "complained", "unsubscribed", "opened", "clicked")
COMPLAINTS_WARNED = 0.0008
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing the provider reports of one person; `key` is the address key."""

    key: str
    what: str
    at: str
    words: str


@dataclass(frozen=True, slots=True)
class Outcomes:
    """People by what became of their copy; None where the provider does not tell.

    Attributes:
        accepted: people whose copy the provider took; never called delivered.
        delivered: of them, those reported as delivered and not as bounced afterwards.
        silent: of them, those of whom nothing was ever reported; None where it could not be.
    """

    accepted: int
    delivered: int | None
    bounced: int | None
    complained: int | None
    unsubscribed: int | None
    opened: int | None
    clicked: int | None
    silent: int | None

    @property
    def complaint_rate(self) -> float | None:
        """Complaints among accepted copies, 0.001 is one in a thousand; None where it is not known."""
        if self.complained is None or not self.accepted:
            return None
        return self.complained / self.accepted


def keep_outcomes(database: Database, campaign: Campaign, seen: Iterable[Seen]) -> int:
    """Write what was reported, each person and kind once; gives the number of reports about people not in the audience."""
    strangers = 0
    page: list[Seen] = []
    for each in seen:
        page.append(each)
        if len(page) == _PAGE:
            strangers += _keep(database, campaign, page)
            page = []
    return strangers + (_keep(database, campaign, page) if page else 0)


def _keep(database: Database, campaign: Campaign, page: list[Seen]) -> int:
    with database.writing() as connection:
        places = _places(connection, campaign.id, {each.key for each in page})
        known = _known(connection, campaign.id, list(places.values()))
        strangers = 0
        for each in page:
            seq = places.get(each.key)
            if seq is None:
                strangers += 1
            elif (seq, each.what) not in known:
                known.add((seq, each.what))
                connection.execute(
                    insert(outcome).values(
                        campaign_id=campaign.id, seq=seq, what=each.what, at=each.at or None, words=each.words
                    )
                )
    return strangers


def _places(connection: Connection, campaign_id: int, keys: set[str]) -> dict[str, int]:
    rows = connection.execute(
        select(recipient.c.address_key, recipient.c.seq).where(
            recipient.c.campaign_id == campaign_id, among(connection, recipient.c.address_key, keys)
        )
    )
    return {row.address_key: row.seq for row in rows}


def _known(connection: Connection, campaign_id: int, seqs: list[int]) -> set[tuple[int, str]]:
    if not seqs:
        return set()
    rows = connection.execute(
        select(outcome.c.seq, outcome.c.what).where(
            outcome.c.campaign_id == campaign_id, outcome.c.seq.between(min(seqs), max(seqs))
        )
    )
    return {(row.seq, row.what) for row in rows}


def sum_outcomes(ledger: Ledger, campaign: Campaign, offered: Iterable[str]) -> Outcomes:
    """The numbers; a kind that the provider does not offer is None, never 0."""
    told = set(offered)
    with ledger.database.reading() as connection:
        rows = connection.execute(
            select(outcome.c.what, func.count().label("people"))
            .where(outcome.c.campaign_id == campaign.id)
            .group_by(outcome.c.what)
        )
        counted = {row.what: int(row.people) for row in rows}
        bounced_after = connection.execute(_both(campaign.id)).scalar_one()
    numbers: dict[str, int | None] = {kind: counted.get(kind, 0) if kind in told else None for kind in KINDS}
    if numbers["delivered"] is not None:
        numbers["delivered"] -= int(bounced_after)
    silent = sum(1 for _ in silent_people(ledger, campaign)) if "delivered" in told else None
    return Outcomes(accepted=ledger.counts(campaign.id).accepted, silent=silent, **numbers)


def _both(campaign_id: int) -> Select[Any]:
    """How many were reported as delivered and bounced later, as some mail servers do."""
    bounced = select(outcome.c.seq).where(outcome.c.campaign_id == campaign_id, outcome.c.what == "bounced")
    return select(func.count()).where(
        outcome.c.campaign_id == campaign_id, outcome.c.what == "delivered", outcome.c.seq.in_(bounced)
    )


def campaign_ids(ledger: Ledger, campaign: Campaign) -> frozenset[str]:
    """The provider's ids of every copy it took."""
    with ledger.database.reading() as connection:
        packed = connection.execute(
            select(batch.c.provider_ids).where(batch.c.campaign_id == campaign.id, batch.c.provider_ids.is_not(None))
        ).scalars()
        return frozenset(each for row in packed for each in unpack(row))


def silent_people(ledger: Ledger, campaign: Campaign) -> Iterator[str]:
    """Addresses whose copy was accepted and of whom nothing was reported."""
    with ledger.database.reading() as connection:
        heard = set(
            connection.execute(select(outcome.c.seq).where(outcome.c.campaign_id == campaign.id).distinct()).scalars()
        )
    for person in ledger.people(campaign.id):
        if person.state is DeliveryState.ACCEPTED and person.seq not in heard:
            yield person.email


def people_with(ledger: Ledger, campaign: Campaign, what: str) -> Iterator[tuple[str, str]]:
    """Addresses of whom this was reported, with the provider's words."""
    with ledger.database.reading() as connection:
        rows = connection.execute(
            select(recipient.c.email, outcome.c.words)
            .join(outcome, (outcome.c.campaign_id == recipient.c.campaign_id) & (outcome.c.seq == recipient.c.seq))
            .where(outcome.c.campaign_id == campaign.id, outcome.c.what == what)
            .order_by(outcome.c.seq)
        ).all()
    yield from ((row.email, row.words) for row in rows)
