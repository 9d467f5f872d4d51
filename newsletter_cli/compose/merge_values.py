"""What a template gets for a subscriber: objects that write tokens, because no value is known at compose time."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from jinja2.exceptions import TemplateRuntimeError

from newsletter_cli.compose.merge_fields import SEGMENTS
from newsletter_cli.model.message import MergeField


class ValueUnknown(TemplateRuntimeError):
    """A template asked what a merge field holds."""

    def __init__(self, name: str, what: str, hint: str = SEGMENTS) -> None:
        super().__init__(f"`{name}` {what}: its value differs from reader to reader and is not known here.")
        self.hint = hint


class TokenBook:
    """Gives each merge field its token, in the order in which they are first written."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._fields: dict[tuple[str, str | None], MergeField] = {}

    def token(self, name: str, default: str | None = None) -> str:
        """The token of this field with this default."""
        key = (name, default)
        if key not in self._fields:
            self._fields[key] = MergeField(f"{self.prefix}{len(self._fields)}z", name, default)
        return self._fields[key].token

    def used(self, texts: Iterable[str]) -> tuple[MergeField, ...]:
        """The fields whose tokens stand in any of these texts."""
        joined = "\0".join(texts)
        return tuple(field for field in self._fields.values() if field.token in joined)

    def damaged(self, text: str) -> Sequence[str]:
        """Pieces of the text that look like tokens and are none, such as one that a filter changed."""
        whole = {field.token for field in self._fields.values()}
        found = re.findall(re.escape(self.prefix) + r"\d*z?", text, re.I)
        return [piece for piece in found if piece not in whole]


class MergeValue:
    """A merge field in a template: written out it is a token; whatever asks for its value is an error."""

    __slots__ = ("_book", "_default", "_name")

    def __init__(self, book: TokenBook, name: str, default: str | None = None) -> None:
        self._book, self._name, self._default = book, name, default

    def __str__(self) -> str:
        return self._book.token(self._name, self._default)

    __html__ = __str__

    def with_default(self, default: str) -> "MergeValue":
        return MergeValue(self._book, self._name, default)

    def refuse(self, what: str) -> NoReturn:
        raise ValueUnknown(self._name, what)

    def __bool__(self) -> bool:
        self.refuse("cannot be used in a condition")

    def _compared(self, other: object) -> bool:
        self.refuse("cannot be compared")

    def _counted(self, *_: object) -> NoReturn:
        self.refuse("cannot be taken apart or counted")

    def _reckoned(self, *_: object) -> NoReturn:
        self.refuse("cannot be joined with + or calculated with (write ~ to join)")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _compared
    __len__ = __iter__ = __contains__ = __getitem__ = __call__ = _counted
    __add__ = __radd__ = __sub__ = __mul__ = __mod__ = __truediv__ = __neg__ = __int__ = __float__ = _reckoned
    __hash__ = None  # type: ignore[assignment]  # equality is refused, so is hashing


class MergeAddress(MergeValue):
    """A merge field that every reader has, such as the unsubscribe address; so `{% if unsubscribe_url %}` is true."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True


class SubscriberFields:
    """`subscriber` in a template: every attribute is a merge field."""

    __slots__ = ("_book",)

    def __init__(self, book: TokenBook) -> None:
        self._book = book

    def __getattr__(self, name: str) -> MergeValue:
        if name.startswith("_"):
            raise AttributeError(name)
        return MergeValue(self._book, f"subscriber.{name}")

    def __bool__(self) -> bool:
        raise ValueUnknown("subscriber", "cannot be used in a condition")

    def __str__(self) -> str:
        hint = 'Write {{ subscriber.first_name | default("friend") }}.'
        raise ValueUnknown("subscriber", "is a whole reader, not one field", hint)

    __html__ = __str__


_HARMLESS = frozenset(("default", "d", "e", "escape", "forceescape", "safe", "string", "format"))


def guarded(name: str, function: Any) -> Any:
    """A filter or test of Jinja2 that refuses merge values, unless it does not look at them."""
    from functools import wraps

    if name in _HARMLESS:
        return function

    @wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        for each in (*args, *named.values()):
            if isinstance(each, MergeValue):
                each.refuse(f"cannot be given to `{name}`")
        return function(*args, **named)

    return call


def default(value: Any, default_value: Any = "", boolean: bool = False) -> Any:
    """Jinja2's `default`, which gives a merge field the words for readers without a value."""
    from jinja2.filters import do_default

    if isinstance(value, MergeAddress):
        return value
    if isinstance(value, MergeValue):
        return value.with_default(str(default_value))
    return do_default(value, default_value, boolean)
