"""Every key of newsletter.toml, its type and its default."""

import os
import re
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from newsletter_cli.config.tables import at_least, between
from newsletter_cli.config.when import parse_when
from newsletter_cli.records import record

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_ZONES = Path("/usr/share/zoneinfo")  # the first place where zoneinfo looks
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*")
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


def _filled(value: str) -> str:
    if not value:
        raise ValueError("must not be empty")
    return value


def _known_zone(value: str) -> str:
    if _is_zone_of_the_system(value):
        return value
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("must be a time zone name such as Europe/London") from error
    return value


def _is_zone_of_the_system(name: str) -> bool:
    """Whether the system keeps a file of this zone, as on all but Windows; zoneinfo need not be imported to know."""
    if "PYTHONTZPATH" in os.environ or not _ZONE.fullmatch(name):
        return False
    try:
        with (_ZONES / name).open("rb") as file:
            return file.read(4) == b"TZif"
    except OSError:
        return False


def _with_token(value: str) -> str:
    if value and "{token}" not in value:
        raise ValueError("must hold {token}, such as https://www.example.org/unsubscribe/{token}")
    return value


def _readable_when(value: str) -> str:
    if value:
        parse_when(value)
    return value


def _positive(value: float) -> float:
    if not value > 0:
        raise ValueError("must be more than 0")
    return value


Https = Annotated[str, _https]
Mailbox = Annotated[str, _mailbox]
Duration = Annotated[str, _duration]
Line = Annotated[str, _one_line]
Colour = Annotated[str, _hex_colour]


def seconds(duration: str) -> int:
    """A duration such as `6h` in seconds."""
    found = _DURATION.match(duration)
    if not found:
        raise ValueError(duration)
    return int(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


@record(kw_only=True)
class NewsletterSettings:
    """[newsletter]: the publication."""

    name: Annotated[Line, _filled]
    lang: Line = "en"
    time_zone: Annotated[Line, _known_zone] = "UTC"
    postal_address: str = ""
    registration: Line = ""
    website: Https = ""
    design: Line = "classic"
    list_id: Line = ""


@record(kw_only=True)
class SenderSettings:
    """[sender]: who the mail is from."""

    name: Line = ""
    email: Annotated[Mailbox, _filled]
    reply_to: Mailbox = ""


@record(kw_only=True)
class ProviderSettings:
    """[provider]: who carries the mail. The key is never here."""

    name: Line = "outbox"
    kind: Literal["", "transactional", "campaign"] = ""
    domain: Line = ""
    region: Line = ""
    base_url: Annotated[str, _https_or_loopback] = ""
    key_file: str = ""
    stream: Line = ""
    host: Line = ""
    port: Annotated[int, between(0, 65535)] = 0
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Line = ""
    list: Line = ""
    project: Line = ""
    own_unsubscribe: bool = True
    format: Literal["", "eml", "maildir"] = ""
    folder: str = ""


@record(kw_only=True)
class AudienceSettings:
    """[audience]: whom an issue goes to unless it says otherwise."""

    segment: Line = ""
    purpose: Literal["newsletter", "charitable", "commercial"] = "newsletter"
    max_change_percent: Annotated[int, between(0, 1000)] = 20
    sync_suppressions: bool = True


@record(kw_only=True)
class UnsubscribeSettings:
    """[unsubscribe]: where one leaves. `url` holds {token}; both RFC 8058 one-click and a page people see."""

    url: Annotated[Https, _with_token] = ""
    mailto: Mailbox = ""


@record(kw_only=True)
class ArchiveSettings:
    """[archive]: where an issue can be read on the web. `url` holds {issue}."""

    url: Https = ""


@record(kw_only=True)
class ScheduleSettings:
    """[schedule]: when the monthly issue goes out, in the newsletter's time zone."""

    when: Annotated[Line, _readable_when] = ""
    not_after: Duration = "6h"
    collect_by: Duration = "10d"
    proof_by: Duration = "5d"
    approve_by: Duration = "2d"


@record(kw_only=True)
class PaceStep:
    """A step of a warm-up: from day `day` (1 is the first) at most `per_day` people."""

    day: Annotated[int, at_least(1)]
    per_day: Annotated[int, at_least(1)]


@record(kw_only=True)
class PaceSettings:
    """[pace]: how fast, over the provider's own limits. 0 is no limit of ours."""

    calls_per_second: Annotated[float, at_least(0)] = 0
    recipients_per_second: Annotated[float, at_least(0)] = 0
    per_day: int | tuple[PaceStep, ...] = 0
    workers: Annotated[int, between(1, 64)] = 4
    batch: Annotated[int, at_least(0)] = 0


@record(kw_only=True)
class ThemeSettings:
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
    radius: Annotated[int, between(0, 40)] | None = None
    width: Annotated[int, between(0, 700)] = 0
    logo: str = ""
    logo_alt: Line = ""
    logo_width: Annotated[int, between(0, 600)] = 0


@record(kw_only=True)
class ImageSettings:
    """[images]: where readers' clients fetch the pictures, and where `images publish` puts them."""

    base_url: Https = ""
    publish: str = ""
    endpoint: Annotated[str, _https_or_loopback] = ""

    @property
    def at_provider(self) -> bool:
        """Whether the mail provider hosts the pictures and says at which address each lies."""
        return self.publish == "provider"


@record(kw_only=True)
class CheckSettings:
    """[check]: which rules, and what the organisation knows that we do not."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    glossary: tuple[str, ...] = ()
    staging_hosts: tuple[str, ...] = ()
    dictionaries: tuple[str, ...] = ()
    dkim_selectors: tuple[str, ...] = ()


@record(kw_only=True)
class SourceSettings:
    """[[sources]]: one place where articles come from."""

    kind: Literal["feed", "wordpress", "sitemap", "listing", "page", "folder"]
    url: Annotated[str, _filled]
    name: Line = ""
    link_pattern: str = ""
    language: Line = ""


@record(kw_only=True)
class GatherSettings:
    """[gather]: manners at other people's servers."""

    contact: Line = ""
    requests_per_second: Annotated[float, _positive] = 1.0


@record(kw_only=True)
class LedgerSettings:
    """[ledger]: where the account of sends is kept; empty is SQLite in .newsletter/."""

    url: str = ""


@record(kw_only=True)
class TestModeSettings:
    """[test_mode]: while `redirect_to` is set, every message goes there and nowhere else."""

    redirect_to: Mailbox = ""


@record(kw_only=True)
class TrackingSettings:
    """[tracking]: both off unless turned on; also what `report` shows."""

    opens: bool = False
    clicks: bool = False


@record(kw_only=True)
class SegmentSettings:
    """[segments.NAME]: who belongs to it, such as `where = "town = 'Padua' and member = 'yes'"`."""

    where: str


@record(kw_only=True)
class Settings:
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
    segments: dict[str, SegmentSettings] = field(default_factory=dict)

    @property
    def zone(self) -> "ZoneInfo":
        from zoneinfo import ZoneInfo

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
