"""Examines a workspace: settings, provider and its key, state folder, versions."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from newsletter_cli import __version__
from newsletter_cli.config import Settings, load_settings, written_keys
from newsletter_cli.database import open_database
from newsletter_cli.database.guards import must_not_send
from newsletter_cli.errors import NewsletterError
from newsletter_cli.paths import Workspace
from newsletter_cli.providers.base import Provider
from newsletter_cli.providers.keys import find_key
from newsletter_cli.providers.registry import open_provider, provider_class

_LIBRARIES = ("click", "Jinja2", "premailer", "requests", "lxml", "pydantic", "SQLAlchemy", "trafilatura")
_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome", "msedge")


class Health(StrEnum):
    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Look:
    """One thing looked at: how it is, and what to do if it is not good."""

    subject: str
    health: Health
    words: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A setting with its value and where it comes from: `newsletter.toml:6` or `default`."""

    key: str
    value: str
    source: str


def examine(workspace: Workspace, environ: Mapping[str, str], *, online: bool) -> Iterator[Look]:
    """Look at everything that a send depends on; with `online` the provider is asked whether key and sender are good."""
    yield Look("workspace", Health.GOOD, str(workspace.root))
    try:
        settings = load_settings(workspace.settings_file)
    except NewsletterError as error:
        yield Look("settings", Health.BAD, error.message, "\n".join([*error.problems, error.hint]))
        yield from _machine(workspace, environ)
        return
    yield Look("settings", Health.GOOD, "newsletter.toml has no fault")
    yield from _sender(settings)
    yield from _provider(workspace, settings, environ, online)
    yield from _state(workspace, settings)
    yield from _machine(workspace, environ)


def values(workspace: Workspace, *, all_of_them: bool) -> Iterator[Value]:
    """Each setting with its source: those written in newsletter.toml, or all of them."""
    settings = load_settings(workspace.settings_file)
    lines = written_keys(workspace.settings_file.read_text(encoding="utf-8-sig"))
    for table, section in asdict(settings).items():
        members = section.items() if isinstance(section, dict) else enumerate(section)
        for name, value in members:
            key = f"{table}.{name}"
            line = next((lines[written] for written in lines if written == key or written.startswith(key + ".")), 0)
            if line or all_of_them:
                yield Value(key, _shown(value), f"newsletter.toml:{line}" if line else "default")


def _sender(settings: Settings) -> Iterator[Look]:
    sender = settings.sender.email
    if sender.rpartition("@")[2] in ("example.org", "example.com", "example.net"):
        yield Look("sender", Health.LOOK, f"{sender} is an example address", "Set [sender] email before a real send.")
    else:
        yield Look("sender", Health.GOOD, sender)
    if not settings.newsletter.postal_address:
        yield Look(
            "postal address", Health.BAD, "none", "Set [newsletter] postal_address: it must stand in every mail."
        )
    if settings.test_mode.redirect_to:
        yield Look(
            "test mode",
            Health.LOOK,
            f"every message goes to {settings.test_mode.redirect_to} and nowhere else",
            "Take [test_mode] out for a real send.",
        )


def _provider(workspace: Workspace, settings: Settings, environ: Mapping[str, str], online: bool) -> Iterator[Look]:
    name = settings.provider.name
    try:
        adapter = provider_class(name)
        for variable in adapter.keys_wanted(settings.provider):
            key = find_key(variable, settings.provider, environ, workspace.root)
            if key is not None:
                yield Look("provider key", Health.GOOD, f"{variable}, from the {key.source}")
        provider = open_provider(settings.provider, environ, workspace.root)
    except NewsletterError as error:
        yield Look("provider", Health.BAD, error.message, error.hint)
        return
    try:
        yield Look("provider", Health.GOOD, provider.title)
        yield from _way_out(settings, provider)
        if online and provider.capabilities.verify:
            yield from _verified(provider, settings.sender.email)
    finally:
        provider.close()


def _verified(provider: Provider, sender: str) -> Iterator[Look]:
    try:
        for each in provider.verify(sender):
            yield Look(each.subject, Health.GOOD if each.good else Health.BAD, each.words)
    except NewsletterError as error:
        yield Look("provider's answer", Health.BAD, error.message, error.hint)


def _way_out(settings: Settings, provider: Provider) -> Iterator[Look]:
    own = provider.capabilities.own_unsubscribe and settings.provider.own_unsubscribe
    words = f"{provider.title}'s own" if own else settings.unsubscribe.url or settings.unsubscribe.mailto
    if words:
        yield Look("unsubscribe", Health.GOOD, words)
    else:
        yield Look(
            "unsubscribe",
            Health.BAD,
            "readers have no way out: nothing can be sent",
            "Set url or mailto under [unsubscribe].",
        )


def _state(workspace: Workspace, settings: Settings) -> Iterator[Look]:
    state = workspace.state
    writable = os.access(state if state.exists() else workspace.root, os.W_OK)
    yield Look(
        "state folder",
        Health.GOOD if writable else Health.BAD,
        f"{state} is {'writable' if writable else 'not writable'}",
        "" if writable else "Give yourself write permission, or choose another workspace.",
    )
    if writable and (workspace.database_file.exists() or settings.ledger.url):
        try:
            database = open_database(workspace.database_file, settings.ledger.url)
            refusal = must_not_send(database)
            database.close()
            good = Look("ledger", Health.GOOD, "opens, and may send from here")
            yield Look("ledger", Health.BAD, refusal.message, refusal.hint) if refusal else good
        except NewsletterError as error:
            yield Look("ledger", Health.BAD, error.message, error.hint)
    if (workspace.root / ".git").exists() and shutil.which("git"):
        question = ["git", "-C", str(workspace.root), "check-ignore", "-q", ".newsletter/x"]
        inside = subprocess.run(question, check=False).returncode == 0  # noqa: S603  (fixed words and our own path)
        yield Look(
            "git",
            Health.GOOD if inside else Health.BAD,
            f".newsletter/ is {'kept out of git' if inside else 'not ignored by git'}",
            "" if inside else "Add a line .newsletter/ to .gitignore: it holds people's addresses.",
        )


def _machine(workspace: Workspace, environ: Mapping[str, str]) -> Iterator[Look]:
    free = shutil.disk_usage(workspace.root).free
    enough = free > 200 * 1024 * 1024
    yield Look(
        "free disk",
        Health.GOOD if enough else Health.LOOK,
        f"{free // (1024 * 1024):,} MB",
        "" if enough else "Make room before a send.",
    )
    chosen = environ.get("NEWSLETTER_BROWSER", "")
    browser = next((found for name in filter(None, (chosen, *_BROWSERS)) if (found := shutil.which(name))), "")
    yield Look(
        "browser for screenshots",
        Health.GOOD,
        Path(browser).name if browser else "none found: `preview --screenshot` has nothing to draw with",
    )
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES)
    yield Look("versions", Health.GOOD, f"newsletter {__version__}, Python {platform.python_version()}, {versions}")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {each!r}" for key, each in value.items() if each)
    # A database address may hold a password.
    return repr(re.sub(r"(://[^:@/]*):[^@/]*@", r"\1:***@", value)) if isinstance(value, str) else str(value)
