"""`newsletter providers` and `newsletter provider login`: who can carry the mail, how to begin, and the keys."""

import sys
from typing import TYPE_CHECKING, Any

import click

from newsletter_cli.cli.app import App, plural
from newsletter_cli.cli.options import command, subcommand
from newsletter_cli.errors import NewsletterError, UsageError, WorkspaceNotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter_cli.config import Settings
    from newsletter_cli.providers.base import Provider
    from newsletter_cli.workflow.providers import Guide


@command("providers")
@click.argument("name", metavar="[NAME]", required=False)
def providers(app: App, name: str | None) -> None:
    """List who can carry the mail, or show how to begin with one."""
    from newsletter_cli.workflow.providers import guide, list_providers

    if name is None:
        found, faults = list_providers()
        app.emit({"providers": [_facts(each) for each in found]})
        _table(app, found)
        for fault in faults:
            app.warn(f"{fault.message} {fault.hint}")
        app.next("newsletter providers NAME", "set-up steps, DNS records and a newsletter.toml")
        return
    way = guide(name, _settings(app))
    app.emit(
        {
            "provider": _facts(way.adapter)
            | {
                "title": way.adapter.title,
                "steps": list(way.setup.steps),
                "dns": [{"kind": d.kind, "host": d.host, "value": d.value, "why": d.why} for d in way.dns],
                "newsletter_toml": way.toml,
                "notes": list(way.notes),
                "page": way.setup.page,
            }
        }
    )
    _show(app, way)


@click.group("provider")
def provider() -> None:
    """Keep a provider's key in this computer's keyring."""


@subcommand(provider, "login")
@click.argument("name")
def login(app: App, name: str) -> None:
    """Ask for a provider's key and keep it in the keyring; without a terminal it is read from stdin."""
    from newsletter_cli.workflow.providers import keys_to_ask, store_keys

    wanted = keys_to_ask(name)
    store_keys(name, _asked(app, name, wanted))
    app.result(f"Kept in the keyring: {', '.join(wanted)}.")
    app.emit({"provider": name, "kept": list(wanted)})
    app.next("newsletter doctor", "asks the provider whether the key is good")


def _asked(app: App, name: str, wanted: tuple[str, ...]) -> dict[str, str]:
    if app.can_ask:
        return {each: click.prompt(each, hide_input=True, err=True) for each in wanted}
    lines = [] if app.no_input else sys.stdin.read().splitlines()
    if len(lines) < len(wanted):
        raise UsageError(
            "There is no terminal to ask at, and stdin does not hold the key.",
            f"Give it on stdin, a line for each of {', '.join(wanted)}: newsletter provider login {name} < FILE",
        )
    return dict(zip(wanted, lines, strict=False))


def _settings(app: App) -> "Settings | None":
    """The workspace's, to put its own domain into the records; the page is as good without."""
    try:
        return app.settings
    except WorkspaceNotFound:
        return None
    except NewsletterError:
        app.note("newsletter.toml has faults (`newsletter doctor` names them): examples stand in for your values.")
        return None


def _facts(adapter: "type[Provider]") -> dict[str, Any]:
    able = adapter.capabilities
    return {
        "name": adapter.name,
        "kind": adapter.kind,
        "key_env": list(adapter.key_env),
        "max_recipients": able.max_recipients,
        "max_bytes": able.max_bytes,
        "idempotency": {"ttl_seconds": able.key.ttl_seconds, "repeat": able.key.repeat} if able.key else None,
        "ask": able.query.by if able.query else None,
        "suppressions": list(able.suppressions),
        "statistics": list(able.statistics),
        "regions": list(adapter.regions),
        "host_image": able.host_image,
    }


def _table(app: App, found: "Sequence[type[Provider]]") -> None:
    heading = f"{'NAME':<11}{'PER CALL':>8}  {'DOUBT SETTLED BY':<18}{'SUPPRESSIONS':<13}{'REPORT':<7}KEY"
    app.result(app.style(heading, bold=True))
    for each in found:
        able = each.capabilities
        per_call = f"{able.max_recipients:,}" if each.kind == "transactional" else "its list"
        lists = "read, write" if "add" in able.suppressions else ", ".join(able.suppressions[:1]) or "-"
        report = "full" if "delivered" in able.statistics else "part" if able.statistics else "-"
        first, *more = each.key_env or ("-",)
        row = f"{each.name:<11}{per_call:>8}  {_doubt(each):<18}{lists:<13}{report:<7}"
        app.result(row + first)
        for key in more:
            app.result(" " * len(row) + key)


def _doubt(adapter: "type[Provider]") -> str:
    able = adapter.capabilities
    if adapter.kind == "campaign":
        return "looking it up"
    if able.local:
        return "writing it again"
    if able.key and able.query:
        return "key, then asking"
    if able.key:
        return "key"
    return "asking" if able.query else "a person"


def _show(app: App, way: "Guide") -> None:
    adapter, able = way.adapter, way.adapter.capabilities
    app.result(app.style(adapter.title, bold=True))
    if adapter.kind == "transactional":
        size = f", {able.max_bytes // 1_000_000} MB a call" if able.max_bytes else ""
        app.result(f"  {plural(able.max_recipients, 'person', 'people')}{size}; doubt is settled by {_doubt(adapter)}")
    else:
        app.result(
            "  keeps the list itself: one call makes a campaign, which is found again by its name, never made twice"
        )
    if adapter.key_env:
        app.result(f"  key: {', '.join(adapter.key_env)} (environment, key_file, or `newsletter provider login`)")
    if adapter.regions:
        app.result(f"  regions: {', '.join(adapter.regions)}")
    if able.host_image:
        app.result('  pictures: hosted here with `publish = "provider"` under [images]')
    for note in way.notes:
        app.result(f"  note: {note}")
    app.result("\nSet up")
    for number, step in enumerate(way.setup.steps, 1):
        app.result(f"  {number}. {step}")
    if way.dns:
        app.result("\nDNS records (the provider's site shows the exact values)")
        for each in way.dns:
            app.result(f"  {each.kind:<6}{each.host}\n        {each.value}   ({each.why})")
    app.result("\nA newsletter.toml that is enough")
    for line in way.toml.splitlines():
        app.result(f"  {line}".rstrip())
    app.result(f"\nMore: {way.setup.page}")
    app.next("newsletter doctor", "once it is set up")
