"""Rules on the words themselves: leftovers of writing, doubts left by gathering, quotes without a name."""

import re
from collections import defaultdict
from collections.abc import Iterator

from newsletter_cli.check.blocks import Place, cards_and_articles, pieces, plain
from newsletter_cli.check.elements import host_of, href, links, same_page, site_of
from newsletter_cli.check.material import Material
from newsletter_cli.check.page import Element, line_of
from newsletter_cli.check.rules import ERROR, INFO, WARNING, Example, Hit, rule
from newsletter_cli.check.sender import text_only
from newsletter_cli.check.words import short, squeeze, text_of, words_of
from newsletter_cli.model.article import Quote

_PLACEHOLDER = re.compile(
    r"\blorem ipsum\b|\bdolor sit amet\b|\bTODO\b|\bTBC\b|\bTBA\b|\bTKTK\b|\bTK\b(?! ?Maxx)|\bFIXME\b|\bXXX+\b|\[(?:insert|add|your|name|date|link|title|tbc|tk|image)\b[^\]]{0,40}\]"
    r"|\[(?:product|company|sender|recipient|customer|first|last|brand|organi[sz]ation|campaign|event) ?(?:name|title|address|date)?\b[^\]]{0,30}\]"
    r"|<(?:insert|your) [^>]{1,40}>|\b(?:your|sample|placeholder|dummy) (?:text|headline|title|copy|content) (?:here|goes here)\b"
    r"|\b(?:headline|text|title|copy) goes here\b|\b123 (?:fake|main|anywhere) st(?:reet)?\b|\bplaceholder text\b",
    re.I,
)
_CASED = ("TODO", "TBC", "TBA", "TK", "TKTK", "FIXME")
_EXAMPLE = re.compile(
    r"^(?:.+\.)?example\.(?:com|org|net|edu)$|^(?:www\.)?(?:yoursite|yourdomain|yourwebsite|yourcompany|domain)\.(?:com|org|net)$"
)


@rule(
    "placeholder-text",
    ERROR,
    "Text meant to be replaced has gone out from every large organisation at least once.",
    "Write the real text, or take it out.",
    passing=Example(html="<p>Dr Dupont will speak on 4 March.</p>"),
    failing=Example(html="<p>Dr Dupont will speak on TBC. Lorem ipsum dolor sit amet.</p>"),
)
def placeholder_text(material: Material) -> Iterator[Hit]:
    places: dict[str, list[tuple[str, Place]]] = defaultdict(list)
    for text, place in _texts(material):
        for found in _PLACEHOLDER.finditer(text):
            if _meant(found[0]):
                continue
            around = _around(text, found.start(), found.end())
            places[found[0]].append((around, place))
            break
    for word, cases in places.items():
        more = f" (and {len(cases) - 1} more)" if len(cases) > 1 else ""
        yield Hit(f"“{short(cases[0][0], 50)}” is unfinished: {word}{more}.", cases[0][1])


def _meant(word: str) -> bool:
    """Whether the word only looks like a leftover: the name Todo, kisses at the end of a letter."""
    kisses = not word.strip("x") and len(word) < 4
    return kisses or (word.upper() in _CASED and word not in _CASED)


def _around(text: str, start: int, end: int, words: int = 3) -> str:
    """The place in a text with a few whole words before and after it."""
    before = text[:start].split(" ")
    after = text[end:].split(" ")
    return squeeze(" ".join(before[-words - 1 :]) + text[start:end] + " ".join(after[: words + 1]))


@rule(
    "placeholder-link",
    ERROR,
    "A link to an example address leads readers nowhere.",
    "Put the real address.",
    passing=Example(html='<a href="https://www.bbc.co.uk/news">The story</a>'),
    failing=Example(html='<a href="https://www.example.com/your-link">The story</a>'),
)
def placeholder_link(material: Material) -> Iterator[Hit]:
    own = _own_sites(material)
    seen: set[str] = set()
    for link in links(material):
        host = host_of(href(link))
        if _EXAMPLE.match(host) and site_of(host) not in own and host not in seen:
            seen.add(host)
            yield Hit(f"A link leads to the example address {short(href(link))}.", material.place(link))


def _own_sites(material: Material) -> set[str]:
    settings = material.settings
    if settings is None:
        return set()
    hosts = [
        host_of(settings.newsletter.website),
        host_of(settings.archive.url),
        host_of(settings.unsubscribe.url),
        settings.sender.email.rpartition("@")[2],
    ]
    return {site_of(host) for host in hosts if host}


