"""Composes the samples once for all tests of designs, and opens them in a real browser."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.config import load_settings
from newsletter_cli.paths import Workspace, shipped
from newsletter_cli.workflow.compose import compose_issue
from tests.design import samples

DESIGNS = ("classic", "letter", "digest")
CHROMIUM = Path("/usr/bin/chromium")


@dataclass(frozen=True)
class Made:
    """A composed sample: `html` and `text` as a reader without a name gets them, pictures on this disk."""

    html: str
    text: str
    raw: str
    width: int
    file: Path

    @property
    def bare(self) -> str:
        """As Gmail shows it to accounts of others: without any style block."""
        return re.sub(r"<style.*?</style>", "", self.html, flags=re.S)


Make = Callable[..., Made]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """`make("everything", "classic")`: a sample in a design."""

    @cache
    def made(sample: str, design: str, theme: str = "") -> Made:
        folder = tmp_path_factory.mktemp(f"{sample}-{design}") / "workspace"
        issue_id = workspace_with(folder, sample, design, theme)
        workspace = Workspace(folder)
        composition = compose_issue(workspace, load_settings(workspace.settings_file), issue_id)
        html, text = composition.message.html, composition.message.text
        for image in composition.message.images:
            html = html.replace(image.src, (folder / image.file).as_uri())
        for field in composition.message.merge_fields:
            value = field.default or "https://www.example.org/unsubscribe/token"
            html, text = html.replace(field.token, value), text.replace(field.token, value)
        file = folder / "sample.html"
        file.write_text(html, encoding="utf-8")
        return Made(html, text, composition.message.html, 580 if design == "letter" else 600, file)

    return made


def workspace_with(folder: Path, sample: str, design: str, theme: str = "") -> str:
    """A workspace in `folder` that holds this sample in this design; gives the id of its issue."""
    if sample == "everything":
        samples.everything(folder, design, theme)
        return "2022-03"
    if sample == "arabic":
        samples.arabic(folder, design)
        return "2022-02"
    if sample == "sixty":
        samples.sixty(folder, design)
        return "2022-04"
    folder.mkdir()
    shutil.copytree(shipped("issues"), folder / "issues")
    example = (shipped("issues").parent / "newsletter.toml").read_text("utf-8")
    (folder / "newsletter.toml").write_text(example.replace('design = "classic"', f'design = "{design}"'), "utf-8")
    return "2022-02"


@pytest.fixture(scope="session")
def browser(chromium: Any) -> Any:
    """A real Chromium, driven from here."""
    return chromium
