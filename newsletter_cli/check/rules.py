"""The registry of rules: what each looks for, why it matters, what to do, and one good and one bad example."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

from newsletter_cli.check.blocks import NOWHERE, Place
from newsletter_cli.check.material import Material
from newsletter_cli.model.finding import Finding, Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_MODULES = (
    "subject",
    "content",
    "merging",
    "sender",
    "weight",
    "head",
    "structure",
    "images",
    "links",
    "looks",
    "markup",
    "text_part",
    "dates",
    "people",
    "history",
    "language",
    "rehearsal",
    "compatibility",
)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found; severity and hint are the rule's own unless given here."""

    message: str
    place: Place = NOWHERE
    severity: Severity | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A small case for docs and tests: a mail (`html`, `text`, ...) or an issue's files by name.

    Attributes:
        files: for rules on the author's files, paths below issues/2022-02/, or from the root when they start with `/`.
        settings: further lines of newsletter.toml.
        people: subscribers as CSV, first line the header.
        images: addresses of the mail's pictures, each with the bytes of its file.
        kind: what sort of mail the HTML is.
    """

    html: str = ""
    text: str | None = None
    subject: str | None = None
    preheader: str | None = None
    sender: str = ""
    headers: tuple[tuple[str, str], ...] | None = None
    files: tuple[tuple[str, str], ...] = ()
    settings: str = ""
    people: str = ""
    images: tuple[tuple[str, int], ...] = ()
    kind: str = "html"


Look = Callable[[Material], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `group` is the module it lives in; `reason` is one sentence."""

    id: str
    severity: Severity
    reason: str
    hint: str
    group: str
    look: Look
    passing: Example
    failing: Example


_REGISTRY: dict[str, Rule] = {}


def rule(
    id: str, severity: Severity, reason: str, hint: str, *, passing: Example, failing: Example
) -> Callable[[Look], Look]:
    """Enter a function as the rule `id`."""

    def enter(look: Look) -> Look:
        if id in _REGISTRY:
            raise ValueError(f"the rule {id} is there twice")
        group = look.__module__.rpartition(".")[2]
        _REGISTRY[id] = Rule(id, severity, reason, hint, group, look, passing, failing)
        return look

    return enter


def all_rules() -> tuple[Rule, ...]:
    """Every offline rule, in the order of the modules."""
    for name in _MODULES:
        import_module(f"newsletter_cli.check.{name}")
    return tuple(sorted(_REGISTRY.values(), key=lambda each: _MODULES.index(each.group)))


def find_rule(id: str) -> Rule | None:
    all_rules()
    return _REGISTRY.get(id)


def run(material: Material, rules: Iterable[Rule]) -> Iterator[Finding]:
    """What these rules find; the same finding at the same line is told once."""
    seen: set[Finding] = set()
    for each in rules:
        for hit in each.look(material):
            finding = Finding(
                each.id,
                hit.severity or each.severity,
                hit.message,
                hit.hint or each.hint,
                hit.place.file,
                hit.place.line,
            )
            if finding not in seen:
                seen.add(finding)
                yield finding
