"""Finds the links, pictures and addresses of a mail for the rules."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from newsletter_cli.check.material import Mail, Material
from newsletter_cli.check.page import Element
from newsletter_cli.check.rules import Hit
from newsletter_cli.check.words import short, squeeze, text_of

# Every provider's way to write a personal value, as far as it can be told from plain words.
MERGE_TAG = re.compile(
    r"\{\{.{0,200}?\}\}|\{%.{0,200}?%\}|\*\|[^|\n]{1,100}\|\*|\[\[[^\]\n]{1,100}\]\]|<%.{0,200}?%>|%%[\w .:-]{1,60}%%"
    r"|%recipient[\w.-]*%|(?<![\w%])%[A-Z][A-Z_]{2,40}%|\$\{[^}\n]{1,100}\}|\{\$[^}\n]{1,100}\}|\#\{[^}\n]{1,100}\}|@@[\w-]{2,40}@@",
    re.S,
)
_TAG_URL = re.compile(r"^\s*(?:\[[\w .:-]{2,60}\]|\{[\w.$ :-]{2,60}\}|-[\w.]{2,40}-|@@?[\w.]+@?@?)\s*$")
_PIXEL_WORDS = re.compile(
    r"(?:open|track|pixel|beacon|spacer|blank|transparent)[\w-]*\.(?:gif|png)|/o/|/open[/?]", re.I
)


def visible(material: Material, element: Element) -> bool:
    return not material.light.hidden(element)


def links(material: Material) -> Iterator[Element]:
    """Links a reader can meet: `a` and `area` with an href, not hidden."""
    for each in material.page.all("a", "area"):
        if each.get("href") is not None and visible(material, each):
            yield each


def href(element: Element) -> str:
    return re.sub(r"[\t\r\n]", "", element.get("href") or "").strip()


def link_name(element: Element) -> str:
    """What a screen reader calls the link: aria-label, else its words and its pictures' alt, else its title."""
    return (
        squeeze(element.get("aria-label") or "")
        or text_of(element, alts=True)
        or squeeze(element.get("alt") or "")
        or squeeze(element.get("title") or "")
    )


def images(material: Material) -> Iterator[Element]:
    """Pictures a reader can meet; not the invisible ones that count opens."""
    for each in material.page.all("img"):
        if visible(material, each) and not is_pixel(each):
            yield each


def is_pixel(image: Element) -> bool:
    """A counting or spacing picture: at most 2 px in one direction, or named like one and without a size."""
    sizes = [re.sub(r"(px)?\s*$", "", image.get(name) or "").strip() for name in ("width", "height")]
    if any(size in ("0", "1", "2") for size in sizes):
        return True
    style = image.get("style") or ""
    if re.search(r"(?<![-\w])(?:width|height)\s*:\s*[01]px", style):
        return True
    return not any(sizes) and bool(_PIXEL_WORDS.search(image.get("src") or "")) and not image.get("alt")


def is_merge(url: str, mail: Mail | None) -> bool:
    """Whether an address is (partly) filled in per person or by the provider."""
    tokens = mail.merge_fields if mail else ()
    return any(each.token in url for each in tokens) or bool(MERGE_TAG.search(url) or _TAG_URL.match(url))


def split_url(url: str) -> SplitResult | None:
    """The parts of an address, or None when it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts


def host_of(url: str) -> str:
    parts = split_url(url)
    return (parts.hostname or "").lower().rstrip(".") if parts else ""


def site_of(host: str) -> str:
    """The part of a host name that one owner registers, roughly: two labels, three below `co.uk` and the like."""
    labels = host.split(".")
    second = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in ("co", "ac", "org", "gov", "com", "net", "nhs")
    return ".".join(labels[-3:] if second else labels[-2:])


def is_private(host: str) -> bool:
    """A host that readers cannot reach: loopback, private networks, names without a public top level."""
    if not host:
        return False
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        single = re.fullmatch(r"[a-z0-9-]+", host) is not None  # `localhost`, `intranet`, or a forgotten `TODO`
        return single or host.endswith((".local", ".localhost", ".internal", ".lan", ".test", ".invalid"))
    return not address.is_global


def same_page(url: str) -> str:
    """An address for comparing: without tracking parameters, fragment, `www.`, http/https and closing slash."""
    parts = split_url(url.strip())
    if parts is None or not parts.netloc:
        return url.strip()
    query = "&".join(
        each
        for each in parts.query.split("&")
        if each and not re.match(r"(?:utm_\w+|fbclid|gclid|mc_[ce]id|_hs\w+)=", each)
    )
    return f"{host_of(url).removeprefix('www.')}{parts.path.rstrip('/')}{'?' + query if query else ''}"


def counted(texts: Iterable[str], most: int = 3) -> str:
    """`a, b, c and 4 more`, the commonest first."""
    counts = Counter(texts)
    names = [short(text, 50) for text, _ in counts.most_common(most)]
    rest = len(counts) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest > 0 else "")


def folded(hits: Iterable[Hit], what: str, most: int = 4) -> Iterator[Hit]:
    """Each hit by itself when there are few; else the first ones and a line for the rest of them.

    Args:
        what: the rest in words, such as `more links with http:`.
    """
    found = list(hits)
    # Places in several files are the author's own: each is needed.
    if len(found) <= most + 1 or len({each.place.file for each in found}) > 1:
        yield from found
        return
    yield from found[:most]
    lines = ", ".join(str(each.place.line) for each in found[most : most + 12] if each.place.line)
    more = "…" if len(found) > most + 12 else ""
    yield replace(found[most], message=f"{len(found) - most} {what}" + (f" (lines {lines}{more})." if lines else "."))
