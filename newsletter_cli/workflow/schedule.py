"""The newsletter's calendar, read from newsletter.toml and the issues' own `send` lines."""

from datetime import datetime

from newsletter_cli.config import Settings
from newsletter_cli.config.when import DEFAULT_TIME, parse_when
from newsletter_cli.delivery.schedule import BadMoment, Calendar, make_calendar, parse_moment
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.header import read_header
from newsletter_cli.model.issue import ISSUE_ALIASES, ISSUE_KEYS
from newsletter_cli.paths import Workspace


def read_calendar(workspace: Workspace, settings: Settings) -> Calendar:
    """The calendar of this workspace.

    Only the headers of the issues are read, so that a fault in an article of one issue never stops another.

    Raises:
        BadMoment: a `send` line that is no date.
    """
    ids = workspace.issue_ids()
    own = {issue_id: moment for issue_id in ids if (moment := own_moment(workspace, settings, issue_id))}
    return make_calendar(settings.schedule, settings.zone, own, frozenset(ids))


def own_moment(workspace: Workspace, settings: Settings, issue_id: str) -> datetime | None:
    """The moment an issue fixes for itself, or None."""
    file = workspace.issue(issue_id) / "issue.md"
    try:
        header = read_header(file.read_text(encoding="utf-8-sig"), ISSUE_KEYS, ISSUE_ALIASES)
    except (OSError, UnicodeDecodeError) as error:
        raise NewsletterError(
            f"{workspace.relative(file)} could not be read: {error}.", "Check the file; it must be UTF-8 text."
        ) from error
    text = header.get("send")
    if not text:
        return None
    default = parse_when(settings.schedule.when).at if settings.schedule.when else DEFAULT_TIME
    try:
        return parse_moment(text, settings.zone, default)
    except ValueError as error:
        raise BadMoment(workspace.relative(file), header.line("send"), text, str(error)) from error
