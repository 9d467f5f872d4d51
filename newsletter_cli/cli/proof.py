"""`newsletter proof`: one HTML file for the person who approves."""

from pathlib import Path

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command


@command("proof")
@click.argument("issue_id", metavar="ISSUE")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Where to write it; default: proof.html in the build folder; - is stdout.",
)
@click.option("--online", is_flag=True, help="Ask each linked page for its title.")
def proof(app: App, issue_id: str, output: Path | None, online: bool) -> None:
    """Write one HTML file for the person who approves an issue."""
    from newsletter_cli.http import Client
    from newsletter_cli.paths import write_file
    from newsletter_cli.workflow.proof import make_proof

    client = Client(contact=app.settings.gather.contact, attempts=1) if online else None
    today = app.now.astimezone(app.settings.zone).date()
    made = make_proof(app.workspace, app.settings, issue_id, today=today, client=client)
    if output == Path("-") and not app.json:
        app.result(made.html)
        return
    file = output or app.workspace.build(issue_id) / "proof.html"
    write_file(file, made.html)
    errors, warnings = made.report.errors, made.report.warnings
    shown = app.workspace.relative(file) if output is None else str(file)
    app.result(f"{shown}  ({len(made.html.encode()) / 1000:,.0f} KB, opens offline)")
    app.result(f"Approval code  {app.style(made.code, bold=True)}")
    if errors or warnings:
        app.note(f"The proof shows {plural(errors, 'error')} and {plural(warnings, 'warning')}.")
    app.emit(
        {
            "issue": issue_id,
            "file": shown,
            "bytes": len(made.html.encode()),
            "code": made.code,
            "errors": errors,
            "warnings": warnings,
        }
    )
    app.next(f"newsletter approve {issue_id} --code CODE --by NAME", "with the code the reviewer sends back")
