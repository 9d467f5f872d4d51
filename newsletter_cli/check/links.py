"""Rules on links: that each leads somewhere, says where, and looks like a link."""

import re
from collections import defaultdict
from collections.abc import Iterator

from newsletter_cli.check.elements import (
    folded,
    host_of,
    href,
    is_merge,
    is_private,
    link_name,
    links,
    same_page,
    site_of,
    split_url,
)
from newsletter_cli.check.material import Material
from newsletter_cli.check.page import Element
from newsletter_cli.check.rules import ERROR, WARNING, Example, Hit, rule
from newsletter_cli.check.words import own_text, short, squeeze, text_of, words_of

_GENERIC = frozenset(
    """click here|here|click|click this|read more|more|learn more|see more|view more|more info|more information|find out more|link|this link|this|continue|continue reading
    |details|info|go|read|view|tap here|read on|check it out|see here|discover more|hier|hier klicken|mehr|mehr erfahren|weiterlesen|mehr lesen|weitere informationen|ici|cliquez ici|lire la suite
    |en savoir plus|plus d'infos|voir plus|aquí|haz clic aquí|leer más|más información|ver más|saber más|qui|clicca qui|leggi di più|scopri di più|leggi tutto|lees meer|klik hier|اقرأ المزيد|هنا|اضغط هنا""".replace(
        "\n    ", ""
    ).split("|")
)
_BARE = re.compile(r"^https?://\S{25,}$")
_SHOWN_URL = re.compile(r"^(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/:?#]\S*)?$", re.I)
_DEAD = ("javascript", "file", "about", "vbscript", "data", "blob")
_BLOCKS = ("table", "div", "p", "h1", "h2", "h3", "h4", "ul", "ol", "center", "blockquote", "section")


@rule(
    "link-empty",
    ERROR,
    "A link without a target is a promise not kept.",
    "Give the address, or take the link off the words.",
    passing=Example(html='<a href="https://www.bbc.co.uk/cells">The whole story</a>'),
    failing=Example(html='<a href="#">The whole story</a>'),
)
def link_empty(material: Material) -> Iterator[Hit]:
    yield from folded(_dead_links(material), "more links that lead nowhere", 6)


def _dead_links(material: Material) -> Iterator[Hit]:
    anchors = {
        each.get("id") or each.get("name") for each in material.page.body.iter() if each.get("id") or each.get("name")
    }
    for link in links(material):
        url = href(link)
        name = short(link_name(link), 40) or "A link"
        scheme = url.partition(":")[0].lower() if ":" in url else ""
        if url in ("", "#", "http://", "https://", "mailto:", "tel:"):
            yield Hit(f'“{name}” leads nowhere: href="{url}".', material.place(link))
        elif scheme in _DEAD:
            yield Hit(f"“{name}” leads to {scheme}:, which no mail program opens.", material.place(link))
        elif url.startswith("#") and url[1:] not in anchors and url.lower() != "#top":
            yield Hit(f"“{name}” leads to {short(url, 30)}, which is not in this mail.", material.place(link))


@rule(
    "link-relative",
    ERROR,
    "A mail has no page around it: an address without https:// leads nowhere.",
    "Write the whole address.",
    passing=Example(html='<a href="https://www.bbc.co.uk/cells">The whole story</a>'),
    failing=Example(html='<a href="/cells">The whole story</a>'),
)
def link_relative(material: Material) -> Iterator[Hit]:
    for link in links(material):
        url = href(link)
        if not url or url.startswith("#") or is_merge(url, material.mail):
            continue
        parts = split_url(url)
        if parts is None:
            yield Hit(f"{short(url)} is no address.", material.place(link))
        elif not parts.scheme or (parts.scheme in ("http", "https") and not parts.hostname):
            yield Hit(f"{short(url)} has no https:// and a host in front.", material.place(link))
        elif re.search(r"\s", url) and parts.scheme in ("http", "https"):
            yield Hit(f"{short(url)} has a space in it.", material.place(link), WARNING)


