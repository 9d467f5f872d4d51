"""A small workspace that is ready to send, and the real command run in this process."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsletter_cli.cli import run

ISSUE = """\
---
subject: Cells that sleep, and what wakes them
preheader: A team in Padua finds what shelters them.
date: {date}
articles: sleeping
{more}---
Dear {{{{ subscriber.first_name | default("friend") }}}},

Here is the news of the month, and it is good.
"""
ARTICLE = """\
---
title: Why some cells sleep
date: 2022-02-23
standfirst: Softer tissue seems to hide them.
link: https://www.example.org/news/sleeping
---
Cells that spread to softer tissue, such as the lungs, can lie there asleep for years.
"""
READERS = ("ann@example.org,Ann", "ben@example.org,Ben", "cleo@example.org,", "dora@example.org,Dora")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    stdout: str
    stderr: str


Say = Callable[..., Done]


def make_issue(folder: Path, issue: str = "2022-02", date: str = "2022-02-24", more: str = "") -> Path:
    """An issue the check finds no error in; `more` are header lines."""
    home = folder / "issues" / issue
    (home / "articles").mkdir(parents=True, exist_ok=True)
    (home / "issue.md").write_text(ISSUE.format(date=date, more=more), encoding="utf-8")
    (home / "articles" / "sleeping.md").write_text(ARTICLE, encoding="utf-8")
    return home


def make_settings(folder: Path, more: str) -> None:
    """Further tables at the end of newsletter.toml."""
    file = folder / "newsletter.toml"
    file.write_text(file.read_text(encoding="utf-8") + f"\n{more}\n", encoding="utf-8")


def make_say(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Runs the command in this process, in `folder`, with nobody at the terminal."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("NEWSLETTER_WORKSPACE", raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def say(*words: str) -> Done:
        capsys.readouterr()
        status = run(words)
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)

    return say


def import_readers(folder: Path, say: Say, rows: tuple[str, ...] = READERS) -> None:
    """Take in a list of readers."""
    (folder / "readers.csv").write_text("email,first_name\n" + "\n".join(rows) + "\n", encoding="utf-8")
    done = say("subscribers", "import", "readers.csv", "--yes")
    assert done.status == 0, done.stderr


def fingerprints(folder: Path) -> dict[str, str]:
    """Every file below the folder and its content's hash."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def outbox(folder: Path) -> list[Path]:
    """Every copy in the outbox."""
    return sorted((folder / ".newsletter" / "outbox").rglob("*.eml"))
