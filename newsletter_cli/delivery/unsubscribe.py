"""Puts the way out into a message: the reader's own address, and the headers mail clients look for.

RFC 2369 (List-Unsubscribe) and RFC 8058 (one click). The token in an address says campaign and place in it, signed;
it holds no address and never expires.
"""

import os
import secrets as randomness
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from html import escape
from pathlib import Path
from urllib.parse import quote

from newsletter_cli.config import Settings
from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.model.message import UNSUBSCRIBE, UNSUBSCRIBE_TOKEN, MergeField, Message, fill_tokens
from newsletter_cli.paths import make_folder
from newsletter_cli.providers.base import Capabilities

SECRET_ENV = "NEWSLETTER_UNSUBSCRIBE_SECRET"  # noqa: S105  (the name of a variable)
_SALT = "unsubscribe-v1"


class NoWayOut(NewsletterError):
    """Neither the provider nor newsletter.toml says where a reader can leave."""

    exit_status = ExitStatus.NOTHING_SENT

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"Readers could not unsubscribe: {provider} has no unsubscribe address of its own in use, and "
            "newsletter.toml has none. Nothing goes out without one.",
            "Set [unsubscribe] url (holding {token}) or mailto in newsletter.toml.",
        )


class BadSecret(NewsletterError):
    """The file with the secret behind unsubscribe tokens cannot be used."""

    exit_status = ExitStatus.NOTHING_SENT


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and reads unsubscribe tokens; the last secret signs, all of them are believed."""

    secrets: tuple[str, ...]

    def maker(self) -> Callable[[int, int], str]:
        """Gives the token of a campaign's person: letters, digits, `-`, `_` and `.` only.

        The same as itsdangerous' URLSafeSerializer writes, with the key derived once and not for each person.
        """
        from itsdangerous import URLSafeSerializer
        from itsdangerous.encoding import base64_encode

        serializer = URLSafeSerializer(list(self.secrets), salt=_SALT)
        signer = serializer.make_signer(_SALT)
        key, algorithm = signer.derive_key(), signer.algorithm

        def make(campaign_id: int, seq: int) -> str:
            payload = base64_encode(f"[{campaign_id},{seq}]")
            return (payload + b"." + base64_encode(algorithm.get_signature(key, payload))).decode("ascii")

        return make

    def token(self, campaign_id: int, seq: int) -> str:
        """One person's token."""
        return self.maker()(campaign_id, seq)

    def read(self, token: str) -> tuple[int, int] | None:
        """Campaign and place that a token names, or None when it was not made here."""
        from itsdangerous import BadSignature, URLSafeSerializer

        try:
            campaign_id, seq = URLSafeSerializer(list(self.secrets), salt=_SALT).loads(token)
        except (BadSignature, TypeError, ValueError):
            return None
        return int(campaign_id), int(seq)


def open_tokens(state: Path, environ: Mapping[str, str]) -> Tokens:
    """The tokens of this workspace; the secret is made at the first use.

    Secrets come from NEWSLETTER_UNSUBSCRIBE_SECRET (workers on other machines share one), else from `secret` in the
    state folder: one a line, oldest first; a line added below rotates it and old addresses keep working.

    Raises:
        BadSecret: other people may read the file, or it is empty.
    """
    given = environ.get(SECRET_ENV, "").split()
    return Tokens(tuple(given) or _secrets_in(state / "secret"))


def _secrets_in(path: Path) -> tuple[str, ...]:
    try:
        if not path.exists():
            _make_secret(path)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise BadSecret(f"{path} may be read by others than its owner.", f"Run: chmod 600 {path}")
        found = tuple(path.read_text(encoding="ascii").split())
    except (OSError, UnicodeDecodeError) as error:
        raise BadSecret(
            f"{path} could not be read or made: {error}.", "Check the state folder's permissions."
        ) from error
    if not found:
        raise BadSecret(
            f"{path} is empty.", "Restore it from a backup; without one delete it, and old links stop working."
        )
    return found


