"""Turns subscribers into the rows of a frozen audience: address, name and their values for the merge fields."""

from collections.abc import Callable, Iterable, Iterator

from newsletter_cli.audience.addresses import address_key
from newsletter_cli.audience.picking import find_segment
from newsletter_cli.config import Settings
from newsletter_cli.database import Database
from newsletter_cli.delivery.snapshot import Frozen
from newsletter_cli.model.message import BROWSER, UNSUBSCRIBE, MergeField, Message, fill_tokens
from newsletter_cli.model.purpose import Purpose, not_covered, parse_purpose
from newsletter_cli.model.subscriber import Subscriber

_PREFIX = "subscriber."


def purpose_of(settings: Settings, issue: str) -> Purpose:
    """What an issue is for: what its header says (`issue`, "" for nothing), else the newsletter's own purpose.

    Raises:
        UnknownPurpose: it is none we know.
    """
    return parse_purpose(issue or settings.audience.purpose)


def rule_words(database: Database, settings: Settings, segment: str, purpose: Purpose = Purpose.NEWSLETTER) -> str:
    """The rule that picks an issue's audience, in words: what an approval is bound to.

    Raises:
        NewsletterError: the segment is not in newsletter.toml; BadSegment: it names a field nobody has.
    """
    rule = find_segment(database, settings, segment)
    name = segment or settings.audience.segment
    words = f"{name}: {rule.text}" if rule.text else "everybody"
    return words if purpose is Purpose.NEWSLETTER else f"{words}; {purpose} mail"


def freeze_readers(
    people: Iterable[Subscriber], message: Message, settings: Settings, purpose: Purpose = Purpose.NEWSLETTER
) -> Iterator[Frozen]:
    """The rows, one a person, streamed; who has no basis for this purpose is withheld. In test mode every address is the one that all mail is redirected to."""
    values = value_maker(message, settings)
    redirect = settings.test_mode.redirect_to
    for person in people:
        withheld = not_covered(person.basis, purpose)
        yield Frozen(address_key(person.email), redirect or person.email, person.name, values(person), withheld)


def as_shown(text: str, message: Message) -> str:
    """A text of the message as a reader without any values gets it, for a plan or a receipt."""
    return fill_tokens(text, message.merge_fields, lambda each: each.default or "{{ " + each.name + " }}")


def value_maker(message: Message, settings: Settings) -> Callable[[Subscriber], tuple[str, ...]]:
    """Gives a person's values in the order the ledger keeps them; a blank value is the field's default.

    Line breaks in a value become spaces: a value may stand in a header.
    """
    browser = settings.archive.url.replace("{issue}", message.issue_id)
    fields = tuple(each for each in message.merge_fields if each.name != UNSUBSCRIBE)

    def value(field: MergeField, person: Subscriber) -> str:
        if field.name == BROWSER:
            return browser
        if not field.name.startswith(_PREFIX):
            return ""
        own = " ".join(person.value(field.name.removeprefix(_PREFIX)).split())
        return own or field.default or ""

    return lambda person: tuple(value(field, person) for field in fields)
