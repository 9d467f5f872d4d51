"""Teasers of other stories that a page shows beside its own: they become further-reading cards."""

import re
from collections.abc import Iterator
from datetime import date as Date
from datetime import tzinfo

from newsletter_cli.gather import dates
from newsletter_cli.gather.links import absolute, comparing_key
from newsletter_cli.gather.page.pictures import read_picture
from newsletter_cli.gather.page.tree import Element, names_of, text_of, up
from newsletter_cli.gather.words import folded
from newsletter_cli.model.article import Card, Figure

_SECTION = re.compile(
    r"(?:^|[\s_-])(?:related|further-?reading|recommend(?:ed|ations?)?|more-?(?:news|stories|articles|like-this)|"
    r"read-?(?:next|more-on)|also-?like|you-?may|onward|jp-relatedposts)"
)
_HEADING = re.compile(
    r"^(?:further reading|related\b.*|more (?:news|stories|articles|like this|on this|from .*)|read (?:next|more|also)|"
    r"you (?:may|might) (?:also )?(?:like|be interested in).*|latest (?:news|stories)|keep reading|recommended.*|"
    r"weitere (?:artikel|nachrichten|meldungen)|mehr zum thema|das könnte sie auch interessieren|lesen sie auch|verwandte artikel|"
    r"(?:à )?lire aussi|sur le même (?:thème|sujet)|articles (?:liés|similaires)|voir aussi|"
    r"te puede interesar|lee también|noticias relacionadas|artículos relacionados|ver también|"
    r"leggi anche|articoli correlati|potrebbe interessarti|per approfondire|"
    r"lees ook|meer (?:nieuws|lezen)|leia também|notícias relacionadas|czytaj (?:też|także)|läs (?:också|mer)|les også)$"
)
_MOST = 8
_SITE_LINKS = 40


def read_teasers(root: Element, base: str, own: str, zone: tzinfo, lang: str) -> tuple[Card, ...]:
    """The cards of every section that says it shows related stories, each story once, at most eight.

    Args:
        root: the whole page.
        base: for relative addresses.
        own: the page's own address, never a card.
        zone, lang: for the dates.
    """
    cards: dict[str, Card] = {}
    for section in _sections(root):
        for card in _cards(section, base, zone, lang):
            key = comparing_key(card.link)
            if key != comparing_key(own):
                cards.setdefault(key, card)
    return tuple(cards.values())[:_MOST]


def _sections(root: Element) -> Iterator[Element]:
    taken: set[Element] = set()
    for each in root.iter("section", "div", "aside", "ul", "ol", "nav", "h2", "h3", "h4", "h5", "p", "strong"):
        if any(above in taken for above in up(each)) or _in_frame(each):
            continue
        if each.tag in ("h2", "h3", "h4", "h5", "p", "strong"):
            section = _below_heading(each) if _HEADING.match(folded(text_of(each))) else None
        else:
            section = each if _SECTION.search(names_of(each)) else None
        if section is not None and section not in taken and 1 <= len(list(section.iter("a"))) <= _SITE_LINKS:
            taken.add(section)
            yield section


def _in_frame(element: Element) -> bool:
    return any(above.tag in ("nav", "header", "footer") for above in element.iterancestors() if above.tag != "article")


def _below_heading(heading: Element) -> Element | None:
    """The smallest element around a heading such as `Further reading` that holds links beyond it."""
    for above in heading.iterancestors():
        if above.tag in ("body", "html", "main", "article"):
            break
        links = [each for each in above.iter("a") if heading not in each.iterancestors() and text_of(each)]
        if links and len(text_of(above)) <= 4000:
            return above
    following = heading.getnext()
    return following if following is not None and following.tag in ("ul", "ol", "div", "section") else None


