"""Frozen classes of fields: what `dataclass(frozen=True, slots=True)` makes, made at a tenth of its price.

`dataclass` writes and compiles seven methods for each class, half a millisecond in all; the sixty that composing needs
took a sixth of its time. Here the methods are shared, and `__init__` is compiled for a class that is called often.
"""

from collections.abc import Callable
from dataclasses import _FIELD, MISSING, Field, FrozenInstanceError, field  # type: ignore[attr-defined]
from inspect import get_annotations
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")
_CALLS = 20


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, frozen: bool = True, kw_only: bool = False) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Any] | None = None, /, *, frozen: bool = True, kw_only: bool = False) -> Any:
    """A frozen class with slots from annotated fields; `fields`, `replace` and `asdict` of dataclasses take it.

    Args:
        cls: as a bare decorator. It has no fields from a base class and no `ClassVar`.
        frozen: nothing can be set later; else it can, and the class has no hash.
        kw_only: fields are given by name only.
    """
    return _record(cls, frozen, kw_only) if cls else lambda each: _record(each, frozen, kw_only)


def _record(cls: type[Any], frozen: bool, kw_only: bool) -> type[Any]:
    if any(hasattr(base, "__dataclass_fields__") for base in cls.__bases__):
        raise TypeError(f"{cls.__name__}: a record does not build on another one")
    names = get_annotations(cls)
    known = {name: _field(cls, name, kind, kw_only) for name, kind in names.items()}
    own = {name: each for name, each in cls.__dict__.items() if name not in (*known, "__dict__", "__weakref__")}
    positional = tuple(each.name for each in known.values() if each.init and not each.kw_only)
    made: type[Any] = type(
        cls.__name__,
        cls.__bases__,
        _shared(known, frozen)
        | own
        | {"__slots__": tuple(known), "__dataclass_fields__": known, "__match_args__": positional},
    )
    made.__qualname__ = cls.__qualname__
    _set_init(made, known, positional)
    return made


def _field(cls: type[Any], name: str, kind: Any, kw_only: bool) -> "Field[Any]":
    given = cls.__dict__.get(name, MISSING)
    found: Any = given if isinstance(given, Field) else field(default=given)
    if found.default is not MISSING and found.default.__class__.__hash__ is None:
        raise ValueError(f"{cls.__name__}.{name}: a default that can change needs default_factory")
    found.name, found.type, found._field_type = name, kind, _FIELD
    found.kw_only = kw_only if found.kw_only is MISSING else found.kw_only
    return found  # type: ignore[no-any-return]


def _shared(known: "dict[str, Field[Any]]", frozen: bool) -> dict[str, Any]:
    """The methods all records have alike, over their own fields."""
    shown = tuple(each.name for each in known.values() if each.repr)
    values = _getter([each.name for each in known.values() if each.compare])

    def __repr__(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join([f'{name}={getattr(self, name)!r}' for name in shown])})"

    def __eq__(self: Any, other: object) -> Any:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(values(self))

    methods: dict[str, Any] = {"__repr__": __repr__, "__eq__": __eq__}
    if not frozen:
        return methods | {"__hash__": None}
    methods |= {"__getstate__": _state, "__setstate__": _restore}
    return methods | {"__hash__": __hash__, "__setattr__": _refuse_set, "__delattr__": _refuse_del}


def _getter(names: list[str]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda value: ()


def _refuse_set(self: Any, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_del(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in type(self).__dataclass_fields__]


def _restore(self: Any, state: list[Any]) -> None:
    for name, value in zip(type(self).__dataclass_fields__, state, strict=True):
        object.__setattr__(self, name, value)


def _set_init(cls: type[Any], known: "dict[str, Field[Any]]", positional: tuple[str, ...]) -> None:
    """A slower `__init__` for the first few calls: to compile one takes as long as a hundred of them."""
    places = {name: cls.__dict__[name].__set__ for name in known}
    calls = 0

    def __init__(self: Any, *values: Any, **named: Any) -> None:
        nonlocal calls
        calls += 1
        given = dict(zip(positional, values, strict=False))
        whole = len(values) <= len(positional) and named.keys() <= known.keys() and not named.keys() & given.keys()
        given |= named
        if calls > _CALLS or not whole or not all(_can_miss(each, given) for each in known.values()):
            cls.__init__ = _init(cls, known)
            cls.__init__(self, *values, **named)
            return
        for name, each in known.items():
            missing = name not in given
            places[name](self, _default(each) if missing else given[name])
        if hasattr(cls, "__post_init__"):
            self.__post_init__()

    cls.__init__ = __init__


def _can_miss(each: "Field[Any]", given: dict[str, Any]) -> bool:
    if each.name in given:
        return each.init
    return each.default is not MISSING or each.default_factory is not MISSING


def _default(each: "Field[Any]") -> Any:
    return each.default if each.default_factory is MISSING else each.default_factory()


def _init(cls: type[Any], known: "dict[str, Field[Any]]") -> Callable[..., None]:
    """`__init__`, which fills the slots; object.__setattr__ would look each of them up by name."""
    scope: dict[str, Any] = {"_missing": MISSING}
    by_place, by_name, body = ["self"], ["*"], []
    for name, each in known.items():
        scope[f"_set_{name}"] = cls.__dict__[name].__set__
        value = name
        if each.default_factory is not MISSING:
            scope[f"_make_{name}"] = each.default_factory
            value = f"_make_{name}() if {name} is _missing else {name}"
        scope[f"_default_{name}"] = each.default
        optional = each.default is not MISSING or each.default_factory is not MISSING
        if each.init:
            (by_name if each.kw_only else by_place).append(f"{name}=_default_{name}" if optional else name)
        elif each.default_factory is not MISSING:
            value = f"_make_{name}()"
        else:
            value = f"_default_{name}"
        body.append(f" _set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    given = ", ".join(by_place + (by_name if len(by_name) > 1 else []))
    exec(f"def __init__({given}):\n" + "\n".join(body or [" pass"]), scope)  # noqa: S102 - names of our own fields
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made
