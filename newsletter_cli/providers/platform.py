"""The contract of a hosted-campaign platform: the list lives there, and one call makes a campaign of our message."""

import html as html_escape
import re
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from urllib3.filepost import encode_multipart_formdata

from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.message import MergeField, Message, split_tokens
from newsletter_cli.providers.base import Batch, CannotExpress, Capabilities, Doubtful, HttpCall, Receipt
from newsletter_cli.providers.rest import HttpProvider, short_id
from newsletter_cli.providers.transport import Reply


class Stage(StrEnum):
    """How far a campaign is, by the platform's own word; `unknown` for a word we do not know."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNKNOWN = "unknown"


UNDER_WAY = (Stage.SCHEDULED, Stage.SENDING, Stage.SENT)


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign at the platform: its id there, how far it is, and the platform's own word for that."""

    id: str
    stage: Stage
    raw: str


@dataclass(frozen=True, slots=True)
class PlatformReport:
    """What the platform counted, in people; None is a number it does not offer, never 0 in its place."""

    recipients: int | None = None
    delivered: int | None = None
    bounced: int | None = None
    complained: int | None = None
    unsubscribed: int | None = None
    opened: int | None = None
    clicked: int | None = None

    @property
    def complaint_rate(self) -> float | None:
        """Complaints among the people mailed, 0.001 is one in a thousand; None where it is not known."""
        return self.complained / self.recipients if self.recipients and self.complained is not None else None


@dataclass(frozen=True, slots=True)
class Members:
    """The list at the platform: its name there and how many people it would mail."""

    name: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Language:
    """A platform's template language.

    Attributes:
        field: the field's place in a part ("html", "text" or "subject").
        html_literal: HTML of ours made safe from evaluation, the text between two fields at a time.
        text_literal: the same for subject and text part.
    """

    field: Callable[[MergeField, str], str]
    html_literal: Callable[[str], str]
    text_literal: Callable[[str, str], str]


class PictureLost(NewsletterError):
    """A picture was taken, and nobody knows where it lies."""

    def __init__(self, title: str, name: str) -> None:
        super().__init__(
            f"{title} took the picture {name} and did not say at which address it lies.",
            "Run the same command again; if it stays so, set `publish` under [images] to a folder or s3://bucket/folder.",
        )


ALL_COUNTS = ("delivered", "bounced", "complained", "unsubscribed", "opened", "clicked")
PLATFORM = Capabilities(
    max_recipients=0,
    own_unsubscribe=True,
    header_notes=(
        "Message-ID, List-Id, List-Unsubscribe: the platform writes its own.",
        "The list and who left it are kept at the platform.",
    ),
    verify=True,
    host_image=True,
)
"""What platforms share; each adds what it counts and what it writes itself."""


