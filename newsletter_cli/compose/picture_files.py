"""Finds the file behind a picture's path, inside the workspace only, and says when there is none."""

from os.path import realpath, sep
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from newsletter_cli.compose.header_facts import nearest
from newsletter_cli.model.article import Figure
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.records import record

SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".bmp", ".tif", ".tiff")


@record
class PictureFolder:
    """An issue's folder, out of which no picture may come from."""

    folder: Path

    def path(self, src: str) -> Path | None:
        """The file that a path in the issue names, or None when it is remote or leads out of the folder.

        `../images/x.jpg` in an article is the same as `images/x.jpg`: editors complete it that way.
        """
        if is_remote(src) or "\\" in src or "\0" in src:
            return None
        parts = [part for part in PurePosixPath(src).parts if part != "."]
        if parts[:1] == [".."]:
            parts = parts[1:]
        if not parts or ".." in parts or PurePosixPath(src).is_absolute():
            return None
        path = self.folder.joinpath(*parts)
        # A symbolic link must not lead out either.
        return path if realpath(path).startswith(realpath(self.folder) + sep) else None

    def finding(self, figure: Figure, file: str, *, alt_needed: bool = True) -> list[Finding]:
        """What is wrong with a picture: no such file, a kind that cannot be prepared, no alt text."""
        found: list[Finding] = []

        def fault(rule: str, message: str, hint: str) -> None:
            found.append(Finding(rule, Severity.ERROR, message, hint, file, figure.line))

        if not is_remote(figure.src):
            path = self.path(figure.src)
            if path is None:
                fault("image-missing", f"The picture {figure.src} is not in the issue's folder.", "Put it in images/.")
            elif not path.is_file():
                fault("image-missing", f"There is no picture {figure.src}.", self._near(path))
            elif path.suffix.lower() not in SUFFIXES:
                fault("image-kind", f"{figure.src} is not a picture that mail can show.", "Use JPEG, PNG or GIF.")
        if alt_needed and not figure.alt and not figure.decorative:
            fault(
                "alt-missing",
                f"The picture {figure.src} has no alt text.",
                "Say in a sentence what it shows, or mark it {.decorative} when it shows nothing.",
            )
        return found

    def _near(self, path: Path) -> str:
        try:
            names = sorted(each.name for each in path.parent.iterdir() if each.is_file())
        except OSError:
            names = []
        return nearest(path.name, names) or f"Put the file into {path.parent.name}/, or correct its name."


def is_remote(src: str) -> bool:
    """Whether a picture is at a web address."""
    return urlsplit(src).scheme in ("http", "https") if "://" in src[:10] else False
