"""Rules on spelling and numbers: names of the house, words, figures that differ between teaser and story."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from newsletter_cli.check.blocks import Piece, Place, article_pieces, pieces
from newsletter_cli.check.elements import same_page
from newsletter_cli.check.material import Material
from newsletter_cli.check.rules import INFO, WARNING, Example, Hit, rule
from newsletter_cli.check.spelling import open_dictionary
from newsletter_cli.model.article import Article, Card

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_NUMBER = re.compile(
    r"(?<![\w.,])([£$€]?\d[\d.,]*\d|[£$€]?\d)(?:\s?(%|per cent|million|billion|m|bn|k)(?!\w))?(?:\s+([^\W\d_]{3,}))?"
)
_MOST_WORDS = 25


@rule(
    "spell-names",
    WARNING,
    "The house’s own names should never be misspelt in the house’s own newsletter.",
    "Write it as [check] glossary does.",
    passing=Example(
        files=(("issue.md", "subject: Become a Curestarter today"),), settings='[check]\nglossary = ["Curestarter"]'
    ),
    failing=Example(
        files=(("issue.md", "subject: Become a Curestater today"),), settings='[check]\nglossary = ["Curestarter"]'
    ),
)
def spell_names(material: Material) -> Iterator[Hit]:
    glossary = material.settings.check.glossary if material.settings else ()
    if not glossary or material.issue is None:
        return
    for piece in pieces(material.issue):
        for name in glossary:
            for written in _near(piece.text, name):
                yield Hit(f"“{written}” is written {name} here.", piece.place)


def _near(text: str, name: str) -> Iterator[str]:
    """Runs of as many words as the name has that are nearly, not exactly, it; plural and genitive are fine."""
    size = len(name.split())
    words = [found[0] for found in _WORD.finditer(text)]
    for start in range(len(words) - size + 1):
        written = " ".join(words[start : start + size])
        bare = re.sub(r"(?:[’']s?|s)$", "", written)
        if name in (written, bare) or written.startswith(name + "-"):
            continue
        if bare.lower() == name.lower() or written.lower() == name.lower():
            # “the first light of day” is not the house’s name, nor is “First light” at the start of a sentence.
            shout = written.upper() == written and len(name) >= 4
            plain = size > 1 and (written == written.lower() or written == written.capitalize())
            if not shout and not plain:
                yield written
        elif len(name) >= 6 and written[:1].lower() == name[:1].lower():
            ratio = SequenceMatcher(None, bare.lower(), name.lower(), autojunk=False).ratio()
            if ratio >= 0.88 and abs(len(bare) - len(name)) <= 2:
                yield written


@rule(
    "number-differs",
    WARNING,
    "A teaser that promises 50,000 where the story says 5,000 is a correction in the next issue.",
    "Look which number is right.",
    passing=Example(
        files=(
            (
                "articles/a.md",
                "title: A\nlink: https://www.example.org/a\nstandfirst: A study of 5,000 women\n---\nThe study followed 5,000 women.",
            ),
        )
    ),
    failing=Example(
        files=(
            (
                "articles/a.md",
                "title: A\nlink: https://www.example.org/a\nstandfirst: A study of 50,000 women\n---\nThe study followed 5,000 women.",
            ),
        )
    ),
)
def number_differs(material: Material) -> Iterator[Hit]:
    issue = material.issue
    if issue is None:
        return
    stories = [article for each in (issue, *material.earlier) for article in each.articles]
    for article in issue.articles:
        teaser = [Piece(article.title, Place(article.file, article.line("title")), "title")]
        teaser.append(Piece(article.standfirst, Place(article.file, article.line("standfirst")), "standfirst"))
        yield from _differing(teaser, article)
    for card in issue.further_reading:
        story = next(
            (each for each in stories if each.link and card.link and same_page(each.link) == same_page(card.link)), None
        )
        if story:
            yield from _differing(_card_pieces(card, issue.file), story)


def _card_pieces(card: Card, file: str) -> list[Piece]:
    return [
        Piece(card.title, Place(file, card.line), "title"),
        Piece(card.standfirst, Place(file, card.line), "standfirst"),
    ]


def _differing(teaser: list[Piece], story: Article) -> Iterator[Hit]:
    body = " ".join(each.text for each in article_pieces(story) if each.what not in ("title", "standfirst"))
    if len(body) < 20:
        return
    counted: dict[str, set[str]] = {}
    values = {_value(found) for found in _NUMBER.finditer(body)}
    for found in _NUMBER.finditer(body):
        if found[3]:
            counted.setdefault(_noun(found[3]), set()).add(found[0])
    for piece in teaser:
        for found in _NUMBER.finditer(piece.text):
            noun = _noun(found[3] or "")
            if noun in counted and _value(found) not in values:
                other = sorted(counted[noun])[0]
                yield Hit(f"The {piece.what} says {found[0].strip()}, the story says {other}.", piece.place)


def _value(found: re.Match[str]) -> str:
    return re.sub(r"[,\s£$€]", "", found[1]).rstrip(".") + (found[2] or "")[:1].replace("p", "%")


def _noun(word: str) -> str:
    return word.lower().removesuffix("s")


@rule(
    "spelling",
    INFO,
    "A misspelt word in a headline is what readers write in about.",
    "Correct it, or add it to [check] glossary.",
    passing=Example(
        files=(("issue.md", "subject: News\n---\nThe cells sleep."),),
        settings='[check]\ndictionaries = ["dictionaries"]',
    ),
    failing=Example(
        files=(("issue.md", "subject: News\n---\nThe cells slepe."),),
        settings='[check]\ndictionaries = ["dictionaries"]',
    ),
)
def spelling(material: Material) -> Iterator[Hit]:
    issue = material.issue
    if issue is None or not material.dictionaries:
        return
    lang = issue.lang or (material.settings.newsletter.lang if material.settings else "en")
    dictionary = open_dictionary(material.dictionaries, lang)
    if dictionary is None:
        return
    own = {
        word.lower()
        for name in (material.settings.check.glossary if material.settings else ())
        for word in _WORD.findall(name)
    }
    told: set[str] = set()
    for piece in pieces(issue):
        for found in _WORD.finditer(piece.text):
            word = found[0].replace("’", "'")
            # A capital inside a sentence is a name, and names are in no dictionary.
            if (
                len(word) < 4
                or word.lower() in told
                or not own.isdisjoint(_stems(word.lower()))
                or (word[0].isupper() and not _starts(piece.text, found.start()))
            ):
                continue
            if word[1:] != word[1:].lower() or dictionary.knows(word):
                continue
            told.add(word.lower())
            near = dictionary.near(word)
            yield Hit(
                f"“{word}” is not in the {lang} dictionary" + (f" (near: {', '.join(near)})." if near else "."),
                piece.place,
            )
            if len(told) >= _MOST_WORDS:
                return


def _stems(word: str) -> frozenset[str]:
    """The word, and what it may be the plural or the genitive of: a name of the glossary stands in both."""
    return frozenset([word, *(word.removesuffix(end) for end in ("s", "es", "'s", "s'", "n", "en"))])


def _starts(text: str, start: int) -> bool:
    return not text[:start].rstrip(" “‘\"'(") or text[:start].rstrip(" “‘\"'(")[-1] in ".!?:"
