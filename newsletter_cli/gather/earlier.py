"""What earlier issues already ran, to be asked by address, feed id or title."""

from collections.abc import Iterable, Iterator
from datetime import date as Date
from pathlib import Path

from newsletter_cli.gather.links import comparing_key
from newsletter_cli.gather.provenance import read_origins
from newsletter_cli.model.article import ARTICLE_ALIASES, ARTICLE_KEYS
from newsletter_cli.model.dates import parse_date
from newsletter_cli.model.header import read_header
from newsletter_cli.model.issue import ISSUE_ALIASES, ISSUE_KEYS
from newsletter_cli.paths import Workspace


class Earlier:
    """The articles of all issues but one."""

    def __init__(self, workspace: Workspace, issue_id: str) -> None:
        self._links: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        for each in _ids(workspace):
            if each == issue_id:
                continue
            articles = workspace.issue(each) / "articles"
            self._links |= {comparing_key(link): each for link in _links(articles)}
            self._ids |= {origin.feed_id: each for origin in read_origins(articles) if origin.feed_id}

    def issue_of(self, link: str, feed_id: str) -> str:
        """The issue that ran this article, or ""."""
        return (self._links.get(comparing_key(link), "") if link else "") or self._ids.get(feed_id, "")


def _ids(workspace: Workspace) -> Iterable[str]:
    return sorted(path.parent.name for path in workspace.issues.glob("*/articles") if path.is_dir())


def _links(articles: Path) -> Iterator[str]:
    for path in articles.glob("*.md"):
        try:
            text = path.read_text(encoding="utf-8-sig", errors="replace")
        except OSError:
            continue
        link = read_header(text, ARTICLE_KEYS, ARTICLE_ALIASES).get("link")
        if link:
            yield link
    for origin in read_origins(articles):
        if origin.link:
            yield origin.link


def last_issue_date(workspace: Workspace, issue_id: str) -> Date | None:
    """The date in the header of the issue before this one, or None."""
    for each in sorted((known for known in workspace.issue_ids() if known < issue_id), reverse=True):
        try:
            text = (workspace.issue(each) / "issue.md").read_text(encoding="utf-8-sig", errors="replace")
            return parse_date(read_header(text, ISSUE_KEYS, ISSUE_ALIASES).get("date"))
        except (OSError, ValueError):
            continue
    return None
