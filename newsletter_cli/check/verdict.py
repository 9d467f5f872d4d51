"""Decides which findings stand: rules chosen, rules ignored with a reason, and what the sum is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from newsletter_cli.check.rehearsal import Rehearsal
from newsletter_cli.errors import UsageError
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.issue import Issue

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that somebody decided to live with, and why."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found, errors first. The numbers count `findings`, not what was ignored.

    `rehearsal` is what the audience will read in personal sentences; None when there is no list or no such sentence.
    """

    findings: tuple[Finding, ...]
    ignored: tuple[Ignored, ...] = ()
    rehearsal: Rehearsal | None = None

    @property
    def errors(self) -> int:
        return self._count(Severity.ERROR)

    @property
    def warnings(self) -> int:
        return self._count(Severity.WARNING)

    @property
    def infos(self) -> int:
        return self._count(Severity.INFO)

    def _count(self, severity: Severity) -> int:
        return sum(each.severity is severity for each in self.findings)


def chosen(ids: Sequence[str], select: Sequence[str], ignore: Sequence[str]) -> frozenset[str]:
    """The rule ids to run. `select` empty is all; both may hold patterns such as `link-*`.

    Raises:
        UsageError: a pattern that fits no rule.
    """
    unknown = [each for each in (*select, *ignore) if not any(fnmatchcase(id, each) for id in ids)]
    if unknown:
        from difflib import get_close_matches

        near = get_close_matches(unknown[0], ids, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(f"There is no rule {unknown[0]}.", f"{hint}`newsletter check --explain all` lists them.")
    picked = {id for id in ids if not select or any(fnmatchcase(id, each) for each in select)}
    return frozenset(id for id in picked if not any(fnmatchcase(id, each) for each in ignore))


def judge(findings: Iterable[Finding], issue: Issue | None, known: Sequence[str]) -> CheckReport:
    """Take out what issue and articles say to ignore; an ignore without a reason, or of no rule, is a finding."""
    standing: list[Finding] = []
    ignored: list[Ignored] = []
    told = tuple(dict.fromkeys(findings))
    for finding in told:
        reason = _reason(finding, issue)
        if reason:
            ignored.append(Ignored(finding, reason))
        else:
            standing.append(finding)
    standing += _own(issue, known)
    standing.sort(key=lambda each: (_ORDER[each.severity], each.file, each.line, each.rule))
    return CheckReport(tuple(standing), tuple(ignored))


def _reason(finding: Finding, issue: Issue | None) -> str:
    if issue is None:
        return ""
    rules = list(issue.ignores)
    for article in issue.articles:
        if article.file == finding.file:
            rules += article.ignores
    return next((reason for rule, reason in rules if rule and fnmatchcase(finding.rule, rule) and reason), "")


def _own(issue: Issue | None, known: Sequence[str]) -> Iterator[Finding]:
    if issue is None:
        return
    places = [(rule, reason, issue.file, issue.line("ignore")) for rule, reason in issue.ignores]
    places += [
        (rule, reason, article.file, article.line("ignore"))
        for article in issue.articles
        for rule, reason in article.ignores
    ]
    for rule, reason, file, line in places:
        if not any(fnmatchcase(id, rule) for id in known):
            message = f"`ignore` names {rule}, which is no rule."
            yield Finding(
                "ignore-unknown", Severity.WARNING, message, "`newsletter check --explain all` lists them.", file, line
            )
        elif not reason:
            message = f"`ignore: {rule}` has no reason, so it is not followed."
            yield Finding(
                "ignore-reason", Severity.WARNING, message, f"Write `ignore: {rule} (why it is fine here)`.", file, line
            )
