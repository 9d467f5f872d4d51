"""Turns a fault in a template into a sentence that names file, line, variable and the nearest known name."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateNotFound, TemplateSyntaxError, Undefined
from jinja2.exceptions import TemplateError

from newsletter_cli.compose.merge_values import ValueUnknown
from newsletter_cli.errors import NewsletterError

# What a template can provoke. Anything else that is raised while rendering is a fault of ours and keeps its traceback.
FAULTS = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError)


class TemplateFault(NewsletterError):
    """A template cannot be rendered; `file` as people write it, `line` from 1 (0 when unknown)."""

    def __init__(self, file: str, line: int, what: str, hint: str = "") -> None:
        super().__init__(
            f"{file}:{line}: {what}" if line else f"{file}: {what}",
            hint or "docs/templates.md lists what a template can use.",
        )
        self.file, self.line = file, line


class DesignNotFound(NewsletterError):
    """There is no design of this name, in the workspace or shipped."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = tuple(known)
        from difflib import get_close_matches

        near = get_close_matches(name, names, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Designs here: {', '.join(names) or 'none'}."
        super().__init__(f"There is no design “{name}”.", hint)


def undefined_type(known: Callable[[], Iterable[str]]) -> type[Undefined]:
    """An undefined value that complains on every use but `is defined`, naming the nearest name there is.

    Args:
        known: the names of the template's context.
    """

    class Unknown(StrictUndefined):
        __slots__ = ()

        @property
        def _undefined_message(self) -> str:
            if self._undefined_hint:
                return self._undefined_hint
            name = str(self._undefined_name)
            if isinstance(self._undefined_obj, type(self._undefined_exception)) or _is_missing(self._undefined_obj):
                return _unknown(f"`{name}` is not known", name, known())
            owner = type(self._undefined_obj).__name__
            return _unknown(f"`{name}` is not part of {_article(owner)}", name, names_of(self._undefined_obj))

    return Unknown


def _is_missing(value: object) -> bool:
    from jinja2.utils import missing

    return value is missing


def _article(owner: str) -> str:
    words = {
        "Names": "this group",
        "dict": "this mapping",
        "tuple": "this list",
        "list": "this list",
        "str": "this text",
    }
    if owner in words:
        return words[owner]
    return f"{'an' if owner[0] in 'AEIOU' else 'a'} {owner}"


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    names = sorted(each for each in known if not each.startswith("_"))
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f"{what}. Did you mean `{near[0]}`?"
    return f"{what}. Known: {', '.join(names)}." if names else f"{what}."


def names_of(value: object) -> list[str]:
    """What a template can write after the dot."""
    if isinstance(value, Mapping):
        return [str(key) for key in value]
    if is_dataclass(value):
        own = [name for name, each in vars(type(value)).items() if isinstance(each, property)]
        return [each.name for each in fields(value)] + own
    return [name for name in dir(value) if not name.startswith("_")] if hasattr(type(value), "__getattr__") else []


def explain(
    error: BaseException,
    template: str,
    path_of: Callable[[str], str],
    known_templates: Iterable[str],
    calls: Iterable[str],
) -> TemplateFault | None:
    """The fault in words, or None when no template had a part in it.

    Args:
        error: what rendering raised.
        template: name of the template that was asked for.
        path_of: a template file's path as people write it.
        known_templates: names for "did you mean".
        calls: names of filters and tests, for the same.
    """
    file, line = _place(error, path_of)
    if isinstance(error, TemplateSyntaxError):
        name = path_of(error.filename) if error.filename else template
        words = error.message or "this cannot be read"
        return TemplateFault(name, error.lineno, _sentence(words), _hint(words, calls))
    if isinstance(error, TemplateNotFound):
        from difflib import get_close_matches

        near = get_close_matches(str(error.name), tuple(known_templates), n=1)
        hint = f"Did you mean {near[0]}?" if near else "Looked for in the workspace's templates/ and the shipped ones."
        return TemplateFault(file or template, line, f"there is no template {error.name}.", hint)
    if not file:
        return None
    if isinstance(error, ValueUnknown):
        return TemplateFault(file, line, str(error), error.hint)
    if isinstance(error, RecursionError):
        return TemplateFault(file, line, "this calls itself without end.")
    words = str(error) or type(error).__name__
    return TemplateFault(file, line, _sentence(words), _hint(words, calls))


def _sentence(words: str) -> str:
    """One with a full stop. Jinja2 writes both `No filter named 'x' found.` and the same without `found`."""
    words = words.rstrip(".").removesuffix(" found")
    return words if words.endswith("?") else f"{words}."


def _hint(words: str, calls: Iterable[str]) -> str:
    if found := re.match(r"No (?:filter|test) named '(\w+)'", words):
        from difflib import get_close_matches

        near = get_close_matches(found[1], tuple(calls), n=1)
        return f"Did you mean `{near[0]}`?" if near else ""
    if words.startswith("Encountered unknown tag"):
        return "Each {% if %}, {% for %} and {% macro %} needs its own {% end… %}."
    return ""


def _place(error: BaseException, path_of: Callable[[str], str]) -> tuple[str, int]:
    """The innermost template line in the traceback."""
    found = ("", 0)
    step: Any = error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        # Jinja2 rewrites the frames of compiled templates to the template's own file and line.
        if not name.endswith(".py") and Path(name).suffix in (".html", ".txt", ".css"):
            found = (path_of(name), step.tb_lineno)
        step = step.tb_next
    return found