class Platform(HttpProvider):
    """One platform. A timed-out create is looked up and an ambiguous send read back; neither is ever repeated."""

    kind: ClassVar[Literal["transactional", "campaign"]] = "campaign"
    capabilities = PLATFORM
    language: ClassVar[Language]

    # -- what a platform says

    @abstractmethod
    def find(self, key: str) -> Draft | None:
        """The campaign that was made under this key, whatever its stage."""

    @abstractmethod
    def create(self, message: Message, key: str) -> HttpCall:
        """The call that makes a draft and nothing else."""

    @abstractmethod
    def created(self, reply: Reply) -> Draft:
        """The draft that `create`'s answer tells of.

        Raises:
            ValueError: the answer is not understood.
        """

    @abstractmethod
    def fill(self, draft: Draft, message: Message, key: str) -> Sequence[HttpCall]:
        """The calls that put this very content into an existing draft; each may be repeated."""

    @abstractmethod
    def test(self, draft: Draft, addresses: Sequence[str]) -> None:
        """Mail a test copy to these addresses, at least one."""

    @abstractmethod
    def schedule(self, draft: Draft, when: datetime) -> None:
        """Let the platform send at this time (aware)."""

    @abstractmethod
    def unschedule(self, draft: Draft) -> None:
        """Make a scheduled campaign a draft again."""

    @abstractmethod
    def start(self, draft: Draft) -> HttpCall:
        """The call that sends."""

    @abstractmethod
    def status(self, draft_id: str) -> Draft:
        """How far the campaign is now."""

    @abstractmethod
    def report(self, draft_id: str) -> PlatformReport:
        """What the platform counted so far."""

    @abstractmethod
    def upload(self, name: str, data: bytes) -> HttpCall:
        """The call that puts a picture into the platform's own store."""

    @abstractmethod
    def uploaded(self, reply: Reply) -> str:
        """Where the picture of `upload`'s answer lies.

        Raises:
            ValueError: the answer is not understood.
        """

    @abstractmethod
    def members(self) -> Members:
        """The list it would mail."""

    # -- what they share

    def upsert_draft(self, message: Message, key: str) -> Draft:
        """The draft of this key with this very content, made if there is none.

        Raises:
            CannotExpress: the campaign is under way already.
            Doubtful: a draft was to be made and nobody knows whether it was; a later run looks it up again.
        """
        draft = self.find(key)
        if draft is None:
            draft = self._make(message, key)
        if draft.stage not in (Stage.DRAFT, Stage.PAUSED):
            raise CannotExpress(
                f"The campaign of this issue at {self.title} is {draft.stage} ({draft.raw}) and is left alone.",
                f"Look at it at {self.title}. To mail it again is a new issue.",
            )
        for call in self.fill(draft, message, key):
            self.question(call)
        return draft

    def ready(self, draft: Draft) -> None:
        """The platform's own look before a send, where it has one; asked before anything is written down.

        Raises:
            CannotExpress: it says what is missing.
        """

    def send_draft(self, draft: Draft) -> Draft:
        """Send once; an answer that is not clear is read back, never repeated.

        Raises:
            Refused, NotSent: the platform took nothing, for sure.
            Doubtful: the platform does not say that the campaign is under way; look before anything else is done.
        """
        lost: Doubtful | None = None
        try:
            reply = self.transport.call(self.start(draft))
            if not 200 <= reply.status < 300:
                raise self.fault(reply)
        except Doubtful as doubt:
            lost = doubt
        try:
            now = self.status(draft.id)
        except NewsletterError as error:  # Whatever this says, it says nothing about the send before it.
            if lost is None:
                return Draft(draft.id, Stage.SENDING, "taken; it could not be read back yet")
            raise self._in_doubt("could not be read back", lost) from error
        if lost is None or now.stage in UNDER_WAY:
            return now
        raise self._in_doubt(f"is {now.stage} by its own word", lost) from lost

    def host_image(self, name: str, data: bytes) -> str:
        """Put a picture into the platform's store; said twice, it lies there twice, which does no harm.

        Raises:
            NewsletterError: it was not taken, or the platform does not say where it lies.
        """
        reply = self.question(self.upload(name, data))
        try:
            address = self.uploaded(reply)
        except ValueError as error:
            raise PictureLost(self.title, name) from error
        if not address.startswith(("https://", "http://")):
            raise PictureLost(self.title, name)
        return address

    def file_call(self, path: str, field: str, name: str, data: bytes) -> HttpCall:
        """A form with one file (RFC 7578); the same bytes for the same file."""
        kind = "image/png" if name.endswith(".png") else "image/gif" if name.endswith(".gif") else "image/jpeg"
        boundary = "newsletter" + short_id(name)
        body, content_type = encode_multipart_formdata({field: (name, data, kind)}, boundary=boundary)
        return HttpCall("POST", self.address + path, (("Content-Type", content_type), *self.headers()), body)

    def translate(self, message: Message) -> tuple[str, str, str]:
        """Subject, HTML and text in the platform's template language, our own braces made harmless.

        Raises:
            CannotExpress: something in our text cannot be written so that the platform leaves it alone.
        """

        return (
            self._part(message, message.subject, "subject"),
            self.html_of(message),
            self._part(message, message.text, "text"),
        )

    def html_of(self, message: Message) -> str:
        """The HTML in the platform's language; a platform overrides it where a piece between two fields says too little."""
        return self._part(message, message.html, "html")

    def _part(self, message: Message, text: str, kind: str) -> str:
        language = self.language
        literal = language.html_literal if kind == "html" else lambda piece: language.text_literal(piece, kind)
        return "".join(
            literal(each) if isinstance(each, str) else language.field(each, kind)
            for each in split_tokens(text, message.merge_fields)
        )

    def _in_doubt(self, state: str, lost: Doubtful) -> Doubtful:
        return Doubtful(
            f"{self.title} was asked to send and the answer was lost; the campaign {state}.",
            f"Look at the campaign at {self.title}; `newsletter receipt` asks again. Nothing is repeated by itself.",
            words=lost.words,
            request_id=lost.request_id,
        )

    def _make(self, message: Message, key: str) -> Draft:
        try:
            reply = self.transport.call(self.create(message, key))
            if not 200 <= reply.status < 300:
                raise self.fault(reply)
            return self.created(reply)
        except (Doubtful, ValueError) as doubt:
            found = self.find(key)
            if found is not None:
                return found
            raise Doubtful(
                f"{self.title} was asked to make a draft and gave no clear answer; it shows no such draft yet.",
                "Nobody was mailed. Run the same command again in a few minutes: the draft is looked up first.",
            ) from doubt

    # -- a platform takes no batches

    def check(self, message: Message) -> None:
        self.translate(message)

    def build(self, message: Message, batch: Batch) -> HttpCall:
        raise self._no_batches()

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        raise self._no_batches()

    def send(self, message: Message, batch: Batch) -> Receipt:
        raise self._no_batches()

    def calls(self, message: Message, batch: Batch) -> Sequence[HttpCall]:
        """The calls a send would make, keys masked; the draft's id is known only once there is one."""
        draft = Draft("DRAFT-ID", Stage.DRAFT, "")
        plan = (self.create(message, batch.campaign), *self.fill(draft, message, batch.campaign), self.start(draft))
        return tuple(self.mask(call) for call in plan)

    def _no_batches(self) -> CannotExpress:
        return CannotExpress(f"{self.title} keeps the list itself and takes a whole campaign, no batch of people.")


