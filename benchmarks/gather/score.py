"""Scores the page reader on any folder of pages with a truth file; README.md tells its format and the rules."""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from ours import read
from rules import ELEMENTS, FIELDS, Reading, Score, compare, file_name, half_of, iso_day, words

OURS = "newsletter"
HALVES = ("", "a", "b")


def our_score(folder: Path, truth: dict[str, Any], misses: str) -> Score:
    """Score this program's reader and print what it missed of one figure."""
    made = Score()
    read(b"<p>A first page, so that no page pays for what Python imports.</p>", "")
    for name, known in truth.items():
        for figure, wanted, got in compare(made, name, known, read((folder / name).read_bytes(), known.get("url", ""))):
            if figure == misses:
                print(f"{name}: {figure}: wanted {wanted!r}" + (f", got {got!r}" if got else ""))
    return made


def other_scores(folder: Path, truth: dict[str, Any], python: str, half: str) -> dict[str, Score]:
    """Score the other readers that `python` can import."""
    made: dict[str, Score] = {}
    if shutil.which(python) is None:
        sys.exit(f"there is no {python}: --others takes the Python of the environment the other readers are in")
    command = [python, str(Path(__file__).with_name("others.py")), str(folder), half]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as running:
        score = Score()
        for line in running.stdout or ():
            found = json.loads(line)
            if "reader" in found:
                score = made[f"{found['reader']} {found['version']}"] = Score()
            else:
                compare(score, found["page"], truth[found["page"]], _reading(found))
    if running.returncode:
        sys.exit(f"{python} could not run the other readers; README.md says how to set them up")
    return made


def _reading(found: dict[str, Any]) -> Reading:
    fields = {name: str(found[name] or "") for name in FIELDS if name in found}
    if "date" in fields:
        fields["date"] = iso_day(fields["date"])
    return Reading(**fields, body=found["body"], elements=_elements(found["html"]), seconds=found["seconds"])


def _elements(html: str) -> dict[str, list[str]]:
    """The elements of a reader that gives HTML."""
    from lxml import html as parser

    root = parser.fromstring(f"<div>{html}</div>") if html.strip() else parser.fromstring("<div></div>")

    def texts(*tags: str) -> list[str]:
        return [words("".join(map(str, each.itertext()))) for each in root.iter(*tags)]

    return {
        "headings": texts("h1", "h2", "h3", "h4", "h5", "h6"),
        "list_items": texts("li"),
        "quotes": texts("blockquote"),
        "links": [words("".join(map(str, each.itertext()))) for each in root.iter("a") if each.get("href")],
        "images": [file_name(str(each.get("src") or "")) for each in root.iter("img", "graphic")],
        "captions": texts("figcaption"),
    }


def rows(scores: dict[str, Score]) -> Iterator[str]:
    """The table, a reader a column: each figure over all pages, and in brackets of its halves a and b."""
    yield "| figure | cases | " + " | ".join(scores) + " |"
    yield "| --- |" + " ---: |" * (1 + len(scores))
    first = next(iter(scores.values()))
    for figure in (*FIELDS, *ELEMENTS):
        if first.cases[figure, ""]:
            cells = [_cell(each, figure) for each in scores.values()]
            yield f"| {figure.replace('_', ' ')} | {first.cases[figure, '']} | " + " | ".join(cells) + " |"
    if first.bodies[""]:
        cells = [
            _figures(*(each.f1(half)[0] if each.bodies[half] else None for half in HALVES)) for each in scores.values()
        ]
        yield f"| body F1 | {len(first.bodies[''])} | " + " | ".join(cells) + " |"
        cells = ["{1:.3f} / {2:.3f}".format(*each.f1()) for each in scores.values()]
        yield "| body precision / recall | | " + " | ".join(cells) + " |"
    cells = [
        f"{_middle(each.seconds) * 1000:.0f} / {max(each.seconds, default=0.0) * 1000:.0f}" for each in scores.values()
    ]
    yield "| ms a page, median / slowest | | " + " | ".join(cells) + " |"


def _cell(score: Score, figure: str) -> str:
    if not score.cases[figure, ""]:
        return "–"
    return _figures(*(score.share(figure, half) if score.cases[figure, half] else None for half in HALVES))


def _figures(*values: float | None) -> str:
    whole, *halves = ("–" if each is None else f"{each:.3f}" for each in values)
    return f"{whole} ({', '.join(halves)})"


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder with pages and truth.json")
    parser.add_argument(
        "--others",
        nargs="?",
        const=sys.executable,
        metavar="PYTHON",
        help="score other readers too, those that this interpreter can import (default: the running one)",
    )
    parser.add_argument("--misses", default="", choices=("", *FIELDS, *ELEMENTS), help="print what was missed of this")
    parser.add_argument("--half", default="", choices=("", "a", "b"), help="only the pages of this half")
    chosen = parser.parse_args()
    truth = {name: known for name, known in _truth(chosen.folder).items() if chosen.half in ("", half_of(name))}
    scores = {OURS: our_score(chosen.folder, truth, chosen.misses)}
    if chosen.others:
        scores |= other_scores(chosen.folder, truth, chosen.others, chosen.half)
    print("\n".join(rows(scores)))


def _truth(folder: Path) -> dict[str, Any]:
    file = folder / "truth.json"
    if not file.is_file():
        sys.exit(f"{file} is missing: it says what is known of each page; README.md shows the format")
    try:
        truth: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        sys.exit(f"{file} is no JSON: {error}")
    missing = [name for name in truth if not (folder / name).is_file()]
    if missing:
        sys.exit(
            f"{file} speaks of {missing[0]}, which is not in the folder" + (" (nor are others)" if missing[1:] else "")
        )
    return truth


if __name__ == "__main__":
    main()
