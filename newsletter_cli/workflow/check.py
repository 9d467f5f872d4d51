"""Checks an issue, or a mail from anywhere, and gives what was found."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date as Date
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter_cli.audience.source_lines import source_lines
from newsletter_cli.check import Mail, Rule, all_rules, prepare, run
from newsletter_cli.check.online import ONLINE_RULES
from newsletter_cli.check.pictures import local_pictures
from newsletter_cli.check.rehearsal import rehearse
from newsletter_cli.check.spam import SPAMASSASSIN, ask_spamassassin, spam_findings
from newsletter_cli.check.spelling import SYSTEM_FOLDERS
from newsletter_cli.check.verdict import CheckReport, chosen, judge
from newsletter_cli.compose.issue_file import ReadIssue, read_issue
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.issue import Issue
from newsletter_cli.model.message import Message
from newsletter_cli.model.subscriber import Subscriber
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.check_online import check_online
from newsletter_cli.workflow.compose import IssueHeaderUnreadable, build_files, compose_issue

if TYPE_CHECKING:
    from newsletter_cli.config import Settings
    from newsletter_cli.database import Database

_EARLIER = 24
_PAGE = 2000
# Findings of reading and composing that a rule tells in its own words.
_SAME = {"subject-missing": "subject", "title-missing": "article-incomplete", "article-empty": "article-incomplete"}
OUTSIDE_RULES = ("ignore-reason", "ignore-unknown", "compose")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rules to run: ids or patterns; empty `select` is all."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def check_issue(
    workspace: Workspace,
    settings: "Settings",
    issue_id: str,
    *,
    today: Date,
    online: bool = False,
    spamassassin: bool = False,
    database: "Database | None" = None,
    choice: Choice = Choice(),
) -> CheckReport:
    """Everything the rules find in an issue, its message, its audience and its history.

    Args:
        today: the day of the check, in the newsletter's time zone.
        online: also follow links, load pictures and ask the name servers.
        spamassassin: also ask SpamAssassin, where it is installed (a second or more).
        database: where the subscribers are; None leaves the audience out.

    Raises:
        IssueNotFound: there is no such issue.
        UsageError: a chosen rule does not exist.
    """
    picked = _picked(settings, choice)
    read = read_issue(workspace, settings, issue_id)
    message, findings = _composed(workspace, settings, issue_id, read)
    html_file = workspace.relative(workspace.build(issue_id) / "issue.html")
    earlier = _earlier(workspace, settings, issue_id)
    people, fields = _audience(database, settings, read.issue)
    material = prepare(
        Mail.of(message, html_file) if message else None,
        issue=read.issue,
        settings=settings,
        today=today,
        send_day=send_day(read.issue, today),
        templates=_templates(workspace, read.issue),
        settings_source=_text(workspace.settings_file),
        earlier=earlier,
        audience=people,
        fields=fields,
        pictures=local_pictures(workspace, (read.issue, *earlier)),
        dictionaries=_dictionaries(workspace, settings),
        own_unsubscribe=_own_unsubscribe(settings),
        lines_of=lambda people: source_lines(workspace.root, people),
    )
    found = [*findings, *run(material, picked.rules)]
    if online:
        found += check_online(workspace, material)
    if spamassassin and message and picked.asks(SPAMASSASSIN.id):
        eml = build_files(message, settings)["issue.eml"]
        found += spam_findings(ask_spamassassin(eml, sent=False), read.issue.file)
    if any(each.file == html_file for each in found):
        # Findings at lines of the HTML are of no use without the HTML.
        compose_issue(workspace, settings, issue_id)
    kept = (each for each in found if picked.wants(each.rule))
    report = judge(_once(kept), read.issue, (*known_rules(), *{each.rule for each in findings}))
    return replace(report, rehearsal=rehearse(material))


def check_file(
    path: Path,
    settings: "Settings | None" = None,
    *,
    today: Date,
    online: bool = False,
    spamassassin: bool = False,
    choice: Choice = Choice(),
    name: str = "",
) -> CheckReport:
    """Everything the rules find in a mail from any tool, an .html or .eml file.

    Raises:
        NewsletterError: the file cannot be read.
    """
    from newsletter_cli.check.mailfile import read_mail

    picked = _picked(settings, choice)
    mail, day = read_mail(path, name or path.name)
    material = prepare(mail, settings=settings, today=today, send_day=day or today)
    found = list(run(material, picked.rules))
    if online:
        found += check_online(None, material)
    if spamassassin and mail.raw and picked.asks(SPAMASSASSIN.id):
        found += spam_findings(ask_spamassassin(mail.raw, sent=was_sent(mail)), mail.file)
    return judge(_once(each for each in found if picked.wants(each.rule)), None, known_rules())


def was_sent(mail: Mail) -> bool:
    """Whether a mail has been through a mail server, which writes a Received line (RFC 5321, section 4.4)."""
    return any(name.lower() == "received" for name, _ in mail.headers or ())


def known_rules() -> tuple[str, ...]:
    """Ids of every rule, online ones and those on ignoring included."""
    return (*(each.id for each in all_rules()), *(each.id for each in ONLINE_RULES), SPAMASSASSIN.id, *OUTSIDE_RULES)


def send_day(issue: Issue, today: Date) -> Date:
    """The day the issue is meant for: its own `send`, else its `date`, else today."""
    if issue.send:
        return Date.fromisoformat(issue.send[:10])
    return issue.date or today


@dataclass(frozen=True, slots=True)
class _Picked:
    ids: frozenset[str]
    rules: tuple[Rule, ...]
    ignored: tuple[str, ...]
    select: bool

    def asks(self, rule: str) -> bool:
        return rule in self.ids

    def wants(self, rule: str) -> bool:
        """Findings of reading the files are told unless only some rules were asked for."""
        if any(fnmatchcase(rule, each) for each in self.ignored):
            return False
        return rule in self.ids or not self.select


def _picked(settings: "Settings | None", choice: Choice) -> _Picked:
    ids = known_rules()
    ignore = (*(settings.check.ignore if settings else ()), *choice.ignore)
    select = choice.select or (settings.check.select if settings else ())
    wanted = chosen(ids, select, ignore)
    return _Picked(wanted, tuple(each for each in all_rules() if each.id in wanted), ignore, bool(select))


def _composed(
    workspace: Workspace, settings: "Settings", issue_id: str, read: ReadIssue
) -> tuple[Message | None, tuple[Finding, ...]]:
    """The message, and what reading and composing found; an issue that cannot be composed is itself a finding."""
    reading = tuple(each for each in read.findings if each.rule not in _SAME)
    try:
        composition = compose_issue(workspace, settings, issue_id, write=False)
    except IssueHeaderUnreadable:
        return None, reading
    except NewsletterError as error:
        told = {each.message for each in reading}
        found = [_fault(error, problem) for problem in error.problems or (error.message,)]
        return None, (*reading, *(each for each in found if each.message not in told))
    return composition.message, tuple(each for each in composition.findings if each.rule not in _SAME)


def _fault(error: NewsletterError, problem: str) -> Finding:
    """A fault of composing, at the `file:line:` it begins with."""
    placed = re.match(r"^(\S+?\.\w+):(\d+): (.*)$", problem, re.S)
    file, line, message = (placed[1], int(placed[2]), placed[3]) if placed else ("", 0, problem)
    return Finding("compose", Severity.ERROR, message, error.hint, file, line)


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each fault once, though reading, composing and a rule may all have seen it."""
    seen: set[tuple[str, str, int]] = set()
    for each in findings:
        key = (each.message, each.file, each.line)
        if key not in seen:
            seen.add(key)
            yield each


