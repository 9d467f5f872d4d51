"""How well two colours can be told apart (WCAG 2.2, relative luminance and contrast ratio)."""

Rgb = tuple[float, float, float]


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two opaque colours (red, green, blue from 0 to 255): 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
