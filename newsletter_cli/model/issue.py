"""One edition of the newsletter, as its files say."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date as Date

from newsletter_cli.model.article import Article, Block, Button, Card
from newsletter_cli.records import record

ISSUE_KEYS = (
    "subject",
    "preheader",
    "date",
    "send",
    "design",
    "lang",
    "articles",
    "further_reading",
    "call_to_action",
    "segment",
    "purpose",
    "status",
    "ignore",
)
ISSUE_ALIASES = {
    "title": "subject",
    "preview": "preheader",
    "language": "lang",
    "cta": "call_to_action",
    "further": "further_reading",
}


@record
class CallToAction:
    """The one thing the issue asks of its reader: a sentence and a button."""

    button: Button
    text: str = ""
    line: int = 0


@record
class Issue:
    """One edition, id such as `2022-02`.

    Attributes:
        file: issue.md relative to the workspace.
        subject, preheader: as written; may hold merge fields in Jinja2 syntax.
        send: "YYYY-MM-DD" or "YYYY-MM-DD HH:MM" in the newsletter's time zone when the issue fixes its own moment; else "".
        letter: the editor's letter (body of issue.md) as blocks; merge fields stand in it as written.
        letter_source: the same as Markdown, and `letter_line` the line of `file` it begins on.
        lines: header key to its line in `file`.
        ignores: check rules to leave out, each with its reason ("" is itself a finding).
    """

    id: str
    file: str
    subject: str
    preheader: str = ""
    date: Date | None = None
    send: str = ""
    design: str = ""
    lang: str = ""
    articles: tuple[Article, ...] = ()
    further_reading: tuple[Card, ...] = ()
    call_to_action: CallToAction | None = None
    letter: tuple[Block, ...] = ()
    letter_source: str = ""
    letter_line: int = 1
    segment: str = ""
    purpose: str = ""
    ignores: tuple[tuple[str, str], ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, key: str) -> int:
        return self.lines.get(key, 1)
