"""The documentation is held to the code: every command, option, setting and exit status is in it."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import click
import pytest

from newsletter_cli.cli.commands import GROUPS
from newsletter_cli.cli.reference import reference
from newsletter_cli.cli.root import newsletter
from newsletter_cli.config import Settings

ROOT = Path(__file__).parent.parent.parent


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(newsletter, info_name="newsletter")
    for entries in GROUPS.values():
        for name in entries:
            command = newsletter.get_command(context, name)
            assert command is not None
            yield name, command
            if isinstance(command, click.Group):
                for below, each in command.commands.items():
                    yield f"{name} {below}", each


ALL = dict(commands())


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert page == reference(), "run: python -m newsletter_cli.cli.reference > docs/commands.md"


@pytest.mark.parametrize("name", list(ALL))
def test_every_command_and_option_is_explained(name: str) -> None:
    command = ALL[name]
    assert command.help
    assert command.help.splitlines()[0].endswith((".", ":"))
    for option in command.params:
        if isinstance(option, click.Option) and option.name not in ("first_name", "last_name"):
            assert option.help, f"{name} {option.opts}"


@pytest.mark.parametrize(
    ("name", "entry"), [(name, entry) for entries in GROUPS.values() for name, entry in entries.items()]
)
def test_the_line_in_the_help_is_the_commands_own(name: str, entry: object) -> None:
    command = ALL[name]
    assert (command.name, command.help and command.help.strip().splitlines()[0]) == (name, getattr(entry, "help"))  # noqa: B009


@pytest.mark.parametrize("name", [name for entries in GROUPS.values() for name in entries])
def test_the_readme_names_every_command(name: str) -> None:
    assert f"`newsletter {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def settings_keys(model: type = Settings, prefix: str = "") -> Iterator[str]:
    for name, kind in ((each.name, each.type) for each in fields(model)):
        below = next(
            (each for each in (kind, *getattr(kind, "__args__", ())) if isinstance(each, type) and is_dataclass(each)),
            None,
        )
        if below is None or prefix:
            yield f"{prefix}{name}"
        else:
            yield from settings_keys(below, f"{name}.")


@pytest.mark.parametrize("key", list(settings_keys()))
def test_every_setting_is_explained(key: str) -> None:
    table, _, name = key.partition(".")
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    section = page.partition(f"[{table}")[2].partition("\n## ")[0]
    assert f"`{name}`" in section, f"docs/settings.md does not explain {key}"
