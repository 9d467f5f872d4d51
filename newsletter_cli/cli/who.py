"""`newsletter who`: everything known about one person."""

from typing import TYPE_CHECKING, Any

import click

from newsletter_cli.cli.app import App
from newsletter_cli.cli.options import command
from newsletter_cli.errors import ExitStatus

if TYPE_CHECKING:
    from newsletter_cli.workflow.who import Dossier


@command("who")
@click.argument("address")
def who(app: App, address: str) -> None:
    """Show everything known about one person: each issue, its state, why left out."""
    from newsletter_cli.workflow.who import look_up

    found = look_up(app.workspace, app.settings, address, app.environ)
    app.emit(_as_json(found))
    _show(app, found)
    if found.subscriber is None and not found.notices and not found.mailings and found.suppressed is None:
        app.exit(ExitStatus.NOTHING_TO_DO)
    app.next(f"newsletter subscribers show {found.email}")


def _show(app: App, found: "Dossier") -> None:
    person = found.subscriber
    app.result(app.style(found.email, bold=True))
    if person is None:
        app.result("  is not on the list")
    else:
        facts = (person.name, f"basis {person.basis}", f"from {person.source}" if person.source else "")
        app.result(f"  on the list: {', '.join(fact for fact in facts if fact)}")
    app.result(f"  not written to: {found.suppressed.value}" if found.suppressed else "  may be written to")
    for notice in found.notices:
        done = "put on the list of people not to be written to" if notice.active else "taken off that list"
        app.result(f"  {notice.at[:16].replace('T', ' ')}  {done}: {notice.reason} {notice.source}".rstrip())
    if not found.mailings:
        app.result("  no issue so far")
    for mailing in found.mailings:
        state = mailing.person.state.value + (f" ({mailing.person.why})" if mailing.person.why else "")
        later = "".join(f", {what} {at[:16].replace('T', ' ')}".rstrip() for what, at in mailing.later)
        campaign = mailing.campaign
        app.result(f"  {campaign.issue:<10}{campaign.created:%Y-%m-%d}  {state}{later}  by {campaign.provider}")


def _as_json(found: "Dossier") -> dict[str, Any]:
    person = found.subscriber
    return {
        "email": found.email,
        "subscriber": {
            "name": person.name,
            "attributes": dict(person.attributes),
            "basis": person.basis,
            "source": person.source,
            "joined": person.joined.isoformat() if person.joined else None,
        }
        if person
        else None,
        "suppressed": found.suppressed.value if found.suppressed else None,
        "notices": [
            {"at": each.at, "reason": each.reason, "source": each.source, "active": each.active}
            for each in found.notices
        ],
        "issues": [
            {
                "issue": each.campaign.issue,
                "at": each.campaign.created.isoformat(),
                "state": each.person.state.value,
                "why": each.person.why,
                "provider": each.campaign.provider,
                "reported": [{"what": what, "at": at} for what, at in each.later],
            }
            for each in found.mailings
        ],
    }
