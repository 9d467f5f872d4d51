"""The pictures of a page: where lazy loading hides them, what is said about them."""

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from newsletter_cli.gather.links import absolute
from newsletter_cli.gather.page.furniture import link_share
from newsletter_cli.gather.page.tree import Element, names_of, text_of
from newsletter_cli.gather.pieces import Picture
from newsletter_cli.gather.words import squeezed

CAPTION = re.compile(
    r"(?<!has-)(?<!has)(?<!no-)caption(?!ed|s?-?(?:button|toggle|icon|track|settings))|"
    r"(?:^|[\s_-])(?:legende?|bildunterschrift|bildtext|image-?description|pie-?de-?foto|didascalia|"
    r"(?:media|image|img|photo|picture)-?(?:info|subtitle|desc))",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"(?:^|[\s_-])(?:image|img|photo|picture|figure|foto|bild)(?:-?(?:box|container|wrapper|wrap|widget|block|item))?(?:$|[\s_-])"
)
CREDIT = re.compile(
    r"credit|copyright|photographer|image-?source|img-?source|attribution|(?:^|[\s_-])rights", re.IGNORECASE
)
SAVED = "saved:"
_LAZY = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-url",
    "data-lazy",
    "data-img-src",
    "data-hi-res-src",
    "data-full-src",
    "data-image",
    "data-large-file",
    "data-orig-file",
    "data-raw-src",
    "data-echo",
    "data-defer-src",
)
_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set")
_WIDEST = 1600
_CAPTION_AT_MOST = 250
_ICON = 48
_GOOD = 600
_PIXEL = re.compile(
    r"(?:^|[/_.-])(?:spacer|blank|pixel|transparent|placeholder|1x1|loading|lazy|grey|gray)[^/]*$|pixel\.(?:gif|png)$|/(?:pixel|beacon|track)",
    re.IGNORECASE,
)
_FILM = re.compile(r"\.(?:mp4|webm|m4v|mov|ogv|m3u8)$", re.IGNORECASE)
_FILE = re.compile(r"([^/?&=]+?)\.(?:jpe?g|png|gif|webp|avif)(?![\w-])", re.IGNORECASE)
_SIZE_AT_END = re.compile(r"[-_@](?:\d{2,4}x\d{2,4}|\d{3,4}w|scaled|\d+x)$")
_WIDTH_AT_END = re.compile(r"[-_](?:320|480|600|640|720|768|800|900|960|1024|1080|1200|1280|1440|1600|1920|2048)$")
_TELLING = 12
_DECORATION = re.compile(
    r"(?:^|[\s_/-])(?:icon|icons|logo|avatar|emoji|gravatar|sprite|furniture|badge|smiley|wp-smiley|button)(?:[\s_./-]|$)",
    re.IGNORECASE,
)
_CREDIT_IN_TEXT = re.compile(
    r"^(?P<caption>.*?)[\s(\[|–—-]*(?:(?:photo(?:graph)?|image|picture|credit|courtesy|source|foto|bild|quelle|crédit|crédits|photo credit|image credit|picture credit|photos?)"
    r"(?:\s+(?:by|credit|courtesy of|von|de|par))?\s*:\s*|photo(?:graph)? by\s+|©\s?)(?P<credit>[^.\n]{2,100}?)[)\]\s.]*$",
    re.IGNORECASE | re.DOTALL,
)


