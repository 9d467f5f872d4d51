"""The personal versions of a message: each distinct one once, with how many people get it, and nobody named."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsletter_cli.model.message import MergeField, Message, fill_tokens
from newsletter_cli.model.subscriber import Subscriber

PREFIX = "subscriber."
# Always masked, for they name one person; any other value is shown when it is shared by this many or more.
_PERSONAL = frozenset(("email", "first_name", "last_name", "name"))
_CROWD = 5
_LONGEST = 40
_MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Variant:
    """One version: how many people get it, and the lines in which it differs, with `‹first name›` for a name."""

    count: int
    lines: tuple[str, ...]
    broken: bool = False


def personal_fields(message: Message) -> tuple[MergeField, ...]:
    """The merge fields that differ by what is known of a subscriber (not the addresses we make)."""
    return tuple(each for each in message.merge_fields if each.name.startswith(PREFIX))


def count_variants(message: Message, people: Iterable[Subscriber]) -> tuple[Variant, ...]:
    """The versions of these people, the most frequent first.

    `broken` marks a version in which a field has neither value nor default, so that a gap shows.
    """
    fields = personal_fields(message)
    tally = Counter(tuple(_shape(each, person.value(each.name[len(PREFIX) :])) for each in fields) for person in people)
    shared = [Counter[str]() for _ in fields]
    for shape, count in tally.items():
        for number, value in enumerate(shape):
            shared[number][value] += count
    safe: Counter[tuple[str, ...]] = Counter()
    for shape, count in tally.items():
        safe[tuple(_safe(field, value, seen) for field, value, seen in zip(fields, shape, shared, strict=True))] += (
            count
        )
    return tuple(_variant(message, fields, shape, count) for shape, count in safe.most_common())


def _shape(field: MergeField, value: str) -> str:
    if not value.strip():
        return field.default or ""
    return _mask(field) if field.name[len(PREFIX) :] in _PERSONAL else value


def _safe(field: MergeField, value: str, seen: "Counter[str]") -> str:
    """The value if a crowd shares it, else what stands for it."""
    if value in ("", field.default, _mask(field)) or (seen[value] >= _CROWD and len(value) <= _LONGEST):
        return value
    return _mask(field)


def _mask(field: MergeField) -> str:
    return f"‹{field.name[len(PREFIX) :].replace('_', ' ')}›"


def _variant(message: Message, fields: Sequence[MergeField], shape: Sequence[str], count: int) -> Variant:
    values = {field.token: value for field, value in zip(fields, shape, strict=True)}
    lines: list[str] = []
    for row in (message.subject, message.preheader, *message.text.split("\n")):
        if any(each.token in row for each in fields):
            filled = fill_tokens(row, message.merge_fields, lambda each: values.get(each.token, "…")).strip()
            lines += [filled] if filled not in lines else []
    broken = any(not value and field.default is None for field, value in zip(fields, shape, strict=True))
    return Variant(count, tuple(lines[:_MOST_LINES]), broken)
