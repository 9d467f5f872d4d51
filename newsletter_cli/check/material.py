"""What the rules look at: a mail, the issue it was made from, and what is known around them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date as Date
from typing import Literal

from newsletter_cli.check.blocks import NOWHERE
from newsletter_cli.check.cascade import Styles
from newsletter_cli.check.origin import Origins, Place
from newsletter_cli.check.page import Element, Page, parse_page
from newsletter_cli.check.sheet import Sheet, sheets_of
from newsletter_cli.config import Settings
from newsletter_cli.model.issue import Issue
from newsletter_cli.model.message import Address, Image, MergeField, Message
from newsletter_cli.model.subscriber import Subscriber

Kind = Literal["issue", "eml", "html"]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail from anywhere. What a bare HTML file cannot tell is None: subject, text part, sender, headers.

    Attributes:
        parts: the Content-IDs of attached pictures, as `cid:...`.
        lines: for each line of the HTML the line of `file`, where the HTML is a part of it; else empty.
        raw: the whole mail as it was read from a file.
        charset: in which the HTML part of such a mail was sent, lower case.
    """

    kind: Kind
    html: str
    file: str = ""
    subject: str | None = None
    preheader: str | None = None
    text: str | None = None
    sender: Address | None = None
    reply_to: Address | None = None
    headers: tuple[tuple[str, str], ...] | None = None
    merge_fields: tuple[MergeField, ...] = ()
    images: tuple[Image, ...] = ()
    lang: str = ""
    parts: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    raw: bytes = b""
    charset: str = ""

    def line(self, line: int) -> int:
        """The line of `file` on which a line of the HTML stands."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else line

    @classmethod
    def of(cls, message: Message, file: str) -> "Mail":
        """A composed message; `file` is where its HTML was written, relative to the workspace."""
        return cls(
            "issue",
            message.html,
            file,
            message.subject,
            message.preheader,
            message.text,
            message.sender,
            message.reply_to,
            message.headers,
            message.merge_fields,
            message.images,
            message.lang,
        )


@dataclass(frozen=True, slots=True)
class LocalPicture:
    """A picture file as it lies on disk: format as Pillow names it, `sha256` of its bytes (hex)."""

    file: str
    format: str
    width: int
    height: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Everything a rule may ask; made by `prepare`.

    Attributes:
        mail: None when the issue could not be composed.
        send_day: the day the issue is planned to go out, else today.
        earlier: issues before this one, newest first.
        audience: gives everyone the issue would go to, anew at each call; None when there is no list yet.
        fields: names a merge field may have, without `subscriber.`; None when there is no list yet.
        pictures: local pictures by path relative to the workspace, of this issue and of earlier ones.
        dictionaries: folders with hunspell dictionaries.
        own_unsubscribe: the provider has an unsubscribe address of its own.
        lines_of: gives the lines of the imported list that these people stand on, by address in lower case.
    """

    mail: Mail | None
    issue: Issue | None
    settings: Settings | None
    today: Date
    send_day: Date
    page: Page
    sheets: tuple[Sheet, ...]
    light: Styles
    origins: Origins
    earlier: tuple[Issue, ...] = ()
    audience: Callable[[], Iterator[Subscriber]] | None = None
    fields: frozenset[str] | None = None
    pictures: Mapping[str, LocalPicture] = field(default_factory=dict)
    dictionaries: tuple[str, ...] = ()
    own_unsubscribe: bool = False
    lines_of: Callable[[Iterable[Subscriber]], Mapping[str, int]] = lambda people: {}

    @property
    def going_out(self) -> Date:
        """The day the issue can reach people at the earliest; consent and embargo are held against it."""
        return max(self.today, self.send_day)

    @property
    def kind(self) -> Kind:
        return self.mail.kind if self.mail else "issue"

    def place(self, element: Element) -> Place:
        """Where the author mends this element."""
        return self.origins.place(element)

    def html_line(self, line: int) -> Place:
        """A line of the HTML itself."""
        return Place(self.mail.file, self.mail.line(line)) if self.mail else NOWHERE


def prepare(
    mail: Mail | None,
    *,
    issue: Issue | None = None,
    settings: Settings | None = None,
    today: Date,
    send_day: Date | None = None,
    templates: Mapping[str, str] | None = None,
    settings_source: str = "",
    earlier: tuple[Issue, ...] = (),
    audience: Callable[[], Iterator[Subscriber]] | None = None,
    fields: frozenset[str] | None = None,
    pictures: Mapping[str, LocalPicture] | None = None,
    dictionaries: tuple[str, ...] = (),
    own_unsubscribe: bool = False,
    lines_of: Callable[[Iterable[Subscriber]], Mapping[str, int]] = lambda people: {},
) -> Material:
    """Parse the mail and make the material for `rules.run`.

    Args:
        templates: text of the template files by path, to point at what stands in them.
        settings_source: text of newsletter.toml, likewise.
        dictionaries: folders with hunspell dictionaries.
    """
    page = parse_page(mail.html if mail else "")
    sheets = sheets_of(page)
    return Material(
        mail=mail,
        issue=issue,
        settings=settings,
        today=today,
        send_day=send_day or today,
        page=page,
        sheets=sheets,
        light=Styles(page, sheets),
        origins=Origins(
            issue,
            mail.file if mail else "",
            templates or {},
            settings_source,
            mail.line if mail else lambda line: line,
        ),
        earlier=earlier,
        audience=audience,
        fields=fields,
        pictures=pictures or {},
        dictionaries=dictionaries,
        own_unsubscribe=own_unsubscribe,
        lines_of=lines_of,
    )
