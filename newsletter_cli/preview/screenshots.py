"""Takes pictures of a message with whichever Chromium, Chrome or Edge this machine has."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from newsletter_cli.errors import NewsletterError
from newsletter_cli.preview.staging import embed, lock

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
    "microsoft-edge-stable",
)
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
_TALLEST = 8_000  # pixels of a window; Chromium draws no surface higher than 16,384
_MOST_PARTS = 20
_SECONDS = 60
_BOTTOM = 16


# 640, not 600: a rule for max-width 600 px holds at 600.
WIDTHS = (640, 375)


@dataclass(frozen=True, slots=True)
class Mood:
    """One way a browser shows a message: its name in file names, and Chromium's settings for it."""

    name: str
    settings: str


MOODS = (
    Mood("light", "preferredColorScheme=1"),
    Mood("dark", "preferredColorScheme=0"),
    Mood("no-pictures", "preferredColorScheme=1,imagesEnabled=false"),
)


class BrowserFailed(NewsletterError):
    """The browser gave no picture."""

    def __init__(self, browser: str, said: str) -> None:
        super().__init__(
            f"{browser} took no picture" + (f": {said}" if said else "."),
            "Start that browser once by hand to see what is wrong, or name another in NEWSLETTER_BROWSER.",
        )


def find_browser(environ: Mapping[str, str]) -> str | None:
    """NEWSLETTER_BROWSER (a path, or a name on PATH), else the first Chromium, Chrome or Edge found, else None.

    Raises:
        NewsletterError: NEWSLETTER_BROWSER names none.
    """
    search = environ.get("PATH")
    named = environ.get("NEWSLETTER_BROWSER", "")
    if named:
        found = shutil.which(named, path=search)
        if not found:
            raise NewsletterError(
                f"NEWSLETTER_BROWSER is {named}, and there is no such program.",
                "Set it to the path of a Chromium, Chrome or Edge, or take it out of the environment.",
            )
        return found
    for name in NAMES:
        if found := shutil.which(name, path=search):
            return found
    return next((path for path in _usual_places(environ) if Path(path).is_file()), None)


def take(browser: str, html: str, pictures: Mapping[str, Path], folder: Path) -> tuple[Path, ...]:
    """Write `640-light.png` and so on into `folder`, the whole message each: both widths in each mood.

    Args:
        browser: as `find_browser` gives it.
        html: the final HTML, merge fields filled; nothing is loaded from the web.
        pictures: local file of a picture by its `src`.

    Raises:
        BrowserFailed: it could not be started, or took longer than a minute.
        NewsletterError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NewsletterError(
            f"{folder} could not be made: {error.strerror or error}.", "Name a folder that you may write to."
        ) from error
    taken: dict[str, Path] = {}
    with tempfile.TemporaryDirectory(prefix="newsletter-", ignore_cleanup_errors=True) as scratch:
        (Path(scratch) / "message.html").write_text(lock(embed(html, pictures)), encoding="utf-8")
        for mood in MOODS:
            parts = _shoot_whole(browser, mood, Path(scratch))
            left = 0
            for width in WIDTHS:
                name = f"{width}-{mood.name}"
                taken[name] = _cut_out(parts, left, width, folder / f"{name}.png")
                left += width
    return tuple(taken[f"{width}-{mood.name}"] for width in WIDTHS for mood in MOODS)


def _shoot_whole(browser: str, mood: Mood, scratch: Path) -> list[Path]:
    """The message from top to bottom, in as many parts as it takes."""
    parts: list[Path] = []
    while len(parts) < _MOST_PARTS:
        page = _page(scratch, len(parts))
        parts.append(_shoot(browser, page, mood, scratch / f"{mood.name}-{len(parts)}.png", scratch / "profile"))
        if _ends_in(parts[-1]):
            break
    return parts


def _page(scratch: Path, part: int) -> Path:
    """A page with the message at every width side by side: one start of the browser shows them all.

    Frames, because a window as narrow as a phone is wider than asked in some builds.
    """
    frames = "".join(f'<iframe src="message.html" style="width:{width}px"></iframe>' for width in WIDTHS)
    page = scratch / f"page-{part}.html"
    page.write_text(
        '<!DOCTYPE html><meta charset="utf-8"><style>html,body{margin:0;overflow:hidden}'
        f"div{{display:flex;margin-top:{-part * _TALLEST}px}}"
        f"iframe{{border:0;display:block;flex:none;height:{(part + 1) * _TALLEST}px}}</style><div>{frames}</div>",
        encoding="utf-8",
    )
    return page


def _ends_in(part: Path) -> bool:
    """Whether every message ends in this part: nothing but its ground is left at the bottom."""
    from PIL import Image

    with Image.open(part) as opened:
        bottoms = [
            opened.crop((left, opened.height - 300, left + width, opened.height)).convert("RGB").getcolors(1)
            for left, width in zip((0, *accumulate(WIDTHS)), WIDTHS, strict=False)
        ]
    return all(bottoms)


def _shoot(browser: str, page: Path, mood: Mood, raw: Path, profile: Path) -> Path:
    command = [
        browser,
        "--headless" if "headless-shell" in Path(browser).name else "--headless=new",
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
        "--disable-extensions",
        f"--user-data-dir={profile}",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--blink-settings={mood.settings}",
        f"--window-size={sum(WIDTHS)},{_TALLEST}",
        f"--screenshot={raw}",
        *(["--no-sandbox"] if sys.platform == "linux" and os.geteuid() == 0 else []),
        page.as_uri(),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False)  # noqa: S603  (a browser found by name, or named by the person)
    except (OSError, subprocess.TimeoutExpired) as error:
        late = isinstance(error, subprocess.TimeoutExpired)
        raise BrowserFailed(browser, "no answer within a minute" if late else str(error)) from error
    if not raw.is_file():
        raise BrowserFailed(browser, next((row for row in reversed(done.stderr.splitlines()) if row.strip()), ""))
    return raw


def _cut_out(parts: Sequence[Path], left: int, width: int, target: Path) -> Path:
    """One message of the row, without the empty ground below it."""
    from PIL import Image, ImageChops

    image = Image.new("RGB", (width, _TALLEST * len(parts)))
    for number, part in enumerate(parts):
        with Image.open(part) as opened:
            image.paste(opened.crop((left, 0, left + width, _TALLEST)), (0, number * _TALLEST))
    ground = Image.new("RGB", image.size, image.getpixel((0, image.height - 1)))
    box = ImageChops.difference(image, ground).getbbox()
    bottom = min(image.height, (box[3] if box else 1) + _BOTTOM)
    try:
        image.crop((0, 0, image.width, bottom)).save(target)
    except OSError as error:
        raise NewsletterError(
            f"{target} could not be written: {error.strerror or error}.", "Check the free disk space and the folder."
        ) from error
    return target


def _usual_places(environ: Mapping[str, str]) -> Sequence[str]:
    if environ.get("PROGRAMFILES") is None:
        return _MAC
    roots = [environ[key] for key in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA") if environ.get(key)]
    return [f"{root}\\{place}" for root in roots for place in _WINDOWS]
