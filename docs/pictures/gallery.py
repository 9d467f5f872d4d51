"""Draws docs/pictures/design-*.png: the example issue in each design, on a desk in light and on a phone in the dark.

Run it after a design changed: `python docs/pictures/gallery.py` (needs Playwright, Pillow and a Chromium).
"""

import io
import shutil
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright

from newsletter_cli.config import load_settings
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.compose import compose_issue

ROOT = Path(__file__).parent.parent.parent
GROUND, EDGE = "#dfe4e8", 40
DESK, PHONE, HEIGHT = 640, 375, 1640


def page(design: str, folder: Path) -> Path:
    """The example issue in this design as a file whose pictures are on this disk."""
    shutil.copytree(ROOT / "issues", folder / "issues")
    settings = (ROOT / "newsletter.toml").read_text("utf-8").replace('design = "classic"', f'design = "{design}"')
    if design == "letter":  # it is written on plain paper: no band, no logo, its own colour
        settings = settings[: settings.index("[theme]")] + settings[settings.index("[check]") :]
    (folder / "newsletter.toml").write_text(settings, "utf-8")
    workspace = Workspace(folder)
    composition = compose_issue(workspace, load_settings(workspace.settings_file), "2022-02")
    html = composition.message.html
    for image in composition.message.images:
        html = html.replace(image.src, (folder / image.file).as_uri())
    for field in composition.message.merge_fields:
        html = html.replace(field.token, {"subscriber.first_name": "Ana"}.get(field.name, ""))
    (folder / "page.html").write_text(html, "utf-8")
    return folder / "page.html"


def shot(browser: Any, file: Path, width: int, scheme: str) -> Image.Image:
    """The top of the page at this width, one and a half pixels to a CSS pixel."""
    tab = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, device_scale_factor=1.5)
    tab.goto(file.as_uri())
    picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    tab.close()
    return picture


def sheet(pictures: list[Image.Image], scale: float) -> Image.Image:
    """The pictures side by side with round corners, then made smaller."""
    width = sum(each.width + EDGE for each in pictures) + EDGE
    drawn = Image.new("RGB", (width, max(each.height for each in pictures) + 2 * EDGE), GROUND)
    left = EDGE
    for each in pictures:
        mask = Image.new("L", each.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, each.width - 1, each.height - 1), 18, 255)
        drawn.paste(each, (left, EDGE), mask)
        left += each.width + EDGE
    return drawn.resize((int(drawn.width * scale), int(drawn.height * scale)), Image.Resampling.LANCZOS)


def main() -> None:
    """Draw them all."""
    pictures = ROOT / "docs" / "pictures"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for design in ("classic", "letter", "digest"):
            with tempfile.TemporaryDirectory() as folder:
                file = page(design, Path(folder))
                drawn = sheet([shot(browser, file, DESK, "light"), shot(browser, file, PHONE, "dark")], 0.5)
                drawn.save(pictures / f"design-{design}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
