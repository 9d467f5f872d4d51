"""newsletter.toml as typed settings, every fault reported at once."""

from newsletter_cli.config.loading import load_settings, parse_settings, written_keys
from newsletter_cli.config.settings import ProviderSettings, Settings, SourceSettings

__all__ = ["ProviderSettings", "Settings", "SourceSettings", "load_settings", "parse_settings", "written_keys"]