def address_of(image: Element, base: str) -> str:
    """The best address of an <img>: real over placeholder, up to 1,600 pixels wide over larger."""
    if str(image.get("src") or "").startswith(SAVED):
        return str(image.get("src"))
    picture = image.getparent()
    sources = list(picture.iter("source")) if picture is not None and picture.tag == "picture" else []
    sized = [each for holder in (image, *sources) for each in _sized(holder)]
    single = [str(image.get(name) or "") for name in (*_LAZY, "src")]
    fitting = sorted((each for each in sized if each[0] <= _WIDEST), reverse=True)
    larger = sorted(each for each in sized if each[0] > _WIDEST)
    chosen = [address for width, address in (*fitting, *larger) if width >= _GOOD]
    narrow = any(width < _GOOD and address == single[-1] for width, address in sized)
    # The page's own choice first; a larger one when that is known to be narrow, or is a placeholder.
    order = (*chosen, *single) if narrow else (*single, *chosen)
    for address in (*order, *_json_sources(image), *(address for _, address in fitting)):
        if _is_real(address):
            found = absolute(address, base)
            if found.startswith(("http://", "https://")):
                return found
    return next((each for each in single if _embedded(each)), "")


def _is_real(address: str) -> bool:
    address = address.strip()
    return (
        bool(address)
        and not _FILM.search(_path(address))
        and not address.startswith("data:")
        and not _PIXEL.search(_path(address))
    )


def _embedded(address: str) -> bool:
    """A picture inside the page itself, as browsers' «save as one file» writes it; small ones are placeholders."""
    return address.startswith("data:image/") and not address.startswith("data:image/svg") and len(address) > 2000


def _path(address: str) -> str:
    """The path of an address, "" of a data: one or of one that cannot be split."""
    try:
        return "" if address.startswith("data:") else urlsplit(address).path
    except ValueError:
        return ""


def _sized(holder: Element) -> Iterator[tuple[int, str]]:
    for name in _SETS:
        for found in re.finditer(r"(\S*[^\s,])(?:\s+([\d.]+)([wx]))?\s*(?:,|$)", str(holder.get(name) or "")):
            size = float(found[2] or 1) if (found[2] or "1").count(".") < 2 else 1.0
            yield int(size if found[3] == "w" else size * 600), found[1]


def _json_sources(image: Element) -> Iterator[str]:
    """`data-srcs='{"https://…": {…}}'` and the like."""
    for name, value in image.attrib.items():
        if name.startswith("data-") and value.lstrip().startswith("{"):
            try:
                loaded = json.loads(value)
            except (ValueError, RecursionError):
                continue
            if isinstance(loaded, dict):
                yield from (key for key in loaded if str(key).startswith(("http", "/")))
                yield from (each for each in loaded.values() if isinstance(each, str) and each.startswith("http"))


def is_decoration(image: Element, address: str) -> bool:
    """Whether an image shows nothing of the story: an icon, a logo, a counting pixel."""
    if is_icon(image):
        return True
    path = _path(address)
    return bool(_DECORATION.search(names_of(image)) or _DECORATION.search(path) or path.lower().endswith(".svg"))


def is_icon(image: Element) -> bool:
    """Whether an image says itself that it is no larger than a word."""
    sizes = (re.match(r"\s*(\d+)", str(image.get(name) or "")) for name in ("width", "height"))
    return any(size and int(size[1]) <= _ICON for size in sizes)


def alt_of(image: Element) -> str:
    """The alt text, when it says more than a file name."""
    alt = squeezed(str(image.get("alt") or ""))
    if re.fullmatch(r"(?i)\S+\.(?:jpe?g|png|gif|webp)|image\d*|img[_-]?\d+|photo\d*|picture\d*", alt):
        return ""
    return alt


def read_picture(image: Element, base: str, holder: Element | None = None) -> Picture | None:
    """The picture of an <img> with the caption and credit its figure (or figure-like `holder`) gives."""
    address = address_of(image, base)
    if not address:
        return None
    caption, credit = caption_of(holder) if holder is not None else ("", "")
    # A drawing with a caption belongs to the story: mail cannot show it, and that is then said.
    drawing = bool(caption) and _path(address).lower().endswith(".svg") and not _DECORATION.search(_path(address))
    if is_decoration(image, address) and not drawing:
        return None
    credit = credit or _bare_credit(str(image.get("data-credit") or ""))
    alt = alt_of(image)
    return Picture(address, alt, caption, credit)


