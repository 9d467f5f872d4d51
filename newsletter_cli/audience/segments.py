"""Rules that pick people: `town = 'Padua' and not (member = 'no' or joined < '2021-01-01')`."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.subscriber import Subscriber

Test = Callable[[Subscriber], bool]
_TOKEN = re.compile(
    r"\s*(?:(?P<string>'[^']*'|\"[^\"]*\"|[‘’][^‘’]*[‘’])|(?P<op><=|>=|!=|<>|==|=|<|>|~)|(?P<paren>[()])|(?P<word>[^\s()=<>!~'\"]+))"
)


class BadSegment(NewsletterError):
    """A rule that cannot be read; never taken to mean everybody."""

    def __init__(self, text: str, why: str, hint: str = "") -> None:
        super().__init__(
            f"The segment rule “{text}” cannot be used: {why}",
            hint or "Write it as: town = 'Padua' and member = 'yes'.",
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """A rule that was read: its text, the fields it names, and the test."""

    text: str
    fields: frozenset[str]
    test: Test

    def matches(self, person: Subscriber) -> bool:
        return self.test(person)


def everybody() -> Segment:
    """The rule that leaves nobody out."""
    return Segment("", frozenset(), lambda person: True)


def parse_segment(text: str, known: Collection[str]) -> Segment:
    """Read a rule. Comparison is by text, case folded; dates and numbers of equal width compare as they should.

    Grammar: `rule = and-part {"or" and-part}`, `and-part = not-part {"and" not-part}`,
    `not-part = ["not"] (comparison | "(" rule ")")`, `comparison = field (= | != | < | <= | > | >= | ~) value`;
    `~` is "contains".

    Args:
        text: the rule; blank is everybody.
        known: the fields subscribers have.

    Raises:
        BadSegment: a field nobody has, or a rule that cannot be read.
    """
    if not text.strip():
        return everybody()
    reader = _Reader(text, known)
    test = reader.rule()
    if reader.rest():
        raise BadSegment(text, f"“{reader.rest()[0]}” is one word too many.")
    return Segment(text.strip(), frozenset(reader.fields), test)


class _Reader:
    """Reads a rule by recursive descent."""

    def __init__(self, text: str, known: Collection[str]) -> None:
        self.text, self.known = text, known
        self.fields: set[str] = set()
        self.words = self._words()
        self.place = 0

    def _words(self) -> Sequence[str]:
        found, at = [], 0
        stripped = self.text.rstrip()
        while at < len(stripped):
            match = _TOKEN.match(stripped, at)
            if match is None or match.end() == at:
                raise BadSegment(self.text, f"it cannot be read from “{stripped[at : at + 20]}” on.")
            found.append(match[0].strip())
            at = match.end()
        if len(found) > 300:
            raise BadSegment(self.text, "it is longer than 300 words.")
        return found

    def rest(self) -> Sequence[str]:
        return self.words[self.place :]

    def take(self) -> str:
        if self.place >= len(self.words):
            raise BadSegment(self.text, "it ends too early.")
        self.place += 1
        return self.words[self.place - 1]

    def sees(self, word: str) -> bool:
        if self.rest() and self.rest()[0].lower() == word:
            self.place += 1
            return True
        return False

    def rule(self) -> Test:
        parts = [self.all_of()]
        while self.sees("or"):
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else lambda person: any(part(person) for part in parts)

    def all_of(self) -> Test:
        parts = [self.one()]
        while self.sees("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else lambda person: all(part(person) for part in parts)

    def one(self) -> Test:
        if self.sees("not"):
            inner = self.one()
            return lambda person: not inner(person)
        if self.sees("("):
            inner = self.rule()
            if not self.sees(")"):
                raise BadSegment(self.text, "a closing bracket is missing.")
            return inner
        return self.comparison()

    def comparison(self) -> Test:
        field = self.take().removeprefix("subscriber.")
        if field not in self.known:
            near = get_close_matches(field, list(self.known), n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"Fields here: {', '.join(sorted(self.known))}."
            raise BadSegment(self.text, f"no subscriber has a field `{field}`.", hint)
        self.fields.add(field)
        compare = _COMPARE.get(self.take())
        if compare is None:
            raise BadSegment(self.text, f"after `{field}` one of = != < <= > >= ~ is wanted.")
        wanted = self.take()
        if wanted[:1] in "'\"‘’":
            wanted = wanted[1:-1]
        folded = wanted.casefold()
        return lambda person: compare(person.value(field).casefold(), folded)


_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "=": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "~": lambda a, b: b in a,
}
