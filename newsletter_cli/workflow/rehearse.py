"""Makes a test of an issue: to a few named people, marked, counted as nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter_cli.audience import store
from newsletter_cli.audience.addresses import address_key
from newsletter_cli.audience.suppression import suppressed_among
from newsletter_cli.config import Settings
from newsletter_cli.database import Database
from newsletter_cli.delivery.approval import latest
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.rehearsal import Rehearsed, check_testers, rehearse
from newsletter_cli.delivery.unsubscribe import bind, open_tokens
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.message import Message
from newsletter_cli.model.subscriber import Subscriber
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.compose import compose_issue
from newsletter_cli.workflow.send import open_sending


@dataclass(frozen=True, slots=True)
class IssueRehearsed:
    """What became of a test, and whether the very content that was tested is approved already."""

    test: Rehearsed
    approved: bool


def rehearse_issue(
    workspace: Workspace,
    settings: Settings,
    issue_id: str,
    addresses: Sequence[str],
    reader: str,
    environ: Mapping[str, str],
    now: datetime,
) -> IssueRehearsed:
    """Compose the issue and hand a marked copy over for each address.

    Args:
        addresses: at most 20; in test mode all of them are the one that everything is redirected to.
        reader: the subscriber whose values the copy shows; "" for the fields' defaults.

    Raises:
        UsageError: too many addresses.
        NewsletterError: the reader is not on the list, or an address belongs to somebody who left.
    """
    testers = check_testers(addresses)
    with open_sending(workspace, settings, environ, lambda: now) as sending:
        database = sending.ledger.database
        _nobody_who_left(database, testers)
        person = _reader(database, reader)
        message = compose_issue(workspace, settings, issue_id).message
        bound = bind(message, settings, sending.provider.capabilities)
        redirect = settings.test_mode.redirect_to
        done = rehearse(
            bound,
            settings,
            sending.provider,
            open_tokens(workspace.state, environ),
            (redirect,) if redirect else testers,
            person,
        )
        _record(sending.ledger, issue_id, len(done.to))
        return IssueRehearsed(done, _approved(database, issue_id, message))


def _approved(database: Database, issue_id: str, message: Message) -> bool:
    with database.reading() as connection:
        found = latest(connection, issue_id)
    return found is not None and found.fingerprint == message.fingerprint


def _nobody_who_left(database: Database, testers: Sequence[str]) -> None:
    keys = {address_key(email): email for email in testers}
    with database.reading() as connection:
        away = suppressed_among(connection, list(keys))
    if away:
        named = ", ".join(f"{keys[key]} ({reason.value})" for key, reason in away.items())
        raise NewsletterError(f"Not to be written to: {named}. Nothing was sent.", "Name other testers.")


def _reader(database: Database, email: str) -> Subscriber:
    if not email:
        return Subscriber(email="")
    with database.reading() as connection:
        found = store.get(connection, email)
    if found is None:
        raise NewsletterError(f"{email} is not on the list.", "newsletter subscribers list shows who is.")
    return found


def _record(ledger: Ledger, issue_id: str, testers: int) -> None:
    with ledger.database.writing() as connection:
        ledger.record(connection, f"a test went to {testers} people", issue_id)
