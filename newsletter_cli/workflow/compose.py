"""Composes an issue: its files become a message, and the message's files lie in the build folder."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter_cli.compose.eml import as_eml
from newsletter_cli.compose.issue_file import read_issue
from newsletter_cli.compose.message import compose
from newsletter_cli.compose.sample import sample
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.finding import Finding
from newsletter_cli.model.issue import Issue
from newsletter_cli.model.message import Message
from newsletter_cli.paths import Workspace, write_file
from newsletter_cli.records import record

if TYPE_CHECKING:
    from newsletter_cli.config import Settings

_HREF = re.compile(r'<a\b[^>]*\bhref="([^"]*)"', re.I)


@record
class Composition:
    """A composed issue.

    Attributes:
        message: with tokens for its merge fields.
        findings: faults in the issue's files and its pictures.
        html_bytes, text_bytes, image_bytes: sizes; pictures count once each.
        words: of the text part.
        links: the different addresses, in order; the unsubscribe token among them.
        folder: where issue.html, issue.txt, issue.eml and local.html are written.
    """

    issue: Issue
    message: Message
    findings: tuple[Finding, ...]
    html_bytes: int
    text_bytes: int
    image_bytes: int
    words: int
    links: tuple[str, ...]
    folder: Path


class IssueHeaderUnreadable(NewsletterError):
    """issue.md has no header that can be read, so there is nothing to compose."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.file}:{finding.line}: {finding.message}", finding.hint)


def compose_issue(workspace: Workspace, settings: "Settings", issue_id: str, *, write: bool = True) -> Composition:
    """The issue as a message; the same files give the same bytes.

    Args:
        workspace: where the issue is.
        settings: of this newsletter.
        issue_id: such as `2022-02`.
        write: put issue.html, issue.txt, issue.eml and local.html into the build folder. They are a sample: merge
            fields show their defaults. local.html shows the pictures of this folder, the others the hosted ones.

    Raises:
        IssueNotFound: there is no such issue.
        IssueHeaderUnreadable: its issue.md has no closing `---` line.
        NewsletterError: a fault in a template, in a merge field, or a folder that cannot be written.
    """
    read = read_issue(workspace, settings, issue_id)
    fatal = next((each for each in read.findings if each.rule == "header" and each.severity == "error"), None)
    if fatal is not None and fatal.file == read.issue.file:
        raise IssueHeaderUnreadable(fatal)
    composed = compose(workspace, settings, read.issue)
    message = composed.message
    folder = workspace.build(issue_id)
    if write:
        for name, data in build_files(message, settings).items():
            write_if_changed(folder / name, data)
        _drop_old_pictures(folder / "images", message)
    return Composition(
        issue=read.issue,
        message=message,
        findings=read.findings + composed.findings,
        html_bytes=len(message.html.encode()),
        text_bytes=len(message.text.encode()),
        image_bytes=sum(each.bytes for each in message.images),
        words=len(re.findall(r"\w[\w’'-]*", re.sub(r"\S+://\S+", " ", message.text))),
        links=tuple(dict.fromkeys(_links(message.html))),
        folder=folder,
    )


def build_files(message: Message, settings: "Settings") -> dict[str, bytes]:
    """The files of the build folder: the message as a reader without any values gets it."""
    shown = sample(message, settings.unsubscribe.url)
    local = shown.html
    for image in shown.images:
        if image.file:
            local = local.replace(f'src="{image.src}"', f'src="images/{Path(image.file).name}"')
    return {
        "issue.html": shown.html.encode(),
        "issue.txt": shown.text.encode(),
        "issue.eml": as_eml(shown),
        "local.html": local.encode(),
    }


def write_if_changed(path: Path, data: bytes) -> None:
    """Write a file unless it already holds this: what watches the folder is not woken for nothing."""
    try:
        if path.read_bytes() == data:
            return
    except OSError:
        pass
    write_file(path, data)


def _links(html: str) -> Iterator[str]:
    return (unescape(found[1]) for found in _HREF.finditer(html) if found[1])


def _drop_old_pictures(folder: Path, message: Message) -> None:
    """Prepared pictures of earlier versions go, so that publishing takes what is shown and nothing else.

    Names with a dot in front are files that another process is writing at this moment.
    """
    shown = {Path(each.file).name for each in message.images if each.file}
    for path in folder.glob("*") if folder.is_dir() else ():
        if path.name not in shown and not path.name.startswith(".") and path.is_file():
            path.unlink(missing_ok=True)
