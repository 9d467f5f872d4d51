"""The language of an issue: its words, its direction, its dates."""

import tomllib
from collections.abc import Mapping
from datetime import date as Date
from pathlib import Path

from newsletter_cli.compose.date_names import long_date, short_month
from newsletter_cli.errors import NewsletterError
from newsletter_cli.records import record

_RIGHT_TO_LEFT = frozenset(("ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"))
_STRINGS = Path(__file__).parent / "strings"


@record
class Language:
    """A language as designs use it.

    Attributes:
        tag: BCP 47, such as `en` or `pt-BR`.
        strings: the words that designs need beside the issue's own, by key.
        translated: whether there are strings in this language; else they are English.
        cache: where the names of months are kept between runs.
    """

    tag: str
    strings: Mapping[str, str]
    translated: bool = True
    cache: Path | None = None

    @property
    def direction(self) -> str:
        return "rtl" if self.tag.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"

    @property
    def start(self) -> str:
        """The side where lines begin."""
        return "right" if self.direction == "rtl" else "left"

    @property
    def end(self) -> str:
        return "left" if self.direction == "rtl" else "right"

    def long_date(self, day: Date) -> str:
        """`23 February 2022` in this language."""
        return long_date(self.tag, day, self.cache)

    def month(self, day: Date) -> str:
        """`Feb`, for a small place."""
        return short_month(self.tag, day, self.cache)


def load_language(tag: str, own: Path, cache: Path | None = None) -> Language:
    """The language of this tag: the English strings, over them the language's, over them the workspace's.

    Args:
        tag: BCP 47.
        own: the workspace's folder of <lang>.toml files; need not exist.
        cache: a folder where the names of months may be kept.
    """
    tag = tag.replace("_", "-")
    base = tag.split("-")[0].lower()
    english = _STRINGS / "en.toml"
    files = [_STRINGS / f"{base}.toml", own / f"{base}.toml", own / f"{tag}.toml"]
    found = [path for path in dict.fromkeys(files) if path.is_file()]
    strings: dict[str, str] = {}
    for path in dict.fromkeys((english, *found)):
        strings |= _read(path)
    return Language(tag, strings, bool(found), cache)


def _read(path: Path) -> Mapping[str, str]:
    try:
        return {key: str(value) for key, value in tomllib.loads(path.read_text("utf-8-sig")).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NewsletterError(f"{path} is not TOML: {error}.", 'Write each line as key = "words".') from error
