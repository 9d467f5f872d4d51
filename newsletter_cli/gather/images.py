"""Makes a fetched picture fit for an issue: upright, without hidden data, of a sane size and a kind mail shows."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

WIDEST = 2400
MOST_PIXELS = 50_000_000
NARROW = 300


class NoPicture(Exception):
    """The bytes are no picture this program takes; the text says why."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture ready to store; `suffix` without the dot."""

    data: bytes
    suffix: str
    width: int
    height: int


def prepare(data: bytes) -> Prepared:
    """Turn upright by EXIF, drop EXIF (place and time of private photographs), convert to sRGB, cut down, re-encode.

    JPEG and PNG stay what they are, GIF stays as it came (it may move), all others become JPEG, or PNG when they
    have transparency.

    Raises:
        NoPicture: broken, unknown, or of more than 50 megapixels.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            kind = image.format or ""
            if image.width * image.height > MOST_PIXELS:
                raise NoPicture(f"it has {image.width} × {image.height} pixels")
            if kind == "GIF":
                return Prepared(data, "gif", image.width, image.height)
            image.draft("RGB", (WIDEST, WIDEST))
            upright = _srgb(_of_eight_bits(ImageOps.exif_transpose(image)))
            if max(upright.size) > WIDEST:
                upright.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS, reducing_gap=3)
            return _encoded(upright, kind)
    except Image.DecompressionBombError as error:
        raise NoPicture("it is of more than 50 megapixels") from error
    except UnidentifiedImageError as error:
        raise NoPicture("it is not a picture that mail can show") from error
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError) as error:
        raise NoPicture(f"it is damaged ({str(error)[:80]})") from error


def _of_eight_bits(image: "Image") -> "Image":
    """Grey of 16 bits brought down to 8: Pillow's own conversion cuts everything above 255 to white."""
    if not image.mode.startswith("I"):
        return image
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _srgb(image: "Image") -> "Image":
    """In sRGB, so that dropping the colour profile changes nothing to see."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK", "RGBA"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            return made if made is not None else image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile: the plain conversion below is what a browser does
    return image


def _encoded(image: "Image", kind: str) -> Prepared:
    out = io.BytesIO()
    clear = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if kind == "PNG" or (clear and kind != "JPEG"):
        made = (
            image if image.mode in ("RGB", "RGBA", "L", "LA", "P", "1") else image.convert("RGBA" if clear else "RGB")
        )
        made.save(out, "PNG", optimize=True)
        return Prepared(out.getvalue(), "png", made.width, made.height)
    made = image.convert("RGB") if image.mode != "RGB" else image
    made.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return Prepared(out.getvalue(), "jpg", made.width, made.height)
