"""HTML that is the article already (a feed's content, a Word file, a mail, the clipboard) into pieces."""

from collections.abc import Sequence

from newsletter_cli.gather.page.body import levelled
from newsletter_cli.gather.page.furniture import says_furniture
from newsletter_cli.gather.page.structure import Structure, plain
from newsletter_cli.gather.page.tree import parsed, text_of, without_dead_parts
from newsletter_cli.gather.pieces import Piece, Prose, Rule, Title
from newsletter_cli.gather.words import folded


def read_fragment(html: str, base: str = "") -> list[Piece]:
    """Every piece of some HTML but furniture; headings levelled from 2 on."""
    root = without_dead_parts(parsed(f"<div>{html}</div>" if "<body" not in html[:5000].lower() else html))
    pieces = [each.piece for each in Structure(base).candidates(root)]
    kept = [each for each in pieces if not (isinstance(each, Prose) and says_furniture(plain(each)))]
    while kept and isinstance(kept[-1], Title | Rule):
        kept.pop()
    return levelled(kept)


def plain_text(html: str) -> str:
    """HTML as one line of text, such as a summary."""
    return text_of(without_dead_parts(parsed(f"<div>{html}</div>"))) if html.strip() else ""


def first_sentences(text: str, longest: int = 300) -> str:
    """The beginning of a text up to the end of a sentence; "" when no sentence ends in time."""
    if len(text) <= longest:
        return text
    ends = [text.rfind(mark, 0, longest) for mark in (". ", "! ", "? ", "。")]
    return text[: max(ends) + 1] if max(ends) > 40 else ""


def without(pieces: Sequence[Piece], text: str) -> list[Piece]:
    """The pieces without a first paragraph or heading that says exactly this."""
    words = folded(text)
    if pieces and words and isinstance(pieces[0], Prose | Title) and folded(plain(pieces[0])) == words:
        return list(pieces[1:])
    return list(pieces)
