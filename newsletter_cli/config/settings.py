"""Every key of newsletter.toml, its type and its default."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from newsletter_cli.config.when import parse_when

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_DURATION = re.compile(r"^(\d+)\s*(s|m|h|d)$")


def _https(value: str) -> str:
    if value and urlsplit(value).scheme != "https":
        raise ValueError("must be an https:// address")
    return value


def _https_or_loopback(value: str) -> str:
    parts = urlsplit(value)
    if value and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("must be an https:// address (http:// only for a loopback address, for tests)")
    return value.rstrip("/")


def _mailbox(value: str) -> str:
    if value and not re.fullmatch(r"[^\s@<>\x00-\x1f]+@[^\s@<>\x00-\x1f]+\.[^\s@<>\x00-\x1f]+", value):
        raise ValueError("must be a mail address such as news@example.org")
    return value


def _duration(value: str) -> str:
    if not _DURATION.match(value):
        raise ValueError("must be a number and s, m, h or d, such as 6h")
    return value


def _one_line(value: str) -> str:
    if any(ord(each) < 32 or each in "\x7f\u2028\u2029" for each in value):
        raise ValueError("must be one line without control characters")
    return value


def _hex_colour(value: str) -> str:
    if value and not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError("must be a six-digit hex colour such as #0b5fa5 (other forms make Gmail drop the style)")
    return value


Https = Annotated[str, AfterValidator(_https)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Duration = Annotated[str, AfterValidator(_duration)]
Line = Annotated[str, AfterValidator(_one_line)]
Colour = Annotated[str, AfterValidator(_hex_colour)]


def seconds(duration: str) -> int:
    """A duration such as `6h` in seconds."""
    found = _DURATION.match(duration)
    if not found:
        raise ValueError(duration)
    return int(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


class Section(BaseModel):
    """A table of newsletter.toml: unknown keys are faults, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NewsletterSettings(Section):
    """[newsletter]: the publication."""

    name: Line = Field(min_length=1)
    lang: Line = "en"
    time_zone: Line = "UTC"
    postal_address: str = ""
    registration: Line = ""
    website: Https = ""
    design: Line = "classic"
    list_id: Line = ""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("must be a time zone name such as Europe/London") from error
        return value


class SenderSettings(Section):
    """[sender]: who the mail is from."""

    name: Line = ""
    email: Mailbox = Field(min_length=1)
    reply_to: Mailbox = ""


