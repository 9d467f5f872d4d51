"""Rules on dates: months of last time, weekdays that do not fit, events that are over."""

import re
from collections.abc import Iterator
from datetime import date as Date

from newsletter_cli.check.blocks import Piece, Place, article_pieces, pieces
from newsletter_cli.check.calendar import dates, months
from newsletter_cli.check.material import Material
from newsletter_cli.check.rules import ERROR, WARNING, Example, Hit, rule
from newsletter_cli.check.sender import text_only
from newsletter_cli.check.words import short, squeeze, text_of
from newsletter_cli.config.settings import issue_month

_SOON = 6
_AHEAD = re.compile(
    r"\b(?:in|on|by|until|till|before|from|to|for|save|im|bis|ab|en|jusqu.en|a)\s+(?:\d{1,2}\w{0,2}\s+)?$", re.I
)
_ISSUE_WORDS = re.compile(r"^\W{0,3}(?:news|newsletter|issue|edition|update|round-?up|bulletin|digest|20\d\d)", re.I)
_COMING = re.compile(
    r"\b(?:join us|register|sign up|book|tickets?|apply|deadline|clos(?:es|ing)|takes? place|taking place|will (?:be|take|speak|meet|start|open|run)|doors open|starts? (?:on|at)|see you)\b[^.!?]{0,80}$",
    re.I,
)
_RELATIVE = re.compile(
    r"\b(?:yesterday|tomorrow|last (?:week|night|monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend)|next (?:week|weekend)|this (?:week|weekend|morning|afternoon|evening)|earlier (?:today|this week)|gestern|morgen früh|letzte Woche|nächste Woche|hier soir|la semaine (?:dernière|prochaine))\b",
    re.I,
)


def _lang(material: Material) -> str:
    if material.issue and material.issue.lang:
        return material.issue.lang
    if material.settings and material.kind == "issue":
        return material.settings.newsletter.lang
    return material.page.root.get("lang") or (material.mail.lang if material.mail else "") or "en"


def _month(material: Material) -> Date | None:
    """The month the mail is for, as its first day; None for a file without a date."""
    if material.issue:
        found = issue_month(material.issue.id)
        day = found or material.issue.date
        return day.replace(day=1) if day else None
    return material.send_day.replace(day=1) if material.kind == "eml" else None


@rule(
    "date-stale",
    WARNING,
    "A subject copied from last month’s issue still names last month.",
    "Name this issue’s month, or none.",
    passing=Example(files=(("issue.md", "subject: What February brought"),)),
    failing=Example(files=(("issue.md", "subject: What January brought"),)),
)
def date_stale(material: Material) -> Iterator[Hit]:
    month = _month(material)
    if month is None:
        return
    if material.issue:
        texts = [
            (material.issue.subject, material.origins.issue_key("subject")),
            (material.issue.preheader, material.origins.issue_key("preheader")),
        ]
    else:
        title = material.page.first("title")
        place = material.html_line(0)
        texts = [
            (material.mail.subject or "" if material.mail else "", place),
            (text_of(title) if title is not None else "", place),
        ]
    for text, place in texts:
        named = months(text, _lang(material))
        found = [
            (word, number) for word, number, at in named if _names_month(text, word, at, (number - month.month) % 12)
        ]
        if found and all(number != month.month for _, number in found):
            word, number = found[0]
            ahead = (number - month.month) % 12
            if material.issue is None and ahead not in (10, 11):
                continue
            yield Hit(f"“{short(text, 50)}” names {word}; this issue is for {month:%B %Y}.", place)


def _names_month(text: str, word: str, start: int, ahead: int) -> bool:
    """Whether the word stands for the issue's own month: not for a day soon to come, not the verbs may and march.

    Args:
        ahead: how many months after the issue's own.
    """
    before, after = text[:start], text[start + len(word) :]
    if _ISSUE_WORDS.match(after):
        return True
    if re.match(r"^\s*\d{1,2}(?!\d)", after) or re.search(r"\d(?:st|nd|rd|th|\.)?\s*$", before):
        return False
    if 0 < ahead <= _SOON and _AHEAD.search(before):
        return False
    return word.lower() not in ("may", "march") or bool(
        re.search(r"(?:’s|'s|\bin|\bthis|\bour|\bthe|:|–|—)\s*$", before, re.I)
    )


@rule(
    "weekday-date",
    ERROR,
    "“Tuesday 23 February” sends half the guests on the wrong day.",
    "Look at the calendar, and mend the weekday or the date.",
    passing=Example(html="<p>Come on Wednesday, 23 February 2022.</p>"),
    failing=Example(html="<p>Come on Tuesday, 23 February 2022.</p>"),
)
def weekday_date(material: Material) -> Iterator[Hit]:
    lang = _lang(material)
    sure = _month(material) is not None
    for text, place in _texts(material):
        for each in dates(text, lang):
            day = each.on(material.send_day)
            if day is None and each.year:
                yield Hit(f"There is no {each.text}.", place)
            elif day and each.weekday is not None and day.weekday() != each.weekday and (each.year or sure):
                right = _weekday(day)
                severity = None if each.year else WARNING
                yield Hit(
                    f"{each.text}: {_day(day)} is a {right}." if right else f"{each.text} is another weekday.",
                    place,
                    severity,
                )


