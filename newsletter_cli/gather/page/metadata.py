"""The facts of a page: title, standfirst, date, author, lead picture, canonical address."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date as Date
from datetime import tzinfo
from html import unescape

from newsletter_cli.gather import dates
from newsletter_cli.gather.links import joined
from newsletter_cli.gather.page import authors, jsonld
from newsletter_cli.gather.page.cleaning import words_in
from newsletter_cli.gather.page.tree import Element, lang_of, names_of, text_of, up, without_dead_parts
from newsletter_cli.gather.words import folded, squeezed


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says about itself.

    Attributes:
        date_from: where the date was read: "said" in the page's data, "shown" on the page, "address", "changed"
            (only a change date is known), or "" when there is none.
        authors: names, in the page's order.
        image: absolute address of the lead picture; its alt, caption and credit as far as the data says them.
        poster: the still of the first film, absolute.
        link: canonical address, absolute.
    """

    title: str = ""
    standfirst: str = ""
    date: Date | None = None
    date_from: str = ""
    authors: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    image_caption: str = ""
    image_credit: str = ""
    poster: str = ""
    link: str = ""
    site: str = ""
    topic: str = ""
    lang: str = ""


_DATE_METAS = [
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.created",
    "dc.date",
    "dcterms.date",
    "dc.date.published",
    "publish-date",
    "publish_date",
    "publishdate",
    "publication_date",
    "pubdate",
    "pub_date",
    "article_date_original",
    "article.published",
    "article.created",
    "displaydate",
    "originalpublicationdate",
    "release_date",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "date_published",
    "created",
    "date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "rnews:datepublished",
    "shareaholic:article_published_time",
    "bt:pubdate",
    "ptime",
    "lastpublished",
    "vr:published_time",
    "article.publishdate",
    "gtm-article-published-date",
    "og:pubdate",
    "news:publication_date",
]
_CHANGED_METAS = [
    "article:modified_time",
    "og:updated_time",
    "modified_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "revision_date",
    "updated_time",
    "article.updated",
]
_DESCRIPTIONS = [
    "og:description",
    "twitter:description",
    "description",
    "dc.description",
    "dcterms.description",
    "sailthru.description",
]
_IMAGES = [
    "og:image",
    "og:image:url",
    "og:image:secure_url",
    "twitter:image",
    "twitter:image:src",
    "parsely-image-url",
    "sailthru.image.full",
    "thumbnail",
]
_SHOWN_DATE = re.compile(r"date|publish|byline|posted|time|meta|dateline|datum|fecha|author|data\b")
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-]([01]?\d)[/-]([0-3]?\d)(?:/|-|$|\D)")


def read_metadata(root: Element, url: str, zone: tzinfo, today: Date) -> Metadata:
    """Read the facts from JSON-LD, else OpenGraph and Twitter, else other meta names, else the page itself."""
    metas = _metas(root)
    node = jsonld.article_node(root)
    without_dead_parts(root)  # a script inside a heading is no part of the title
    base = _base(root, url)
    lang = lang_of(root) or metas.get("og:locale", "")
    site = metas.get("og:site_name", "") or metas.get("application-name", "")
    found, how = _date(root, metas, node, url, zone, lang, today)
    image = _image(root, metas, node)
    return Metadata(
        title=_title(root, metas, node, site),
        standfirst=_standfirst(metas, node),
        date=found,
        date_from=how,
        authors=authors.read_authors(root, metas, node, site),
        image=joined(base or _canonical(root, metas, node, base), image) if image else "",
        image_alt=words_in(metas.get("og:image:alt", "") or metas.get("twitter:image:alt", "")),
        image_caption=_image_text(node, "caption"),
        image_credit=_image_text(node, "creditText") or _image_text(node, "copyrightNotice"),
        poster=next((joined(base, str(each)) for each in root.xpath(".//video/@poster") if str(each).strip()), ""),
        link=_canonical(root, metas, node, base),
        site=site,
        topic=words_in(_first([metas.get("article:section", ""), *jsonld.texts(node.get("articleSection"))])),
        lang=lang.replace("_", "-"),
    )


