"""Previews an issue: what a reader of it gets, who gets which version, and what differs from another message."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.issue import Issue
from newsletter_cli.model.message import BROWSER, UNSUBSCRIBE, MergeField, Message, personalise
from newsletter_cli.model.subscriber import Subscriber
from newsletter_cli.paths import Workspace
from newsletter_cli.preview.variants import PREFIX, Variant, count_variants
from newsletter_cli.workflow.compose import compose_issue

if TYPE_CHECKING:
    from newsletter_cli.config import Settings
    from newsletter_cli.database import Database
    from newsletter_cli.preview.difference import Difference

APPROVED, LAST = "approved", "last"
_NO_TOKEN = "preview"  # noqa: S105  (stands where a reader's own unsubscribe token will stand; opens nothing)
_PAGE = 500


class NotASubscriber(NewsletterError):
    """`--as` names an address that is not on the list."""

    def __init__(self, email: str) -> None:
        super().__init__(
            f"{email} is not a subscriber.",
            "`newsletter subscribers list` names them; without --as the fields show their defaults.",
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """An issue as one reader gets it.

    Attributes:
        message: personalised; no token is left.
        composed: with tokens, the thing that is approved.
        reader: the subscriber, None for a reader of whom nothing is known.
        pictures: local file of each picture by its `src`.
    """

    issue: Issue
    message: Message
    composed: Message
    reader: Subscriber | None
    pictures: Mapping[str, Path]


def preview_issue(workspace: Workspace, settings: "Settings", issue_id: str, reader: str = "") -> Preview:
    """The issue as the subscriber `reader` gets it, or ("") as a reader without any values.

    Raises:
        NotASubscriber: the address is not on the list.
        NewsletterError: the issue cannot be composed.
    """
    composition = compose_issue(workspace, settings, issue_id, write=False)
    person = find_reader(workspace, settings, reader) if reader else None
    message = for_reader(composition.message, settings, person)
    pictures = {each.src: workspace.root / each.file for each in composition.message.images if each.file}
    return Preview(composition.issue, message, composition.message, person, pictures)


def find_reader(workspace: Workspace, settings: "Settings", email: str) -> Subscriber:
    """The subscriber with this address, however it is spelt.

    Raises:
        NotASubscriber: there is none.
    """
    if has_list(workspace, settings):
        from newsletter_cli.audience import store
        from newsletter_cli.workflow.subscribers import opened

        with opened(workspace, settings) as database, database.engine.connect() as connection:
            if person := store.get(connection, email):
                return person
    raise NotASubscriber(email)


def find_readers(workspace: Workspace, settings: "Settings", beginning: str, most: int = 20) -> tuple[str, ...]:
    """The first addresses on the list that begin so."""
    if not has_list(workspace, settings):
        return ()
    from newsletter_cli.audience import store
    from newsletter_cli.workflow.subscribers import opened

    with opened(workspace, settings) as database, database.engine.connect() as connection:
        return tuple(each.email for each in store.beginning_with(connection, beginning, most))


def for_reader(message: Message, settings: "Settings", reader: Subscriber | None) -> Message:
    """The message with one reader's values; their own unsubscribe address is shown with `preview` for the token."""
    return personalise(message, {each.token: _value(each, message, settings, reader) for each in message.merge_fields})


def _value(field: MergeField, message: Message, settings: "Settings", reader: Subscriber | None) -> str:
    if field.name == UNSUBSCRIBE:
        own = settings.unsubscribe.url.replace("{token}", _NO_TOKEN)
        mailto = f"mailto:{settings.unsubscribe.mailto}" if settings.unsubscribe.mailto else ""
        return own or mailto or "#unsubscribe"
    if field.name == BROWSER:
        return settings.archive.url.replace("{issue}", message.issue_id)
    if not field.name.startswith(PREFIX):
        return _NO_TOKEN  # the token field of a message that is bound to its way out
    key = field.name[len(PREFIX) :]
    if reader and reader.value(key).strip():
        return reader.value(key).strip()
    if field.default is not None:
        return field.default
    return "" if reader else f"‹{key.replace('_', ' ')}›"


def issue_variants(workspace: Workspace, settings: "Settings", issue: Issue, message: Message) -> tuple[Variant, ...]:
    """The personal versions of a composed message over the issue's audience, those who left taken out."""
    if not has_list(workspace, settings):
        return ()
    from newsletter_cli.audience.picking import pick_audience
    from newsletter_cli.workflow.subscribers import opened

    with opened(workspace, settings) as database:
        return count_variants(message, _still_here(database, pick_audience(database, settings, issue.segment)))


def _still_here(database: "Database", people: Iterable[Subscriber]) -> Iterator[Subscriber]:
    """Those of these people who are not suppressed, looked up a page at a time."""
    from newsletter_cli.audience.addresses import address_key
    from newsletter_cli.audience.suppression import suppressed_among

    waiting = iter(people)
    while page := list(islice(waiting, _PAGE)):
        keys = [address_key(person.email) for person in page]
        with database.engine.connect() as connection:
            gone = suppressed_among(connection, keys)
        yield from (person for person, key in zip(page, keys, strict=True) if key not in gone)


def has_list(workspace: Workspace, settings: "Settings") -> bool:
    """Whether there is a state database to ask; looking must not make one."""
    return workspace.database_file.is_file() or bool(settings.ledger.url)


def issue_difference(
    workspace: Workspace, settings: "Settings", preview: Preview, against: str
) -> "tuple[str, Difference]":
    """What differs from another message, and what that is called.

    Args:
        against: "last" (the issue before), "approved" (the message approved for this issue), or an issue's id.

    Raises:
        NewsletterError: there is no such message.
    """
    from newsletter_cli.preview.difference import compare

    issue_id = preview.issue.id
    if against == APPROVED:
        name, old = "what was approved", _approved(workspace, settings, issue_id)
    else:
        other = _before(workspace, issue_id) if against == LAST else against
        name, old = f"issue {other}", compose_issue(workspace, settings, other, write=False).message
    return name, compare(for_reader(old, settings, preview.reader), preview.message)


def _before(workspace: Workspace, issue_id: str) -> str:
    earlier = [each for each in workspace.issue_ids() if each < issue_id]
    if not earlier:
        raise NewsletterError(
            f"There is no issue before {issue_id} to compare with.", "Name one: --diff=ISSUE, or --diff=approved."
        )
    return earlier[-1]


def _approved(workspace: Workspace, settings: "Settings", issue_id: str) -> Message:
    if has_list(workspace, settings):
        from newsletter_cli.delivery import approval
        from newsletter_cli.workflow.subscribers import opened

        with opened(workspace, settings) as database, database.engine.connect() as connection:
            if found := approval.latest(connection, issue_id):
                return found.message
    raise NewsletterError(
        f"Issue {issue_id} was not approved yet.", f"`newsletter approve {issue_id} --by NAME` does it."
    )
