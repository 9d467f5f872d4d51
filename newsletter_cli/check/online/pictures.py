"""Loads the pictures of a mail as a reader's program would, and looks at what came."""

from collections.abc import Iterator
from io import BytesIO

from newsletter_cli.check.elements import host_of, images, is_merge, is_private
from newsletter_cli.check.material import Material
from newsletter_cli.check.online.catalogue import IMAGE_DEAD, IMAGE_ONLINE
from newsletter_cli.check.origin import Place
from newsletter_cli.check.words import short
from newsletter_cli.http import PICTURE, Client, FetchError
from newsletter_cli.model.finding import Finding, Severity

_MOST = 60
_HEAVY = 1024 * 1024
_DRAWN = frozenset({"JPEG", "PNG", "GIF"})


def look_at_pictures(material: Material, client: Client) -> Iterator[Finding]:
    """Fetch each different picture once: there at all, a picture, of a kind that is drawn, of a sensible size."""
    wanted: dict[str, tuple[Place, int]] = {}
    for image in images(material):
        src = (image.get("src") or "").strip()
        web = src.lower().startswith(("http://", "https://"))
        if web and not is_merge(src, material.mail) and not is_private(host_of(src)):
            size = (image.get("width") or "").removesuffix("px")
            wanted.setdefault(src, (material.place(image), int(size) if size.isdecimal() else 0))
    for src, (place, width) in list(wanted.items())[:_MOST]:
        yield from _look(client, src, place, width)


def _look(client: Client, src: str, place: Place, width: int) -> Iterator[Finding]:
    try:
        answer = client.get(src, limit=PICTURE, accept="image/png,image/jpeg,image/gif,*/*;q=0.1")
    except FetchError as error:
        yield IMAGE_DEAD.finding(error.message, place)
        return
    if not 200 <= answer.status < 300:
        yield IMAGE_DEAD.finding(f"{short(src)} answers HTTP {answer.status}.", place)
        return
    if not answer.media_type.startswith("image/"):
        yield IMAGE_DEAD.finding(f"{short(src)} is no picture but {answer.media_type or 'of no type'}.", place)
        return
    kind, pixels = _measure(answer.body)
    if not kind:
        yield IMAGE_ONLINE.finding(f"{short(src)} cannot be read as a picture.", place)
        return
    if kind not in _DRAWN:
        yield IMAGE_ONLINE.finding(f"{short(src)} is {kind}, which Outlook on Windows does not draw.", place)
    if len(answer.body) > _HEAVY:
        yield IMAGE_ONLINE.finding(f"{short(src)} has {len(answer.body) / 1024:,.0f} KB.", place)
    if width and pixels < width:
        yield IMAGE_ONLINE.finding(f"{short(src)} is {pixels} px wide but shown at {width} px.", place, Severity.INFO)


def _measure(data: bytes) -> tuple[str, int]:
    """Format and width in px; "" and 0 for what Pillow cannot read."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data)) as image:
            return image.format or "", image.width
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
        return "", 0
