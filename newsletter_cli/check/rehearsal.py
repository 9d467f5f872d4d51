"""Reads every personal sentence aloud for the whole audience, and finds the ones that come out broken."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from newsletter_cli.check.blocks import Place
from newsletter_cli.check.material import Material
from newsletter_cli.check.rules import WARNING, Example, Hit, rule
from newsletter_cli.check.words import short, squeeze
from newsletter_cli.model.message import MergeField, split_tokens
from newsletter_cli.model.subscriber import Subscriber

_NOT_A_NAME = re.compile(
    r"[{}|@\[\]\\]|</?[a-z]|^\W+$|https?:|^(?:null|none|nil|n/?a|nan|undefined|unknown|test|anonymous|first ?name|name|#.*)$",
    re.I,
)
_LONGEST = 40
_FEW, _NAMED = 5, 20
_DEAR = re.compile(r"\{\{-?\s*subscriber\.")


@dataclass(frozen=True, slots=True)
class Greeting:
    """A sentence as it comes out, values in capitals (“Dear FIRST NAME,”), and how many people read it so."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Broken:
    """A sentence that comes out wrong for somebody, named by a masked address and, where it is known, the list's line."""

    text: str
    person: str
    why: str
    source: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the audience will read. `people` is their number; `broken` holds the first cases, `broken_count` all."""

    people: int
    greetings: tuple[Greeting, ...]
    broken: tuple[Broken, ...]
    broken_count: int


@lru_cache(maxsize=1)
def rehearse(material: Material) -> Rehearsal | None:
    """Fill each personal sentence for every reader; None without a message, an audience or a personal sentence."""
    mail = material.mail
    if mail is None or material.audience is None:
        return None
    sentences = list(_sentences(material))
    if not sentences:
        return None
    counts: Counter[str] = Counter()
    broken: list[tuple[Subscriber, Broken]] = []
    people = broken_count = 0
    for person in material.audience():
        people += 1
        for pieces in sentences:
            fault = _fault(pieces, person)
            if fault is None:
                counts[_shape(pieces, person)] += 1
                continue
            broken_count += 1
            if len(broken) < _NAMED:
                broken.append((person, fault))
    greetings = tuple(Greeting(text, count) for text, count in counts.most_common())
    lines = material.lines_of(person for person, _ in broken) if broken else {}
    placed = (replace(each, line=lines.get(person.email.casefold(), 0)) for person, each in broken)
    return Rehearsal(people, greetings, tuple(placed), broken_count)


@rule(
    "greeting-broken",
    WARNING,
    "“Dear null,” is what a person remembers of the whole issue.",
    "Correct the row: `newsletter subscribers show ADDRESS`.",
    passing=Example(
        files=(("issue.md", 'subject: News\n---\nDear {{ subscriber.first_name | default("friend") }},'),),
        people="email,first_name\nada@example.org,Ada\nbo@example.org,\n",
    ),
    failing=Example(
        files=(("issue.md", 'subject: News\n---\nDear {{ subscriber.first_name | default("friend") }},'),),
        people="email,first_name\nada@example.org,null\n",
    ),
)
def greeting_broken(material: Material) -> Iterator[Hit]:
    rehearsal = rehearse(material)
    if rehearsal is None or not rehearsal.broken:
        return
    place = _place(material)
    for each in rehearsal.broken[:_FEW]:
        row = ", ".join(filter(None, [each.source, f"line {each.line}" if each.line else ""]))
        who = f"{each.person} ({row})" if row else each.person
        hint = f"Correct the row in {each.source} and import it again." if each.line else ""
        yield Hit(f"“{short(each.text, 50)}” for {who}: {each.why}.", place, hint=hint)
    rest = rehearsal.broken_count - _FEW
    if rest > 0:
        where = _lines(rehearsal.broken[_FEW:])
        yield Hit(f"{rest:,} more break{': ' + where if where else ''}.", place)


def _lines(broken: Iterable[Broken]) -> str:
    """`lines 17, 204, 880 of list.csv`; "" when no line is known."""
    known: dict[str, set[int]] = {}
    for each in broken:
        if each.line:
            known.setdefault(each.source, set()).add(each.line)
    parts = []
    for source, numbers in known.items():
        named = ", ".join(str(number) for number in sorted(numbers))
        parts.append(f"line{'s' if len(numbers) > 1 else ''} {named} of {source}")
    return "; ".join(parts)


def _place(material: Material) -> Place:
    issue = material.issue
    if issue is None:
        return material.html_line(0)
    found = _DEAR.search(issue.letter_source)
    if found:
        return Place(issue.file, issue.letter_line + issue.letter_source.count("\n", 0, found.start()))
    return material.origins.issue_key("subject" if _DEAR.search(issue.subject) else "preheader")


def _sentences(material: Material) -> Iterator[tuple[str | MergeField, ...]]:
    """Subject, preheader and lines of the text part that hold a subscriber's value, each once."""
    mail = material.mail
    if mail is None:
        return
    personal = [each for each in mail.merge_fields if each.name.startswith("subscriber.")]
    seen: set[str] = set()
    for text in (mail.subject or "", mail.preheader or "", *(mail.text or "").splitlines()):
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            if any(each.token in sentence for each in personal) and sentence not in seen:
                seen.add(sentence)
                yield split_tokens(_around(sentence, personal), mail.merge_fields)


