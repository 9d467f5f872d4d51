"""Reads tables of TOML into frozen dataclasses, and tells every fault of them at once.

The annotations of the dataclass say what is asked for; in `Annotated[str, check]` each check takes the value and returns
it, or raises ValueError with the rest of a sentence ("must be one line"). A few dozen lines of our own rather than a
library, because every command reads the settings before it does anything else and importing pydantic takes 0.1 seconds.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from newsletter_cli.records import record

T = TypeVar("T")
Place = tuple[str | int, ...]

_SCALARS = {str: "text in quotes", bool: "true or false", int: "a whole number", float: "a number"}


class FaultKind(Enum):
    """What is wrong with a key."""

    UNKNOWN = "unknown"
    MISSING = "missing"
    UNFIT = "unfit"


@record
class Fault:
    """A key that cannot be taken.

    Attributes:
        place: tables, key and index that lead to it, such as ("sources", 0, "url").
        reason: the rest of a sentence about an unfit value.
        value: what is written there.
        siblings: the keys that an unknown one could have been.
    """

    place: Place
    kind: FaultKind
    reason: str = ""
    value: object = None
    siblings: tuple[str, ...] = ()


def read_table(model: type[T], raw: Mapping[str, Any]) -> tuple[T | None, list[Fault]]:
    """A dataclass filled from a table, or None and every fault."""
    reader = _Reader()
    return reader.table(model, raw, ()), reader.faults


def at_least(low: float) -> Callable[[Any], Any]:
    """A check: this number or more."""
    return between(low, float("inf"))


def between(low: float, high: float) -> Callable[[Any], Any]:
    """A check: from `low` to `high`, both included; not-a-number is neither."""

    def check(value: float) -> float:
        if not low <= value <= high:
            raise ValueError(f"must be {low} or more" if high == float("inf") else f"must be from {low} to {high}")
        return value

    return check


class _Reader:
    """Goes down the tables, noting faults on the way; what it returns beside a fault is of no use."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def table(self, model: type[T], raw: object, place: Place) -> T | None:
        if not isinstance(raw, Mapping):
            self._unfit(place, "must be a table", raw)
            return None
        before = len(self.faults)
        known: dict[str, Field[Any]] = {each.name: each for each in fields(model)}  # type: ignore[arg-type]
        for key in raw:
            if key not in known:
                self.faults.append(Fault((*place, key), FaultKind.UNKNOWN, value=raw[key], siblings=tuple(known)))
        values = {}
        for name, each in known.items():
            if name in raw:
                values[name] = self.value(each.type, raw[name], (*place, name))
            elif each.default is MISSING and each.default_factory is MISSING:
                self.faults.append(Fault((*place, name), FaultKind.MISSING))
        return model(**values) if len(self.faults) == before else None

    def value(self, kind: Any, raw: object, place: Place) -> Any:
        """One value of a kind: a scalar, a table, a list or table of those, one of several kinds."""
        origin, inner = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return self._checked(inner[0], inner[1:], raw, place)
        if origin is Literal:
            words = " or ".join(f'"{each}"' for each in inner if each)
            return raw if raw in inner else self._unfit(place, f"must be {words}", raw)
        if origin in (UnionType, Union):
            lists = isinstance(raw, list)
            fitting = (each for each in inner if (get_origin(each) is tuple) == lists)
            return self.value(next(fitting, inner[0]), raw, place)
        if origin is tuple:
            return self._list(inner[0], raw, place)
        if origin is dict:
            return self._named(inner[1], raw, place)
        if isinstance(kind, type) and is_dataclass(kind):
            return self.table(kind, raw, place)
        return self._scalar(kind, raw, place)

    def _checked(self, kind: Any, checks: tuple[Callable[[Any], Any], ...], raw: object, place: Place) -> Any:
        before = len(self.faults)
        value = self.value(kind, raw, place)
        if len(self.faults) > before:
            return None
        try:
            for check in checks:
                value = check(value)
        except ValueError as error:
            return self._unfit(place, str(error), raw)
        return value

    def _list(self, kind: Any, raw: object, place: Place) -> Any:
        if not isinstance(raw, list | tuple):
            return self._unfit(place, "must be a list in [ ]", raw)
        return tuple(self.value(kind, each, (*place, number)) for number, each in enumerate(raw))

    def _named(self, kind: Any, raw: object, place: Place) -> Any:
        if not isinstance(raw, Mapping):
            return self._unfit(place, "must be a table", raw)
        return {name: self.value(kind, each, (*place, name)) for name, each in raw.items()}

    def _scalar(self, kind: type, raw: object, place: Place) -> Any:
        # A bool is an int to Python, not to a person; an int will do where a fraction may stand.
        if kind is float and type(raw) is int:
            return float(raw)
        return raw if type(raw) is kind else self._unfit(place, f"must be {_SCALARS[kind]}", raw)

    def _unfit(self, place: Place, reason: str, value: object) -> None:
        self.faults.append(Fault(place, FaultKind.UNFIT, reason, value))