def _earlier(workspace: Workspace, settings: "Settings", issue_id: str) -> tuple[Issue, ...]:
    """The issues before this one, newest first; ids sort as their months do."""
    ids = sorted((each for each in workspace.issue_ids() if each < issue_id), reverse=True)[:_EARLIER]
    return tuple(read_issue(workspace, settings, each).issue for each in ids)


def _audience(
    database: "Database | None", settings: "Settings", issue: Issue
) -> tuple[Callable[[], Iterator[Subscriber]] | None, frozenset[str] | None]:
    if database is None:
        return None, None
    from newsletter_cli.audience.addresses import address_key
    from newsletter_cli.audience.picking import pick_audience
    from newsletter_cli.audience.store import count, fields
    from newsletter_cli.audience.suppression import suppressed_among

    if not count(database):
        return None, None

    def people() -> Iterator[Subscriber]:
        picked = pick_audience(database, settings, issue.segment)
        while page := list(islice(picked, _PAGE)):
            keys = [address_key(each.email) for each in page]
            with database.engine.connect() as connection:
                away = suppressed_among(connection, keys)
            yield from (each for each, key in zip(page, keys, strict=True) if key not in away)

    return people, fields(database)


def _templates(workspace: Workspace, issue: Issue) -> Mapping[str, str]:
    """The workspace's own template files, where a fault in the frame can be mended."""
    if not workspace.templates.is_dir():
        return {}
    files = sorted(path for path in workspace.templates.rglob("*") if path.suffix in (".html", ".css", ".txt"))
    own = [path for path in files if path.parent.name in ("blocks", "templates", issue.design)]
    return {workspace.relative(path): _text(path) for path in own}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ""


def _dictionaries(workspace: Workspace, settings: "Settings") -> tuple[str, ...]:
    """Folders of hunspell dictionaries: those of [check] dictionaries, else where systems keep them."""
    own = settings.check.dictionaries
    return tuple(str(workspace.root / each) for each in own) if own else SYSTEM_FOLDERS


def _own_unsubscribe(settings: "Settings") -> bool:
    """Whether the provider puts an unsubscribe address of its own."""
    from newsletter_cli.providers.registry import provider_classes

    provider = provider_classes().get(settings.provider.name)
    if provider is None or not settings.provider.own_unsubscribe:
        return False
    capabilities = getattr(provider, "capabilities", None)
    return bool(capabilities and capabilities.own_unsubscribe)
