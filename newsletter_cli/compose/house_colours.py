"""Fits a house's colours into a design: what the house left open is chosen so that it stays readable."""

from collections.abc import Iterable, Mapping
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from newsletter_cli.model.contrast import contrast as contrast_ratio

if TYPE_CHECKING:
    from newsletter_cli.config.settings import ThemeSettings

_READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3
_STEPS = 20
_FOLLOWERS = (("masthead", "surface"), ("masthead_text", "accent_ink"))
_GROUNDS = ("surface", "panel", "dark_surface", "dark_panel", "dark_background")


def house_values(settings: "ThemeSettings") -> dict[str, str | int]:
    """The keys that newsletter.toml sets under [theme], and no others."""
    values = {key: getattr(settings, key) for key in sorted(each.name for each in fields(settings))}
    # 0 is a radius, but no width: there it means the design's own.
    return {key: value for key, value in values.items() if value or (key == "radius" and value == 0)}


def fit_theme(design: Mapping[str, Any], house: Mapping[str, Any]) -> dict[str, Any]:
    """The design's theme with the house's values over it.

    A house gives one colour, `accent`, and perhaps a few more. Links, labels, the words on a button and the dark
    mode's counterparts follow from it unless the house names them too: each is the house colour itself where
    it can be read (contrast of 4.5 at least), else the nearest lighter or darker one that can.

    Args:
        design: the [theme] of theme.toml; when it lacks the grounds that words stand on, nothing is fitted.
        house: the keys that newsletter.toml sets; empty values left out.
    """
    theme = {**design, **house}
    if any(ground not in theme for ground in _GROUNDS):
        return theme
    derived = {**_accent(theme, house), **_link(theme, house), **_masthead(theme, house)}
    theme |= {key: value for key, value in derived.items() if key not in house}
    # What a design gives the very colour of something else (a masthead of plain paper) keeps following it.
    following = {key: theme[other] for key, other in _FOLLOWERS if design.get(key) == design.get(other)}
    return theme | {key: value for key, value in following.items() if key not in house and key not in derived}


def _accent(theme: Mapping[str, Any], house: Mapping[str, Any]) -> dict[str, str]:
    if "accent" not in house:
        return {}
    accent = house["accent"]
    ink = readable(accent, [theme[ground] for ground in _GROUNDS[:2]])
    dark = readable(accent, [theme[ground] for ground in _GROUNDS[2:]])
    return {
        "accent_text": best_ink(accent),
        "accent_ink": ink,
        "link": ink,
        "dark_accent": dark,
        "dark_accent_text": best_ink(dark),
        "dark_link": dark,
    }


def _link(theme: Mapping[str, Any], house: Mapping[str, Any]) -> dict[str, str]:
    if "link" not in house:
        return {}
    return {"dark_link": readable(house["link"], [theme[ground] for ground in _GROUNDS[2:]])}


def _masthead(theme: Mapping[str, Any], house: Mapping[str, Any]) -> dict[str, str]:
    return {"masthead_text": best_ink(house["masthead"])} if "masthead" in house else {}


def best_ink(ground: str) -> str:
    """White or near-black, whichever reads better on this colour."""
    return max(("#ffffff", "#10151c"), key=lambda ink: contrast(ink, ground))


def readable(colour: str, grounds: Iterable[str]) -> str:
    """The colour, made lighter or darker in its own hue only as far as it takes to be read on all of these grounds."""
    grounds = tuple(grounds)
    end = 1.0 if best_ink(grounds[0]) == "#ffffff" else 0.0
    hue, lightness, saturation = rgb_to_hls(*(part / 255 for part in _parts(colour)))
    for step in range(_STEPS + 1):
        moved = lightness + (end - lightness) * step / _STEPS
        shade = "#" + "".join(f"{round(part * 255):02x}" for part in hls_to_rgb(hue, moved, saturation))
        if all(contrast(shade, ground) >= _READABLE for ground in grounds):
            return colour if step == 0 else shade
    return best_ink(grounds[0])


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two six-digit colours, 1 to 21."""
    return contrast_ratio(_parts(one), _parts(other))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
