"""`newsletter resolve`: a person's word on what may or may not have gone."""

from typing import TYPE_CHECKING

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command
from newsletter_cli.errors import UsageError

if TYPE_CHECKING:
    from newsletter_cli.workflow.resolve import Held


@command("resolve")
@click.argument("issue_id", metavar="ISSUE")
@click.option("--went", is_flag=True, help="They were mailed: count them as accepted.")
@click.option("--again", is_flag=True, help="They were not mailed: the next send takes them.")
@click.option("--batch", "batches", type=int, multiple=True, metavar="N", help="Only this batch; may be repeated.")
@click.option("--count", type=int, metavar="N", help="The number of people concerned, where nobody can be asked.")
@click.option("--by", "who", default="", metavar="NAME", help="Who says so; goes into the ledger.")
def resolve(
    app: App, issue_id: str, went: bool, again: bool, batches: tuple[int, ...], count: int | None, who: str
) -> None:
    """Say whether a batch in doubt went, when nobody else can."""
    from newsletter_cli.workflow.resolve import held_batches, resolve_issue

    if went and again:
        raise UsageError("--went and --again exclude each other.", "Say one of them, or none to see the list.")
    if _at_platform(app, issue_id, went, again):
        return
    held = held_batches(app.workspace, app.settings, issue_id, batches)
    decided = went or again
    if not decided or app.can_ask:
        _show(app, held)
    if decided:
        number = _typed(app, held.people, went) if count is None else count
        done = resolve_issue(app.workspace, app.settings, issue_id, held, went=went, count=number, who=who)
        result = "counted as accepted" if went else "pending again"
        app.result(f"{plural(done.people, 'person', 'people')} {result}.")
    app.emit(
        {
            "issue": issue_id,
            "decided": "went" if went else "again" if again else None,
            "people": held.people,
            "batches": [
                {"batch": each.id, "why": each.why, "people": [person.email for person in each.people]}
                for each in held.batches
            ],
        }
    )
    if not decided:
        app.next(f"newsletter resolve {issue_id} --went", "or --again; look at the provider's own log first")
    else:
        app.next(f"newsletter {'receipt' if went else 'send'} {issue_id}")


def _at_platform(app: App, issue_id: str, went: bool, again: bool) -> bool:
    """Decide about a campaign at a platform; False when the platform is not the one that keeps the list."""
    from newsletter_cli.workflow.hosted import is_hosted, resolve_hosted
    from newsletter_cli.workflow.ledger import open_ledger

    if not is_hosted(app.settings):
        return False
    if not went and not again:
        app.result(f"newsletter receipt {issue_id} asks the platform. Look there, then say --went or --again.")
        app.emit({"issue": issue_id, "decided": None})
        return True
    with open_ledger(app.workspace, app.settings) as ledger:
        record = resolve_hosted(ledger, issue_id, went, app.now)
    app.result(f"Issue {issue_id}: {'it went' if went else 'it did not go; the next send asks again'}.")
    app.emit({"issue": issue_id, "decided": "went" if went else "again", "state": record.stage.value})
    app.next(f"newsletter {'receipt' if went else 'send'} {issue_id}")
    return True


def _show(app: App, held: "Held") -> None:
    for each in held.batches:
        title = f"Batch {each.id}" if each.id else "Single people"
        app.result(f"{title}: {plural(len(each.people), 'person', 'people')}. {each.why}")
        for person in each.people:
            app.result(f"  {person.email}")


def _typed(app: App, people: int, went: bool) -> int:
    if not app.can_ask:
        raise UsageError(
            f"{people:,} people are concerned and there is no terminal to ask on; nothing was changed.",
            f"If it is right, add --count {people}.",
        )
    what = "say that it went to" if went else "send again to"
    return int(click.prompt(f"Type {people} to {what} {plural(people, 'person', 'people')}", type=int, err=True))