def caption_of(holder: Element) -> tuple[str, str]:
    """Caption and credit of a figure, by figcaption, class, or the words `Photo:` and ©."""
    captions = [each for each in holder.iter() if each is not holder and is_caption(each)]
    credits = [
        each
        for each in holder.iter()
        if each is not holder
        and isinstance(each.tag, str)
        and CREDIT.search(f"{names_of(each)} {each.get('itemprop') or ''}")
    ]
    credits = [each for each in credits if len(text_of(each)) <= 140]
    credit = squeezed(text_of(credits[0])) if credits else ""
    caption = next((text for each in captions if (text := text_of(each))), "")
    if not captions and is_picture_box(holder):
        caption = text_of(holder)
    if credit and credit in caption:
        # The last one: a caption can name its owner too (`Oxfam's clinic in Aden. Oxfam`).
        before, _, after = caption.rpartition(credit)
        caption = f"{before} {after}"
    caption = squeezed(caption).strip(" |/·•-–—")
    if not credit:
        return split_credit(caption)
    return caption, _bare_credit(credit)


def is_picture_box(element: Element) -> bool:
    """A figure, or a box named after its one picture, with so little text beside it that it is the caption."""
    named = element.tag == "figure" or bool(_BOX.search(str(element.get("class") or "").lower()))
    if not named or not 3 <= len(text_of(element)) <= _CAPTION_AT_MOST or len(list(element.iter("img"))) != 1:
        return False
    telling = element.iter("h1", "h2", "h3", "h4", "h5", "ul", "ol", "table", "blockquote", "button", "time")
    return not any(True for _ in telling) and link_share(element) < 0.5


def split_credit(text: str) -> tuple[str, str]:
    """`A cell. Photo: Jane Lab` as caption and credit."""
    found = _CREDIT_IN_TEXT.match(text)
    return (found["caption"].strip(" ,;|/"), _bare_credit(found["credit"])) if found else (text, "")


def unloaded_picture(figure: Element, base: str) -> Picture | None:
    """The picture of a figure that a script would fill: schema.org's `itemid` names it."""
    address = str(figure.get("itemid") or "")
    if "ImageObject" not in str(figure.get("itemtype") or "") or not address.startswith("http"):
        return None
    caption, credit = caption_of(figure)
    return Picture(absolute(address, base), "", caption, credit)


def is_caption(element: Element) -> bool:
    """A figcaption, or an element whose class says caption."""
    return isinstance(element.tag, str) and (element.tag == "figcaption" or bool(CAPTION.search(names_of(element))))


def _bare_credit(text: str) -> str:
    """`Photo: Jane Lab` and `© Jane Lab` are Jane Lab."""
    return re.sub(
        r"^(?:(?:photo(?:graph)?|image|picture|credit|foto|bild|quelle|source|crédits?)\s*(?:credit|by|source)?\s*[:：]\s*|(?:©|\(c\)|copyright)\s*:?\s*)+",
        "",
        squeezed(text),
        flags=re.IGNORECASE,
    ).strip(" ()[]|/")


def same_picture(one: str, other: str) -> bool:
    """Whether two addresses mean one picture: the same file, whatever its size or query."""
    first, second = _file_key(one), _file_key(other)
    return bool(first) and first == second


def _file_key(address: str) -> str:
    """What tells a picture whatever its size: the last file name in its address, else the whole path.

    Image servers put the file in the middle or in the query (`/resize/1200x630!/?url=https%3A…%2Frally.jpg`), or name
    it by number (`/id/195679/width/425`).
    """
    if address.startswith("data:"):
        return address
    files = _FILE.findall(unquote(unquote(address)))
    if not files:
        path = _path(address).rstrip("/").lower()
        last = path.rpartition("/")[2]
        return last if len(last) >= _TELLING else path
    name = _SIZE_AT_END.sub("", files[-1].lower())
    shorter = _WIDTH_AT_END.sub("", name)
    return shorter if len(shorter) >= _TELLING else name
