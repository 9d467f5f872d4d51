"""The program that benchmarks/compose.py measures against does the same job from the same files."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from newsletter_cli.config import load_settings
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.compose import compose_issue
from tests.conftest import ROOT

PROGRAM = ROOT / "benchmarks" / "plain" / "program.py"


def words(html: str) -> set[str]:
    visible = re.sub(r"<(style|title|!--).*?(</style>|</title>|-->)", " ", html, flags=re.S)
    return set(re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]*>", " ", visible)))


def test_the_peer_gives_the_same_page_from_the_same_files(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "issues", tmp_path / "issues")
    shutil.copy(ROOT / "newsletter.toml", tmp_path)
    place = Workspace(tmp_path)
    composed = compose_issue(place, load_settings(place.settings_file), "2022-02")
    ours = (composed.folder / "issue.html").read_text("utf-8")
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", re.sub(r"<!--.*?-->", "", ours, flags=re.S), re.S)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/theme.css").write_text(".p{margin:0 0 16px}\n.cell{padding:0 32px}\n", "utf-8")
    (tmp_path / "plain/head.css").write_text(sheets[-1], "utf-8")
    subprocess.run([sys.executable, str(PROGRAM), str(tmp_path), "2022-02"], capture_output=True, check=True)
    theirs = (tmp_path / "plain/issue.html").read_text("utf-8")

    assert len(words(ours) - words(theirs)) <= 12
    assert len(words(theirs) - words(ours)) <= 3
    for piece in ("<img ", "<td ", "<p ", "<a ", "<h2 "):
        assert 0.8 <= theirs.count(piece) / ours.count(piece) <= 1.1, piece
    text, own_text = (tmp_path / "plain/issue.txt").read_text("utf-8"), composed.message.text
    assert 0.85 <= len(text) / len(own_text) <= 1.15