def _cards(section: Element, base: str, zone: tzinfo, lang: str) -> Iterator[Card]:
    links = [(each, absolute(str(each.get("href") or ""), base)) for each in section.iter("a")]
    links = [(each, url) for each, url in links if url.startswith(("http://", "https://"))]
    keys = {each: comparing_key(url) for each, url in links}
    done: set[str] = set()
    for each, url in links:
        if keys[each] in done:
            continue
        item = _item(each, section, keys)
        title = _title(each, item)
        if _is_headline(title) and _same_site(url, base) and not _in_sentence(each):
            done.add(keys[each])
            yield _card(item, title, url, base, zone, lang)


def _is_headline(text: str) -> bool:
    """Whether a link's text can be a story's title: not `Latest news`, a topic, a name."""
    if re.match(r"(?:read|find out|learn|see|view|show|more|mehr|lire|leer)\b.{0,14}$", folded(text)):
        return False
    if any(ord(each) >= 0x2E80 for each in text):
        return len(text) >= 8  # Chinese, Japanese and Korean need no spaces
    return len(text) >= 15 and len(text.split()) >= 3


def _same_site(url: str, base: str) -> bool:
    """Whether a link stays on the page's site and is no topic, tag or author page."""
    here, there = (comparing_key(each).partition("/")[0].split(".")[-2:] for each in (base, url))
    listing = re.search(r"/(?:tags?|topics?|authors?|categor(?:y|ies)|people|profiles?)/", url)
    return (here == there or not base) and not listing


def _in_sentence(link: Element) -> bool:
    """Whether a link is a word of a paragraph rather than a teaser."""
    for above in link.iterancestors():
        if above.tag == "p":
            return len(text_of(above)) > len(text_of(link)) + 40
    return False


def card_around(link: Element, root: Element, url: str, base: str, zone: tzinfo, lang: str) -> Card:
    """The card of one link of a listing page; its title may be empty."""
    keys = {each: comparing_key(absolute(str(each.get("href") or ""), base)) for each in root.iter("a")}
    item = _item(link, root, keys)
    return _card(item, _title(link, item), url, base, zone, lang)


def _item(link: Element, section: Element, keys: dict[Element, str]) -> Element:
    """The largest element around a link that leads nowhere else: the teaser."""
    item = link
    for above in link.iterancestors():
        if above is section or any(keys.get(each, keys[link]) != keys[link] for each in above.iter("a")):
            break
        item = above
    return item


def _title(link: Element, item: Element) -> str:
    for place in (link, item):
        for each in place.iter("h2", "h3", "h4", "h5", "h6"):
            if text_of(each):
                return text_of(each)
    for each in link.iter():
        if isinstance(each.tag, str) and re.search(r"title|headline", names_of(each)) and text_of(each):
            return text_of(each)
    text = text_of(link)
    if len(text) < 8:
        text = next((text_of(each) for each in item.iter("strong", "b", "p") if len(text_of(each)) >= 8), text)
    return text if len(text) <= 160 else ""


def _card(item: Element, title: str, url: str, base: str, zone: tzinfo, lang: str) -> Card:
    image = next((made for each in item.iter("img") if (made := read_picture(each, base))), None)
    figure = Figure(src=image.src, alt=image.alt) if image else None
    return Card(
        title=title, link=url, date=_date(item, zone, lang), standfirst=_standfirst(item, title, lang), image=figure
    )


def _date(item: Element, zone: tzinfo, lang: str) -> Date | None:
    for each in item.iter("time"):
        found = dates.day(str(each.get("datetime") or "") or text_of(each), zone, lang)
        if found:
            return found
    for each in item.iter():
        if isinstance(each.tag, str) and len(text_of(each)) <= 40:
            found = dates.only_a_date(text_of(each), lang)
            if found:
                return found
    return None


def _standfirst(item: Element, title: str, lang: str) -> str:
    for each in item.iter("p", "div", "span"):
        text = text_of(each)
        leaf = not any(below.tag in ("p", "div", "h2", "h3", "h4", "ul", "time") for below in each.iterdescendants())
        if leaf and 25 <= len(text) <= 500 and folded(text) != folded(title) and not dates.only_a_date(text, lang):
            return text if folded(title) not in folded(text) else ""
    return ""
