"""The faults this program reports to a person, each with its exit status."""

from collections.abc import Iterable
from enum import IntEnum


class ExitStatus(IntEnum):
    """What the process says to the shell; these numbers are promises."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CHECK_FAILED = 3
    PARTLY_SENT = 4
    NOTHING_SENT = 5
    NOTHING_TO_DO = 6
    NOT_APPROVED = 7
    TOO_LATE = 8
    INTERRUPTED = 130


class NewsletterError(Exception):
    """A fault the person in front of the program can act on.

    Attributes:
        message: what happened and where, one sentence.
        hint: what to do next; may be empty.
        problems: every single fault, when several were found at once.
    """

    exit_status = ExitStatus.FAILED

    def __init__(self, message: str, hint: str = "", problems: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)


class UsageError(NewsletterError):
    """The command was called with words that do not fit together."""

    exit_status = ExitStatus.USAGE


class WorkspaceNotFound(NewsletterError):
    """No newsletter.toml in the folder or above it."""

    def __init__(self, start: object) -> None:
        super().__init__(
            f"There is no newsletter.toml in {start} or in a folder above it.",
            "Run `newsletter init` to make a workspace here, or name one with -C DIR.",
        )


class SettingsError(NewsletterError):
    """newsletter.toml has faults; all of them are in `problems`."""

    def __init__(self, path: object, problems: Iterable[str]) -> None:
        faults = tuple(problems)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(
            f"{path} has {count}.", "Correct the lines named above; docs/settings.md lists every key.", faults
        )


class IssueNotFound(NewsletterError):
    """No folder issues/<id> with an issue.md in it."""

    def __init__(self, issue_id: str, known: Iterable[str]) -> None:
        ids = ", ".join(known) or "none yet"
        super().__init__(
            f"There is no issue {issue_id} (issues here: {ids}).", f"Run `newsletter new {issue_id}` to start it."
        )
