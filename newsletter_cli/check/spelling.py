"""Opens an installed hunspell dictionary through spylls, when both are there."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

SYSTEM_FOLDERS = (
    "/usr/share/hunspell",
    "/usr/share/myspell/dicts",
    "/usr/local/share/hunspell",
    "/opt/homebrew/share/hunspell",
    "/Library/Spelling",
)


class SpellingDictionary:
    """Knows the words of one language."""

    def __init__(self, dictionary: Any) -> None:
        self._dictionary = dictionary

    def knows(self, word: str) -> bool:
        """Whether the word, or its parts between hyphens, are in the dictionary."""
        if self._dictionary.lookup(word):
            return True
        parts = word.split("-")
        return len(parts) > 1 and all(len(part) < 3 or self._dictionary.lookup(part) for part in parts)

    def near(self, word: str, most: int = 2) -> tuple[str, ...]:
        """A few words that may have been meant."""
        return tuple(islice(self._dictionary.suggest(word), most))


def open_dictionary(folders: Sequence[str], lang: str) -> SpellingDictionary | None:
    """The dictionary of a language in these folders; None without one, or without spylls."""
    base = _find(tuple(folders), lang)
    return _load(base) if base else None


def _find(folders: tuple[str, ...], lang: str) -> str:
    """`en` finds en_GB before en_US: most specific first, else any of the language."""
    exact = lang.replace("-", "_")
    for folder in map(Path, folders):
        names = sorted(path.stem for path in folder.glob("*.dic") if path.with_suffix(".aff").is_file())
        for wanted in (exact, exact.partition("_")[0]):
            found = next((name for name in names if name.lower() == wanted.lower()), None) or next(
                (name for name in names if name.lower().startswith(wanted.lower() + "_")), None
            )
            if found:
                return str(folder / found)
    return ""


@lru_cache(maxsize=4)
def _load(base: str) -> SpellingDictionary | None:
    try:
        from spylls.hunspell import Dictionary
    except ImportError:
        return None
    return SpellingDictionary(Dictionary.from_files(base))
