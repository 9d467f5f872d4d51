"""Rules on people's consent, and on stories that may not be told yet."""

from collections.abc import Iterator

from newsletter_cli.check.blocks import Place
from newsletter_cli.check.material import Material
from newsletter_cli.check.rules import ERROR, WARNING, Example, Hit, rule
from newsletter_cli.check.words import short

_SOON = 30


@rule(
    "consent-expired",
    ERROR,
    "The people in this story agreed to be shown until a day that has passed.",
    "Ask them again and change `consent:`, or take the story out.",
    passing=Example(files=(("articles/a.md", "title: A\nlink: https://www.example.org/a\nconsent: 31 December 2099"),)),
    failing=Example(files=(("articles/a.md", "title: A\nlink: https://www.example.org/a\nconsent: 31 January 2022"),)),
)
def consent_expired(material: Material) -> Iterator[Hit]:
    for article in material.issue.articles if material.issue else ():
        if article.consent is None:
            continue
        place = Place(article.file, article.line("consent"))
        left = (article.consent - material.going_out).days
        until = f"{article.consent.day} {article.consent:%B %Y}"
        if left < 0:
            yield Hit(f"The consent for “{short(article.title, 40)}” ended on {until}.", place)
        elif left <= _SOON:
            hint = "Ask now whether it may stay in the web archive."
            yield Hit(
                f"The consent for “{short(article.title, 40)}” ends on {until}, {left} days after the send.",
                place,
                WARNING,
                hint,
            )


@rule(
    "embargo",
    ERROR,
    "Partners were promised that nothing is said before that day.",
    "Send later, or take the story out.",
    passing=Example(files=(("articles/a.md", "title: A\nlink: https://www.example.org/a\nembargo: 1 February 2022"),)),
    failing=Example(files=(("articles/a.md", "title: A\nlink: https://www.example.org/a\nembargo: 1 February 2099"),)),
)
def embargo(material: Material) -> Iterator[Hit]:
    for article in material.issue.articles if material.issue else ():
        if article.embargo and article.embargo > material.going_out:
            until = f"{article.embargo.day} {article.embargo:%B %Y}"
            yield Hit(
                f"“{short(article.title, 40)}” is under embargo until {until}.",
                Place(article.file, article.line("embargo")),
            )
