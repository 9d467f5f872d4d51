"""The pictures of one issue: prepared once, named by their content, with the address readers fetch them at."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsletter_cli.compose import picture_making
from newsletter_cli.compose.hosted_pictures import hosted_pictures
from newsletter_cli.compose.picture_files import PictureFolder, is_remote
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.article import Figure
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.message import Image
from newsletter_cli.paths import Workspace, write_file
from newsletter_cli.records import record

if TYPE_CHECKING:
    from newsletter_cli.config import Settings

_ISSUE_BUDGET = 800_000
_SMALL = 300


@record
class Picture:
    """What a template needs for an img: address, size in CSS pixels, words."""

    src: str
    width: int
    height: int
    alt: str
    caption: str = ""
    credit: str = ""


@record
class PreparedFile:
    """A picture on disk, ready for mail; sizes in real pixels."""

    path: Path
    width: int
    height: int
    bytes: int


@record(frozen=False)
class PictureBook:
    """Prepares the pictures of an issue and remembers what it gave out.

    Attributes:
        base_url: where readers fetch them; "" leaves paths relative to the build folder.
        hosted: the address of those that the provider hosts, by file name; they come before base_url.
        used: what the message shows, by address.
        findings: by rule and file.
        missing: paths at which there is no picture.
    """

    workspace: Workspace
    issue_id: str
    base_url: str
    hosted: Mapping[str, str] = field(default_factory=dict)
    used: dict[str, Image] = field(default_factory=dict)
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, workspace: Workspace, settings: "Settings", issue_id: str) -> "PictureBook":
        if settings.images.at_provider:
            return cls(workspace, issue_id, "", hosted_pictures(workspace, issue_id, settings.provider.name))
        return cls(workspace, issue_id, settings.images.base_url.rstrip("/"))

    def picture(self, figure: Figure, slot_width: int, slot_height: int = 0) -> Picture:
        """The picture for a slot of this width; with a height it is cut to fill the box.

        A picture that is not there or cannot be prepared gets no address; the finding says why. One at a web address
        is shown as it is.
        """
        alt = "" if figure.decorative else figure.alt
        if is_remote(figure.src):
            return self._remote(figure, slot_width, slot_height, alt)
        prepared = self._prepare(figure, slot_width, slot_height)
        if prepared is None:
            return Picture("", slot_width, slot_height or slot_width, alt, figure.caption, figure.credit)
        width = min(slot_width, prepared.width)
        height = max(1, round(prepared.height * width / prepared.width))
        src = self._address(prepared.path.name)
        self.used[src] = Image(src, self.workspace.relative(prepared.path), alt, width, height, prepared.bytes)
        return Picture(src, width, height, alt, figure.caption, figure.credit)

    def weigh(self, file: str) -> Iterable[Finding]:
        """All findings; one more when the pictures together are too heavy."""
        yield from self.findings.values()
        total = sum(each.bytes for each in self.used.values())
        if total > _ISSUE_BUDGET:
            yield Finding(
                "images-heavy",
                Severity.WARNING,
                f"The pictures of this issue weigh {total / 1000:,.0f} KB together.",
                "Readers on phones wait for more than 800 KB; leave one out.",
                file,
            )

    def _address(self, name: str) -> str:
        if name in self.hosted:
            return self.hosted[name]
        return f"{self.base_url}/{quote(self.issue_id)}/{quote(name)}" if self.base_url else f"images/{quote(name)}"

    def _remote(self, figure: Figure, slot_width: int, slot_height: int, alt: str) -> Picture:
        width = min(figure.width or slot_width, slot_width)
        height = round(figure.height * width / figure.width) if figure.width and figure.height else slot_height
        if not height:
            height = round(width * 2 / 3)
            message = f"The size of the picture {figure.src} is not known."
            hint = "Save it in images/, so that it is prepared for mail."
            self.findings["image-remote", figure.src] = Finding("image-remote", Severity.WARNING, message, hint)
        self.used[figure.src] = Image(figure.src, "", alt, width, height)
        return Picture(figure.src, width, height, alt, figure.caption, figure.credit)

    def _prepare(self, figure: Figure, slot: int, crop: int) -> PreparedFile | None:
        for folder in (self.workspace.issue(self.issue_id), self.workspace.root):
            source = PictureFolder(folder).path(figure.src)
            if source is not None and source.is_file() and not source.is_relative_to(self.workspace.state):
                break
        else:
            self.missing.add(figure.src)  # reading the issue has reported it
            return None
        try:
            prepared = prepare(self.workspace, source, slot, crop, self.workspace.build(self.issue_id) / "images")
        except picture_making.PictureRefused as error:
            self._find(
                "image-refused", Severity.ERROR, source, f"{source.name} cannot be used. {error.message}", error.hint
            )
            return None
        self._look_at(source, prepared, slot)
        return prepared

    def _look_at(self, source: Path, prepared: PreparedFile, slot: int) -> None:
        budget = picture_making.LEAD_BUDGET if slot >= picture_making.CARD_SLOT else picture_making.CARD_BUDGET
        if prepared.bytes > budget:
            message = f"{source.name} weighs {prepared.bytes / 1000:,.0f} KB even when prepared."
            self._find("image-heavy", Severity.WARNING, source, message, "Cut it, or use a calmer picture.")
        if prepared.width < min(slot, _SMALL):
            message = f"{source.name} is {prepared.width} pixels wide, its place {slot}."
            self._find("image-small", Severity.WARNING, source, message, "It is never enlarged; find a larger one.")

    def _find(self, rule: str, severity: Severity, source: Path, message: str, hint: str) -> None:
        name = self.workspace.relative(source)
        self.findings[(rule, name)] = Finding(rule, severity, message, hint, name)


def prepare(workspace: Workspace, source: Path, slot: int, crop: int, folder: Path) -> PreparedFile:
    """The prepared file of a source picture in `folder`, made anew only when source or slot changed.

    Its name holds a hash of its own bytes, so that a client never shows an older one from its cache.

    Raises:
        PictureRefused: it cannot be prepared.
        NewsletterError: the folder cannot be written.
    """
    try:
        data = source.read_bytes()
    except OSError as error:
        raise picture_making.PictureRefused(f"It cannot be opened: {error.strerror}.", "May you read it?") from error
    recipe = f"{picture_making.VERSION}:{slot}:{crop}:".encode()
    kept = workspace.cache / "images" / hashlib.sha256(recipe + data).hexdigest()
    facts = _facts(kept)
    if facts is None:
        made = picture_making.make_picture(data, slot, crop)
        digest = hashlib.sha256(made.data).hexdigest()[:10]
        facts = {"suffix": made.suffix, "width": made.width, "height": made.height, "hash": digest}
        write_file(kept.with_suffix(made.suffix), made.data)
        write_file(kept.with_suffix(".json"), json.dumps(facts))
    made_file = kept.with_suffix(str(facts["suffix"]))
    target = folder / f"{_plain_name(source.stem)}-{facts['hash']}{facts['suffix']}"
    size = made_file.stat().st_size
    if not target.is_file() or target.stat().st_size != size:
        _copy(made_file, target)
    return PreparedFile(target, int(facts["width"]), int(facts["height"]), size)


def _facts(kept: Path) -> dict[str, str | int] | None:
    """What is known of a picture prepared earlier, or None when it is to be made."""
    try:
        facts: dict[str, str | int] = json.loads(kept.with_suffix(".json").read_text("utf-8"))
        whole = set(facts) == {"suffix", "width", "height", "hash"} and kept.with_suffix(str(facts["suffix"])).is_file()
    except (OSError, ValueError, TypeError):
        return None
    return facts if whole else None


def _copy(source: Path, target: Path) -> None:
    try:
        data = source.read_bytes()
    except OSError as error:
        hint = "It was prepared a moment ago: run the same command again."
        raise NewsletterError(f"{source} could not be read: {error.strerror}.", hint) from error
    write_file(target, data)


def _plain_name(stem: str) -> str:
    """A file name that every server serves alike: ASCII, no spaces."""
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:40] or "picture"