def _metas(root: Element) -> dict[str, str]:
    """Meta names, properties and itemprops in lower case; the first that says something wins."""
    metas: dict[str, str] = {}
    for each in root.iter("meta"):
        content = squeezed(unescape(str(each.get("content") or each.get("value") or "")))
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = str(each.get(key) or "").strip().lower()
            if name and content:
                metas.setdefault(name, content)
    return metas


def _base(root: Element, url: str) -> str:
    found = root.find(".//base")
    return (joined(url, str(found.get("href") or "")) or url) if found is not None else url


def _first(values: Iterable[str]) -> str:
    return next((squeezed(unescape(each)) for each in values if each and each.strip()), "")


# -- title


def _title(root: Element, metas: dict[str, str], node: jsonld.Node, site: str) -> str:
    """The headline the page's data gives, else its heading, else what it gives to social networks and windows.

    A heading wins over data that only adds to its end (the site's name), and over a title for social networks, which
    editors often write anew. A headline that begins with a kicker (`Science: …`) stays as it is.
    """
    shown = [text_of(each) for each in root.iter("h1")]
    headings = [text for text in shown if len(folded(text)) >= 8 and not _names_the_site(text, site)]
    headline = _first(
        each for each in map(words_in, jsonld.texts(node.get("headline"))) if not _names_the_site(each, site)
    )
    if headline:
        starts = (each for each in headings if folded(headline).startswith(folded(each)))
        return next((_punctuated(each, headline) for each in starts), _without_site(headline, site))
    window = _first(text_of(each) for each in root.iter("title"))
    social = [words_in(metas.get("og:title", "")), words_in(metas.get("twitter:title", "")), window]
    title = _first(each for each in social if not _names_the_site(each, site))
    for each in headings:
        if (
            folded(each) in folded(title)
            or (len(each.split()) >= 4 and folded(each) in folded(window))
            or _alike(each, title)
        ):
            return _punctuated(each, title)
    if len(set(headings)) == 1 and len(headings[0]) >= 25:
        return headings[0]
    return _without_site(title, site) if title else _first(shown)


def _punctuated(heading: str, said: str) -> str:
    """The heading; what the page's data say when that has the colon which mark-up replaced or moved away."""
    colon = re.compile(r"[\w\"”’»)?!]: ")
    lost = folded(heading) == folded(said) and colon.search(said) and not colon.search(heading)
    return said if lost else heading


def _alike(one: str, other: str) -> bool:
    """Whether two titles share most of their words."""
    first, second = set(folded(one).split()), set(folded(other).split())
    fewer = min(len(first), len(second))
    return fewer >= 3 and len(first & second) >= 0.6 * fewer


def _names_the_site(title: str, site: str) -> bool:
    return not folded(title) or folded(title) == folded(site)


def _without_site(title: str, site: str) -> str:
    """`Story | The Paper` is `Story`."""
    parts = re.split(r"\s+[|–—·»•:-]+\s+|\s*\|\s*", title)
    if len(parts) < 2:
        return title
    if site and folded(parts[-1]) and (folded(parts[-1]) in folded(site) or folded(site) in folded(parts[-1])):
        return title[: title.rindex(parts[-1])].rstrip(" |–—·»•:-")
    head, bar, tail = title.rpartition(" | ")
    if bar and len(head) >= 10 and len(tail) <= 40:
        return _without_site(head.strip(), site)
    return title


# -- standfirst


def _standfirst(metas: dict[str, str], node: jsonld.Node) -> str:
    found = _first([*(metas.get(name, "") for name in _DESCRIPTIONS), *jsonld.texts(node.get("description"))])
    return words_in(found)


# -- date


def _date(
    root: Element, metas: dict[str, str], node: jsonld.Node, url: str, zone: tzinfo, lang: str, today: Date
) -> tuple[Date | None, str]:
    for how, values in (
        ("said", _said_dates(root, metas, node)),
        ("shown", _time_dates(root)),
        ("address", _address_dates(metas, url)),
        ("shown", _titled_dates(root, lang)),
        ("shown", _shown_dates(root)),
        ("shown", _lone_dates(root, lang)),
        ("changed", _changed_dates(metas, node)),
    ):
        for text in values:
            found = dates.day(text, zone, lang)
            if found and dates.plausible(found, today):
                return found, how
    return None, ""


