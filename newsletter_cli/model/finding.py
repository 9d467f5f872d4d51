"""A fault found in an issue, an article or a message, for the person who wrote it."""

from enum import StrEnum

from newsletter_cli.records import record


class Severity(StrEnum):
    """`error` blocks a send, `warning` asks to look, `info` tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@record
class Finding:
    """One fault: which rule, what is wrong, what to do, and where the author can mend it.

    `file` is relative to the workspace, "" when it concerns no file; `line` counts from 1, 0 when unknown.
    """

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    file: str = ""
    line: int = 0
