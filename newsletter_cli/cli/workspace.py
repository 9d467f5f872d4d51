"""`newsletter init` and `newsletter new`: a workspace, and an issue in it."""

import os
from pathlib import Path

import click

from newsletter_cli.cli.app import App
from newsletter_cli.cli.options import command


@command("init")
@click.argument("place", metavar="[DIR]", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", default="", help="The newsletter's name.")
@click.option("--sender-name", default="", help="Who the mail is from; default: the newsletter's name.")
@click.option("--sender-email", default="", help="The sender's address.")
@click.option("--postal-address", default="", help="Stands in every footer: the law asks for it.")
@click.option("--time-zone", default="", help="Such as Europe/London.")
@click.option("--provider", default="", help="Who carries the mail; outbox writes files only.")
@click.option("--domain", default="", help="The sending domain, where the provider needs it.")
@click.option("--website", default="", help="Your site, https://...")
@click.option("--unsubscribe-url", default="", help="Your unsubscribe page with {token} in it.")
@click.option("--with-templates", is_flag=True, help="Copy the shipped designs here, to edit them.")
def init(
    app: App, place: Path, name: str, sender_name: str, sender_email: str, postal_address: str, time_zone: str,
    provider: str, domain: str, website: str, unsubscribe_url: str, with_templates: bool,
) -> None:  # fmt: skip
    """Make a workspace: newsletter.toml, issues/ and .gitignore."""
    from newsletter_cli.workflow.workspace import NewWorkspace, lacking, make_workspace, wants_domain

    folder = (app.directory or Path.cwd()) / place
    name = _ask(app, "name", "Name of the newsletter", name, folder.resolve().name.replace("-", " ").title())
    sender_email = _ask(app, "sender_email", "Sender's address", sender_email, "news@example.org")
    sender_name = _ask(app, "sender_name", "Sender's name", sender_name, name)
    postal_address = _ask(app, "postal_address", "Postal address (stands in every footer)", postal_address, "")
    time_zone = _ask(app, "time_zone", "Time zone", time_zone, _local_zone())
    question = "Mail provider (outbox writes files; `newsletter providers` lists all)"
    provider = _ask(app, "provider", question, provider, "outbox")
    if not domain and app.can_ask and wants_domain(provider):
        question = "Sending domain, as the provider knows it"
        domain = _ask(app, "domain", question, domain, sender_email.rpartition("@")[2])
    answers = NewWorkspace(
        name, sender_name, sender_email, postal_address, time_zone, provider, domain, website, unsubscribe_url
    )
    written = make_workspace(folder, answers, with_templates=with_templates)
    app.result(f"Made the workspace {folder.resolve()}:")
    for each in written:
        app.result(f"  {each}")
    if not postal_address:
        app.warn("postal_address is still empty: fill it in, `newsletter check` insists on it.")
    if lack := lacking(answers):
        app.warn(lack)
    app.emit({"workspace": str(folder.resolve()), "written": list(written)})
    here = "" if folder.resolve() == Path.cwd() else f"cd {place} && "
    app.next(f"{here}newsletter new {app.now:%Y-%m}")


@command("new")
@click.argument("issue_id", metavar="ISSUE")
def new(app: App, issue_id: str) -> None:
    """Start an issue, with design and call to action of the last."""
    from newsletter_cli.workflow.workspace import start_issue

    _ = app.settings
    started = start_issue(app.workspace, issue_id)
    app.result(
        f"Started {started.file}"
        + (f", taking {_listed(started.carried)} over from {started.earlier}." if started.carried else ".")
    )
    app.emit(
        {"issue": issue_id, "file": started.file, "from": started.earlier or None, "carried": list(started.carried)}
    )
    app.next(f"newsletter gather --issue {issue_id}", "or write articles into its articles/ folder")


def _ask(app: App, key: str, question: str, given: str, default: str) -> str:
    """The value given as an option, else asked for at a terminal until it is one, else the default."""
    if given or not app.can_ask:
        return given or default
    from newsletter_cli.workflow.workspace import answer_fault

    while True:
        answer = str(click.prompt(question, default=default, err=True, show_default=bool(default)))
        fault = answer_fault(key, answer)
        if not fault:
            return answer
        app.warn(fault)


def _local_zone() -> str:
    """This machine's time zone by its IANA name, or UTC."""
    link = Path("/etc/localtime")
    zone = os.environ.get("TZ", "") or (str(link.resolve()).partition("zoneinfo/")[2] if link.is_symlink() else "")
    return zone if "/" in zone else "UTC"


def _listed(keys: tuple[str, ...]) -> str:
    from newsletter_cli.cli.app import choose

    return choose([key.replace("_", " ") for key in keys])
