"""Reads an issue: issue.md and the articles it names, with every fault as a finding."""

import re
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter_cli.compose.article_file import block_pictures, read_article
from newsletter_cli.compose.header_facts import Facts, nearest
from newsletter_cli.compose.letter import read_letter
from newsletter_cli.compose.picture_files import PictureFolder
from newsletter_cli.compose.source_text import read_source
from newsletter_cli.errors import IssueNotFound
from newsletter_cli.model.article import Article, Card
from newsletter_cli.model.cards import read_cards
from newsletter_cli.model.dates import parse_date
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.header import read_header
from newsletter_cli.model.issue import ISSUE_ALIASES, ISSUE_KEYS, CallToAction, Issue
from newsletter_cli.paths import Workspace
from newsletter_cli.records import record

if TYPE_CHECKING:
    from newsletter_cli.config import Settings

_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_CLOCK = re.compile(r"^(.*?)[,T\s]\s*(?:at\s+)?(\d{1,2})[:.](\d{2})$")


@record
class ReadIssue:
    """An issue as its files say, and the faults in them."""

    issue: Issue
    findings: tuple[Finding, ...] = ()


def read_issue(workspace: Workspace, settings: "Settings", issue_id: str) -> ReadIssue:
    """The issue of this id. What cannot be read is left out of it and reported.

    Raises:
        IssueNotFound: there is no issues/<id>/issue.md.
    """
    folder = workspace.issue(issue_id)
    path = folder / "issue.md"
    if not _ID.match(issue_id) or ".." in issue_id or not path.is_file():
        raise IssueNotFound(issue_id, workspace.issue_ids())
    name = workspace.relative(path)
    text, unread = read_source(path, name)
    header = read_header(text, ISSUE_KEYS, ISSUE_ALIASES)
    facts = Facts(header, name)
    pictures = PictureFolder(folder)
    articles, article_findings = _articles(workspace, folder, facts, pictures)
    cards, card_findings = _cards(facts, pictures)
    letter = read_letter(header.body, name, header.body_line)
    issue = Issue(
        id=issue_id,
        file=name,
        subject=facts.text("subject"),
        preheader=facts.text("preheader"),
        date=facts.date("date"),
        send=_send(facts),
        design=facts.text("design") or settings.newsletter.design,
        lang=facts.text("lang") or settings.newsletter.lang,
        articles=articles,
        further_reading=cards,
        call_to_action=_call(facts),
        letter=letter.blocks,
        letter_source=header.body,
        letter_line=header.body_line,
        segment=facts.text("segment"),
        purpose=facts.text("purpose"),
        ignores=facts.ignores(),
        lines=header.lines,
    )
    if not issue.subject and not unread and not facts.fatal:
        facts.fault("subject-missing", "subject", f"{name} has no subject.", "Add `subject: …` to its header.")
    own = [*unread, *facts.findings, *card_findings, *letter.findings]
    own += block_pictures(letter.blocks, name, pictures)
    return ReadIssue(issue, tuple(own + article_findings))


def _articles(
    workspace: Workspace, folder: Path, facts: Facts, pictures: PictureFolder
) -> tuple[tuple[Article, ...], list[Finding]]:
    """The articles in the order of the header; without one, all of them by file name."""
    shelf = folder / "articles"
    present = {path.stem: path for path in sorted(shelf.glob("*.md")) if not path.name.endswith(".new.md")}
    named = _slugs(facts)
    findings: list[Finding] = []
    articles: list[Article] = []
    for line, slug in named or [(0, slug) for slug in present]:
        if slug not in present:
            hint = nearest(slug, list(present)) or f"Put {slug}.md into {workspace.relative(shelf)}/."
            message = f"There is no article {slug}."
            findings.append(Finding("article-missing", Severity.ERROR, message, hint, facts.file, line))
        elif any(slug == each.slug for each in articles):
            message = f"The article {slug} is named twice."
            findings.append(
                Finding("article-twice", Severity.WARNING, message, "Remove one of the two.", facts.file, line)
            )
        else:
            read = read_article(present[slug], workspace.relative(present[slug]), pictures)
            articles.append(read.article)
            findings += read.findings
    unlisted = [path for slug, path in present.items() if named and slug not in {each for _, each in named}]
    findings += [_unlisted(workspace.relative(path), path.stem) for path in unlisted]
    findings += [_waiting(workspace.relative(path)) for path in sorted(shelf.glob("*.new.md"))]
    return tuple(articles), findings


def _unlisted(name: str, slug: str) -> Finding:
    message = "This article is not in the issue: `articles` does not name it."
    return Finding("article-not-listed", Severity.INFO, message, f"Add {slug} to `articles`, or leave it out.", name, 1)


def _waiting(name: str) -> Finding:
    message = "This article was gathered again and waits beside your edited file."
    hint = "Take over what you need, then delete it."
    return Finding("article-gathered-again", Severity.INFO, message, hint, name, 1)


def _slugs(facts: Facts) -> list[tuple[int, str]]:
    """`a, b` on one line or one a line, with or without `- `, folder and `.md`."""
    found: list[tuple[int, str]] = []
    for line, row in facts.rows("articles"):
        for word in re.split(r"[,\s]+", row.removeprefix("- ")):
            slug = word.strip().removeprefix("articles/").removesuffix(".md")
            if slug:
                found.append((line, slug))
    return found


def _cards(facts: Facts, pictures: PictureFolder) -> tuple[tuple[Card, ...], list[Finding]]:
    cards, problems = read_cards(facts.rows("further_reading"))
    for each in problems:
        facts.problem(each, "card-unreadable", Severity.WARNING if "no address" in each.message else Severity.ERROR)
    findings: list[Finding] = []
    for card in cards:
        findings += pictures.finding(card.image, facts.file) if card.image else []
    return cards, findings


def _call(facts: Facts) -> CallToAction | None:
    """`Label -> URL` in the first line with an arrow; the other lines are the sentence beside the button."""
    rows = facts.rows("call_to_action")
    if not rows:
        return None
    line, first = next(((line, row) for line, row in rows if "->" in row or "→" in row), rows[0])
    text = " ".join(row for number, row in rows if number != line)
    button = facts.button("call_to_action", first)
    return CallToAction(button, text, line) if button else None


def _send(facts: Facts) -> str:
    """The issue's own moment as `YYYY-MM-DD` or `YYYY-MM-DD HH:MM`; "" when it has none or it cannot be read."""
    value = facts.text("send")
    if not value:
        return ""
    clock = _CLOCK.match(value)
    try:
        day = parse_date(clock[1] if clock else value).isoformat()
        return f"{day} {time(int(clock[2]), int(clock[3])):%H:%M}" if clock else day
    except ValueError as error:
        facts.fault("date-invalid", "send", f"`send`: {error}", "Write it as 2022-02-28 09:30.")
        return ""
