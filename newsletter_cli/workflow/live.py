"""Serves the live preview of an issue: composed, checked and shown anew on every change."""

from collections.abc import Callable
from datetime import date as Date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from newsletter_cli.config import load_settings
from newsletter_cli.model.finding import Finding
from newsletter_cli.paths import Workspace
from newsletter_cli.preview.live import Live, LiveFinding
from newsletter_cli.preview.places import Place, find_place
from newsletter_cli.preview.server import LiveServer
from newsletter_cli.workflow.check import check_issue
from newsletter_cli.workflow.preview import NotASubscriber, find_readers, preview_issue
from newsletter_cli.workflow.watching import sources


def live_preview(workspace: Workspace, issue_id: str, today: Callable[[], Date], reader: str = "") -> LiveServer:
    """A server for this issue, not started yet; newsletter.toml is read anew with every change too.

    Args:
        today: the day in the newsletter's time zone, for the checks.
        reader: the subscriber whose copy the page shows first; "" for a reader of whom nothing is known.
    """
    settings = load_settings(workspace.settings_file)

    @lru_cache(maxsize=8)
    def shown(who: str, _stamp: str) -> Live:
        return _live(workspace, issue_id, who, today())

    return LiveServer(
        f"{settings.newsletter.name} {issue_id}",
        lambda who: shown(who, _stamp(workspace, issue_id)),
        lambda: _stamp(workspace, issue_id),
        lambda beginning: find_readers(workspace, load_settings(workspace.settings_file), beginning),
        reader=reader,
    )


def _live(workspace: Workspace, issue_id: str, reader: str, today: Date) -> Live:
    settings = load_settings(workspace.settings_file)
    notes = [f"as {reader} gets it"] if reader else []
    try:
        preview = preview_issue(workspace, settings, issue_id, reader)
    except NotASubscriber as error:
        preview = preview_issue(workspace, settings, issue_id)
        reader, notes = "", [error.message]
    findings = check_issue(workspace, settings, issue_id, today=today).findings
    places = Places(workspace, issue_id, preview.message.html)
    placed = [LiveFinding(each, places.of(each)) for each in findings]
    return Live(preview.message, reader, placed, preview.pictures, notes)


class Places:
    """Finds the place of the message that each finding speaks of, from the line it names."""

    def __init__(self, workspace: Workspace, issue_id: str, html: str) -> None:
        self.workspace = workspace
        self.built = workspace.relative(workspace.build(issue_id) / "issue.html")
        self.html = html
        self.known: dict[str, list[str]] = {}

    def of(self, finding: Finding) -> Place:
        return find_place(self._lines(finding.file), finding.line)

    def _lines(self, file: str) -> list[str]:
        if not file:
            return []
        if file not in self.known:
            self.known[file] = self.html.split("\n") if file == self.built else _read(self.workspace.root / file)
        return self.known[file]


def _read(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _stamp(workspace: Workspace, issue_id: str) -> str:
    """A text that changes whenever a file does that the issue is made from."""
    facts = []
    for path in sources(workspace, issue_id):
        try:
            stat = path.stat()
        except OSError:
            continue  # gone between listing and looking
        facts.append(f"{path}:{stat.st_mtime_ns}:{stat.st_size}")
    return sha256("\n".join(sorted(facts)).encode()).hexdigest()[:16]
