"""Pictures of a message by a browser found on the machine."""

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.message import Message
from newsletter_cli.preview.contact_sheet import make_sheet
from newsletter_cli.preview.screenshots import BrowserFailed, find_browser, take


def program(folder: Path, name: str, script: str = "#!/bin/sh\nexit 1\n") -> Path:
    path = folder / name
    path.write_text(script)
    path.chmod(0o755)
    return path


def test_the_browser_named_in_the_environment_comes_first(tmp_path: Path) -> None:
    program(tmp_path, "chromium")
    mine = program(tmp_path, "mine")
    assert find_browser({"PATH": str(tmp_path)}) == str(tmp_path / "chromium")
    assert find_browser({"PATH": str(tmp_path), "NEWSLETTER_BROWSER": str(mine)}) == str(mine)
    assert find_browser({"PATH": str(tmp_path), "NEWSLETTER_BROWSER": "mine"}) == str(mine)


def test_a_named_browser_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NewsletterError, match="NEWSLETTER_BROWSER is nowhere"):
        find_browser({"PATH": str(tmp_path), "NEWSLETTER_BROWSER": "nowhere"})


def test_without_a_browser_there_is_none(tmp_path: Path) -> None:
    assert find_browser({"PATH": str(tmp_path)}) is None


def test_a_browser_that_fails_is_told_with_its_last_words(tmp_path: Path, message: Message) -> None:
    broken = program(tmp_path, "chromium", "#!/bin/sh\necho 'no display' >&2\nexit 1\n")
    with pytest.raises(BrowserFailed, match="no display"):
        take(str(broken), message.html, {}, tmp_path / "out")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, message: Message) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NewsletterError, match="could not be made"):
        take("chromium", message.html, {}, tmp_path / "file" / "out")


def chromium_path() -> str:
    path = os.environ.get("NEWSLETTER_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("there is no Chromium on this machine")
    return path


@pytest.mark.browser
def test_a_message_longer_than_any_window_is_taken_whole(tmp_path: Path) -> None:
    rows = "".join(f'<p style="height:160px;margin:0">Story {number}</p>' for number in range(60))
    html = (
        f'<!DOCTYPE html><body style="margin:0">{rows}<p style="height:40px;margin:0;background:#ff0000">End</p></body>'
    )
    for shot in take(chromium_path(), html, {}, tmp_path):
        with Image.open(shot) as image:
            assert 60 * 160 + 40 <= image.height <= 60 * 160 + 60
            assert image.convert("RGB").getpixel((200, 60 * 160 + 20)) == (255, 0, 0)


@pytest.mark.browser
def test_six_pictures_and_a_sheet_are_taken(tmp_path: Path, message: Message, pictures: dict[str, Path]) -> None:
    shots = take(chromium_path(), message.html, pictures, tmp_path)
    assert [shot.name for shot in shots] == [
        f"{width}-{mood}.png" for width in (640, 375) for mood in ("light", "dark", "no-pictures")
    ]
    grounds = {}
    for shot in shots:
        with Image.open(shot) as image:
            assert image.width == int(shot.name.split("-")[0])
            assert 200 < image.height < 2000
            grounds[shot.stem] = image.convert("RGB").getpixel((0, 0))
    assert grounds["640-light"] == (255, 255, 255)
    assert grounds["640-dark"] == grounds["375-dark"] == (17, 17, 17)
    with Image.open(shots[0]) as full, Image.open(shots[2]) as bare:
        assert full.convert("RGB").getcolors(1000) is None  # the picture's many colours
        assert len(bare.convert("RGB").getcolors(100_000) or []) < 1000
    with Image.open(make_sheet(shots, tmp_path / "contact-sheet.png", "Example News")) as sheet:
        assert sheet.width > 1500
