"""Everything known about one person: the subscriber, why they are not written to, and each issue's fate."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from newsletter_cli.audience import store
from newsletter_cli.audience.addresses import address_key
from newsletter_cli.audience.suppression import suppressed_among
from newsletter_cli.config import Settings
from newsletter_cli.database import Database
from newsletter_cli.database.tables import outcome, recipient, suppression
from newsletter_cli.delivery.ledger import Campaign, Ledger, Person
from newsletter_cli.delivery.unsubscribe import open_tokens
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.subscriber import Subscriber, SuppressionReason
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.plan import reading_only


@dataclass(frozen=True, slots=True)
class Notice:
    """One entry of the list of people not to be written to; `active` False lifted it."""

    reason: str
    source: str
    at: str
    active: bool


@dataclass(frozen=True, slots=True)
class Mailing:
    """One issue and what became of this person's copy; `later` is what the provider reported afterwards."""

    campaign: Campaign
    person: Person
    later: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """All of it. `suppressed` is why nobody writes to them now, None when one may."""

    email: str
    subscriber: Subscriber | None
    suppressed: SuppressionReason | None
    notices: tuple[Notice, ...]
    mailings: tuple[Mailing, ...]


def look_up(workspace: Workspace, settings: Settings, asked: str, environ: Mapping[str, str]) -> Dossier:
    """What is known of an address, or of the person an unsubscribe token stands for.

    Raises:
        NewsletterError: it is neither an address nor a token made here.
    """
    with reading_only(workspace, settings) as database:
        email = asked if "@" in asked else _behind(workspace, database, asked, environ)
        key = address_key(email)
        with database.reading() as connection:
            subscriber = store.get(connection, email)
            reason = suppressed_among(connection, [key]).get(key)
            rows = connection.execute(
                select(suppression).where(suppression.c.address_key == key).order_by(suppression.c.id)
            ).all()
        notices = tuple(Notice(row.reason, row.source, row.at, bool(row.active)) for row in rows)
        history = Ledger(database).history(key)
        mailings = tuple(Mailing(campaign, person, _later(database, campaign, person)) for campaign, person in history)
    return Dossier(email, subscriber, reason, notices, mailings)


def _behind(workspace: Workspace, database: Database, token: str, environ: Mapping[str, str]) -> str:
    """The address of the person an unsubscribe token was made for."""
    found = open_tokens(workspace.state, environ).read(token) if (workspace.state / "secret").exists() else None
    if found is not None:
        with database.reading() as connection:
            email = connection.execute(
                select(recipient.c.email).where(recipient.c.campaign_id == found[0], recipient.c.seq == found[1])
            ).scalar()
        if email:
            return str(email)
    raise NewsletterError(
        "This is neither a mail address nor an unsubscribe token of this newsletter.", "newsletter who name@example.org"
    )


def _later(database: Database, campaign: Campaign, person: Person) -> tuple[tuple[str, str], ...]:
    with database.reading() as connection:
        rows = connection.execute(
            select(outcome.c.what, outcome.c.at)
            .where(outcome.c.campaign_id == campaign.id, outcome.c.seq == person.seq)
            .order_by(outcome.c.at)
        ).all()
    return tuple((row.what, row.at or "") for row in rows)
