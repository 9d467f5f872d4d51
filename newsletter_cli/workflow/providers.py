"""What the providers can do, what must be set up at one, and where its keys are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsletter_cli.config import Settings
from newsletter_cli.errors import NewsletterError, UsageError
from newsletter_cli.providers.base import Provider
from newsletter_cli.providers.keys import store_in_keyring
from newsletter_cli.providers.registry import provider_class, provider_names
from newsletter_cli.providers.setup import Dns, Setup


@dataclass(frozen=True, slots=True)
class Guide:
    """How to begin with one provider: DNS records with the domain put in, and a newsletter.toml that is enough."""

    adapter: type[Provider]
    setup: Setup
    dns: tuple[Dns, ...]
    toml: str
    notes: tuple[str, ...]


def list_providers() -> tuple[Sequence[type[Provider]], Sequence[NewsletterError]]:
    """Every provider here, ours first, and the faults of installed packages whose adapter does not load."""
    found: list[type[Provider]] = []
    faults: list[NewsletterError] = []
    for name in provider_names():
        try:
            found.append(provider_class(name))
        except NewsletterError as fault:
            faults.append(fault)
    return found, faults


def guide(name: str, settings: Settings | None) -> Guide:
    """The way to a first send with this provider.

    Raises:
        ProviderUnknown: there is none of this name.
    """
    adapter = provider_class(name)
    sender = settings.sender.email if settings else "news@example.org"
    domain = _domain(adapter, settings, sender)
    dns = tuple(Dns(each.kind, f"{each.host}.{domain}".lstrip("."), each.value, each.why) for each in adapter.setup.dns)
    return Guide(
        adapter, adapter.setup, dns, _toml(adapter, settings, sender, domain), adapter.capabilities.header_notes
    )


def store_keys(name: str, keys: Mapping[str, str]) -> None:
    """Keep a provider's keys in the system's keyring.

    Raises:
        NewsletterError: a key is empty or not of a key's form, or there is no keyring.
    """
    for variable in provider_class(name).key_env:
        if not keys.get(variable, "").strip():
            raise NewsletterError(f"{variable} is empty; nothing was kept.", "Copy it from the provider's site.")
    for variable, value in keys.items():
        store_in_keyring(variable, value)


def keys_to_ask(name: str) -> tuple[str, ...]:
    """The variables a login asks for.

    Raises:
        UsageError: this provider has no key.
    """
    adapter = provider_class(name)
    if not adapter.key_env:
        raise UsageError(f"{adapter.title} has no key.", f"newsletter providers {name} shows what it needs.")
    return adapter.key_env


def _domain(adapter: type[Provider], settings: Settings | None, sender: str) -> str:
    """The one that sends: set already, or a subdomain where the provider wants one of its own, or the sender's."""
    if settings and settings.provider.name == adapter.name and settings.provider.domain:
        return settings.provider.domain
    domain = sender.rpartition("@")[2]
    return f"news.{domain}" if "domain" in dict(adapter.setup.settings) else domain


def _toml(adapter: type[Provider], settings: Settings | None, sender: str, domain: str) -> str:
    newsletter = settings.newsletter.name if settings else "Example News"
    address = (settings.newsletter.postal_address if settings else "") or "1 Sample Street, Sampleton, EX1 1EX"
    lines = ["[newsletter]", f"name = {_quoted(newsletter)}", f"postal_address = {_quoted(address)}", ""]
    lines += ["[sender]", f"email = {_quoted(sender)}", ""]
    lines += ["[provider]", f"name = {_quoted(adapter.name)}"]
    if adapter.kind == "campaign":
        lines += ['kind = "campaign"']
    values = dict(adapter.setup.settings)
    if "domain" in values:
        values["domain"] = domain
    lines += [f"{key} = {value if key == 'port' else _quoted(value)}" for key, value in values.items()]
    if not adapter.capabilities.own_unsubscribe and adapter.kind != "campaign":
        lines += ["", "[unsubscribe]", 'url = "https://www.example.org/unsubscribe/{token}"']
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string: https://toml.io/en/v1.0.0#string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
