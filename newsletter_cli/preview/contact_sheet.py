"""Puts the screenshots of a message side by side on one sheet."""

from collections.abc import Sequence
from pathlib import Path

_SCALE = 0.5
_GAP = 24
_LABEL = 34
_PAPER, _INK = "#e9edf1", "#16202a"


def make_sheet(shots: Sequence[Path], target: Path, title: str) -> Path:
    """Draw the shots at half size, each under its name, the title above; the sheet is as high as the longest."""
    from PIL import Image, ImageDraw, ImageFont

    small = []
    for path in shots:
        with Image.open(path) as opened:
            size = (max(1, round(opened.width * _SCALE)), max(1, round(opened.height * _SCALE)))
            small.append(opened.convert("RGB").resize(size, Image.Resampling.LANCZOS))
    width = _GAP + sum(each.width + _GAP for each in small)
    height = _GAP + _LABEL * 2 + max(each.height for each in small) + _GAP
    sheet = Image.new("RGB", (width, height), _PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((_GAP, _GAP), title, fill=_INK, font=ImageFont.load_default(20))
    left = _GAP
    for path, shot in zip(shots, small, strict=True):
        pen.text((left, _GAP + _LABEL), path.stem.replace("-", " "), fill=_INK, font=ImageFont.load_default(15))
        sheet.paste(shot, (left, _GAP + _LABEL * 2 - 8))
        left += shot.width + _GAP
    sheet.save(target, optimize=True)
    return target
