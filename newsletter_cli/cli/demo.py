"""`newsletter demo`: the whole way, from articles to a receipt, on the example."""

import contextlib
import io
import json
import sys
from pathlib import Path

import click

from newsletter_cli.cli.app import App
from newsletter_cli.cli.options import command
from newsletter_cli.errors import ExitStatus, NewsletterError


@command("demo")
@click.argument(
    "directory_", metavar="[DIR]", default="newsletter-demo", type=click.Path(path_type=Path, file_okay=False)
)
def demo(app: App, directory_: Path) -> None:
    """Show the whole way on an example: no account, no network."""
    from newsletter_cli.workflow.demo import ISSUE, LIST, PAGE, copy_example

    folder = (app.directory or Path.cwd()) / directory_
    copy_example(folder)
    app.result(
        app.style(
            f"The example workspace is copied to {directory_}/. Every step below is a command you can type there.",
            bold=True,
        )
    )
    steps = (
        ("Take in the list of readers", ("subscribers", "import", LIST, "--yes")),
        ("Gather a news page into the issue", ("gather", PAGE, "--issue", ISSUE)),
        ("Compose the issue: HTML with the CSS inlined, text, .eml", ("compose", ISSUE)),
        ("Check it", ("check", ISSUE)),
        ("Look at it as a reader will", ("preview", ISSUE)),
        ("Approve it: from now on every comma counts", ("approve", ISSUE, "--by", "Demo Editor")),
        ("See the plan before anything happens", ("send", ISSUE, "--dry-run")),
        ("Hand it over, to the outbox", ("send", ISSUE, "--yes")),
        ("Account for it", ("receipt", ISSUE)),
    )
    with contextlib.chdir(folder):
        for number, (what, words) in enumerate(steps, 1):
            _step(app, f"{number}/{len(steps)}  {what}", words)
        receipt = _quietly(("receipt", ISSUE, "--json"))
    app.emit({"folder": str(folder), "receipt": json.loads(receipt)})
    _where_to_look(app, directory_, ISSUE)


def _step(app: App, title: str, words: tuple[str, ...]) -> None:
    """Say which command this is and run it, the very command, in this process."""
    import shlex

    from newsletter_cli.cli.running import run_command

    app.result("")
    app.result(app.style(f"── {title}", bold=True))
    app.result(app.style(f"$ newsletter {shlex.join(words)}", fg="cyan"))
    sys.stdout.flush()
    if app.json:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            status = run_command(words)
    else:
        status = run_command(words)
    sys.stdout.flush()
    sys.stderr.flush()
    if status != ExitStatus.OK:
        raise NewsletterError(
            f"The step `newsletter {shlex.join(words)}` ended with status {status}.",
            "Run it in the demo's folder to look closer.",
        )


def _quietly(words: tuple[str, ...]) -> str:
    from newsletter_cli.cli.running import run_command

    with contextlib.redirect_stdout(io.StringIO()) as out:
        run_command(words)
    return out.getvalue()


def _where_to_look(app: App, folder: Path, issue: str) -> None:
    app.result("")
    app.result(app.style("Where to look", bold=True))
    for place, what in (
        (
            f"{folder}/.newsletter/build/{issue}/local.html",
            "the issue with its pictures from this computer: open it in a browser",
        ),
        (
            f"{folder}/.newsletter/build/{issue}/issue.html",
            "the same as it goes out, its pictures at the address in newsletter.toml",
        ),
        (f"{folder}/.newsletter/outbox/", "one .eml per reader: open one in a mail program"),
        (f"{folder}/issues/{issue}/", "the files it was made from: edit one, compose again"),
        (f"{folder}/newsletter.toml", "the settings"),
    ):
        app.result(f"  {place}\n      {what}")
    app.next(f"cd {folder} && newsletter preview {issue} --browser")
