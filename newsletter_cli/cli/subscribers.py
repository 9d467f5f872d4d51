"""`newsletter subscribers`: the list of readers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter_cli.cli.app import App, plural, wrapped
from newsletter_cli.cli.options import subcommand
from newsletter_cli.errors import UsageError

if TYPE_CHECKING:
    from newsletter_cli.audience.importing import ImportPlan
    from newsletter_cli.workflow.subscribers import Known

REASONS = ("unsubscribed", "hard_bounce", "complaint", "manual")


@click.group("subscribers")
def subscribers() -> None:
    """Import, list, add, remove, export and suppress readers."""


@subcommand(subscribers, "import", dry_run=True, yes=True)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="What a column is: email, first_name, ... or - to leave it out.",
)
@click.option("--basis", default="consent", show_default=True, help="Lawful basis for people whose row names none.")
@click.option("--source", default="", help="Where the list comes from; default: the file's name.")
def import_(app: App, file: Path, mapping: tuple[str, ...], basis: str, source: str) -> None:
    """Import a CSV list: shows what will change, then asks."""
    from newsletter_cli.workflow.subscribers import import_list

    with import_list(app.workspace, app.settings, file, _pairs(mapping), basis=basis, source=source) as work:
        plan = work.plan()
        _show_plan(app, plan, file)
        if app.dry_run:
            app.note("Dry run: nothing was changed.")
        elif plan.new or plan.changed or plan.leaving:
            _confirm(app, f"newsletter subscribers import {file} --yes")
            plan = work.apply(app.now)
            app.result(f"Done: {_done(plan)}.")
        else:
            app.result("Nothing to change.")
    app.emit({"dry_run": app.dry_run, **_plan_numbers(plan)})
    app.next("newsletter subscribers list")


@subcommand(subscribers, "list")
@click.option("--segment", default="", help="Only the people of this segment.")
@click.option("--suppressed", is_flag=True, help="Everybody who is not written to, and why.")
@click.option("--limit", default=0, metavar="N", help="Stop after N people.")
def list_(app: App, segment: str, suppressed: bool, limit: int) -> None:
    """List the readers, one a line."""
    from itertools import islice

    from newsletter_cli.workflow.subscribers import list_subscribers, list_suppressions

    if suppressed:
        away = list_suppressions(app.workspace, app.settings)
        for gone in islice(away, limit or None):
            app.result(f"{gone.email or '(erased)'}  {gone.reason.value}  {gone.at:%Y-%m-%d}  {gone.source}".rstrip())
        app.emit(
            {
                "suppressed": [
                    {"email": each.email, "reason": each.reason.value, "at": each.at.isoformat(), "source": each.source}
                    for each in away
                ]
            }
        )
        return
    people = islice(list_subscribers(app.workspace, app.settings, segment), limit or None)
    if app.json:
        app.emit({"subscribers": [_as_json(each) for each in people]})
        return
    total = 0
    for each in people:
        total += 1
        name = each.subscriber.name if each.subscriber else ""
        app.result("  ".join(filter(None, [each.email, name, f"({each.reason.value})" if each.reason else ""])))
    app.note(plural(total, "subscriber"))


@subcommand(subscribers, "show")
@click.argument("address")
def show(app: App, address: str) -> None:
    """Show what is known of one reader."""
    from newsletter_cli.workflow.subscribers import show_subscriber

    known = show_subscriber(app.workspace, app.settings, address)
    app.emit(_as_json(known))
    person = known.subscriber
    if person is None:
        app.result(f"{address} is not on the list." + (f" Suppressed: {known.reason.value}." if known.reason else ""))
        return
    facts = {"Address": person.email, "First name": person.first_name, "Last name": person.last_name, **person.attributes,
             "Basis": person.basis, "Source": person.source, "Joined": f"{person.joined:%d %B %Y}" if person.joined else "",
             "Written to": f"never ({known.reason.value})" if known.reason else "yes"}  # fmt: skip
    width = max(map(len, facts)) + 2
    for name, value in facts.items():
        if value:
            app.result(f"{name:<{width}}{value}")
    app.next(f"newsletter who {person.email}", "what this person was mailed")


@subcommand(subscribers, "add")
@click.argument("address")
@click.option("--first-name", default="")
@click.option("--last-name", default="")
@click.option("--set", "attributes", multiple=True, metavar="FIELD=VALUE", help="A further value, such as town=Padua.")
@click.option("--basis", default="consent", show_default=True, help="Lawful basis.")
@click.option("--source", default="added by staff", show_default=True, help="Where the address comes from.")
def add(
    app: App, address: str, first_name: str, last_name: str, attributes: tuple[str, ...], basis: str, source: str
) -> None:
    """Add one reader, or change what is known of them."""
    from newsletter_cli.model.subscriber import Subscriber
    from newsletter_cli.workflow.subscribers import add_subscriber

    person = Subscriber(address, first_name, last_name, _pairs(attributes), basis, source, app.now)
    is_new = add_subscriber(app.workspace, app.settings, person)
    app.result(f"{address} is on the list." if is_new else f"{address} was on the list; the values are updated.")
    app.emit({"email": address, "new": is_new})


@subcommand(subscribers, "remove", yes=True)
@click.argument("address")
@click.option("--forget", is_flag=True, help="Erase name and history too; only a keyed hash stays, to keep them away.")
def remove(app: App, address: str, forget: bool) -> None:
    """Take a reader off for good: no import brings them back."""
    from newsletter_cli.workflow.subscribers import remove_subscriber

    if forget:
        _confirm(app, f"newsletter subscribers remove {address} --forget --yes")
    was_on = remove_subscriber(app.workspace, app.settings, address, app.now, forget=forget)
    app.result(f"{address} was {'taken off the list' if was_on else 'not on the list'} and will not be written to.")
    app.emit({"email": address, "was_on_list": was_on, "forgotten": forget})


@subcommand(subscribers, "export")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--segment", default="", help="Only the people of this segment.")
def export(app: App, file: Path | None, segment: str) -> None:
    """Write the list as CSV, to FILE or to the terminal."""
    from newsletter_cli.workflow.subscribers import export_subscribers

    done = export_subscribers(app.workspace, app.settings, file, segment)
    if isinstance(done, str):
        if app.json:
            app.emit({"csv": done})
        else:
            click.echo(done, nl=False)
        return
    app.result(f"{plural(done, 'subscriber')} written to {file}, readable by you only.")
    app.note("This file holds personal data: keep it out of git and delete it when done.")
    app.emit({"file": str(file), "subscribers": done})


@subcommand(subscribers, "suppress")
@click.argument("addresses", nargs=-1, required=True)
@click.option("--reason", type=click.Choice(REASONS), default="manual", show_default=True, help="Why.")
@click.option("--source", default="staff", show_default=True, help="Who or what says so.")
def suppress(app: App, addresses: tuple[str, ...], reason: str, source: str) -> None:
    """Never write to these addresses again."""
    from newsletter_cli.model.subscriber import SuppressionReason
    from newsletter_cli.workflow.subscribers import suppress_address

    done = []
    for address in addresses:
        is_new = suppress_address(app.workspace, app.settings, address, SuppressionReason(reason), source, app.now)
        app.result(f"{address}: {'will not be written to' if is_new else 'was on the suppression list already'}.")
        done.append({"email": address, "new": is_new})
    app.emit({"suppressed": done})


@subcommand(subscribers, "allow")
@click.argument("address")
@click.option("--because", required=True, help="How the person asked to be written to again; kept in the history.")
def allow(app: App, address: str, because: str) -> None:
    """Lift a suppression because the person asked for it."""
    from newsletter_cli.workflow.subscribers import allow_address

    lifted = allow_address(app.workspace, app.settings, address, because, app.now)
    app.result(
        f"{address} {'may be written to again' if lifted else 'was not on the suppression list, or was erased'}."
    )
    app.emit({"email": address, "allowed": lifted})
    if lifted:
        app.next(f"newsletter subscribers add {address}")


def _pairs(words: tuple[str, ...]) -> dict[str, str]:
    for word in words:
        if "=" not in word:
            raise UsageError(f"“{word}” is not NAME=VALUE.", "Write it as in --map 'E-mail=email' or --set town=Padua.")
    return {name.strip(): value.strip() for name, _, value in (word.partition("=") for word in words)}


def _confirm(app: App, command: str) -> None:
    """Ask before a change to the list; without a terminal say which command does it unasked."""
    if app.yes:
        return
    if not app.can_ask:
        raise UsageError(
            "This changes the list and there is no terminal to ask on; nothing was changed.",
            f"If it is right: {command}",
        )
    click.confirm("Go on?", abort=True, err=True)


def _show_plan(app: App, plan: "ImportPlan", file: Path) -> None:
    app.result(f"{file}: {plural(plan.rows, 'row')}")
    pairs = [
        f"{heading} → {field or '(left out)'}"
        for heading, field in zip(plan.columns.headings, plan.columns.fields, strict=True)
    ]
    app.result(wrapped("Columns: " + ", ".join(pairs), app.width, "         "))
    for number, words in (
        (plan.new, "new"),
        (plan.changed, "changed"),
        (plan.unchanged, "as they are"),
        (plan.duplicates, "twice in the file (the first row counts)"),
        (plan.leaving, "marked as opted out: listed, and never written to"),
        (plan.kept_away, "left earlier and stay away"),
        (len(plan.refused), "refused"),
    ):
        if number:
            app.result(f"{number:>8,}  {words}")
    if plan.roles:
        app.result(f"  Note: {plural(plan.roles, 'address')} of a role such as info@ among them.")
    for row in plan.refused if app.verbose else plan.refused[:20]:
        app.result(f"  {file}:{row.line}: {row.why}")
    if len(plan.refused) > 20 and not app.verbose:
        app.result(f"  … and {len(plan.refused) - 20:,} more: -v shows them all.")


def _done(plan: "ImportPlan") -> str:
    """What became of the list: `5 new, 1 changed`."""
    sums = ((plan.new, "new"), (plan.changed, "changed"), (plan.leaving, "marked as opted out"))
    return ", ".join(f"{number:,} {words}" for number, words in sums if number)


def _plan_numbers(plan: "ImportPlan") -> dict[str, Any]:
    names = ("rows", "new", "changed", "unchanged", "duplicates", "kept_away", "leaving", "roles")
    return {name: getattr(plan, name) for name in names} | {
        "refused": [{"line": row.line, "why": row.why} for row in plan.refused]
    }


def _as_json(known: "Known") -> dict[str, Any]:
    person = known.subscriber
    own = {} if person is None else {
        "first_name": person.first_name, "last_name": person.last_name, "attributes": dict(person.attributes),
        "basis": person.basis, "source": person.source, "joined": person.joined.isoformat() if person.joined else None,
    }  # fmt: skip
    return {
        "email": known.email,
        "on_list": person is not None,
        "suppressed": known.reason.value if known.reason else None,
        **own,
    }
