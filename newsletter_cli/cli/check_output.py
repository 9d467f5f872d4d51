"""Renders a check's report: for people, as JSON, as SARIF 2.1.0, as GitHub annotations."""

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from newsletter_cli import __version__
from newsletter_cli.cli.app import plural
from newsletter_cli.model.finding import Finding, Severity

if TYPE_CHECKING:
    from newsletter_cli.check import Example, Rule
    from newsletter_cli.check.online.catalogue import OnlineRule
    from newsletter_cli.check.verdict import CheckReport

_TITLES = {
    Severity.ERROR: ("Errors", "red", "✗"),
    Severity.WARNING: ("Warnings", "yellow", "!"),
    Severity.INFO: ("To know", "cyan", "·"),
}
_MOST = 8  # of one kind; sixty lines alike hide the one that differs
_SARIF = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def as_mapping(report: "CheckReport") -> Mapping[str, Any]:
    """The one JSON object of `check --json`."""
    return {
        "findings": [
            {
                "rule": each.rule,
                "severity": str(each.severity),
                "message": each.message,
                "hint": each.hint,
                "file": each.file,
                "line": each.line,
            }
            for each in report.findings
        ],
        "errors": report.errors,
        "warnings": report.warnings,
    }


def as_json(report: "CheckReport") -> str:
    return json.dumps(as_mapping(report), ensure_ascii=False, indent=2)


def as_text(
    report: "CheckReport", what: str, *, width: int = 80, style: Callable[..., str] = str, verbose: bool = False
) -> str:
    """For people: grouped by severity, each finding with place, words and remedy; a hint is told once in a row."""
    from newsletter_cli.check.rehearsal import spoken

    rows: list[str] = []
    for severity in Severity:
        found = [each for each in report.findings if each.severity is severity]
        if found:
            title, colour, mark = _TITLES[severity]
            rows += [style(f"{title} ({len(found)})", fg=colour, bold=True)]
            rows += _group(found, mark, colour, min(width, 100), style, 0 if verbose else _MOST)
            rows += [""]
    if report.ignored:
        rows += [style(f"Ignored ({len(report.ignored)})", bold=True)]
        names = [f"{each.finding.rule}: {each.reason}" for each in report.ignored]
        shown = names if verbose else list(dict.fromkeys(names))
        rows += [f"  {each}" for each in shown] + [""]
    if report.rehearsal:
        rows += [style(f"What {plural(report.rehearsal.people, 'reader')} will read", bold=True)]
        rows += [f"  {each}" for each in spoken(report.rehearsal)] + [""]
    rows.append(_sum(report, what, style))
    return "\n".join(rows)


def _group(
    found: list[Finding], mark: str, colour: str, width: int, style: Callable[..., str], most: int
) -> Iterator[str]:
    """Findings with the same rule stand together; their common hint comes after the last of them."""
    by_rule: dict[tuple[str, str], list[Finding]] = {}
    for each in found:
        by_rule.setdefault((each.rule, each.hint), []).append(each)
    for (rule, hint), group in by_rule.items():
        yield f"  {style(mark, fg=colour)} {style(rule, bold=True)}"
        shown = group if most == 0 or len(group) <= most + 1 else group[:most]
        for file, few in groupby(shown, key=lambda each: each.file):
            yield from _in_file(file, list(few), width, style)
        if len(shown) < len(group):
            yield f"    … and {len(group) - len(shown)} more of this kind (--verbose shows all)"
        if hint:
            yield from _wrapped(f"→ {hint}", width, "    ", "      ")


def _in_file(file: str, found: list[Finding], width: int, style: Callable[..., str]) -> Iterator[str]:
    """One finding below `file:line`; several below the file, each behind its line."""
    if len(found) == 1 or not file or not all(each.line for each in found):
        for each in found:
            place = f"{file}:{each.line}" if file and each.line else file
            if place:
                yield f"    {style(place, fg='blue')}"
            yield from _wrapped(each.message, width, "    ")
        return
    yield f"    {style(file, fg='blue')}"
    for each in found:
        first, *more = _wrapped(each.message, width, " " * 11) or [""]
        yield f"    {style(f'{each.line:>5}', fg='blue')}  {first.strip()}"
        yield from more


