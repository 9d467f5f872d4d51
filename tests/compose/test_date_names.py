"""Dates in the issue's language: as Babel writes them, from the cache as well as without."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from babel import Locale
from babel.dates import format_date

from newsletter_cli import compose
from newsletter_cli.compose.date_names import date_names, long_date, short_month

FOLDER = Path(compose.__file__).parent
SHIPPED = json.loads((FOLDER / "date_names.json").read_text("utf-8"))
DAYS = [date(2022, month, day) for month in range(1, 13) for day in (1, 23)]
TAGS = [
    "ar",
    "az",
    "be",
    "bg",
    "bn",
    "ca",
    "cs",
    "cy",
    "da",
    "de",
    "de-AT",
    "el",
    "en-GB",
    "en-US",
    "es",
    "es-MX",
    "et",
    "eu",
    "fa",
    "fi",
    "fil",
    "fr",
    "fr-CA",
    "ga",
    "gl",
    "gu",
    "he",
    "hi",
    "hr",
    "hu",
    "hy",
    "id",
    "is",
    "it",
    "ja",
    "ka",
    "kk",
    "km",
    "ko",
    "lt",
    "lv",
    "mk",
    "mn",
    "ms",
    "nb",
    "nl",
    "pl",
    "ps",
    "pt",
    "pt-BR",
    "ro",
    "ru",
    "sk",
    "sl",
    "sq",
    "sr",
    "sv",
    "sw",
    "ta",
    "th",
    "tr",
    "uk",
    "ur",
    "uz",
    "vi",
    "zh-Hans",
    "zh-Hant",
]


@pytest.mark.parametrize("tag", TAGS)
def test_every_language_writes_its_dates_as_babel_does(tag: str, tmp_path: Path) -> None:
    if tag in SHIPPED:
        assert [long_date(tag, day, tmp_path) for day in DAYS] == [format_date(day, "long", tag) for day in DAYS]
        return
    locale = Locale.parse(tag, sep="-")
    wanted = [(format_date(day, "long", locale), format_date(day, "LLL", locale)) for day in DAYS]
    for _ in ("asked", "kept"):
        assert [(long_date(tag, day, tmp_path), short_month(tag, day, tmp_path)) for day in DAYS] == wanted
        date_names.cache_clear()
    assert len(list(tmp_path.iterdir())) == 1


def test_english_is_british_and_so_is_a_language_nobody_knows() -> None:
    assert long_date("en", date(2022, 2, 23)) == "23 February 2022"
    assert long_date("en-US", date(2022, 2, 23)) == "February 23, 2022"
    assert long_date("xx", date(2022, 2, 23)) == "23 February 2022"
    assert long_date("../x", date(2022, 2, 23)) == "23 February 2022"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"pt": {"pattern": "y", "months": [], "alone": [], "short": []}}']
)
def test_a_damaged_cache_is_made_anew(text: str, tmp_path: Path) -> None:
    date_names("pt", tmp_path)
    (kept,) = tmp_path.iterdir()
    good = kept.read_bytes()
    kept.write_text(text)
    date_names.cache_clear()
    assert long_date("pt", date(2022, 2, 23), tmp_path) == "23 de fevereiro de 2022"
    assert kept.read_bytes() == good


def test_known_names_are_read_without_importing_babel(tmp_path: Path) -> None:
    script = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from newsletter_cli.compose.date_names import long_date\n"
        "print(long_date('nl', date(2022, 2, 23), Path(sys.argv[1])), 'babel' in sys.modules)"
    )
    words = [sys.executable, "-c", script, str(tmp_path)]
    said = [subprocess.run(words, capture_output=True, text=True, encoding="utf-8").stdout.strip() for _ in range(2)]
    assert said == ["23 februari 2022 True", "23 februari 2022 False"]


def test_the_names_of_our_own_languages_ship_as_babel_has_them() -> None:
    assert set(SHIPPED) == {path.stem for path in (FOLDER / "strings").glob("*.toml")}
    # A process for each: Babel mixes up the short months of two languages that it has loaded one after the other.
    script = (
        "import json, sys; from dataclasses import asdict; from newsletter_cli.compose.date_names import asked\n"
        "print(json.dumps(asdict(asked(sys.argv[1]))))"
    )
    for tag, kept in SHIPPED.items():
        said = subprocess.run([sys.executable, "-c", script, tag], capture_output=True, encoding="utf-8", check=True)
        assert json.loads(said.stdout) == kept


def test_an_issue_in_a_language_of_ours_needs_no_babel(tmp_path: Path) -> None:
    script = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from newsletter_cli.compose.date_names import long_date\n"
        "print(long_date('de', date(2022, 2, 23), Path(sys.argv[1])), 'babel' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, encoding="utf-8", check=True
    )
    assert said.stdout.strip() == "23. Februar 2022 False"
    assert not list(tmp_path.iterdir())
