"""Turns one source picture into the file that mail shows: upright, sRGB, without metadata, at twice its slot."""

import io
from typing import TYPE_CHECKING

from newsletter_cli.errors import NewsletterError
from newsletter_cli.records import record

if TYPE_CHECKING:
    from PIL.Image import Image

# A lead picture may weigh 200 KB, a card's 100 KB; a slot of 400 pixels divides the two.
LEAD_BUDGET, CARD_BUDGET, CARD_SLOT = 200_000, 100_000, 400
SOURCE_LIMIT = 40_000_000
_PIXEL_LIMIT = 50_000_000
_QUALITIES = (75, 70, 65)
_KINDS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
# Raised whenever the bytes that come out of `make_picture` change, so that what is kept on disk is made anew.
VERSION = 1


class PictureRefused(NewsletterError):
    """A picture that cannot be prepared; the message says why in a sentence."""


@record
class MadePicture:
    """A prepared file: its bytes, its ending, its size in pixels."""

    data: bytes
    suffix: str
    width: int
    height: int


def make_picture(data: bytes, slot: int, crop: int = 0) -> MadePicture:
    """The picture for a slot of `slot` CSS pixels: at most twice as wide, never enlarged, no metadata.

    JPEG for photographs, stepping its quality from 75 to 65 to stay in the budget; PNG where there is transparency or
    few colours; a GIF that moves stays as it is.

    Args:
        data: of the source file.
        slot: width in CSS pixels.
        crop: height in CSS pixels when the picture is to fill a box (a portrait); 0 keeps its shape.

    Raises:
        PictureRefused: not a picture, of a kind that is not handled, cut short, or far too large.
    """
    from PIL import Image, UnidentifiedImageError

    if len(data) > SOURCE_LIMIT:
        raise PictureRefused(f"It weighs {len(data) / 1e6:.0f} MB.", "Save it smaller than 40 MB.")
    try:
        with Image.open(io.BytesIO(data), formats=_KINDS) as source:
            # Checked before a pixel is read: a small file can claim a picture that fills the memory.
            if source.width * source.height > _PIXEL_LIMIT:
                raise PictureRefused(f"It has {source.width} × {source.height} pixels.", "Save it below 50 megapixels.")
            if source.format == "GIF" and getattr(source, "is_animated", False):
                return MadePicture(data, ".gif", source.width, source.height)
            image = _upright(source, slot * 2, crop * 2)
    except UnidentifiedImageError as error:
        raise PictureRefused("It is not a picture that can be read.", "Save it as JPEG or PNG.") from error
    except Image.DecompressionBombError as error:
        raise PictureRefused("It has far too many pixels.", "Save it below 50 megapixels.") from error
    except (OSError, SyntaxError, ValueError, EOFError, ZeroDivisionError) as error:
        raise PictureRefused(f"It cannot be read: {error}.", "Save it again as JPEG or PNG.") from error
    budget = LEAD_BUDGET if slot >= CARD_SLOT else CARD_BUDGET
    return _saved(image, budget)


def _upright(source: "Image", width: int, crop: int) -> "Image":
    """The picture as a viewer shows it, in sRGB, no wider than `width`."""
    from PIL import Image, ImageOps

    if source.format == "JPEG":
        source.draft("RGB" if source.mode == "RGB" else None, (width * 2, width * 2))
    turned = ImageOps.exif_transpose(source)
    image = _to_srgb(turned)
    if crop:
        scale = min(1.0, image.width / width, image.height / crop)
        box = (max(1, round(width * scale)), max(1, round(crop * scale)))
        return ImageOps.fit(image, box, Image.Resampling.LANCZOS)
    if image.width > width:
        height = max(1, round(image.height * width / image.width))
        image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)
    return image


def _to_srgb(image: "Image") -> "Image":
    """RGB or RGBA in sRGB; an embedded profile is applied, not kept."""
    import contextlib

    from PIL import Image, ImageCms

    profile = image.info.get("icc_profile")
    alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if image.mode.startswith(("I", "F")):  # 16 bits a channel: scale, where convert() would clip to white
        top = 65535 if image.mode.startswith("I;16") else 255
        image = image.convert("F").point(lambda value: value * (255 / top)).convert("L")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        # A broken profile is common and no reason to refuse the picture.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mapped = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if mapped is not None:
                image = mapped
    made = image.convert("RGBA" if alpha else "RGB")
    if alpha and made.getchannel("A").getextrema() == (255, 255):
        made = made.convert("RGB")
    clean = Image.new(made.mode, made.size)
    clean.paste(made)
    return clean


def _saved(image: "Image", budget: int) -> MadePicture:
    """PNG for transparency and for drawings of few colours, JPEG for the rest, a grey photograph too."""
    if image.mode == "RGBA":
        return MadePicture(_png(image), ".png", image.width, image.height)
    photo = _jpeg(image, budget)
    if (colours := image.getcolors(256)) is not None:
        from PIL import Image

        drawing = _png(image.quantize(len(colours), dither=Image.Dither.NONE))
        if len(drawing) <= len(photo) * 1.2:
            return MadePicture(drawing, ".png", image.width, image.height)
    return MadePicture(photo, ".jpg", image.width, image.height)


def _png(image: "Image") -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _jpeg(image: "Image", budget: int) -> bytes:
    """The first of the qualities that stays in the budget, else the last."""
    data = b""
    for quality in _QUALITIES:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, progressive=True, optimize=True)
        data = out.getvalue()
        if len(data) <= budget:
            break
    return data
