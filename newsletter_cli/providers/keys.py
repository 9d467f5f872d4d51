"""Finds a provider's key: environment variable, private key file, or the system's keyring."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newsletter_cli.config.settings import ProviderSettings, key_path
from newsletter_cli.errors import NewsletterError

SERVICE = "newsletter-cli"
PLACEHOLDER = "KEY-NOT-SET"


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it was found ("environment variable MAILGUN_API_KEY", ...)."""

    value: str = field(repr=False)
    source: str


class KeyMissing(NewsletterError):
    """None of the three places holds the key."""

    def __init__(self, title: str, provider: str, variable: str) -> None:
        super().__init__(
            f"The key for {title} is missing: {variable} is not set.",
            f"Set the environment variable {variable}, or put the key into a file that only you can read and name it "
            f"with key_file under [provider], or run `newsletter provider login {provider}`.",
        )


class KeyFileNotPrivate(NewsletterError):
    """Others on this machine can read the key file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Other people on this computer can read the key file {path}.",
            f"Make it private with: chmod 600 {path}   (and replace the key if others may have seen it).",
        )


def find_key(variable: str, settings: ProviderSettings, environ: Mapping[str, str], root: Path) -> Key | None:
    """The key named by its environment variable, from the first place that has it; None when none has.

    Raises:
        NewsletterError: the key file cannot be read or others can read it; the key holds a line break or a
            character that no key has.
    """
    if environ.get(variable):
        return _checked(environ[variable], f"environment variable {variable}", variable)
    if settings.key_file:
        path = key_path(settings.key_file, root)
        value = _from_file(path, variable)
        if value:
            return _checked(value, f"key file {path}", variable)
    value = _from_keyring(variable)
    return _checked(value, "keyring", variable) if value else None


def store_in_keyring(variable: str, value: str) -> None:
    """Keep a key in the system's keyring.

    Raises:
        NewsletterError: there is no keyring on this machine.
    """
    import keyring
    from keyring.errors import KeyringError

    _checked(value, "what was typed", variable)
    try:
        keyring.set_password(SERVICE, variable, value.strip())
    except (KeyringError, RuntimeError) as error:
        raise NewsletterError(
            "This computer has no keyring that could keep the key.",
            f"Put the key into a file that only you can read and name it with key_file under [provider], "
            f"or set {variable} in the environment.",
        ) from error


def _checked(value: str, source: str, variable: str) -> Key:
    key = value.strip()
    if not key.isascii() or any(ord(each) < 33 or ord(each) == 127 for each in key):
        raise NewsletterError(
            f"The key {variable} from the {source} holds a space, a line break or a character no key has.",
            "Copy it again from the provider's site.",
        )
    return Key(key, source)


def _from_file(path: Path, variable: str) -> str:
    """The value on the line `VARIABLE=value`, or the whole file when it is one bare line."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            _must_be_private(path, os.fstat(file.fileno()))
            lines = [line.strip() for line in file if line.strip() and not line.lstrip().startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise NewsletterError(
            f"The key file {path} could not be read: {getattr(error, 'strerror', None) or 'it is not text'}.",
            "Correct key_file under [provider], or take it out and set the environment variable.",
        ) from error
    pairs = {name.removeprefix("export ").strip(): value for name, mark, value in _pairs(lines) if mark}
    if variable in pairs:
        return pairs[variable].strip().strip("\"'")
    bare = [line for line in lines if line.split("=", 1)[0].strip().removeprefix("export ") not in pairs]
    return bare[0] if len(lines) == 1 and bare else ""


def _pairs(lines: list[str]) -> list[tuple[str, str, str]]:
    found = [line.partition("=") for line in lines]
    # A base64 key may end in "=": only NAME=value with a name in capitals is a pair.
    return [each for each in found if each[0].removeprefix("export ").strip().replace("_", "A").isupper() and each[2]]


def _must_be_private(path: Path, status: os.stat_result) -> None:
    if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
        raise KeyFileNotPrivate(path)


def _from_keyring(variable: str) -> str:
    """Empty when there is no keyring: a server without one is not a fault."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(SERVICE, variable) or ""
    except (KeyringError, RuntimeError):
        return ""
