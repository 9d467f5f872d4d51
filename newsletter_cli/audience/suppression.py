"""Who is never mailed, and why: an append-only list whose newest row decides."""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection, func, insert, select, text

from newsletter_cli.audience.addresses import address_key
from newsletter_cli.database.lookup import among
from newsletter_cli.database.tables import meta, suppression
from newsletter_cli.model.subscriber import SuppressionReason

_ANYBODY = select(suppression.c.id).limit(1)
Who = TypeVar("Who", str, int)
# In SQLite a CROSS JOIN keeps this order: one look into the index of suppressions for each of the people.
_AMONG_FROZEN = text(
    "SELECT r.seq, s.reason, s.active FROM recipient r CROSS JOIN suppression s WHERE r.campaign_id = :campaign "
    "AND r.seq >= :lo AND r.seq < :hi AND s.address_key = r.address_key ORDER BY s.id"
)
_KEYS_FROZEN = text("SELECT seq, address_key FROM recipient WHERE campaign_id = :campaign AND seq >= :lo AND seq < :hi")
_ERASURE_SECRET = "erasure_secret"  # noqa: S105  (the name of a row, not the secret)
_SECRET = select(meta.c.value).where(meta.c.key == _ERASURE_SECRET)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One address that must not be written to. `email` is "" for somebody erased."""

    address_key: str
    email: str
    reason: SuppressionReason
    source: str
    at: datetime


def suppress(connection: Connection, email: str, reason: SuppressionReason, source: str, now: datetime) -> bool:
    """Put an address on the list; True when it was not there yet. An erased person stays erased."""
    key = address_key(email)
    known = suppressed_among(connection, [key]).get(key)
    if known is not None:
        return False
    connection.execute(
        insert(suppression).values(
            address_key=key, email=email.strip(), reason=reason.value, source=source, active=1, at=_iso(now)
        )
    )
    return True


def lift(connection: Connection, email: str, source: str, now: datetime) -> bool:
    """Take an address off the list (the person asked to be written to again); True when it was on it.

    An erasure is never lifted here.
    """
    key = address_key(email)
    reason = suppressed_among(connection, [key]).get(key)
    if reason is None or reason is SuppressionReason.ERASED:
        return False
    connection.execute(
        insert(suppression).values(
            address_key=key, email=email.strip(), reason=reason.value, source=source, active=0, at=_iso(now)
        )
    )
    return True


def erase(connection: Connection, email: str, source: str, now: datetime) -> None:
    """Forget the address and keep only HMAC-SHA256(secret, key), so that no import brings the person back."""
    key = address_key(email)
    connection.execute(suppression.delete().where(suppression.c.address_key == key))
    connection.execute(
        insert(suppression).values(
            address_key=_erased_key(connection, key),
            email="",
            reason=SuppressionReason.ERASED.value,
            source=source,
            active=1,
            at=_iso(now),
        )
    )


def suppressed_among(connection: Connection, keys: Sequence[str]) -> dict[str, SuppressionReason]:
    """Of these address keys, those that must not be written to, with the reason; reads in the caller's transaction."""
    if connection.execute(_ANYBODY).first() is None:
        return {}
    return newest(_rows_of(connection, keys)) | erased_among(connection, keys)


def suppressed_in(connection: Connection, campaign_id: int, lo: int, hi: int) -> dict[int, SuppressionReason]:
    """By seq, who of the people lo <= seq < hi of a frozen audience must not be written to, with the reason.

    The same verdicts as `suppressed_among` in half the time: the database compares the keys where they lie.
    """
    place = {"campaign": campaign_id, "lo": lo, "hi": hi}
    rows = connection.execute(_AMONG_FROZEN, place)
    found = newest((seq, reason, active) for seq, reason, active in rows)
    secret = connection.execute(_SECRET).scalar()
    if secret:
        people = connection.execute(_KEYS_FROZEN, place)
        hashed = {_hashed(secret, key): seq for seq, key in people}
        found |= {hashed[key]: reason for key, reason in newest(_rows_of(connection, hashed)).items()}
    return found


def each_suppression(connection: Connection) -> Iterator[Suppression]:
    """Every address that is on the list now, oldest entry first."""
    newest = select(func.max(suppression.c.id)).group_by(suppression.c.address_key)
    rows = connection.execute(
        select(suppression).where(suppression.c.id.in_(newest), suppression.c.active == 1).order_by(suppression.c.id)
    )
    for row in rows:
        yield Suppression(
            row.address_key, row.email, SuppressionReason(row.reason), row.source, datetime.fromisoformat(row.at)
        )


def _rows_of(connection: Connection, keys: Collection[str]) -> Iterator[tuple[str, str, int]]:
    """The entries of these keys, oldest first: key, reason and whether it holds."""
    rows = connection.execute(
        select(suppression.c.address_key, suppression.c.reason, suppression.c.active)
        .where(among(connection, suppression.c.address_key, keys))
        .order_by(suppression.c.id)
    )
    return (tuple(row) for row in rows)


def newest(rows: Iterable[tuple[Who, str, int]]) -> dict[Who, SuppressionReason]:
    """By person what the newest of these entries (who, reason, active), oldest first, says; only those that hold."""
    newest = {key: (reason, active) for key, reason, active in rows}
    return {key: SuppressionReason(reason) for key, (reason, active) in newest.items() if active}


def anybody_erased(connection: Connection) -> bool:
    """Whether somebody was ever erased; if not, nobody need be looked for among them."""
    return bool(connection.execute(_SECRET).scalar())


def erased_among(connection: Connection, keys: Sequence[str]) -> dict[str, SuppressionReason]:
    """Of these keys, those of people who were erased."""
    hashed = _erased_keys(connection, keys)
    return {hashed[key]: reason for key, reason in newest(_rows_of(connection, hashed)).items()} if hashed else {}


def _erased_keys(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """hash -> key for these keys; empty while nobody was ever erased (there is no secret then)."""
    secret = connection.execute(_SECRET).scalar()
    return {_hashed(secret, key): key for key in keys} if secret else {}


def _erased_key(connection: Connection, key: str) -> str:
    secret = connection.execute(_SECRET).scalar()
    if secret is None:
        import secrets

        secret = secrets.token_hex(32)
        connection.execute(insert(meta).values(key=_ERASURE_SECRET, value=secret))
    return _hashed(secret, key)


def _hashed(secret: str, key: str) -> str:
    return "hmac:" + hmac.new(bytes.fromhex(secret), key.encode(), hashlib.sha256).hexdigest()


def _iso(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="seconds")