@rule(
    "link-no-name",
    ERROR,
    "A link without words or a picture’s alt is announced as its address, letter by letter.",
    "Put words into the link, or take the empty link out.",
    passing=Example(html='<a href="https://www.bbc.co.uk">BBC News</a>'),
    failing=Example(html='<p>News <a href="https://www.bbc.co.uk"></a></p>'),
)
def link_no_name(material: Material) -> Iterator[Hit]:
    hits = [
        Hit(f"The link to {short(href(link), 50)} has no words.", material.place(link))
        for link in links(material)
        if link.tag == "a" and not link_name(link) and next(link.iter("img"), None) is None and href(link)
    ]
    yield from folded(hits, "more links without words")


@rule(
    "link-generic",
    WARNING,
    "Listeners hear the links as a list: “here, here, read more” tells nothing.",
    "Say where it leads: “How the cells fall asleep”.",
    passing=Example(html='<a href="https://www.bbc.co.uk/c">How the cells fall asleep</a>'),
    failing=Example(html='<p>For the story <a href="https://www.bbc.co.uk/c">click here</a>.</p>'),
)
def link_generic(material: Material) -> Iterator[Hit]:
    found: dict[str, list[Element]] = defaultdict(list)
    for link in links(material):
        name = re.sub(r"[\s>»›→!.…:-]+$", "", re.sub(r"[’‘]", "'", link_name(link).lower())).strip("[]() ")
        if name in _GENERIC or (_BARE.match(name) and text_of(link)):
            found[name].append(link)
    for name, group in found.items():
        count = f" ({len(group)} times)" if len(group) > 1 else ""
        yield Hit(f"“{short(name, 50)}” does not say where it leads{count}.", material.place(group[0]))


@rule(
    "link-http",
    WARNING,
    "Browsers warn of http:, and a click can be read on the way.",
    "Use the https: address.",
    passing=Example(html='<a href="https://www.bbc.co.uk/c">The cells</a>'),
    failing=Example(html='<a href="http://www.bbc.co.uk/c">The cells</a>'),
)
def link_http(material: Material) -> Iterator[Hit]:
    hits = []
    seen: set[str] = set()
    for link in links(material):
        url = href(link)
        if url.lower().startswith("http://") and url not in seen and not is_private(host_of(url)) and len(url) > 7:
            seen.add(url)
            hits.append(Hit(f"{short(url)} is not https.", material.place(link)))
    yield from folded(hits, "more links are not https", 3)


@rule(
    "link-private",
    ERROR,
    "An address of the office network or of the test site is dead for readers.",
    "Put the public address.",
    passing=Example(html='<a href="https://www.bbc.co.uk/c">The cells</a>'),
    failing=Example(html='<a href="https://192.168.0.7/c">The cells</a>'),
)
def link_private(material: Material) -> Iterator[Hit]:
    staging = tuple(material.settings.check.staging_hosts) if material.settings else ()
    for link in links(material):
        host = host_of(href(link))
        if is_private(host):
            yield Hit(f"Readers cannot reach {host}.", material.place(link))
        elif host and any(host == each or host.endswith("." + each) for each in staging):
            yield Hit(f"{host} is a staging site.", material.place(link))


@rule(
    "link-same-text-different-url",
    WARNING,
    "Two links with the same words are taken for the same link.",
    "Tell them apart in their words, or give both the same address.",
    passing=Example(html='<a href="https://b.org/1">Story one</a> <a href="https://b.org/2">Story two</a>'),
    failing=Example(html='<a href="https://b.org/1">The story</a> <a href="https://b.org/2">The story</a>'),
)
def link_same_text(material: Material) -> Iterator[Hit]:
    by_name: dict[str, dict[str, Element]] = defaultdict(dict)
    for link in links(material):
        url = href(link)
        name = re.sub(r"[\s>»›→.]+$", "", link_name(link).lower())
        if name and url and name not in _GENERIC and not url.startswith("#") and not is_merge(url, material.mail):
            by_name[name].setdefault(same_page(url), link)
    for name, targets in by_name.items():
        if len(targets) > 1:
            first, second = list(targets.values())[:2]
            yield Hit(
                f"“{short(name, 40)}” leads to {len(targets)} places, such as {short(href(first), 40)} and {short(href(second), 40)}.",
                material.place(second),
            )


