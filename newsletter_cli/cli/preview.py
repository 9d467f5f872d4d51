"""`newsletter preview`: what a reader will get, in the terminal, in a browser, or as pictures."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter_cli.cli.app import App, choose, plural
from newsletter_cli.cli.options import command
from newsletter_cli.errors import UsageError

if TYPE_CHECKING:
    from newsletter_cli.workflow.preview import Preview


@command("preview")
@click.argument("issue_id", metavar="ISSUE")
@click.option("--as", "reader", metavar="ADDRESS", default="", help="With this subscriber's values.")
@click.option("--text", "view", flag_value="text", help="The plain text part.")
@click.option("--html", "view", flag_value="html", help="The HTML source.")
@click.option("--order", "view", flag_value="order", help="What a screen reader meets, in order.")
@click.option("--variants", "view", flag_value="variants", help="Each personal version once, with its count.")
@click.option(
    "--diff",
    "against",
    metavar="[=ISSUE|=approved]",
    is_flag=False,
    flag_value="last",
    help="What differs from the issue before, from --diff=ISSUE, or from --diff=approved.",
)
@click.option("--images", is_flag=True, help="Draw pictures as coloured half-blocks (needs a colour terminal).")
@click.option("--browser", "view", flag_value="browser", help="A live page in the browser that follows every change.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="For --browser; default: a free one.")
@click.option("--no-open", is_flag=True, help="With --browser: print the address, open nothing.")
@click.option(
    "--screenshot",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Pictures at 640 and 375 pixels, light, dark and without pictures, and a contact sheet.",
)
def preview(
    app: App,
    issue_id: str,
    reader: str,
    view: str | None,
    against: str | None,
    images: bool,
    port: int,
    no_open: bool,
    folder: Path | None,
) -> None:
    """Show an issue as a reader will get it."""
    chosen = [each for each in (view, "diff" if against else None, "screenshot" if folder else None) if each]
    if len(chosen) > 1:
        raise UsageError("Only one view at a time: " + ", ".join(f"--{each}" for each in chosen) + ".")
    if view == "browser":
        _browser(app, issue_id, reader, port, no_open)
        return
    from newsletter_cli.workflow.preview import preview_issue

    shown = preview_issue(app.workspace, app.settings, issue_id, reader)
    if folder is not None:
        _screenshots(app, shown, folder)
    elif against is not None:
        _difference(app, shown, against)
    elif view == "variants":
        _variants(app, shown)
    else:
        _show(app, shown, view or "", images)


def _show(app: App, shown: "Preview", view: str, images: bool) -> None:
    """The message itself, in one of its forms."""
    from newsletter_cli.preview.order import reading_order
    from newsletter_cli.preview.words import safe

    message, facts = shown.message, _facts(shown)
    if view == "text":
        app.result(safe(message.text).rstrip("\n"))
        facts |= {"text": message.text}
    elif view == "html":
        app.result(safe(message.html).rstrip("\n"))
        facts |= {"html": message.html}
    elif view == "order":
        from newsletter_cli.preview.listing import render_order

        heard = reading_order(message.html)
        app.result(render_order(heard, app.width, app.colour).rstrip("\n"))
        facts |= {"order": [{"kind": each.kind, "words": each.words, "fault": each.fault} for each in heard]}
    else:
        from newsletter_cli.preview.terminal import render_message

        if images and not app.colour:
            app.note("Pictures need a colour terminal; their alternative texts are shown.")
        pictures = shown.pictures if images and app.colour else {}
        app.result(render_message(message, width=app.width, colour=app.colour, pictures=pictures).rstrip("\n"))
        _remark(app, shown)
    app.emit(facts)
    app.next(f"newsletter check {message.issue_id}", f"or for a reviewer: newsletter proof {message.issue_id}")


def _remark(app: App, shown: "Preview") -> None:
    """That fields show defaults, when there are any."""
    from newsletter_cli.preview.variants import personal_fields

    names = [each.name.removeprefix("subscriber.") for each in personal_fields(shown.composed)]
    if names and shown.reader is None:
        app.note(f"\nDefaults are shown for {choose(names)}; --as ADDRESS shows a subscriber's values.")


def _facts(shown: "Preview") -> dict[str, Any]:
    from newsletter_cli.preview.inbox import inbox_lines
    from newsletter_cli.preview.reading import read_page

    message = shown.message
    page = read_page(message.html)
    return {
        "issue": message.issue_id,
        "reader": shown.reader.email if shown.reader else None,
        "sender": {"name": message.sender.name, "email": message.sender.email},
        "subject": message.subject,
        "preheader": message.preheader,
        "inbox": [
            {"screen": each.screen, "characters": each.characters, "lines": list(each.lines)}
            for each in inbox_lines(message.subject, message.preheader)
        ],
        "links": [{"number": each.number, "label": each.label, "target": each.target} for each in page.links],
        "pictures": [{"src": each.src, "alt": each.alt} for each in page.pictures],
        "html_bytes": len(message.html.encode()),
    }


def _variants(app: App, shown: "Preview") -> None:
    from newsletter_cli.preview.listing import render_variants
    from newsletter_cli.workflow.preview import issue_variants

    issue_id = shown.message.issue_id
    variants = issue_variants(app.workspace, app.settings, shown.issue, shown.composed)
    if variants:
        app.result(render_variants(variants, app.width, app.colour).rstrip("\n"))
    else:
        app.result("There are no subscribers yet, so there are no versions to show.")
    app.emit(
        {
            "issue": issue_id,
            "variants": [{"count": each.count, "lines": list(each.lines), "broken": each.broken} for each in variants],
        }
    )
    app.next(f"newsletter check {issue_id}" if variants else "newsletter subscribers import FILE.csv")


def _difference(app: App, shown: "Preview", against: str) -> None:
    from dataclasses import asdict

    from newsletter_cli.preview.listing import render_difference
    from newsletter_cli.workflow.preview import issue_difference

    name, difference = issue_difference(app.workspace, app.settings, shown, against)
    app.result(render_difference(name, difference, app.width, app.colour).rstrip("\n"))
    app.emit({"issue": shown.message.issue_id, "against": name} | asdict(difference))
    app.next(f"newsletter check {shown.message.issue_id}")


def _browser(app: App, issue_id: str, reader: str, port: int, no_open: bool) -> None:
    from newsletter_cli.errors import IssueNotFound
    from newsletter_cli.workflow.live import live_preview
    from newsletter_cli.workflow.preview import find_reader

    if issue_id not in app.workspace.issue_ids():
        raise IssueNotFound(issue_id, app.workspace.issue_ids())
    if reader:
        find_reader(app.workspace, app.settings, reader)
    server = live_preview(app.workspace, issue_id, lambda: app.now.astimezone(app.settings.zone).date(), reader)
    with server.listen(port) as listener:
        app.result(server.address)
        app.emit({"issue": issue_id, "address": server.address})
        app.note("The page follows every change. Only this machine can open it. Ctrl-C ends it.")
        if not no_open and not app.json:
            click.launch(server.address_to_launch)
        server.run(listener)
    app.next(f"newsletter check {issue_id}", f"or for a reviewer: newsletter proof {issue_id}")


def _screenshots(app: App, shown: "Preview", folder: Path) -> None:
    from newsletter_cli.preview.contact_sheet import make_sheet
    from newsletter_cli.preview.screenshots import find_browser, take

    issue_id = shown.message.issue_id
    browser = find_browser(app.environ)
    if browser is None:
        app.result("No pictures: there is no Chromium, Chrome or Edge here (NEWSLETTER_BROWSER can name one).")
        app.emit({"issue": issue_id, "browser": None, "files": []})
        return
    shots = take(browser, shown.message.html, shown.pictures, folder)
    sheet = make_sheet(shots, folder / "contact-sheet.png", f"{app.settings.newsletter.name} {issue_id}")
    for path in (*shots, sheet):
        app.result(str(path))
    app.note(f"{plural(len(shots), 'picture')} and a contact sheet.")
    app.emit({"issue": issue_id, "browser": browser, "files": [str(path) for path in (*shots, sheet)]})
    app.next(f"newsletter check {issue_id}")
