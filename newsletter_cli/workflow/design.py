"""Designs as a person sees them: which there are, what one is made of, and a copy to edit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsletter_cli.compose.house_colours import fit_theme, house_values
from newsletter_cli.compose.templates import Design, design_names, find_design, read_toml
from newsletter_cli.errors import NewsletterError
from newsletter_cli.paths import Workspace, shipped, write_file

if TYPE_CHECKING:
    from newsletter_cli.config import Settings

_OWN = ("issue.html", "issue.txt", "theme.css", "head.css", "theme.toml", "design.toml")


@dataclass(frozen=True, slots=True)
class DesignEntry:
    """A design in the list.

    Attributes:
        about: one sentence, from its design.toml.
        shipped: whether it comes with the program.
        own: its files in the workspace, by name; they are used before the shipped ones.
        used: whether newsletter.toml names it.
    """

    name: str
    title: str
    about: str
    shipped: bool
    own: tuple[str, ...]
    used: bool


@dataclass(frozen=True, slots=True)
class ThemeValue:
    """A variable of a theme: `source` is `design`, `newsletter.toml`, or `fitted` when it follows from a house colour."""

    key: str
    value: str | int
    source: str


@dataclass(frozen=True, slots=True)
class DesignSheet:
    """A design taken apart: each file with the place it is read from, and every variable of its theme."""

    entry: DesignEntry
    files: tuple[tuple[str, str], ...]
    theme: tuple[ThemeValue, ...]


@dataclass(frozen=True, slots=True)
class DesignCopy:
    """What a copy did: names of files written, and of those that were there already and stay as they are."""

    folder: str
    written: tuple[str, ...]
    kept: tuple[str, ...]


def list_designs(workspace: Workspace, settings: "Settings") -> tuple[DesignEntry, ...]:
    """Every design, shipped and the workspace's own, by name."""
    return tuple(_entry(workspace, settings, name) for name in design_names(workspace))


def show_design(workspace: Workspace, settings: "Settings", name: str) -> DesignSheet:
    """The files and the theme of a design, as an issue would get them.

    Raises:
        DesignNotFound: there is none of this name.
    """
    design = find_design(workspace, name)
    files = tuple((each, _place(workspace, design, each)) for each in _names(design))
    return DesignSheet(_entry(workspace, settings, name), files, tuple(_theme(design, settings)))


def copy_design(
    workspace: Workspace, name: str, files: Sequence[str] = (), new_name: str = "", *, write: bool = True
) -> DesignCopy:
    """Copy a design, or only some files of it, to the workspace's templates/ for editing. Never overwrites.

    Args:
        workspace: where to.
        name: the design.
        files: such as `theme.css` or `blocks/story.html`; none means the design's own files without the shared blocks.
        new_name: what the copy is called; default: the same, so that the copied files stand in for the shipped ones.
        write: False only tells.

    Raises:
        DesignNotFound: there is none of this name.
        NewsletterError: a file is not part of it, or the folder cannot be written.
    """
    design = find_design(workspace, name)
    folder = workspace.templates / _checked(new_name or name)
    wanted = tuple(files) or tuple(each for each in _names(design) if _is_own(design, each))
    unknown = [each for each in wanted if each not in _names(design)]
    if unknown:
        raise NewsletterError(
            f"The design {name} has no {', '.join(unknown)}.", f"Its files are: {', '.join(_names(design))}."
        )
    missing = [each for each in wanted if not (folder / each).exists()]
    if write:
        for each in missing:
            write_file(folder / each, _bytes(design, each))
    kept = tuple(each for each in wanted if each not in missing)
    return DesignCopy(workspace.relative(folder), tuple(missing), kept)


def _entry(workspace: Workspace, settings: "Settings", name: str) -> DesignEntry:
    design = find_design(workspace, name)
    path = design.file("design.toml")
    facts: Mapping[str, Any] = read_toml(path) if path else {}
    mine = workspace.templates / name
    own = tuple(sorted(each.relative_to(mine).as_posix() for each in mine.rglob("*") if each.is_file()))
    return DesignEntry(
        name,
        str(facts.get("title", name)),
        str(facts.get("about", "")),
        (shipped("templates") / name / "issue.html").is_file(),
        own if mine != shipped("templates") / name else (),
        settings.newsletter.design == name,
    )


def _names(design: Design) -> tuple[str, ...]:
    """The design's own files first, then the blocks it can draw with."""
    blocks = {
        f"blocks/{path.name}" for folder in design.folders for path in (folder / "blocks").glob("*") if path.is_file()
    }
    return (*(each for each in _OWN if design.file(each)), *sorted(blocks))


def _is_own(design: Design, name: str) -> bool:
    """Whether a file belongs to this design alone, not to the blocks that all share."""
    path = design.file(name)
    return name in _OWN or (path is not None and path.is_relative_to(shipped("templates") / design.name))


def _place(workspace: Workspace, design: Design, name: str) -> str:
    path = design.file(name)
    if path is None:
        return ""
    return workspace.relative(path) if path.is_relative_to(workspace.templates) else "shipped"


def _theme(design: Design, settings: "Settings") -> Iterator[ThemeValue]:
    house = house_values(settings.theme)
    for key, value in fit_theme(design.theme, house).items():
        changed = value != design.theme.get(key)
        yield ThemeValue(key, value, "newsletter.toml" if key in house else "fitted" if changed else "design")


def _bytes(design: Design, name: str) -> bytes:
    path = design.file(name)
    if path is None:
        raise NewsletterError(f"The design {design.name} has no {name}.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise NewsletterError(f"{path} could not be read: {error.strerror}.", "May you read this file?") from error


def _checked(name: str) -> str:
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise NewsletterError(f"“{name}” cannot be a design's name.", "Use letters, digits, - and _.")
    if name == "blocks":
        raise NewsletterError("`blocks` is the folder of shared macros.", "Give the copy another name.")
    return name


__all__ = ["DesignCopy", "DesignEntry", "DesignSheet", "ThemeValue", "copy_design", "list_designs", "show_design"]