@rule(
    "link-wraps-block",
    ERROR,
    "A table inside a link is taken out of it by inliners and by some mail programs: the link is lost.",
    "Put a link round the picture and one round the words.",
    passing=Example(html='<table role="presentation"><tr><td><a href="https://b.org">Story</a></td></tr></table>'),
    failing=Example(html='<a href="https://b.org"><table role="presentation"><tr><td>Story</td></tr></table></a>'),
)
def link_wraps_block(material: Material) -> Iterator[Hit]:
    for link in links(material):
        inner = next((each for each in link.iter(*_BLOCKS)), None)
        if inner is not None:
            severity = ERROR if next(link.iter("table"), None) is not None else WARNING
            yield Hit(
                f"The link to {short(href(link), 40)} is wrapped round <{inner.tag}>.", material.place(link), severity
            )


@rule(
    "link-underline",
    WARNING,
    "Who cannot tell colours apart does not see a link in running text that is not underlined (WCAG 1.4.1).",
    "Underline links in text: text-decoration:underline.",
    passing=Example(html='<p>Our team in Padua found <a href="https://b.org">why cells sleep</a> for years.</p>'),
    failing=Example(
        html='<p>Our team in Padua found <a href="https://b.org" style="text-decoration:none">why cells sleep</a> for years.</p>'
    ),
)
def link_underline(material: Material) -> Iterator[Hit]:
    bare = [link for link in links(material) if _in_text(link) and not _marked(material, link)]
    if bare:
        more = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
        yield Hit(
            f"“{short(link_name(bare[0]), 40)}”{more} in running text is not underlined.", material.place(bare[0])
        )


def _in_text(link: Element) -> bool:
    """Whether words of the same sentence stand around the link, perhaps outside an emphasis that holds only it."""
    if link.tag != "a" or not text_of(link):
        return False
    for parent in link.iterancestors():
        if own_text(parent) or parent.tag not in ("b", "strong", "em", "i", "span", "font", "u"):
            return len(words_of(own_text(parent))) >= 4
    return False


def _marked(material: Material, link: Element) -> bool:
    styles = material.light
    inner = [link, *(each for each in link.iter() if each is not link)]
    if any("underline" in styles.value(each, "text-decoration") or each.tag == "u" for each in inner):
        return True
    if any(styles.value(each, name) for each in inner for name in ("border-bottom", "background-color", "border")):
        return True
    if next(link.iterancestors("u"), None) is not None:
        return True
    parent = link.getparent()
    bolder = (
        parent is not None and any(styles.bold(each) for each in inner if text_of(each)) and not styles.bold(parent)
    )
    # Browsers underline a link that says nothing on it.
    return bolder or not styles.value(link, "text-decoration")


@rule(
    "link-display-mismatch",
    WARNING,
    "Words that show one address and lead to another look like phishing, to filters too.",
    "Let the words name the story, or lead to the address they show.",
    passing=Example(html='<a href="https://www.bbc.co.uk/c">www.bbc.co.uk</a>'),
    failing=Example(html='<a href="https://click.tracker.io/1">www.bbc.co.uk</a>'),
)
def link_display_mismatch(material: Material) -> Iterator[Hit]:
    for link in links(material):
        url = href(link)
        shown = _SHOWN_URL.match(squeeze(text_of(link)))
        if not shown or not url.lower().startswith("http") or is_merge(url, material.mail):
            continue
        host = shown[1].lower()
        known_end = host.rpartition(".")[2] in (
            "com",
            "org",
            "net",
            "uk",
            "de",
            "fr",
            "it",
            "es",
            "eu",
            "io",
            "edu",
            "gov",
            "info",
            "ch",
            "at",
            "nl",
            "us",
            "ca",
            "au",
        )
        if known_end and site_of(host) != site_of(host_of(url)):
            yield Hit(f"The words say {host}, the link leads to {host_of(url)}.", material.place(link))
