"""Reads CSS colours and measures the contrast between two (WCAG 2.2, success criterion 1.4.3)."""

import re
from dataclasses import dataclass
from functools import lru_cache

import tinycss2.color3

from newsletter_cli.model.contrast import contrast as contrast_ratio


@dataclass(frozen=True, slots=True)
class Colour:
    """Red, green, blue from 0 to 255, alpha from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, under: "Colour") -> "Colour":
        """This colour painted on an opaque one."""
        share = self.alpha
        mixed = (
            share * top + (1 - share) * below
            for top, below in zip((self.red, self.green, self.blue), (under.red, under.green, under.blue), strict=True)
        )
        return Colour(*mixed)

    def __str__(self) -> str:
        return "#" + "".join(f"{int(part + 0.5):02x}" for part in (self.red, self.green, self.blue))


BLACK = Colour(0, 0, 0)
WHITE = Colour(255, 255, 255)
LINK = Colour(0, 0, 238)


@lru_cache(maxsize=2048)
def parse_colour(text: str, *, legacy: bool = False) -> Colour | None:
    """The colour this text names, or None. `legacy` is for attributes, where `cccccc` is enough."""
    text = text.strip()
    if legacy and len(text) in (3, 6) and all(each in "0123456789abcdefABCDEF" for each in text):
        text = "#" + text
    if "." in text and "%" not in text and text.lower().startswith("rgb"):
        # Level 4 allows decimals in rgb(), and browsers read them; level 3, which is parsed here, does not.
        channels, comma, alpha = text.rpartition(",") if text.lower().startswith("rgba") else (text, "", "")
        text = re.sub(r"\d*\.\d+", lambda found: str(round(float(found[0]))), channels) + comma + alpha
    try:
        parsed = tinycss2.color3.parse_color(text)
    except (ValueError, TypeError):
        return None
    if parsed is None or parsed == "currentColor":
        return None
    red, green, blue, alpha = parsed
    levels = [min(255.0, max(0.0, part * 255)) for part in (red, green, blue)]
    return Colour(levels[0], levels[1], levels[2], min(1.0, max(0.0, alpha)))


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio, 1 to 21; transparency is not looked at."""
    return contrast_ratio((one.red, one.green, one.blue), (other.red, other.green, other.blue))
