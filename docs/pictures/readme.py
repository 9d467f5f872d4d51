"""Draws the README's two pictures, issue.png and terminal-preview.png: python docs/pictures/readme.py."""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FONT = "'DejaVu Sans Mono', 'Noto Sans Mono', 'Liberation Mono', monospace"


def main() -> None:
    """The example issue at 640 pixels, and as a terminal with all colours shows it at 80 columns."""
    os.environ |= {"COLORTERM": "truecolor", "TERM": "xterm-256color"}
    os.environ.pop("NO_COLOR", None)
    sys.path.insert(0, str(ROOT))
    from newsletter_cli.config import load_settings
    from newsletter_cli.paths import Workspace
    from newsletter_cli.preview.screenshots import find_browser
    from newsletter_cli.preview.screenshots import take as screenshots
    from newsletter_cli.preview.terminal import render_message
    from newsletter_cli.workflow.preview import preview_issue

    workspace = Workspace(ROOT)
    shown = preview_issue(workspace, load_settings(workspace.settings_file), "2022-02")
    text = render_message(shown.message, width=80, colour=True)
    take(svg(text), HERE / "terminal-preview.png")
    with tempfile.TemporaryDirectory() as folder:
        browser = find_browser(os.environ) or "chromium"
        shots = screenshots(browser, shown.message.html, shown.pictures, Path(folder))
        shrink(shots[0], HERE / "issue.png", 128)


def svg(text: str) -> str:
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=80, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(text))
    drawn = console.export_svg(title="newsletter preview 2022-02")
    drawn = re.sub(r"@font-face\s*\{.*?\}", "", drawn, flags=re.S)
    return drawn.replace("Fira Code, monospace", FONT)


def take(drawing: str, target: Path) -> None:
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing).groups())  # type: ignore[union-attr]
    browser = os.environ.get("NEWSLETTER_BROWSER") or shutil.which("chromium") or "google-chrome"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Path(folder) / "page.html"
        page.write_text(f'<meta charset="utf-8"><style>body{{margin:0}}svg{{display:block}}</style>{drawing}', "utf-8")
        raw = Path(folder) / "raw.png"
        command = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += [f"--user-data-dir={folder}/profile", f"--window-size={round(width)},{round(height)}"]
        subprocess.run([*command, f"--screenshot={raw}", page.as_uri()], check=True, capture_output=True)  # noqa: S603  (a browser on this machine)
        shrink(raw, target, 64)


def shrink(source: Path, target: Path, colours: int) -> None:
    from PIL import Image

    with Image.open(source) as image:
        image.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(target, optimize=True)


if __name__ == "__main__":
    main()
