"""What changed between two texts, in words a person can take in at a glance."""

from collections.abc import Iterator
from difflib import SequenceMatcher

_MOST = 6
_AROUND = 3


def changes(before: str, after: str) -> tuple[str, ...]:
    """The differences word by word, each a line such as `…survival has «improved» → «doubled» thanks to…`."""
    old, new = before.split(), after.split()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    lines = list(_lines(matcher, old, new))
    if len(lines) > _MOST:
        lines = [*lines[:_MOST], f"… and {len(lines) - _MOST} more changes"]
    return tuple(lines)


def _lines(matcher: "SequenceMatcher[str]", old: list[str], new: list[str]) -> Iterator[str]:
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        lead = " ".join(old[max(0, start - _AROUND) : start])
        tail = " ".join(old[end : end + _AROUND])
        gone, come = _cut(old[start:end]), _cut(new[new_start:new_end])
        what = {"replace": f"«{gone}» → «{come}»", "delete": f"− «{gone}»", "insert": f"+ «{come}»"}[kind]
        yield " ".join(filter(None, (f"…{lead}" if lead else "", what, f"{tail}…" if tail else "")))


def _cut(words: list[str]) -> str:
    return " ".join(words) if len(words) <= 12 else " ".join([*words[:6], "…", *words[-5:]])
