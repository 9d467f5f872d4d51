"""Words as they are shown: without what draws nothing, and without what steers a terminal."""

import re
import unicodedata

SPACE = re.compile(r"[ \t\n\r\f]+")  # what HTML folds; a no-break space stays
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u034f\u200b\u2060\ufeff"))


def clean(text: str) -> str:
    """Without characters that draw nothing or steer a terminal; line ends stay."""
    return "".join(
        each for each in text.translate(_INVISIBLE) if each in "\t\n\r\f" or unicodedata.category(each) != "Cc"
    )


def safe(text: str) -> str:
    """The text with every character that steers a terminal shown as a symbol; only line ends and tabs stay."""
    return "".join(
        "\N{SYMBOL FOR ESCAPE}" if unicodedata.category(each) == "Cc" and each not in "\t\n" else each
        for each in text.replace("\r\n", "\n")
    )


def squeeze(text: str) -> str:
    """Clean, on one line."""
    return SPACE.sub(" ", clean(text)).strip()