def _around(sentence: str, fields: list[MergeField]) -> str:
    """The sentence, cut to the neighbourhood of its fields when it is long."""
    sentence = squeeze(sentence)
    places = [sentence.find(each.token) for each in fields if each.token in sentence]
    if len(sentence) <= 120 or not places:
        return sentence
    end = max(sentence.find(each.token) + len(each.token) for each in fields if each.token in sentence)
    start = max(0, min(places) - 30)
    return ("…" if start else "") + sentence[start : end + 30]


def _value(field: MergeField, person: Subscriber) -> str:
    return person.value(field.name.partition(".")[2]) if field.name.startswith("subscriber.") else ""


def _shape(pieces: tuple[str | MergeField, ...], person: Subscriber) -> str:
    words = []
    for piece in pieces:
        if isinstance(piece, str):
            words.append(piece)
        elif _value(piece, person).strip():
            words.append(piece.name.partition(".")[2].replace("_", " ").upper())
        else:
            words.append(piece.default or "")
    return squeeze("".join(words))


def _fault(pieces: tuple[str | MergeField, ...], person: Subscriber) -> Broken | None:
    for piece in pieces:
        if isinstance(piece, str) or not piece.name.startswith("subscriber."):
            continue
        field = piece.name.partition(".")[2]
        value = _value(piece, person)
        why = "" if field == "email" else _why(value, piece.default, named="name" in field)
        if why:
            text = "".join(
                each if isinstance(each, str) else _value(each, person) or each.default or "" for each in pieces
            )
            return Broken(squeeze(text), _masked(person), why, person.source)
    return None


def _why(value: str, default: str | None, *, named: bool) -> str:
    if not value.strip():
        return "" if default else "there is no value and no fallback"
    if _NOT_A_NAME.search(value.strip()):
        return f"“{short(value.strip(), 20)}” is no value"
    if named and len(value) > _LONGEST:
        return f"the value has {len(value)} characters"
    if named and re.search(r"\d", value):
        return "a name with a digit"
    if any(ord(each) < 32 for each in value):
        return "a control character"
    return ""


def _masked(person: Subscriber) -> str:
    """`ad…@example.org`: enough to know the row by, not to write to the person."""
    local, _, domain = person.email.partition("@")
    return f"{local[:2]}…@{domain}"


def spoken(rehearsal: Rehearsal, most: int = 12) -> list[str]:
    """Lines such as `3,911 × Dear FIRST NAME,` and `3 break: lines 17, 204, 880 of list.csv`."""
    rows = [f"{each.count:,} × {each.text}" for each in islice(rehearsal.greetings, most)]
    rest = len(rehearsal.greetings) - len(rows)
    if rest > 0:
        rows.append(f"and {rest} more")
    if rehearsal.broken_count:
        where = _lines(rehearsal.broken)
        more = ", …" if where and rehearsal.broken_count > len(rehearsal.broken) else ""
        rows.append(f"{rehearsal.broken_count:,} break{': ' + where + more if where else ''}")
    return rows
