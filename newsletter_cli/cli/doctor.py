"""`newsletter doctor`: what a send depends on, and where each setting comes from."""

import click

from newsletter_cli.cli.app import App
from newsletter_cli.cli.options import command
from newsletter_cli.errors import ExitStatus

_MARKS = {"good": ("ok", "green"), "look": ("look", "yellow"), "bad": ("BAD", "red")}


@command("doctor")
@click.option("--offline", is_flag=True, help="Do not ask the provider whether key and sender are good.")
def doctor(app: App, offline: bool) -> None:
    """Examine settings, provider, key, state folder and versions."""
    from newsletter_cli.workflow.doctor import Health, examine, values

    looks = tuple(examine(app.workspace, app.environ, online=not offline))
    bad = sum(each.health is Health.BAD for each in looks)
    for each in looks:
        mark, colour = _MARKS[each.health.value]
        app.result(f"{app.style(f'{mark:<5}', fg=colour)}{each.subject}: {each.words}")
        for row in each.hint.splitlines():
            app.result(f"       {row}")
    settings_good = all(each.health is not Health.BAD for each in looks if each.subject == "settings")
    shown = tuple(values(app.workspace, all_of_them=app.verbose)) if settings_good else ()
    if shown:
        app.result("\nSettings" + ("" if app.verbose else " (-v shows the defaults too)"))
        for value in shown:
            app.result(f"  {value.key} = {value.value}   ({value.source})")
    app.emit(
        {
            "looks": [
                {"subject": each.subject, "health": each.health.value, "words": each.words, "hint": each.hint}
                for each in looks
            ],
            "settings": [{"key": value.key, "value": value.value, "source": value.source} for value in shown],
            "bad": bad,
        }
    )
    if bad:
        app.note(f"{bad} to mend.")
        app.exit(ExitStatus.FAILED)
    app.next("newsletter status")
