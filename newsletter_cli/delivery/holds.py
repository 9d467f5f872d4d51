"""Issues that are held back or called off before their send began."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from newsletter_cli.database.notes import forget, note, noted
from newsletter_cli.database.tables import event
from newsletter_cli.errors import ExitStatus, NewsletterError

_KEY = "hold:"
HELD, CANCELLED = "held", "cancelled"


@dataclass(frozen=True, slots=True)
class Hold:
    """A wish that an issue does not go out: `state` is held or cancelled."""

    state: str
    why: str
    by: str


class IssueHeld(NewsletterError):
    """Somebody held the issue back."""

    exit_status = ExitStatus.NOTHING_SENT

    def __init__(self, issue: str, hold: Hold) -> None:
        done = "called off" if hold.state == CANCELLED else "held back"
        by = f" by {hold.by}" if hold.by else ""
        super().__init__(
            f"Issue {issue} was {done}{by}{': ' + hold.why if hold.why else ''}. Nothing goes out.",
            f"newsletter release {issue} lets it go on.",
        )
        self.hold = hold
        if hold.state == CANCELLED:
            self.exit_status = ExitStatus.NOTHING_TO_DO


def put_hold(connection: Connection, issue: str, hold: Hold, now: datetime) -> None:
    """Hold the issue back, or call it off, until `lift_hold`."""
    note(connection, _KEY + issue, _written(hold))
    _record(connection, issue, hold.by, f"{hold.state}: {hold.why}" if hold.why else hold.state, now)


def lift_hold(connection: Connection, issue: str, by: str, now: datetime) -> bool:
    """Let the issue go on; True when it was held."""
    done = forget(connection, _KEY + issue)
    if done:
        _record(connection, issue, by, "released", now)
    return done


def find_hold(connection: Connection, issue: str) -> Hold | None:
    """The hold on this issue, or None."""
    value = noted(connection, _KEY + issue)
    if not value:
        return None
    state, by, why = value.split("\n", 2)
    return Hold(state, why, by)


def _record(connection: Connection, issue: str, by: str, what: str, now: datetime) -> None:
    at = now.astimezone(UTC).isoformat(timespec="microseconds")
    connection.execute(insert(event).values(at=at, who=by, what=what, issue=issue))


def _written(hold: Hold) -> str:
    return "\n".join(" ".join(text.split()) for text in (hold.state, hold.by, hold.why))
