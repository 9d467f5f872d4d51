"""Sees when the files of an issue or its design change, by looking at them twice a second."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from newsletter_cli.paths import Workspace, shipped

Snapshot = dict[Path, tuple[int, int]]

_PAUSE = 0.5


def sources(workspace: Workspace, issue_id: str) -> Iterator[Path]:
    """Every file that an issue is composed from."""
    yield workspace.settings_file
    for folder in (workspace.issue(issue_id), workspace.templates, shipped("templates")):
        yield from (path for path in folder.rglob("*") if not path.name.startswith("."))


def changes(look: Callable[[], Iterable[Path]], *, sleep: Callable[[float], None]) -> Iterator[frozenset[Path]]:
    """The files that changed, again and again; at once and empty for the first time.

    A change is told when it has come to rest: editors write a file in several steps.

    Args:
        look: names the files there are now.
        sleep: waits so many seconds; raises to end the watch (Ctrl-C does).
    """
    known = _snapshot(look())
    yield frozenset()
    while True:
        sleep(_PAUSE)
        now = _snapshot(look())
        if now == known:
            continue
        while True:
            sleep(_PAUSE / 5)
            again = _snapshot(look())
            if again == now:
                break
            now = again
        changed = {path for path in known.keys() | now.keys() if known.get(path) != now.get(path)}
        known = now
        yield frozenset(changed)


def _snapshot(paths: Iterable[Path]) -> Snapshot:
    found: Snapshot = {}
    for path in paths:
        try:
            facts = path.stat()
        except OSError:
            continue  # gone between listing and looking
        found[path] = (facts.st_mtime_ns, facts.st_size)
    return found
