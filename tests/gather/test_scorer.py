"""The scorer of benchmarks/gather on a folder of our own."""

import json
import subprocess
import sys
from pathlib import Path

SCORER = Path(__file__).parents[2] / "benchmarks" / "gather" / "score.py"
LONG = "The clinic in the valley opened its doors in spring and has seen more people than anybody had hoped for. "
PAGE = f"""<html lang="en"><head><title>A clinic for the valley</title><meta name="description" content="Help has come to the villages.">
<meta property="article:published_time" content="2022-03-04T01:30:00+09:00"></head><body><article><h1>A clinic for the valley</h1>
<p>Help has come to the villages.</p><p>{LONG * 3}</p><h2>What comes next</h2><p>Next: {LONG * 2}</p></article></body></html>"""


def score(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCORER), str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def row(output: str, figure: str) -> list[str]:
    (found,) = [line for line in output.splitlines() if line.startswith(f"| {figure} |")]
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_a_folder_with_a_truth_file_is_scored(tmp_path: Path) -> None:
    (tmp_path / "clinic.html").write_text(PAGE, encoding="utf-8")
    body = f"Help has come to the villages.\n{LONG * 3}\nWhat comes next\nNext: {LONG * 2}"
    known = {
        "title": "A clinic for the valley",
        "date": "2022-03-03T16:30:00Z",
        "standfirst": "Something else",
        "body": body,
        "headings": ["What comes next", "No such heading"],
    }
    (tmp_path / "truth.json").write_text(json.dumps({"clinic.html": known}), encoding="utf-8")
    made = score(tmp_path, "--misses", "headings")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("clinic.html: headings: wanted 'No such heading'")
    assert row(made.stdout, "title")[2].startswith("1.000")
    assert row(made.stdout, "date")[2].startswith("1.000")
    assert row(made.stdout, "standfirst")[2].startswith("0.000")
    assert row(made.stdout, "headings")[1:] in (
        ["2", "0.500 (0.500, –)"],
        ["2", "0.500 (–, 0.500)"],
    )
    # The standfirst, which the header holds, counts as text, for the page shows it.
    assert row(made.stdout, "body F1")[2].startswith("1.000")


def test_a_truth_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    assert "truth.json is missing" in score(tmp_path).stderr
    (tmp_path / "truth.json").write_text('{"gone.html": {}}', encoding="utf-8")
    assert "speaks of gone.html" in score(tmp_path).stderr
    (tmp_path / "truth.json").write_text("{", encoding="utf-8")
    assert "is no JSON" in score(tmp_path).stderr
