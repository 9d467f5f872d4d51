"""Reads the trimmed table of mail programs and their support, and the list of programs a newsletter cares for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from newsletter_cli.errors import UsageError

FILE = Path(__file__).with_name("caniemail.json")
# Rough shares of opens in percent, for ranking only: public statistics differ, and Apple's counts machines.
DEFAULT_SHARES = {
    "apple-mail.ios": 40.0,
    "gmail.desktop-webmail": 13.0,
    "gmail.android": 11.0,
    "apple-mail.macos": 9.0,
    "gmail.ios": 5.0,
    "outlook.windows": 5.0,
    "outlook.outlook-com": 4.0,
    "yahoo.desktop-webmail": 3.0,
    "samsung-email.android": 2.0,
    "outlook.ios": 1.0,
    "outlook.android": 1.0,
    "outlook.macos": 1.0,
}


@dataclass(frozen=True, slots=True)
class Client:
    """A mail program: `key` as `family.platform`, its name for people, its share of readers in percent."""

    key: str
    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Feature:
    """Something of CSS or HTML; `support` by client key: y yes, a in part, n no, u unknown; newest version tested."""

    slug: str
    title: str
    tested: str
    support: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """All features by slug; `date` is that of the data (YYYY-MM-DD), `clients` names by key."""

    date: str
    clients: dict[str, str]
    features: dict[str, Feature]

    def missing(self, slug: str, clients: Sequence[Client]) -> tuple[Client, ...]:
        """The clients that do not know a feature at all, the most used first."""
        feature = self.features.get(slug)
        if feature is None:
            return ()
        without = (each for each in clients if feature.support.get(each.key) == "n")
        return tuple(sorted(without, key=lambda each: -each.share))


@lru_cache(maxsize=1)
def load_table() -> Table:
    """The table that ships with the program."""
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    keys = list(raw["clients"])
    features = {
        slug: Feature(slug, title, tested, {key: mark for key, mark in zip(keys, marks, strict=True) if mark != "-"})
        for slug, title, tested, marks in raw["features"]
    }
    return Table(raw["date"], raw["clients"], features)


def parse_clients(written: Sequence[str]) -> tuple[Client, ...]:
    """The clients of [check] clients: `outlook.windows`, `gmail` (all its platforms), with a share `gmail.ios 12`.

    Raises:
        UsageError: a client that the table does not know.
    """
    table = load_table()
    if not written:
        return tuple(Client(key, table.clients[key], share) for key, share in DEFAULT_SHARES.items())
    found: list[Client] = []
    for text in written:
        name, _, share = text.strip().rstrip("%").strip().partition(" ")
        keys = [key for key in table.clients if key == name or key.startswith(f"{name}.")]
        if not keys or (share and not share.strip().replace(".", "", 1).isdigit()):
            raise UsageError(
                f"[check] clients: {text} is no mail program that is known here.",
                f"Write one of: {', '.join(sorted({key.partition('.')[0] for key in table.clients}))}.",
            )
        found += [
            Client(key, table.clients[key], float(share) / len(keys) if share else DEFAULT_SHARES.get(key, 1.0))
            for key in keys
        ]
    return tuple(found)
