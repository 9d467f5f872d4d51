"""Finds providers by name, ours and those of installed packages, and opens the one a newsletter uses."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.errors import NewsletterError
from newsletter_cli.providers.access import Access
from newsletter_cli.providers.base import Provider
from newsletter_cli.providers.keys import PLACEHOLDER, KeyMissing, find_key

ENTRY_POINTS = "newsletter_cli.providers"

# name -> "module:class", imported only when it is used.
PROVIDERS = {
    "outbox": "newsletter_cli.providers.outbox:Outbox",
    "mailgun": "newsletter_cli.providers.mailgun:Mailgun",
    "sendgrid": "newsletter_cli.providers.sendgrid:SendGrid",
    "ses": "newsletter_cli.providers.ses:Ses",
    "postmark": "newsletter_cli.providers.postmark:Postmark",
    "smtp": "newsletter_cli.providers.smtp:Smtp",
    "brevo": "newsletter_cli.providers.brevo:Brevo",
    "resend": "newsletter_cli.providers.resend:Resend",
    "mailjet": "newsletter_cli.providers.mailjet:Mailjet",
    "sparkpost": "newsletter_cli.providers.sparkpost:SparkPost",
    "mailersend": "newsletter_cli.providers.mailersend:MailerSend",
    "mandrill": "newsletter_cli.providers.mandrill:Mandrill",
    "mailtrap": "newsletter_cli.providers.mailtrap:Mailtrap",
    "scaleway": "newsletter_cli.providers.scaleway:Scaleway",
    "mailchimp": "newsletter_cli.providers.mailchimp:Mailchimp",
    "listmonk": "newsletter_cli.providers.listmonk:Listmonk",
    "buttondown": "newsletter_cli.providers.buttondown:Buttondown",
}


class ProviderUnknown(NewsletterError):
    """No adapter has this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        near = get_close_matches(name, known, n=1)
        super().__init__(
            f'There is no provider "{name}".' + (f" Did you mean {near[0]}?" if near else ""),
            f"Providers here: {', '.join(known)}.",
        )


class WrongKind(NewsletterError):
    """[provider] kind asks for what this provider does not offer."""

    def __init__(self, adapter: type[Provider]) -> None:
        does = {
            "transactional": "carries your copies to your list",
            "campaign": "keeps the list itself and takes a whole campaign",
        }
        super().__init__(
            f'{adapter.title} {does[adapter.kind]}: [provider] kind can only be "{adapter.kind}".',
            f'Write kind = "{adapter.kind}" or leave kind out; `newsletter providers` lists who is of which kind.',
        )


def provider_names() -> list[str]:
    """Every provider's name: ours in the order of the table, then those of installed packages."""
    return list(PROVIDERS) + sorted(each.name for each in _plugins() if each.name not in PROVIDERS)


def provider_class(name: str) -> type[Provider]:
    """The adapter of this name.

    Raises:
        ProviderUnknown: there is none.
        NewsletterError: an installed package's adapter does not load.
    """
    if name in PROVIDERS:  # A package cannot take the place of one of ours.
        module, _, attribute = PROVIDERS[name].partition(":")
        found = getattr(import_module(module), attribute)
    else:
        found = _plugin(name)
    if not (isinstance(found, type) and issubclass(found, Provider)):
        raise NewsletterError(f'The provider "{name}" is not a Provider class.', "docs/write-a-provider.md shows one.")
    return found


def provider_classes() -> dict[str, type[Provider]]:
    """Every adapter by name."""
    return {name: provider_class(name) for name in provider_names()}


def open_provider(
    settings: ProviderSettings,
    environ: Mapping[str, str],
    root: Path,
    *,
    need_key: bool = True,
    track_opens: bool = False,
    track_clicks: bool = False,
) -> Provider:
    """The provider named in [provider], with its keys.

    Args:
        settings: [provider].
        environ: where keys are looked for first.
        root: the workspace's folder.
        need_key: False puts a placeholder for a missing key (a dry run makes no call).
        track_opens, track_clicks: [tracking].

    Raises:
        NewsletterError: no such provider, not of the kind asked for, a key missing or readable by others, a setting missing.
    """
    adapter = provider_class(settings.name)
    if settings.kind not in ("", adapter.kind):
        raise WrongKind(adapter)
    keys: dict[str, str] = {}
    for variable in adapter.keys_wanted(settings):
        found = find_key(variable, settings, environ, root)
        if found is None and need_key:
            raise KeyMissing(adapter.title, adapter.name, variable)
        keys[variable] = found.value if found else PLACEHOLDER
    for variable in adapter.optional_keys:
        found = find_key(variable, settings, environ, root)
        if found is not None or not need_key:
            keys[variable] = found.value if found else PLACEHOLDER
    return adapter(Access(settings, keys, root, track_opens, track_clicks))


def _plugins() -> list[EntryPoint]:
    return list(entry_points(group=ENTRY_POINTS))


def _plugin(name: str) -> object:
    found = entry_points(group=ENTRY_POINTS, name=name)
    if not found:
        raise ProviderUnknown(name, provider_names())
    entry = next(iter(found))
    try:
        return entry.load()
    except (ImportError, AttributeError) as error:
        raise NewsletterError(
            f'The provider "{name}" ({entry.value}) could not be loaded: {error}.',
            "Update or remove the package it came with.",
        ) from error