class ProviderSettings(Section):
    """[provider]: who carries the mail. The key is never here."""

    name: Line = "outbox"
    kind: Literal["", "transactional", "campaign"] = ""
    domain: Line = ""
    region: Line = ""
    base_url: Annotated[str, AfterValidator(_https_or_loopback)] = ""
    key_file: str = ""
    stream: Line = ""
    host: Line = ""
    port: int = Field(default=0, ge=0, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Line = ""
    list: Line = ""
    project: Line = ""
    own_unsubscribe: bool = True
    format: Literal["", "eml", "maildir"] = ""
    folder: str = ""


class AudienceSettings(Section):
    """[audience]: whom an issue goes to unless it says otherwise."""

    segment: Line = ""
    purpose: Line = "newsletter"
    max_change_percent: int = Field(default=20, ge=0, le=1000)
    sync_suppressions: bool = True


class UnsubscribeSettings(Section):
    """[unsubscribe]: where one leaves. `url` holds {token}; both RFC 8058 one-click and a page people see."""

    url: Https = ""
    mailto: Mailbox = ""

    @field_validator("url")
    @classmethod
    def _token(cls, value: str) -> str:
        if value and "{token}" not in value:
            raise ValueError("must hold {token}, such as https://www.example.org/unsubscribe/{token}")
        return value


class ArchiveSettings(Section):
    """[archive]: where an issue can be read on the web. `url` holds {issue}."""

    url: Https = ""


class ScheduleSettings(Section):
    """[schedule]: when the monthly issue goes out, in the newsletter's time zone."""

    when: Line = ""
    not_after: Duration = "6h"
    collect_by: Duration = "10d"
    proof_by: Duration = "5d"
    approve_by: Duration = "2d"

    @field_validator("when")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value:
            parse_when(value)
        return value


class PaceStep(Section):
    """A step of a warm-up: from day `day` (1 is the first) at most `per_day` people."""

    day: int = Field(ge=1)
    per_day: int = Field(ge=1)


class PaceSettings(Section):
    """[pace]: how fast, over the provider's own limits. 0 is no limit of ours."""

    calls_per_second: float = Field(default=0, ge=0)
    recipients_per_second: float = Field(default=0, ge=0)
    per_day: int | tuple[PaceStep, ...] = 0
    workers: int = Field(default=4, ge=1, le=64)
    batch: int = Field(default=0, ge=0)

    @field_validator("per_day", mode="before")
    @classmethod
    def _steps(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("calls_per_second", "recipients_per_second", mode="before")
    @classmethod
    def _float(cls, value: object) -> object:
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class ThemeSettings(Section):
    """[theme]: house colours, fonts and logo over the design's own; docs/designers.md says where each is used."""

    accent: Colour = ""
    accent_text: Colour = ""
    accent_ink: Colour = ""
    background: Colour = ""
    surface: Colour = ""
    panel: Colour = ""
    rule: Colour = ""
    text: Colour = ""
    heading: Colour = ""
    muted: Colour = ""
    link: Colour = ""
    masthead: Colour = ""
    masthead_text: Colour = ""
    dark_background: Colour = ""
    dark_surface: Colour = ""
    dark_panel: Colour = ""
    dark_rule: Colour = ""
    dark_text: Colour = ""
    dark_heading: Colour = ""
    dark_muted: Colour = ""
    dark_accent: Colour = ""
    dark_accent_text: Colour = ""
    dark_link: Colour = ""
    font: Line = ""
    heading_font: Line = ""
    radius: int | None = Field(default=None, ge=0, le=40)
    width: int = Field(default=0, ge=0, le=700)
    logo: str = ""
    logo_alt: Line = ""
    logo_width: int = Field(default=0, ge=0, le=600)


class ImageSettings(Section):
    """[images]: where readers' clients fetch the pictures, and where `images publish` puts them."""

    base_url: Https = ""
    publish: str = ""
    endpoint: Annotated[str, AfterValidator(_https_or_loopback)] = ""


class CheckSettings(Section):
    """[check]: which rules, and what the organisation knows that we do not."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    glossary: tuple[str, ...] = ()
    staging_hosts: tuple[str, ...] = ()
    dictionaries: tuple[str, ...] = ()
    dkim_selectors: tuple[str, ...] = ()

    @field_validator("*", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class SourceSettings(Section):
    """[[sources]]: one place where articles come from."""

    kind: Literal["feed", "wordpress", "sitemap", "listing", "page", "folder"]
    url: str = Field(min_length=1)
    name: Line = ""
    link_pattern: str = ""
    language: Line = ""


class GatherSettings(Section):
    """[gather]: manners at other people's servers."""

    contact: Line = ""
    requests_per_second: float = Field(default=1.0, gt=0)


class LedgerSettings(Section):
    """[ledger]: where the account of sends is kept; empty is SQLite in .newsletter/."""

    url: str = ""


class TestModeSettings(Section):
    """[test_mode]: while `redirect_to` is set, every message goes there and nowhere else."""

    redirect_to: Mailbox = ""


class TrackingSettings(Section):
    """[tracking]: both off unless turned on; also what `report` shows."""

    opens: bool = False
    clicks: bool = False


class SegmentSettings(Section):
    """[segments.NAME]: who belongs to it, such as `where = "town = 'Padua' and member = 'yes'"`."""

    where: str


class Settings(Section):
    """The whole of newsletter.toml."""

    newsletter: NewsletterSettings
    sender: SenderSettings
    provider: ProviderSettings = ProviderSettings()
    audience: AudienceSettings = AudienceSettings()
    unsubscribe: UnsubscribeSettings = UnsubscribeSettings()
    archive: ArchiveSettings = ArchiveSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    pace: PaceSettings = PaceSettings()
    theme: ThemeSettings = ThemeSettings()
    images: ImageSettings = ImageSettings()
    check: CheckSettings = CheckSettings()
    gather: GatherSettings = GatherSettings()
    sources: tuple[SourceSettings, ...] = ()
    ledger: LedgerSettings = LedgerSettings()
    test_mode: TestModeSettings = TestModeSettings()
    tracking: TrackingSettings = TrackingSettings()
    segments: dict[str, SegmentSettings] = Field(default_factory=dict)

    @field_validator("sources", mode="before")
    @classmethod
    def _sources(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.newsletter.time_zone)


def key_path(text: str, root: Path) -> Path:
    """A path written in newsletter.toml: `~` expanded, else relative to the workspace."""
    path = Path(text).expanduser()
    return path if path.is_absolute() else root / path


def issue_month(issue_id: str) -> date | None:
    """The first day of the month that an id such as `2022-02` names, or None."""
    found = re.match(r"^(\d{4})-(\d{2})", issue_id)
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
        return None
    return date(int(found[1]), int(found[2]), 1)
