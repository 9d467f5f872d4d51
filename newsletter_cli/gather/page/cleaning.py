"""Takes out of HTML whatever can act: scripts, handlers, frames, addresses of schemes no reader of a mail can follow.

Nothing of it would reach an article anyway (its text is escaped Markdown, its links pass `links.absolute`); this is the
second wall, and it parses as browsers do, so that no trick of mark-up shows one thing here and another there.
"""

import re
from html import unescape

from newsletter_cli.gather.page.tree import Element, as_html, parsed, text_of, without_dead_parts
from newsletter_cli.gather.words import squeezed

# What tells the structure of a story; all other elements lose their tag and keep their text.
_TAGS = frozenset(
    re.findall(
        r"\w+",
        """a abbr address article aside b bdi bdo big blockquote br button caption center cite code col colgroup dd del
        details dfn dialog div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i
        img input ins kbd label legend li main mark menu nav ol p picture pre q rb rp rt rtc ruby s samp section small
        source span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video wbr""",
    )
)
_WITH_CONTENT = frozenset(
    re.findall(r"\w+", "script style template svg iframe object embed applet math select textarea title")
)
_EVERYWHERE = frozenset(
    re.findall(
        r"[\w-]+",
        "class id role style hidden lang dir title aria-hidden aria-label aria-level itemprop itemtype itemid itemscope",
    )
)
_ATTRIBUTES = {
    "*": set(_EVERYWHERE),
    "a": {"href", "rel"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height"},
    "source": {"src", "srcset", "sizes", "type", "media", "width", "height"},
    "time": {"datetime"},
    "ol": {"start"},
    "input": {"type"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "data"}  # data: for pictures; links.absolute refuses it for links
_MARKUP = re.compile(r"<[A-Za-z!/?]")
_AMP = re.compile(r"(</?)amp-(?=img\b)", re.IGNORECASE)
_DEEP = 4000
# Not those that have no end, or may leave it out.
_OPEN_OR_CLOSE = re.compile(
    r"<(/?)(?!/?(?:p|li|td|th|tr|dt|dd|option|br|hr|img|input|meta|link|source|wbr|col|area)\b)[a-z]", re.IGNORECASE
)
_NOSCRIPT = re.compile(r"</?noscript\b[^>]*>", re.IGNORECASE)


def cleaned(html: str) -> Element:
    """The root of a page or a piece of HTML, sanitised by nh3; `noscript` is opened, for lazy pictures.

    AMP's own tag for pictures is read as the tag it stands for.
    """
    import nh3

    if _is_deep(html):
        html = as_html(parsed(html))  # libxml2 stops at 254; nh3's time grows with the square of the depth
    safe = nh3.clean(
        _AMP.sub(r"\1", _NOSCRIPT.sub("", html)),
        tags=set(_TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        generic_attribute_prefixes={"data-"},
        url_schemes=set(_SCHEMES),
        link_rel=None,
    )
    return without_dead_parts(parsed(f"<html><body>{safe}</body></html>"))


def _is_deep(html: str) -> bool:
    """Whether elements lie thousands deep in one another, as no page has them."""
    depth = 0
    for found in _OPEN_OR_CLOSE.finditer(html) if html.count("<") > _DEEP else ():
        depth = max(0, depth + (-1 if found[1] else 1))
        if depth > _DEEP:
            return True
    return False


def words_in(text: str) -> str:
    """A field that may hold HTML (a feed's title, a page's description) as one line of plain text.

    What can act goes with its content; `fewer < more & better` stays what it is.
    """
    return text_of(cleaned(text)) if _MARKUP.search(text) else squeezed(unescape(text))
