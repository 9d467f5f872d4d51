"""Prepares the pictures of an issue and puts them where readers fetch them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter_cli.compose.shelves import open_shelf
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.finding import Finding
from newsletter_cli.model.message import Image
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.compose import Composition, compose_issue

if TYPE_CHECKING:
    from newsletter_cli.config import Settings


class NoPictureAddress(NewsletterError):
    """Pictures would be put somewhere, but no mail would show them from there."""

    def __init__(self) -> None:
        super().__init__(
            "newsletter.toml does not say at which address readers fetch the pictures.",
            'Set `base_url = "https://…"` under [images]: the web address of the place that `publish` names.',
        )


@dataclass(frozen=True, slots=True)
class PreparedPictures:
    """The pictures of an issue, ready for mail, and what is to be said of them."""

    images: tuple[Image, ...]
    findings: tuple[Finding, ...]
    folder: Path

    @property
    def total(self) -> int:
        """Bytes of all together."""
        return sum(each.bytes for each in self.images)


@dataclass(frozen=True, slots=True)
class Published:
    """Where pictures were put: those that were new, and those that had been there."""

    place: str
    new: tuple[Image, ...]
    there: tuple[Image, ...]


def prepare_images(workspace: Workspace, settings: "Settings", issue_id: str) -> PreparedPictures:
    """Every picture that the composed issue shows, prepared for its slot; raises as `compose_issue`."""
    composition = compose_issue(workspace, settings, issue_id)
    about = tuple(each for each in composition.findings if each.rule.startswith("image"))
    return PreparedPictures(composition.message.images, about, composition.folder / "images")


def publish_images(workspace: Workspace, settings: "Settings", issue_id: str, *, dry_run: bool = False) -> Published:
    """Put the issue's pictures where `[images] publish` says; one that is there already is left alone.

    Args:
        workspace: where the issue is.
        settings: `[images]` names address and place.
        issue_id: such as `2022-02`.
        dry_run: only say what would be put there.

    Raises:
        NoPictureAddress: `[images] base_url` is empty.
        ShelfError: the place is not named or cannot be used.
    """
    if not settings.images.base_url:
        raise NoPictureAddress
    shelf = open_shelf(settings.images.publish, workspace.root, settings.images.endpoint)
    composition = compose_issue(workspace, settings, issue_id)
    new: list[Image] = []
    there: list[Image] = []
    for image in _own(composition):
        file = workspace.root / image.file
        path = f"{issue_id}/{file.name}"
        if shelf.has(path, image.bytes):
            there.append(image)
            continue
        if not dry_run:
            shelf.put(path, file.read_bytes())
        new.append(image)
    return Published(shelf.name, tuple(new), tuple(there))


def _own(composition: Composition) -> list[Image]:
    return [each for each in composition.message.images if each.file]
