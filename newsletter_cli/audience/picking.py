"""Picks the audience of an issue: the people its segment names."""

from collections.abc import Iterator

from newsletter_cli.audience.segments import Segment, everybody, parse_segment
from newsletter_cli.audience.store import each_subscriber, fields
from newsletter_cli.config import Settings
from newsletter_cli.database import Database
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.subscriber import Subscriber


def find_segment(database: Database, settings: Settings, name: str) -> Segment:
    """The segment of this name in newsletter.toml ("" is the newsletter's own, or else everybody).

    Raises:
        NewsletterError: there is no segment of that name; BadSegment: its rule is wrong.
    """
    wanted = name or settings.audience.segment
    if not wanted:
        return everybody()
    if wanted not in settings.segments:
        known = ", ".join(sorted(settings.segments)) or "none"
        raise NewsletterError(
            f"There is no segment `{wanted}` in newsletter.toml (segments there: {known}).",
            f"Add [segments.{wanted}] with a `where` rule, or correct the name.",
        )
    return parse_segment(settings.segments[wanted].where, fields(database))


def pick_audience(database: Database, settings: Settings, segment: str = "") -> Iterator[Subscriber]:
    """The people of the segment, in the order of their address keys, each address once.

    Suppressed people are among them: the account of a send names them and why.
    """
    rule = find_segment(database, settings, segment)
    return (person for person in each_subscriber(database) if rule.matches(person))
