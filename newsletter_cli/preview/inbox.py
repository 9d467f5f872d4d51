"""The line of the inbox: sender, subject and preheader, cut where mail programs cut them."""

from dataclasses import dataclass

CUTS = ((30, "small phone"), (40, "phone"), (70, "computer"))


@dataclass(frozen=True, slots=True)
class InboxLine:
    """What one kind of screen shows: its characters, its name, and the one or two lines of text."""

    characters: int
    screen: str
    lines: tuple[str, ...]


def inbox_lines(subject: str, preheader: str) -> tuple[InboxLine, ...]:
    """Phones show subject and preheader on a line each, a computer both on one."""
    return tuple(
        InboxLine(
            characters,
            screen,
            (cut(" – ".join(filter(None, [subject, preheader])), characters),)
            if screen == "computer"
            else tuple(filter(None, [cut(subject, characters), cut(preheader, characters)])),
        )
        for characters, screen in CUTS
    )


def cut(text: str, characters: int) -> str:
    """The text, or its beginning and an ellipsis, at most `characters` long."""
    text = " ".join(text.split())
    return text if len(text) <= characters else text[: characters - 1].rstrip() + "…"