def _make_secret(path: Path) -> None:
    """A new secret, whole or not at all; when two runs make one at the same moment, the first stays."""
    make_folder(path.parent)
    draft = path.with_name(f".secret.{os.getpid()}.{randomness.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(randomness.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def bind(message: Message, settings: Settings, capabilities: Capabilities) -> Message:
    """The message with its way out.

    The provider's own address is left to the adapter (the `unsubscribe_url` field stays). Else that field becomes
    the address in newsletter.toml with a per-person `unsubscribe_token` field in it, in the bodies and the headers.

    Raises:
        NoWayOut: there is none.
    """
    if uses_own(settings, capabilities):
        return message
    if not settings.unsubscribe.url and not settings.unsubscribe.mailto:
        raise NoWayOut(settings.provider.name)
    fields, token = _token_fields(message)
    stem, tail = _address(settings)
    bound = replace(
        message,
        html=_swapped(message.html, message.merge_fields, escape(stem), escape(tail)),
        text=_swapped(message.text, message.merge_fields, stem, tail),
        headers=tuple(
            (name, _swapped(value, message.merge_fields, stem, tail))
            for name, value in message.headers
            if not name.lower().startswith("list-unsubscribe")
        ),
        merge_fields=fields,
    )
    return replace(bound, headers=(*bound.headers, *_headers(settings, token)))


def uses_own(settings: Settings, capabilities: Capabilities) -> bool:
    """Whether the reader gets the provider's own unsubscribe address."""
    return capabilities.own_unsubscribe and settings.provider.own_unsubscribe


def way_out(settings: Settings, capabilities: Capabilities) -> str:
    """One line on where readers leave, for the plan."""
    if uses_own(settings, capabilities):
        return "the provider's own address"
    if settings.unsubscribe.url:
        return f"one click at {settings.unsubscribe.url.replace('{token}', '…')}"
    return f"a mail to {settings.unsubscribe.mailto}" if settings.unsubscribe.mailto else "none"


def _token_fields(message: Message) -> tuple[tuple[MergeField, ...], str]:
    """The fields with `unsubscribe_url` turned into the token field, and a token for the headers."""
    fields = tuple(
        replace(each, name=UNSUBSCRIBE_TOKEN, default=None) if each.name == UNSUBSCRIBE else each
        for each in message.merge_fields
    )
    own = next((each.token for each in fields if each.name == UNSUBSCRIBE_TOKEN), "")
    if own:
        return fields, own
    made = "unsub" + sha256(message.fingerprint.encode()).hexdigest()[:20]
    return (*fields, MergeField(made, UNSUBSCRIBE_TOKEN)), made


def _address(settings: Settings) -> tuple[str, str]:
    """What stands before and after the token in the address people follow."""
    if settings.unsubscribe.url:
        stem, _, tail = settings.unsubscribe.url.partition("{token}")
        return stem, tail
    return f"mailto:{quote(settings.unsubscribe.mailto, safe='@+')}?subject=unsubscribe%20", ""


def _headers(settings: Settings, token: str) -> tuple[tuple[str, str], ...]:
    """RFC 8058 wants both lines, and one https address; a mail address may stand beside it (RFC 2369)."""
    addresses, one_click = [], bool(settings.unsubscribe.url)
    if one_click:
        addresses.append(f"<{settings.unsubscribe.url.replace('{token}', token)}>")
    if settings.unsubscribe.mailto:
        addresses.append(f"<mailto:{quote(settings.unsubscribe.mailto, safe='@+')}?subject=unsubscribe%20{token}>")
    post = (("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),) if one_click else ()
    return (("List-Unsubscribe", ", ".join(addresses)), *post)


def _swapped(text: str, fields: Sequence[MergeField], stem: str, tail: str) -> str:
    return fill_tokens(
        text, fields, lambda each: f"{stem}{each.token}{tail}" if each.name == UNSUBSCRIBE else each.token
    )