def _said_dates(root: Element, metas: dict[str, str], node: jsonld.Node) -> Iterator[str]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        yield from jsonld.texts(node.get(key))
    yield from (metas[name] for name in _DATE_METAS if name in metas)
    for each in root.xpath('.//*[@itemprop="datePublished" or @itemprop="dateCreated" or @property="datePublished"]'):
        yield str(each.get("content") or each.get("datetime") or text_of(each))


def _is_beside(element: Element) -> bool:
    return element.tag in ("aside", "footer") or bool(re.search(r"(?:^|[\s_-])related", names_of(element)))


def _time_dates(root: Element) -> Iterator[str]:
    # A teaser's own date is no date of this story.
    times = [each for each in root.iter("time") if not any(map(_is_beside, each.iterancestors()))]
    for each in sorted(times, key=lambda time: "pubdate" not in time.attrib):
        yield str(each.get("datetime") or "") or text_of(each)


def _address_dates(metas: dict[str, str], url: str) -> Iterator[str]:
    for address in (url, metas.get("og:url", "")):
        found = _URL_DATE.search(address.partition("?")[0])
        if found:
            yield f"{found[1]}-{found[2]}-{found[3]}"


def _shown_dates(root: Element) -> Iterator[str]:
    for each in root.iter("span", "p", "div", "li", "td", "abbr", "em", "small", "dd", "b", "h6", "h5"):
        if _SHOWN_DATE.search(names_of(each)):
            text = str(each.get("title") or "") if each.tag == "abbr" else text_of(each)
            if re.search(r"\d", text) and len(text) < 120:
                yield text
    heading = next(root.iter("h1"), None)
    if heading is not None:
        for each in heading.xpath("following::*[position() <= 100]"):
            text = squeezed(each.text or "")
            if 6 <= len(text) <= 80 and re.search(r"\d", text):
                yield text


def _titled_dates(root: Element, lang: str) -> Iterator[str]:
    """`A clinic for the valley | The Paper | 28.04.2023`, as some sites head their windows."""
    for part in re.split(r"\s[|–—-]\s", _first(text_of(each) for each in root.iter("title")))[1:]:
        if dates.only_a_date(part, lang):
            yield part


def _lone_dates(root: Element, lang: str) -> Iterator[str]:
    """The only day that stands by itself on the page, whatever its element is called."""
    found: dict[Date, str] = {}
    for each in root.iter("p", "span", "div", "dd", "td", "li"):
        text = squeezed(each.text or "")
        if 8 <= len(text) <= 40 and not any(map(_is_beside, up(each))) and (day := dates.only_a_date(text, lang)):
            found.setdefault(day, text)
    yield from found.values() if len(found) == 1 else ()


def _changed_dates(metas: dict[str, str], node: jsonld.Node) -> Iterator[str]:
    yield from jsonld.texts(node.get("dateModified"))
    yield from (metas[name] for name in _CHANGED_METAS if name in metas)


# -- picture and address


def _image(root: Element, metas: dict[str, str], node: jsonld.Node) -> str:
    links = [str(each.get("href") or "") for each in root.xpath('.//link[@rel="image_src"]')]
    said = [metas[name] for name in _IMAGES if name in metas]
    for each in [*said, *jsonld.addresses(node.get("image")), *links, *jsonld.addresses(node.get("thumbnailUrl"))]:
        if each and not each.startswith("data:"):
            return unescape(each.strip())
    return ""


def _image_text(node: jsonld.Node, key: str) -> str:
    image = node.get("image")
    image = image[0] if isinstance(image, list) and image else image
    return words_in(_first(jsonld.texts(image.get(key)))) if isinstance(image, dict) else ""


def _canonical(root: Element, metas: dict[str, str], node: jsonld.Node, base: str) -> str:
    links = [str(each.get("href") or "") for each in root.xpath('.//link[@rel="canonical"]')]
    for each in [*links, metas.get("og:url", ""), *jsonld.addresses(node.get("url")), base]:
        address = joined(base, each) if each else ""
        if address.startswith(("http://", "https://")):
            return address
    return ""
