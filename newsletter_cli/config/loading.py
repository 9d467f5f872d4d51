"""Reads newsletter.toml and names each fault with file, line, key and remedy."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from newsletter_cli.config.settings import Settings
from newsletter_cli.config.tables import Fault, FaultKind, read_table
from newsletter_cli.errors import NewsletterError, SettingsError

_SECRET = re.compile(r"(api_?key|secret|password|passwd|token|^key$)", re.I)
_TABLE = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-\"']+(?:\s*\.\s*[A-Za-z0-9_\-\"']+)*)\s*=")


def load_settings(path: Path) -> Settings:
    """The settings in this file.

    Raises:
        SettingsError: with every fault in `problems`.
        NewsletterError: the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NewsletterError(
            f"{path} could not be read: {error.strerror}.", "Check that the file is there and that you may read it."
        ) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SettingsError(
            path.name, [f"{path.name}:{line}: this line is not UTF-8. Save the file as UTF-8."]
        ) from error
    return parse_settings(text, path.name)


def parse_settings(text: str, name: str = "newsletter.toml") -> Settings:
    """The settings in this text; `name` is the file's name in messages.

    Raises:
        SettingsError: with every fault in `problems`.
    """
    try:
        raw = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = found[1] if found else str(text.count("\n") + 1)
        reason = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise SettingsError(
            name, [f'{name}:{line}: this is not TOML: {reason}. Text goes in straight quotes: key = "value".']
        ) from error
    lines = dict(_key_lines(text))
    problems = [
        (
            lines.get(key, 1),
            f"{'.'.join(map(str, key))}: a key or password does not belong in this file. "
            "Take it out (and replace it at the provider if this file was ever shared); put it in the provider's "
            "environment variable, or in a file that only you can read, named by key_file.",
        )
        for key in _secrets(raw)
    ]
    secret_keys = set(_secrets(raw))
    settings, faults = read_table(Settings, raw)
    problems += [(_line(lines, each.place), _sentence(each)) for each in faults if each.place not in secret_keys]
    if settings is None or problems:
        raise SettingsError(name, [f"{name}:{line}: {what}" for line, what in sorted(problems)])
    return settings


def written_keys(text: str) -> dict[str, int]:
    """Every key written in this text (`newsletter.name`, `sources.0.url`) with its line."""
    return {".".join(map(str, key)): line for key, line in _key_lines(text)}


def _secrets(raw: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in raw.items():
        if isinstance(value, Mapping):
            yield from _secrets(value, (*prefix, key))
        elif isinstance(value, str) and key != "key_file" and _SECRET.search(key):
            yield (*prefix, key)


def _key_lines(text: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Where each table and key stands; members of an array of tables are counted from 0."""
    table: tuple[str | int, ...] = ()
    arrays: dict[str, int] = {}
    for number, row in enumerate(text.splitlines(), 1):
        header = _TABLE.match(row)
        if header:
            name = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            table = name
            if row.lstrip().startswith("[["):
                arrays[header[1]] = arrays.get(header[1], -1) + 1
                table = (*name, arrays[header[1]])
            yield table, number
            continue
        pair = _KEY.match(row)
        if pair:
            yield (*table, *(part.strip().strip("\"'") for part in pair[1].split("."))), number


def _line(lines: Mapping[tuple[str | int, ...], int], location: Sequence[str | int]) -> int:
    """The line of the deepest part of a location that is written in the file."""
    place = tuple(location)
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _sentence(fault: Fault) -> str:
    key = ".".join(str(part) for part in fault.place)
    if fault.kind is FaultKind.UNKNOWN:
        from difflib import get_close_matches

        near = get_close_matches(str(fault.place[-1]), fault.siblings, n=1)
        return f"{key}: this key is not known. " + (
            f"Did you mean `{near[0]}`?" if near else "Take it out; docs/settings.md lists every key."
        )
    if fault.kind is FaultKind.MISSING:
        return f"{key}: this key is missing. Add {_example(fault.place)}."
    return f"{key}: {fault.reason}. It is {fault.value!r} now."


def _example(place: Sequence[str | int]) -> str:
    if len(place) == 1:
        return f"a [{place[0]}] table"
    return f'`{place[-1]} = "…"` under [{".".join(str(part) for part in place[:-1])}]'