def entities(text: str, opening: str) -> str:
    """HTML in which each `opening` is written so that only a browser reads it back: its last character as an entity.

    Style sheets and comments know no entities: they are left as they are, and refused where they hold `opening`.
    """
    safe = opening[:-1] + "".join(f"&#{ord(each)};" for each in opening[-1:])

    def outside(piece: str) -> str:
        return piece.replace(opening, safe)

    pieces = re.split(r"(<style\b.*?</style>|<!--.*?-->)", text, flags=re.S | re.I)
    for raw in pieces[1::2]:
        if opening in raw:
            raise CannotExpress(
                f'There is "{opening}" in a style sheet or comment: the platform would take it for its own syntax.',
                "Put a space between the characters in the template.",
            )
    return "".join(outside(piece) if place % 2 == 0 else piece for place, piece in enumerate(pieces))


def refuse(text: str, openings: Sequence[str], where: str) -> str:
    """The text, if it holds none of these.

    Raises:
        CannotExpress: it does.
    """
    found = next((each for each in openings if each in text), None)
    if found is not None:
        raise CannotExpress(
            f'There is "{found}" in the {where}: the platform would take it for its own syntax.',
            "Write it differently.",
        )
    return text


def html_value(text: str) -> str:
    """A default value of a merge field as HTML."""
    return html_escape.escape(text)
