"""Cuts a page down to what a story can be: finding it costs the square of the page's length."""

from newsletter_cli.gather.page.tree import Element

MOST_WORDS = 400_000  # characters: a novel of two hundred pages
MOST_ELEMENTS = 40_000
CUT = "The page is longer than any story: only its beginning was read."


def shortened(root: Element) -> bool:
    """Take out what comes after the first so many characters or elements; whether there was anything to take."""
    words = 0
    for number, each in enumerate(root.iter(), 1):
        words += len(each.text or "") + len(each.tail or "")
        if number >= MOST_ELEMENTS or words > MOST_WORDS:
            _without_what_follows(each)
            return True
    return False


def _without_what_follows(last: Element) -> None:
    """Everything behind an element goes, up to the root; what lies in it and is longer than all is cut in words."""
    last.text, last.tail = (last.text or "")[:MOST_WORDS], ""
    for child in list(last):
        last.remove(child)
    place = last
    while (parent := place.getparent()) is not None:
        while (after := place.getnext()) is not None:
            parent.remove(after)
        if parent.tail:
            parent.tail = None
        place = parent
