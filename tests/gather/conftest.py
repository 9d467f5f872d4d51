"""What the gathering tests share: a workspace with an issue, and pictures of our own."""

import io
from pathlib import Path
from typing import Any

import pytest

ISSUE = """\
---
subject: February
preheader: What we found out
date: 24 February 2022
articles:
further_reading:
  - A card somebody wrote -> https://www.example.org/ours
    1 February 2022
---
Dear reader,
"""


@pytest.fixture
def gathering(workspace_folder: Path) -> Path:
    """A workspace whose issue 2022-02 is started."""
    folder = workspace_folder / "issues" / "2022-02"
    folder.mkdir()
    (folder / "issue.md").write_text(ISSUE, encoding="utf-8")
    return workspace_folder


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 400), colour: str = "#336699", **save: Any) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **save)
    return out.getvalue()


@pytest.fixture
def a_picture() -> Any:
    """Makes picture bytes: `a_picture("PNG", (300, 200), "red")`."""
    return picture
