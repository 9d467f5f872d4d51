"""Looks at the picture files of issues: format, size, weight and a hash to know them by."""

import hashlib
from collections.abc import Iterable, Mapping

from newsletter_cli.check.blocks import pictures
from newsletter_cli.check.material import LocalPicture
from newsletter_cli.model.issue import Issue
from newsletter_cli.paths import Workspace


def local_pictures(workspace: Workspace, issues: Iterable[Issue]) -> Mapping[str, LocalPicture]:
    """Every local picture of these issues by its path relative to the workspace; unreadable ones are left out."""
    found: dict[str, LocalPicture] = {}
    for issue in issues:
        folder = issue.file.rpartition("/")[0]
        for each in pictures(issue):
            name = f"{folder}/{each.figure.src}"
            if "://" in each.figure.src or name in found:
                continue
            picture = _look(workspace, name)
            if picture:
                found[name] = picture
    return found


def _look(workspace: Workspace, name: str) -> LocalPicture | None:
    from PIL import Image, UnidentifiedImageError

    path = (workspace.root / name).resolve()
    if not path.is_relative_to(workspace.issues.resolve()) or not path.is_file():
        return None
    try:
        data = path.read_bytes()
        with Image.open(path) as image:
            kind, (width, height) = image.format or "", image.size
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
        return None
    return LocalPicture(name, kind, width, height, len(data), hashlib.sha256(data).hexdigest())
