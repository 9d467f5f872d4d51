"""Prepares the pictures of an issue and puts them where readers fetch them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter_cli.compose.hosted_pictures import hosted_pictures, remember_hosted
from newsletter_cli.compose.shelves import open_shelf
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.finding import Finding
from newsletter_cli.model.message import Image
from newsletter_cli.paths import Workspace
from newsletter_cli.providers.registry import open_provider, provider_class, provider_classes
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


class HostsNoPictures(NewsletterError):
    """The pictures were to lie at the provider, which does not host any."""

    def __init__(self, title: str) -> None:
        able = ", ".join(sorted(each.title for each in provider_classes().values() if each.capabilities.host_image))
        super().__init__(
            f"{title} does not host pictures ({able} do).",
            "Set `publish` under [images] to a folder that your web site serves, or s3://bucket/folder, and `base_url`.",
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


def publish_images(
    workspace: Workspace,
    settings: "Settings",
    issue_id: str,
    environ: Mapping[str, str],
    *,
    dry_run: bool = False,
) -> Published:
    """Put the issue's pictures where `[images] publish` says; one that is there already is left alone.

    Args:
        workspace: where the issue is.
        settings: `[images]` names address and place.
        issue_id: such as `2022-02`.
        environ: where the provider's key is looked for, should it host the pictures.
        dry_run: only say what would be put there.

    Raises:
        NoPictureAddress: `[images] base_url` is empty.
        ShelfError: the place is not named or cannot be used.
        HostsNoPictures, ProviderFault: `publish = "provider"` and it cannot, or refused one.
    """
    if settings.images.at_provider:
        return _publish_at_provider(workspace, settings, issue_id, environ, dry_run)
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


def _publish_at_provider(
    workspace: Workspace, settings: "Settings", issue_id: str, environ: Mapping[str, str], dry_run: bool
) -> Published:
    """The provider chooses each address; each is written down at once, so that a cut line loses none."""
    name = settings.provider.name
    adapter = provider_class(name)
    if not adapter.capabilities.host_image:
        raise HostsNoPictures(adapter.title)
    composition = compose_issue(workspace, settings, issue_id)
    known = hosted_pictures(workspace, issue_id, name)
    files = {Path(each.file).name: each for each in _own(composition)}
    missing = {file: image for file, image in files.items() if file not in known}
    if missing and not dry_run:
        provider = open_provider(settings.provider, environ, workspace.root)
        try:
            for file, image in missing.items():
                known[file] = provider.host_image(file, (workspace.root / image.file).read_bytes())
                remember_hosted(workspace, issue_id, name, {file: known[file]})
        finally:
            provider.close()
        compose_issue(workspace, settings, issue_id)
    new = tuple(replace(image, src=known.get(file, image.src)) for file, image in missing.items())
    return Published(adapter.title, new, tuple(image for file, image in files.items() if file not in missing))


def _own(composition: Composition) -> list[Image]:
    return [each for each in composition.message.images if each.file]
