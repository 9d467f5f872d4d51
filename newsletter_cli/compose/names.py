"""Plain values by name, for templates: no methods that a template could call."""

from collections.abc import Iterator, Mapping
from typing import Any


class Names:
    """`theme.accent`, `newsletter.name`: read-only, and nothing but the values."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> Iterator[str]:
        return iter(self._values)
