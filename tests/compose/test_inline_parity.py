"""A mail looks the same before and after its styles are inlined: computed style in a real browser."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsletter_cli.compose import message as composing
from newsletter_cli.compose.inline import inline_styles
from newsletter_cli.compose.issue_file import read_issue
from newsletter_cli.config import load_settings
from newsletter_cli.paths import Workspace

from .parity import differences  # isort: skip

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
NPM = ROOT / "tests" / "npm"
MAILS = (
    *(f"foundation-{name}" for name in ("basic", "drip", "hero", "marketing", "newsletter", "newsletter-2", "order")),
    *(f"foundation-{name}" for name in ("password", "sidebar", "sidebar-hero", "welcome")),
    *(f"mjml-{name}" for name in ("columns", "hero", "table")),
    *(f"maizzle-{name}" for name in ("card", "grid", "hero")),
    *(f"react-{name}" for name in ("button", "picture", "words")),
)
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("inline-parity")]


@pytest.fixture(scope="module")
def browser(chromium: "Browser") -> "Browser":
    return chromium


@cache
def _made_mails(folder: Path) -> str:
    """Build the mails of other tools; "" or the reason why not."""
    if not shutil.which("node"):
        return "there is no node"
    if not (NPM / "node_modules" / "mjml").is_dir():
        return "the npm packages are not installed: run tests/npm/install.sh"
    done = subprocess.run(
        ["node", "build_mails.mjs", str(folder)], cwd=NPM, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return ""


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mails")
    if why := _made_mails(folder):
        pytest.skip(why)
    return folder


@pytest.mark.node
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_of_another_tool_looks_the_same_inlined(browser: "Browser", mails: Path, name: str) -> None:
    html = (mails / f"{name}.html").read_text("utf-8")
    inlined = inline_styles(html)
    assert "style=" in inlined
    assert differences(browser, html, inlined) == []


@pytest.mark.node
def test_css_inline_agrees_where_it_keeps_what_a_browser_shows(browser: "Browser", mails: Path) -> None:
    """A second opinion from an inliner with an HTML5 parser and a CSS engine of its own."""
    css_inline = pytest.importorskip("css_inline")
    other = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True, remove_inlined_selectors=True)
    for name in ("foundation-order", "mjml-table", "react-words"):
        html = (mails / f"{name}.html").read_text("utf-8")
        assert differences(browser, other.inline(html), inline_styles(html)) == []


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("design", ["classic", "letter", "digest"])
def test_a_shipped_design_looks_the_same_inlined(
    browser: "Browser", design: str, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "issues", tmp_path / "issues")
    text = (ROOT / "newsletter.toml").read_text("utf-8")
    text = text.replace('design = "classic"', f'design = "{design}"').replace('lang = "en"', f'lang = "{lang}"')
    (tmp_path / "newsletter.toml").write_text(text, encoding="utf-8")
    workspace = Workspace(tmp_path)
    settings = load_settings(workspace.settings_file)
    before: list[str] = []

    def kept(html: str, cache: Path | None = None) -> str:
        before.append(html)
        return inline_styles(html, cache)

    monkeypatch.setattr(composing, "inline_styles", kept)
    after = composing.compose_message(workspace, settings, read_issue(workspace, settings, "2022-02").issue).html
    assert f'lang="{lang}"' in after
    assert differences(browser, before[-1], after) == []
