"""Types the known keys of a header and collects what is wrong with them."""

import re
from datetime import date as Date

from newsletter_cli.model.article import Button
from newsletter_cli.model.cards import address_fault, read_button
from newsletter_cli.model.dates import parse_date
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.header import Header, HeaderProblem

_IGNORE = re.compile(r"([A-Za-z0-9_-]+)\s*(?:\(([^()]*)\))?")


class Facts:
    """A header's values by type; `findings` grows with every fault.

    Attributes:
        file: the header's file, relative to the workspace.
    """

    def __init__(self, header: Header, file: str) -> None:
        self.header, self.file = header, file
        self.findings: list[Finding] = []
        for each in header.problems:
            self.problem(each, "header", Severity.ERROR if each.fatal else Severity.WARNING)

    @property
    def fatal(self) -> bool:
        """Whether the header could not be read at all."""
        return any(each.fatal for each in self.header.problems)

    def problem(self, problem: HeaderProblem, rule: str, severity: Severity = Severity.ERROR) -> None:
        self.findings.append(Finding(rule, severity, problem.message, problem.hint, self.file, problem.line))

    def fault(self, rule: str, key: str, message: str, hint: str = "", severity: Severity = Severity.ERROR) -> None:
        self.findings.append(Finding(rule, severity, message, hint, self.file, self.header.line(key)))

    def text(self, key: str) -> str:
        """The value as one line."""
        return " ".join(self.header.get(key).split())

    def rows(self, key: str) -> tuple[tuple[int, str], ...]:
        return self.header.rows_of(key)

    def date(self, key: str) -> Date | None:
        """The date, or None; a value that is no date is a fault."""
        value = self.text(key)
        if not value:
            return None
        try:
            return parse_date(value)
        except ValueError as error:
            self.fault("date-invalid", key, f"`{key}`: {error}", "Write it as 23 February 2022.")
            return None

    def link(self, key: str) -> str:
        """A web address, "" when there is none or it is not one."""
        value = self.header.get(key).strip()
        if fault := value and address_fault(value):
            self.fault("link-unusable", key, f"`{key}`: {fault}", "Write the whole address.")
            return ""
        return value

    def button(self, key: str, text: str) -> Button | None:
        """The button written in `text`, a line of `key`."""
        if not text:
            return None
        found = read_button(text, self.header.line(key))
        if isinstance(found, HeaderProblem):
            self.problem(found, "button-unreadable")
            return None
        return found

    def ignores(self) -> tuple[tuple[str, str], ...]:
        """`rule (reason)`, several separated by commas or on lines of their own."""
        return tuple((rule, reason.strip()) for rule, reason in _IGNORE.findall(self.header.get("ignore")))


def nearest(word: str, known: list[str]) -> str:
    """`Did you mean X?` or ""."""
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]}?" if near else ""
