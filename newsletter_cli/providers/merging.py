"""Turns our tokens into a provider's own merge syntax, with values that stay exactly the characters they are."""

import html as html_escape
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from newsletter_cli.model.message import UNSUBSCRIBE, MergeField, Message, split_tokens
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.providers.base import CannotExpress

RAW, HTML = "t", "h"


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a provider writes a merge field.

    Attributes:
        placeholder: the field's place, given a key of `[a-z0-9]`.
        active: strings in our own text that the provider would evaluate; the message is refused.
        carried: a pattern of characters that could begin or end the provider's syntax; each of them becomes a merge
            field with that character as its value for everybody, since values are not evaluated.
        own_unsubscribe: the provider's place for its own unsubscribe address; "" for none.
        escapes_html: the provider HTML-escapes values in the HTML part itself, so values go raw.
        guarded: a pattern of characters that are written as entities in values of the HTML part: nobody documents that
            what was filled in is never read again.
    """

    placeholder: Callable[[str], str]
    active: tuple[str, ...] = ()
    carried: str = ""
    own_unsubscribe: str = ""
    escapes_html: bool = False
    guarded: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """A message in a provider's syntax, and which keys each person's values go under.

    `keys` maps (token, RAW or HTML) to the key used in the text; `constants` are keys with one value for everybody.
    Only keys that occur.
    """

    subject: str
    html: str
    text: str
    headers: tuple[tuple[str, str], ...]
    keys: dict[tuple[str, str], str]
    constants: dict[str, str]
    guarded: str = ""

    def values(self, person: Recipient) -> dict[str, str]:
        """This person's values by key; those for the HTML part are HTML-escaped."""
        values = person.values
        return self.constants | {
            key: self._escaped(values[token]) if kind == HTML else values[token]
            for (token, kind), key in self.keys.items()
        }

    def _escaped(self, value: str) -> str:
        safe = escaped(value)
        return re.sub(self.guarded, lambda found: f"&#{ord(found[0])};", safe) if self.guarded else safe


def merge(message: Message, syntax: Syntax, *, own: bool) -> Merged:
    """The message with the provider's placeholders in place of tokens.

    Args:
        message: with tokens.
        syntax: the provider's.
        own: put the provider's own unsubscribe address for `unsubscribe_url`.

    Raises:
        CannotExpress: our text holds something the provider would evaluate.
    """
    return _Merger(message, syntax, own).merged()


class _Merger:
    def __init__(self, message: Message, syntax: Syntax, own: bool) -> None:
        self.message, self.syntax, self.own = message, syntax, own
        self.keys: dict[tuple[str, str], str] = {}
        self.constants: dict[str, str] = {}
        self.place = {each.token: number for number, each in enumerate(message.merge_fields)}

    def merged(self) -> Merged:
        message = self.message
        html_kind = RAW if self.syntax.escapes_html else HTML
        subject = self._part(message.subject, RAW, "the subject")
        html = self._part(message.html, html_kind, "the HTML part")
        text = self._part(message.text, RAW, "the text part")
        headers = tuple((name, self._part(value, RAW, f"the header {name}")) for name, value in message.headers)
        return Merged(subject, html, text, headers, self.keys, self.constants, self.syntax.guarded)

    def _part(self, text: str, kind: str, where: str) -> str:
        pieces = split_tokens(text, self.message.merge_fields)
        return "".join(
            self._literal(each, where) if isinstance(each, str) else self._field(each, kind) for each in pieces
        )

    def _field(self, field: MergeField, kind: str) -> str:
        if self.own and field.name == UNSUBSCRIBE:
            return self.syntax.own_unsubscribe
        # Short keys: every person carries each of them.
        key = self.keys.setdefault((field.token, kind), f"f{self.place[field.token]}{kind}")
        return self.syntax.placeholder(key)

    def _literal(self, text: str, where: str) -> str:
        found = next((each for each in self.syntax.active if each in text), None)
        if found is not None:
            raise CannotExpress(
                f'There is "{found}" in {where}: the provider would take it for a merge field of its own.',
                "Write it differently, or choose another provider.",
            )
        if not self.syntax.carried:
            return text
        return re.sub(self.syntax.carried, lambda run: "".join(map(self._constant, run[0])), text)

    def _constant(self, character: str) -> str:
        key = f"c{ord(character):x}{RAW}"
        self.constants[key] = character
        return self.syntax.placeholder(key)


BRACES = r"\\+(?=\{|\Z)|\{(?=[{%#]|\Z)|\A\}+"
"""For languages with {{ }}, {% %}, {# #} and a backslash that takes their meaning away, as in Handlebars and Jinja."""

OPENING = r"[{\\]"
"""What begins anything in those languages."""


def own_address(message: Message, people: Sequence[Recipient]) -> bool:
    """Whether `unsubscribe_url` is left to the provider: the field is there and nobody has a value for it."""
    token = next((each.token for each in message.merge_fields if each.name == UNSUBSCRIBE), None)
    return token is not None and not any(token in person.values for person in people)


def escaped(value: str) -> str:
    """The value as text of the HTML part; most hold letters and digits only, and that is quickly seen."""
    return value if value.isalnum() else html_escape.escape(value)


def headers_maker(message: Message) -> Callable[[Recipient], dict[str, str]]:
    """Gives the extra headers with a person's values; the texts are cut at their tokens once."""
    cut = {name: split_tokens(text, message.merge_fields) for name, text in message.headers}
    fixed = {name: text for name, text in message.headers if all(isinstance(each, str) for each in cut[name])}

    def filled(parts: Sequence[str | MergeField], values: Mapping[str, str]) -> str:
        return "".join(
            [each if isinstance(each, str) else values.get(each.token, each.default or "") for each in parts]
        )

    return lambda person: {
        name: fixed[name] if name in fixed else filled(parts, person.values) for name, parts in cut.items()
    }


def without_unsubscribe(message: Message) -> tuple[tuple[str, str], ...]:
    """The headers less List-Unsubscribe and List-Unsubscribe-Post: the provider writes its own."""
    return tuple(
        (name, value)
        for name, value in message.headers
        if name.lower() not in ("list-unsubscribe", "list-unsubscribe-post")
    )