def _weekday(day: Date) -> str:
    return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[day.weekday()]


def _texts(material: Material) -> Iterator[tuple[str, Place]]:
    if material.issue:
        yield from ((each.text, each.place) for each in pieces(material.issue))
        return
    for line in text_only(material).splitlines():
        yield squeeze(line), material.html_line(0)
    for element in material.page.body.iter("p", "td", "li", "h1", "h2", "h3", "h4", "div", "span", "a"):
        if next(
            element.iter("p", "td", "li", "h1", "h2", "h3", "h4", "div"), element
        ) is element and not material.light.hidden(element):
            inner = any(
                each.tag in ("p", "td", "li", "div", "h1", "h2", "h3", "h4")
                for each in element.iter()
                if each is not element
            )
            outer = (
                element.tag in ("span", "a")
                and next(element.iterancestors("p", "td", "li", "div", "h1", "h2", "h3", "h4"), None) is not None
            )
            if not inner and not outer:
                yield text_of(element), material.place(element)


@rule(
    "event-past",
    ERROR,
    "An invitation to something that is over when the issue goes out.",
    "Take it out, or mend its `event:` date.",
    passing=Example(
        files=(("articles/walk.md", "title: The walk\nlink: https://www.example.org/w\nevent: 5 March 2022"),)
    ),
    failing=Example(
        files=(("articles/walk.md", "title: The walk\nlink: https://www.example.org/w\nevent: 5 January 2022"),)
    ),
)
def event_past(material: Material) -> Iterator[Hit]:
    if material.issue is None:
        return
    for article in material.issue.articles:
        if article.event and article.event < material.send_day:
            yield Hit(
                f"“{short(article.title, 40)}” was on {_day(article.event)}; the issue goes out on {_day(material.send_day)}.",
                Place(article.file, article.line("event")),
            )
    for piece in pieces(material.issue):
        yield from _invitations(material, piece)


def _invitations(material: Material, piece: Piece) -> Iterator[Hit]:
    for each in dates(piece.text, _lang(material)):
        day = each.on(material.send_day)
        near = day and 0 < (material.send_day - day).days < 120
        if day and near and _COMING.search(piece.text[: each.start]):
            yield Hit(
                f"{each.text} is over on {_day(material.send_day)}, when the issue goes out.", piece.place, WARNING
            )


@rule(
    "relative-time",
    WARNING,
    "“Last week” was true when the story was written, not when the issue is read.",
    "Name the day, or the month.",
    passing=Example(
        files=(
            (
                "articles/a.md",
                "title: A\ndate: 2 February 2022\nlink: https://www.example.org/a\n---\nThe team met on 28 January.",
            ),
            ("issue.md", "subject: News\ndate: 25 February 2022"),
        )
    ),
    failing=Example(
        files=(
            (
                "articles/a.md",
                "title: A\ndate: 2 February 2022\nlink: https://www.example.org/a\n---\nThe team met last week.",
            ),
            ("issue.md", "subject: News\ndate: 25 February 2022"),
        )
    ),
)
def relative_time(material: Material) -> Iterator[Hit]:
    for article in material.issue.articles if material.issue else ():
        if article.date is None or abs((material.send_day - article.date).days) <= 7:
            continue
        for piece in article_pieces(article):
            found = _RELATIVE.search(piece.text)
            # Whoever is quoted spoke on their own day.
            if found and piece.what not in ("quote", "attribution"):
                days = (material.send_day - article.date).days
                when = f"{days} days before" if days > 0 else f"{-days} days after"
                yield Hit(
                    f"“{found[0]}” in a story dated {_day(article.date)}, {when} the issue goes out.", piece.place
                )


@rule(
    "article-future",
    WARNING,
    "A story dated after the issue goes out is a slip, or not ready.",
    "Mend its `date:`, or hold it back with `embargo:`.",
    passing=Example(files=(("articles/a.md", "title: A\ndate: 2 February 2022\nlink: https://www.example.org/a"),)),
    failing=Example(files=(("articles/a.md", "title: A\ndate: 2 February 2032\nlink: https://www.example.org/a"),)),
)
def article_future(material: Material) -> Iterator[Hit]:
    for article in material.issue.articles if material.issue else ():
        if article.date and article.date > material.going_out:
            yield Hit(
                f"“{short(article.title, 40)}” is dated {_day(article.date)}.",
                Place(article.file, article.line("date")),
            )


def _day(day: Date) -> str:
    return f"{day.day} {day:%B %Y}"
