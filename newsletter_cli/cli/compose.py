"""`newsletter compose`: an issue becomes HTML, text and .eml."""

from typing import TYPE_CHECKING, Any

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command
from newsletter_cli.errors import NewsletterError, UsageError

if TYPE_CHECKING:
    from newsletter_cli.model.finding import Finding
    from newsletter_cli.workflow.compose import Composition


@command("compose")
@click.argument("issue_id", metavar="ISSUE")
@click.option("--watch", is_flag=True, help="Compose again whenever a file of the issue or the design changes.")
def compose(app: App, issue_id: str, watch: bool) -> None:
    """Compose an issue: HTML, text and .eml."""
    from newsletter_cli.workflow.compose import compose_issue

    if watch and app.json:
        raise UsageError("--watch tells of many composings, --json prints one object.", "Leave one of the two out.")
    if watch:
        _watch(app, issue_id)
        return
    composition = compose_issue(app.workspace, app.settings, issue_id)
    _show(app, composition)
    app.emit(_facts(app, composition))
    app.next(f"newsletter check {issue_id}", f"or look: newsletter preview {issue_id}")


def _watch(app: App, issue_id: str) -> None:
    """Compose on every change until Ctrl-C; a fault is told and the watch goes on."""
    import time

    from newsletter_cli.config import load_settings
    from newsletter_cli.workflow.compose import compose_issue
    from newsletter_cli.workflow.watching import changes, sources

    for _ in changes(lambda: sources(app.workspace, issue_id), sleep=time.sleep):
        app.note(f"{app.now:%H:%M:%S} composing {issue_id} (Ctrl-C ends)")
        try:
            settings = load_settings(app.workspace.settings_file)
            composition = compose_issue(app.workspace, settings, issue_id)
        except NewsletterError as error:
            app.report(error)
            continue
        _show(app, composition)


def _show(app: App, composition: "Composition") -> None:
    message = composition.message
    rows = [
        ("Subject", message.subject or "(none)"),
        ("Preheader", message.preheader or "(none)"),
        ("From", f"{message.sender.name} <{message.sender.email}>"),
        ("HTML", f"{composition.html_bytes / 1000:,.1f} KB"),
        ("Text", f"{composition.text_bytes / 1000:,.1f} KB, {plural(composition.words, 'word')}"),
        ("Pictures", f"{len(message.images)}, {composition.image_bytes / 1000:,.1f} KB"),
        ("Links", f"{len(composition.links)}"),
        ("Merge fields", ", ".join(_fields(composition)) or "none"),
        ("Files", app.workspace.relative(composition.folder) + "/"),
    ]
    for label, value in rows:
        app.result(f"{app.style(label.ljust(13), bold=True)} {_readable(value, composition)}")
    for finding in composition.findings:
        app.note(_sentence(finding))


def _readable(value: str, composition: "Composition") -> str:
    """A text with its tokens as people write the fields."""
    from newsletter_cli.model.message import fill_tokens

    return fill_tokens(value, composition.message.merge_fields, lambda field: f"{{{{ {field.name} }}}}")


def _fields(composition: "Composition") -> list[str]:
    return [
        field.name if field.default is None else f"{field.name} (else “{field.default}”)"
        for field in composition.message.merge_fields
    ]


def _sentence(finding: "Finding") -> str:
    place = f"{finding.file}:{finding.line}: " if finding.line else f"{finding.file}: " if finding.file else ""
    return f"{finding.severity}: {place}{finding.message} {finding.hint}".rstrip()


def _facts(app: App, composition: "Composition") -> dict[str, Any]:
    message = composition.message
    return {
        "issue": message.issue_id,
        "subject": _readable(message.subject, composition),
        "preheader": _readable(message.preheader, composition),
        "lang": message.lang,
        "html_bytes": composition.html_bytes,
        "text_bytes": composition.text_bytes,
        "image_bytes": composition.image_bytes,
        "images": [{"src": each.src, "file": each.file, "bytes": each.bytes} for each in message.images],
        "words": composition.words,
        "links": [_readable(each, composition) for each in composition.links],
        "merge_fields": [{"name": each.name, "default": each.default} for each in message.merge_fields],
        "findings": [
            {
                "rule": each.rule,
                "severity": str(each.severity),
                "message": each.message,
                "hint": each.hint,
                "file": each.file,
                "line": each.line,
            }
            for each in composition.findings
        ],
        "folder": app.workspace.relative(composition.folder),
        "fingerprint": message.fingerprint,
    }
