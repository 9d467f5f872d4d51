"""Rules on pictures: what is said when they are not shown, where they lie, how heavy they are."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from newsletter_cli.check.blocks import pictures
from newsletter_cli.check.elements import folded, host_of, images, is_merge, is_private, split_url, visible
from newsletter_cli.check.material import Material
from newsletter_cli.check.page import Element
from newsletter_cli.check.rules import ERROR, INFO, WARNING, Example, Hit, rule
from newsletter_cli.check.words import short, squeeze, text_of

_FILE_NAME = re.compile(
    r"^[\w() .%-]+\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?|heic)$|^(?:IMG|DSC|DSCN|PXL|image)[_-]?\d+$", re.I
)
_EMPTY_WORDS = frozenset(
    [
        "image",
        "images",
        "img",
        "photo",
        "photograph",
        "picture",
        "pic",
        "graphic",
        "banner",
        "untitled",
        "alt",
        "alt_text",
        "placeholder",
    ]
)
_SAYS_IMAGE = re.compile(r"^(?:an? )?(?:image|picture|photo|photograph|graphic) of\b", re.I)
_UNSHOWN = {
    ".svg": "SVG",
    ".webp": "WebP",
    ".avif": "AVIF",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".heic": "HEIC",
}
_TOTAL = 1024 * 1024
_ROOM = 200 * 1024
_SLACK = 8  # px: rounding of a slot is no softness


def _name(image: Element) -> str:
    src = image.get("src") or ""
    if src.startswith("data:"):
        return "a data: picture"
    name = PurePosixPath(src.split("?")[0]).name
    return short(name if "." in name else src, 50)


@rule(
    "img-alt-missing",
    ERROR,
    "Half of all readers see a mail without pictures first, and some never see one: alt is what they get.",
    'Write what the picture shows; alt="" only for decoration.',
    passing=Example(html='<img src="https://i.bbc.co.uk/cell.jpg" alt="A breast cancer cell under the microscope">'),
    failing=Example(
        html='<img src="https://i.bbc.co.uk/cell.jpg"><img src="https://i.bbc.co.uk/b.jpg" alt="IMG_2041.jpg">'
    ),
)
def img_alt_missing(material: Material) -> Iterator[Hit]:
    yield from folded(_alt_hits(material), "more pictures with a fault of this kind", 6)


def _alt_hits(material: Material) -> Iterator[Hit]:
    for image in images(material):
        alt = image.get("alt")
        place = material.place(image)
        if alt is None:
            if (
                (image.get("role") or "") in ("presentation", "none")
                or image.get("aria-hidden") == "true"
                or image.get("aria-label")
            ):
                continue
            link = next(image.iterancestors("a"), None)
            only = link is not None and not text_of(link)
            yield Hit(f"{_name(image)} has no alt" + (", and it is all there is of a link." if only else "."), place)
            continue
        words = squeeze(alt)
        if _FILE_NAME.match(words):
            yield Hit(f"The alt of {_name(image)} is a file name: “{short(words, 40)}”.", place)
        elif words.lower() in _EMPTY_WORDS:
            yield Hit(f"The alt of {_name(image)} says only “{words}”.", place, WARNING)
        elif _SAYS_IMAGE.match(words):
            yield Hit(
                f"The alt “{short(words, 40)}” need not say that it is a picture.",
                place,
                INFO,
                "Begin with what it shows.",
            )
        elif len(words) > 150:
            yield Hit(
                f"The alt of {_name(image)} has {len(words)} characters.",
                place,
                WARNING,
                "Say it in 150; tell the rest in the text.",
            )


@rule(
    "img-only-link",
    ERROR,
    'A link with nothing but an alt="" picture has no name: a listener hears its address.',
    "Write in the alt where the link leads.",
    passing=Example(
        html='<a href="https://www.bbc.co.uk"><img src="https://i.bbc.co.uk/l.png" alt="BBC home page"></a>'
    ),
    failing=Example(html='<a href="https://www.bbc.co.uk"><img src="https://i.bbc.co.uk/l.png" alt=""></a>'),
)
def img_only_link(material: Material) -> Iterator[Hit]:
    hits = []
    for link in material.page.all("a"):
        shown = [each for each in link.iter("img") if visible(material, each)]
        named = text_of(link, alts=True) or link.get("aria-label") or link.get("title")
        if link.get("href") is None or not shown or named or not visible(material, link):
            continue
        if all(each.get("alt") is not None for each in shown):
            hits.append(Hit(f"The link around {_name(shown[0])} has no name.", material.place(link)))
    yield from folded(hits, "more links of this kind")


@rule(
    "img-width",
    WARNING,
    "Outlook on Windows sizes a picture by its width attribute alone; without one it takes the file’s own size.",
    "Give width in pixels as shown, at most 600; and height.",
    passing=Example(html='<img src="https://i.bbc.co.uk/a.jpg" alt="A" width="600" height="300">'),
    failing=Example(html='<img src="https://i.bbc.co.uk/a.jpg" alt="A" style="width:100%">'),
)
def img_width(material: Material) -> Iterator[Hit]:
    found: list[tuple[str, Element]] = []
    for image in images(material):
        width = (image.get("width") or "").strip().removesuffix("px")
        if not width.isdecimal():
            found.append(
                (
                    f"{_name(image)} has no width in pixels"
                    if not width
                    else f'{_name(image)} has width="{width[:10]}"',
                    image,
                )
            )
        elif int(width) > 700:
            found.append((f"{_name(image)} is {width} px wide", image))
        elif material.kind == "issue" and not (image.get("height") or "").strip().isdecimal():
            found.append((f"{_name(image)} has no height", image))
    if found and material.kind != "issue" and len(found) > 3:
        yield Hit(f"{len(found)} pictures have no usable width: {found[0][0]}, and so on.", material.place(found[0][1]))
        return
    for message, image in found:
        yield Hit(f"{message}.", material.place(image))


@rule(
    "img-src",
    ERROR,
    "A picture must lie at an https address that everyone can reach, in a format that mail programs draw.",
    "Host it: set [images] and run `newsletter images publish`; PNG, JPEG or GIF.",
    passing=Example(html='<img src="https://i.bbc.co.uk/a.jpg" alt="A">'),
    failing=Example(html='<img src="images/a.jpg" alt="A"><img src="http://localhost/b.png" alt="B">'),
)
def img_src(material: Material) -> Iterator[Hit]:
    yield from folded(
        (hit for image in images(material) for hit in _src_hits(material, image)), "more pictures of this kind", 6
    )


def _src_hits(material: Material, image: Element) -> Iterator[Hit]:
    src = (image.get("src") or "").strip()
    place = material.place(image)
    if is_merge(src, material.mail):
        return
    parts = split_url(src)
    scheme = parts.scheme.lower() if parts else ""
    if not src:
        yield Hit("A picture has no src.", place)
    elif scheme == "data":
        yield Hit("A picture is written into the mail as data:, which Gmail and Outlook drop.", place)
    elif scheme == "cid":
        if f"cid:{src[4:]}" not in (material.mail.parts if material.mail else ()):
            yield Hit(f"The picture {short(src, 40)} is not among the parts of the mail.", place, WARNING)
    elif scheme in ("http", "https"):
        host = host_of(src)
        if is_private(host) or (material.settings and host in material.settings.check.staging_hosts):
            yield Hit(f"Readers cannot reach {host}, where {_name(image)} lies.", place)
        elif scheme == "http":
            # Our own pictures have no excuse; a mail of another tool loses its pictures only in strict clients.
            severity = ERROR if material.kind == "issue" else WARNING
            yield Hit(f"{_name(image)} is fetched by http:.", place, severity, "Use the https: address.")
        suffix = PurePosixPath((parts.path if parts else "").lower()).suffix
        if suffix in _UNSHOWN:
            yield Hit(
                f"{_name(image)} is {_UNSHOWN[suffix]}, which Outlook on Windows does not draw.",
                place,
                WARNING,
                "Make it JPEG or PNG.",
            )
    elif src.startswith("//"):
        yield Hit(f"{short(src, 40)} has no https:; in a mail there is no page to take it from.", place)
    else:
        yield Hit(f"{short(src, 50)} lies nowhere that a reader can reach.", place)


@rule(
    "img-weight",
    WARNING,
    "Heavy pictures come late on a phone, and cost readers money.",
    "Run `newsletter images ISSUE`; aim at 200 KB a picture and 1 MB an issue.",
    passing=Example(html='<img src="https://i.bbc.co.uk/cell.jpg" alt="A cell">', images=(("cell.jpg", 90_000),)),
    failing=Example(html='<img src="https://i.bbc.co.uk/cell.jpg" alt="A cell">', images=(("cell.jpg", 450_000),)),
)
def img_weight(material: Material) -> Iterator[Hit]:
    mail = material.mail
    if mail is None:
        return
    total = sum(each.bytes for each in mail.images)
    for each in mail.images:
        if each.bytes > _ROOM:
            place = material.origins.picture(each.src, each.alt)
            yield Hit(f"{PurePosixPath(each.file or each.src).name} has {each.bytes / 1024:,.0f} KB.", place)
    if total > _TOTAL:
        yield Hit(f"The pictures of the issue have {total / 1024 / 1024:.1f} MB together.", material.html_line(0))


@rule(
    "img-soft",
    WARNING,
    "A picture with fewer pixels than twice its shown width looks soft on phones and new laptops.",
    "Use a larger original: 1200 px for a full-width picture. Nothing is enlarged.",
    passing=Example(files=(("articles/a.md", "title: A\nlink: https://www.example.org/a"),)),
    failing=Example(
        files=(
            ("articles/a.md", "title: A\nlink: https://www.example.org/a\nimage: images/small.png\nalt: Small"),
            ("images/small.png", "picture:200x100"),
        )
    ),
)
def img_soft(material: Material) -> Iterator[Hit]:
    if material.issue is None:
        return
    folder = material.issue.file.rpartition("/")[0]
    for each in pictures(material.issue):
        local = material.pictures.get(f"{folder}/{each.figure.src}")
        shown = _shown_width(material, each.figure.src) if local else 0
        if local and shown and local.width < 2 * shown - _SLACK:
            severity = WARNING if local.width < 1.5 * shown else INFO
            yield Hit(f"{each.figure.src} is {local.width} px wide and shown at {shown}.", each.place, severity)


def _shown_width(material: Material, src: str) -> int:
    """The widest that the message shows this picture, in CSS pixels; 0 when it does not show it."""
    stem = re.sub(r"[^a-z0-9]+", "-", PurePosixPath(src).stem.lower()).strip("-")
    images_of = material.mail.images if material.mail else ()
    named = (each for each in images_of if re.fullmatch(rf"{re.escape(stem)}-[0-9a-f]+", PurePosixPath(each.file).stem))
    return max((each.width for each in named), default=0)


@rule(
    "image-only-mail",
    ERROR,
    "A mail that is one picture is spam to filters (6 to 7 points in SpamAssassin) and nothing to who sees no pictures.",
    "Write the words as text.",
    passing=Example(
        html='<img src="https://i.bbc.co.uk/a.jpg" alt="A" width="600">'
        + "<p>"
        + "Our team found why some cells sleep. " * 14
        + "</p>"
    ),
    failing=Example(
        html='<a href="https://www.bbc.co.uk"><img src="https://i.bbc.co.uk/a.jpg" alt="A" width="600"></a><p>Hi!</p>'
    ),
)
def image_only_mail(material: Material) -> Iterator[Hit]:
    body = material.page.body
    if not material.page.written & {"html", "body"} and material.kind == "html" and "img" not in material.page.written:
        return
    size = len(text_of(body))
    large = [image for image in images(material) if _large(image)]
    if large and size < 400:
        # A short mail with a picture is no picture of a mail: only next to no words are an error.
        severity = ERROR if size < 150 else WARNING
        yield Hit(f"There are {size} characters of text beside a large picture.", material.place(large[0]), severity)


def _large(image: Element) -> bool:
    width = (image.get("width") or "").removesuffix("px")
    height = (image.get("height") or "").removesuffix("px")
    wide = int(width) >= 400 if width.isdecimal() else width == "100%"
    return wide and not (height.isdecimal() and int(height) < 120)
