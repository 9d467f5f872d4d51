"""Where things lie: the workspace root and the folders and files under it."""

import os
from collections.abc import Mapping
from pathlib import Path

from newsletter_cli.errors import NewsletterError, WorkspaceNotFound
from newsletter_cli.records import record

SETTINGS_FILE = "newsletter.toml"
STATE_FOLDER = ".newsletter"
_PACKAGE = Path(__file__).resolve().parent


@record
class Workspace:
    """One newsletter's folder; `root` is absolute. `scratch` is another state folder, for who may leave no trace."""

    root: Path
    scratch: Path | None = None

    @property
    def settings_file(self) -> Path:
        return self.root / SETTINGS_FILE

    @property
    def issues(self) -> Path:
        return self.root / "issues"

    @property
    def templates(self) -> Path:
        """Designs and single files that override the shipped ones; need not exist."""
        return self.root / "templates"

    @property
    def state(self) -> Path:
        """`.newsletter/`: what the program remembers; never in git."""
        return self.scratch or self.root / STATE_FOLDER

    @property
    def database_file(self) -> Path:
        return self.state / "newsletter.sqlite"

    @property
    def cache(self) -> Path:
        return self.state / "cache"

    def issue(self, issue_id: str) -> Path:
        return self.issues / issue_id

    def build(self, issue_id: str) -> Path:
        return self.state / "build" / issue_id

    def issue_ids(self) -> tuple[str, ...]:
        """Ids of all issues here, oldest first."""
        return tuple(sorted(path.parent.name for path in self.issues.glob("*/issue.md")))

    def relative(self, path: Path) -> str:
        """The path as a person in the workspace would write it, with forward slashes."""
        try:
            return path.resolve().relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()


def find_workspace(chosen: Path | None, environ: Mapping[str, str], start: Path) -> Workspace:
    """The workspace named by -C, else by NEWSLETTER_WORKSPACE, else the nearest one at or above `start`.

    Raises:
        WorkspaceNotFound: there is none.
    """
    named = chosen or (Path(environ["NEWSLETTER_WORKSPACE"]) if environ.get("NEWSLETTER_WORKSPACE") else None)
    if named is not None:
        root = named.expanduser().resolve()
        if not (root / SETTINGS_FILE).is_file():
            raise WorkspaceNotFound(root)
        return Workspace(root)
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / SETTINGS_FILE).is_file():
            return Workspace(folder)
    raise WorkspaceNotFound(here)


def shipped(name: str) -> Path:
    """A folder that ships with the program (`templates`, `issues`): inside the package, else beside it.

    By path, because importlib.resources misses the mapped folders in an editable install and a plain checkout.
    """
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; the state folder, which holds addresses, is for its owner only.

    Raises:
        OSError: it cannot be made.
    """
    state = next((each for each in (folder, *folder.parents) if each.name == STATE_FOLDER), None)
    if state is not None and not state.exists():
        state.parent.mkdir(parents=True, exist_ok=True)
        state.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def write_file(path: Path, data: str | bytes, mode: int = 0o644) -> None:
    """Write a whole file or nothing: a temporary file beside it, fsync, then os.replace.

    Raises:
        NewsletterError: the folder is read-only, the disk is full, ...
    """
    import tempfile  # here: it imports what `--help` does not need

    payload = data.encode("utf-8") if isinstance(data, str) else data
    try:
        make_folder(path.parent)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(payload)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise NewsletterError(
            f"{path} could not be written: {error.strerror or error}.",
            "Check the free disk space and that you may write to this folder. What was there before is untouched.",
        ) from error
