"""Says what differs between two messages, word by word, for the person who approved the first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape

from newsletter_cli.model.message import Address, Message, fill_tokens

_CONTEXT = 3
_MANY_WORDS = 20_000  # beyond it a word-level comparison takes seconds
_HIDDEN = re.compile(r"<!--.*?-->|<(style|script|head)\b.*?</\1>", re.S | re.I)
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"""\bhref\s*=\s*["']([^"']*)["']""", re.I)
_PICTURE = re.compile(r"""<img\b[^>]*?\bsrc\s*=\s*["']([^"']*)["']""", re.I)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: in which part, what stood there, what stands there now; "" for nothing.

    `around` is the text just before it, to find the place by.
    """

    part: str
    before: str
    after: str
    around: str = ""

    def __str__(self) -> str:
        place = f"after “…{self.around}”: " if self.around else ""
        if not self.before:
            return f"{self.part}: {place}added “{self.after}”"
        if not self.after:
            return f"{self.part}: {place}removed “{self.before}”"
        return f"{self.part}: {place}“{self.before}” is now “{self.after}”"


def changes_between(old: Message, new: Message) -> tuple[Change, ...]:
    """Every difference a reader could notice; never empty when the fingerprints differ.

    Words are compared in subject, preheader and text; links and pictures by address. The HTML is compared by its
    visible words only where the text part is the same, so that one changed comma is told once.
    """
    if old.fingerprint == new.fingerprint:
        return ()
    before, after = _Parts(old), _Parts(new)
    found = [change for part in ("subject", "preheader", "text") for change in _words(part, before, after)]
    found += _addresses(old, new)
    found += _set("link", before.links, after.links)
    found += _set("picture", before.pictures, after.pictures)
    if before.text == after.text:
        found += _words("html", before, after)
    found += _headers(old, new)
    if old.lang != new.lang:
        found.append(Change("language", old.lang, new.lang))
    return tuple(found) or (_unseen(old, new),)


class _Parts:
    """A message's parts with its merge fields written out, so that tokens never look like changes."""

    def __init__(self, message: Message) -> None:
        def named(text: str) -> str:
            return fill_tokens(text, message.merge_fields, lambda each: "{{ " + each.name + " }}")

        self.subject, self.preheader, self.text = named(message.subject), named(message.preheader), named(message.text)
        html = named(message.html)
        self.html = unescape(_TAG.sub(" ", _HIDDEN.sub(" ", html)))
        self.links = [unescape(each) for each in _LINK.findall(html)]
        self.pictures = [unescape(each) for each in _PICTURE.findall(html)]


def _words(part: str, old: _Parts, new: _Parts) -> Iterator[Change]:
    before: list[str] = getattr(old, part).split()
    after: list[str] = getattr(new, part).split()
    if before == after:
        return
    if len(before) + len(after) > _MANY_WORDS:
        yield Change(part, f"{len(before):,} words", f"{len(after):,} words, some of them others")
        return
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            around = " ".join(before[max(0, a - _CONTEXT) : a])
            yield Change(part, _short(before[a:b]), _short(after[c:d]), around)


def _addresses(old: Message, new: Message) -> Iterator[Change]:
    for part, before, after in (
        ("sender", old.sender, new.sender),
        ("reply to", old.reply_to, new.reply_to),
    ):
        if before != after:
            yield Change(part, _mailbox(before), _mailbox(after))


def _headers(old: Message, new: Message) -> Iterator[Change]:
    before, after = dict(old.headers), dict(new.headers)
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield Change(f"header {name}", before.get(name, ""), after.get(name, ""))
    if old.list_id != new.list_id:
        yield Change("header List-Id", old.list_id, new.list_id)


def _set(part: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """Addresses that went and came, paired in order."""
    gone = [each for each in dict.fromkeys(before) if each not in after]
    come = [each for each in dict.fromkeys(after) if each not in before]
    for place in range(max(len(gone), len(come))):
        yield Change(part, gone[place] if place < len(gone) else "", come[place] if place < len(come) else "")


def _unseen(old: Message, new: Message) -> Change:
    """A difference that no part above shows: alt texts, a picture's content, fallbacks of merge fields, styling."""
    if old.images != new.images:
        return Change("pictures", "the pictures as approved", "pictures of other sizes, content or alt text")
    if old.merge_fields != new.merge_fields:
        return Change("merge fields", _fields(old), _fields(new))
    return Change("design", "the styling as approved", "another styling or order (the words are the same)")


def _fields(message: Message) -> str:
    return ", ".join(f"{each.name} (else “{each.default}”)" for each in message.merge_fields) or "none"


def _mailbox(address: Address | None) -> str:
    return f"{address.name} <{address.email}>".strip() if address else ""


def _short(words: Sequence[str]) -> str:
    return " ".join(words) if len(words) <= 16 else f"{' '.join(words[:8])} … {' '.join(words[-4:])}"