def _wrapped(text: str, width: int, indent: str, more: str = "") -> list[str]:
    # Web addresses are never broken: they would no longer be clickable.
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=more or indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sum(report: "CheckReport", what: str, style: Callable[..., str]) -> str:
    if not report.findings:
        return style(f"{what}: nothing to find fault with.", fg="green")
    counts = [plural(report.errors, "error"), plural(report.warnings, "warning")]
    if report.infos:
        counts.append(f"{report.infos:,} to know")
    words = f"{what}: {', '.join(counts)}."
    return style(words, fg="red" if report.errors else "yellow" if report.warnings else "green")


def as_github(report: "CheckReport") -> str:
    """Workflow commands that GitHub shows beside the lines of a pull request."""
    rows = []
    for each in report.findings:
        place = ",".join(
            filter(
                None, [f"file={_property(each.file)}" if each.file else "", f"line={each.line}" if each.line else ""]
            )
        )
        place += ("," if place else "") + f"title={_property(each.rule)}"
        message = f"{each.message} {each.hint}".strip().replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        rows.append(f"::{_GITHUB[each.severity]} {place}::{message}")
    return "\n".join(rows)


def _property(text: str) -> str:
    return text.replace("%", "%25").replace(":", "%3A").replace(",", "%2C").replace("\n", "%0A")


def as_sarif(report: "CheckReport") -> str:
    """SARIF 2.1.0 (OASIS), one run."""
    from newsletter_cli.check import find_rule

    ids = sorted({each.rule for each in report.findings})
    rules = []
    for id in ids:
        rule = find_rule(id)
        entry: dict[str, Any] = {"id": id}
        if rule:
            entry |= {"shortDescription": {"text": rule.reason}, "help": {"text": rule.hint}}
        rules.append(entry)
    results = [
        {
            "ruleId": each.rule,
            "ruleIndex": ids.index(each.rule),
            "level": _SARIF[each.severity],
            "message": {"text": f"{each.message} {each.hint}".strip()},
            **({"locations": [_location(each)]} if each.file else {}),
        }
        for each in report.findings
    ]
    driver = {"name": "newsletter check", "semanticVersion": __version__, "rules": rules}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


def _location(finding: Finding) -> Mapping[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": finding.file.replace(" ", "%20")}}
    if finding.line:
        physical["region"] = {"startLine": finding.line}
    return {"physicalLocation": physical}


def explained(rule: "Rule | OnlineRule", width: int = 80) -> str:
    """What `--explain RULE` prints."""
    from newsletter_cli.check.online.catalogue import OnlineRule

    rows = [
        f"{rule.id} ({rule.severity})",
        "",
        *_wrapped(rule.reason, width, ""),
        "",
        *_wrapped(f"→ {rule.hint}", width, "", "  "),
    ]
    examples = () if isinstance(rule, OnlineRule) else (("Good", rule.passing), ("Bad", rule.failing))
    for title, example in examples:
        rows += ["", f"{title}:", *(f"    {row}" for row in shown(example))]
    return "\n".join(rows)


def shown(example: "Example", longest: int = 110) -> list[str]:
    """An example as lines: the mail's headers and HTML, or the files by name."""
    rows: list[str] = []
    if example.sender:
        rows.append(f"From: {example.sender}")
    if example.subject is not None:
        rows.append(f"Subject: {example.subject}")
    rows += [f"{name}: {value}" for name, value in example.headers or ()]
    rows += example.html.splitlines()
    if example.text is not None:
        rows += ["(text part)", *example.text.splitlines()]
    for name, text in example.files:
        rows += [f"[{name.lstrip('/')}]", *text.splitlines()]
    if example.settings:
        rows += ["[newsletter.toml]", *example.settings.splitlines()]
    if example.people:
        rows += ["[subscribers]", *example.people.splitlines()]
    return [row if len(row) <= longest else row[: longest - 1] + "…" for row in rows] or ["(nothing)"]
