"""What an adapter is opened with: its settings, its keys and the workspace folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.errors import NewsletterError


@dataclass(frozen=True, slots=True)
class Access:
    """Everything an adapter may know of the workspace.

    Attributes:
        settings: [provider] of newsletter.toml.
        keys: the adapter's keys by environment variable name; never printed.
        root: the workspace's folder, absolute.
        track_opens, track_clicks: [tracking]; adapters switch off what is not wanted.
    """

    settings: ProviderSettings
    keys: Mapping[str, str] = field(repr=False, default_factory=dict)
    root: Path = Path()
    track_opens: bool = False
    track_clicks: bool = False

    def need(self, key: str, title: str, example: str) -> str:
        """The value of a [provider] key this adapter cannot do without.

        Raises:
            ProviderSettingMissing: it is empty.
        """
        value = getattr(self.settings, key)
        if not value:
            raise ProviderSettingMissing(title, key, example)
        return str(value)

    def region(self, title: str, regions: tuple[str, ...]) -> str:
        """The chosen region, or the first of `regions`.

        Raises:
            NewsletterError: the provider has no such region.
        """
        chosen = self.settings.region.lower() or regions[0]
        if chosen not in regions:
            raise NewsletterError(
                f'{title} has no region "{self.settings.region}".',
                f"Set region under [provider] to one of: {', '.join(regions)}."
                if any(regions)
                else "Take region out of [provider] in newsletter.toml.",
            )
        return chosen


class ProviderSettingMissing(NewsletterError):
    """A key of [provider] that this provider needs is empty."""

    def __init__(self, title: str, key: str, example: str) -> None:
        super().__init__(
            f"{title} needs `{key}` under [provider] in newsletter.toml.", f'Add a line such as: {key} = "{example}"'
        )