def _texts(material: Material) -> Iterator[tuple[str, Place]]:
    """The issue's pieces at their places, then text of the mail that comes from none of them."""
    if material.issue:
        for piece in pieces(material.issue):
            yield piece.text, piece.place
    if material.mail is None:
        return
    if not material.issue and material.mail.subject:
        yield material.mail.subject, Place(material.mail.file, 0)
    for line in text_only(material).splitlines():
        yield squeeze(line), Place(material.mail.file, 0)
    for element in material.page.body.iter():
        if element.tag in ("style", "script"):
            continue
        own = squeeze(" ".join([element.text or "", *(child.tail or "" for child in element)]))
        if own and not (material.issue and material.origins.words(own)) and not material.light.hidden(element):
            yield own, material.place(element)


@rule(
    "look",
    WARNING,
    "Gathering was not sure of something and asked a person to look.",
    "Look at each, mend it where needed, and delete its line; the last one with the `look:` above it.",
    passing=Example(
        files=(
            (
                "articles/cells.md",
                "title: Cells that sleep\ndate: 23 February 2022\nlink: https://www.example.org/cells",
            ),
        )
    ),
    failing=Example(
        files=(
            (
                "articles/cells.md",
                "title: Cells that sleep\ndate: 23 February 2022\nlink: https://www.example.org/cells\nlook: the date was guessed",
            ),
        )
    ),
)
def look(material: Material) -> Iterator[Hit]:
    for article in material.issue.articles if material.issue else ():
        for number, doubt in enumerate(article.look, 1):
            line = article.lines.get(f"look {number}", article.line("look"))
            yield Hit(doubt, Place(article.file, line))


@rule(
    "article-incomplete",
    ERROR,
    "A story needs a title, and words or a link to them.",
    "Write the title, and a body or a `link:`.",
    passing=Example(
        files=(
            (
                "articles/cells.md",
                "title: Cells that sleep\ndate: 23 February 2022\nlink: https://www.example.org/cells",
            ),
        )
    ),
    failing=Example(files=(("articles/cells.md", "title: Cells that sleep"),)),
)
def article_incomplete(material: Material) -> Iterator[Hit]:
    for article in material.issue.articles if material.issue else ():
        if not article.title.strip():
            yield Hit("The article has no title.", Place(article.file, 1))
        if not article.link and not article.blocks and not article.standfirst:
            yield Hit(
                f"“{short(article.title)}” has neither words nor a link.", Place(article.file, article.line("title"))
            )
        if article.date is None and article.title:
            yield Hit(
                f"“{short(article.title)}” has no date.", Place(article.file, 1), INFO, "Add `date: 23 February 2022`."
            )


@rule(
    "quote-attribution",
    WARNING,
    "A quotation without a name cannot be believed, or checked.",
    "End the quote with a line such as `— Dr Sirio Dupont, University of Padua`.",
    passing=Example(
        files=(
            (
                "articles/cells.md",
                "title: Cells\nlink: https://www.example.org/c\n---\n> We hope so.\n>\n> — Dr Sirio Dupont, Padua",
            ),
        )
    ),
    failing=Example(
        files=(("articles/cells.md", "title: Cells\nlink: https://www.example.org/c\n---\n> We hope so."),)
    ),
)
def quote_attribution(material: Material) -> Iterator[Hit]:
    for article in material.issue.articles if material.issue else ():
        for block in article.blocks:
            if isinstance(block, Quote) and not block.who:
                words = plain(" ".join(block.paragraphs))
                yield Hit(f"The quote “{short(words, 40)}” has no name.", Place(article.file, block.line))


@rule(
    "duplicate-item",
    WARNING,
    "The same story twice in one issue looks like a mistake, and is one.",
    "Take one of the two out.",
    passing=Example(html="<h2>Cells that sleep at night</h2><p>…</p><h2>Cells that wake at noon</h2>"),
    failing=Example(html="<h2>Cells that sleep at night</h2><p>…</p><h2>Cells that sleep at night</h2>"),
)
def duplicate_item(material: Material) -> Iterator[Hit]:
    if material.issue:
        seen: dict[str, tuple[str, Place]] = {}
        for item, place in cards_and_articles(material.issue):
            for key in filter(None, (item.link and same_page(item.link), " ".join(words_of(item.title)))):
                if key in seen and seen[key][1] != place:
                    other = seen[key][1]
                    yield Hit(
                        f"“{short(item.title)}” is in this issue twice (also at {other.file}:{other.line}).", place
                    )
                    break
                seen[key] = item.title, place
        return
    headings: dict[str, Element] = {}
    for element in material.page.all("h1", "h2", "h3", "h4"):
        text = text_of(element)
        if len(words_of(text)) >= 3 and not material.light.hidden(element):
            first = headings.setdefault(text.lower(), element)
            if first is not element:
                yield Hit(
                    f"The heading “{short(text)}” stands twice (first at line {line_of(first)}).",
                    material.place(element),
                )
