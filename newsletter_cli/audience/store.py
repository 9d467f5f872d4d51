"""The subscribers in the state database."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from newsletter_cli.audience.addresses import address_key, check_address
from newsletter_cli.database import Database
from newsletter_cli.database.tables import subscriber
from newsletter_cli.model.subscriber import Subscriber

OWN_FIELDS = ("email", "first_name", "last_name", "name")
_PAGE = 2000


def get(connection: Connection, email: str) -> Subscriber | None:
    """The subscriber with this address, however it is spelt, or None."""
    row = connection.execute(select(subscriber).where(subscriber.c.address_key == address_key(email))).first()
    return _subscriber(row) if row else None


def beginning_with(connection: Connection, text: str, most: int) -> tuple[Subscriber, ...]:
    """The first subscribers, in the order of their keys, whose address begins with this text, in any case."""
    rows = connection.execute(
        select(subscriber)
        .where(subscriber.c.address_key.startswith(text.strip().lower(), autoescape=True))
        .order_by(subscriber.c.address_key)
        .limit(most)
    )
    return tuple(_subscriber(row) for row in rows)


def put(connection: Connection, person: Subscriber) -> bool:
    """Add a subscriber, or replace the one with the same address key; True when they are new.

    Raises:
        BadAddress: the address is none.
    """
    checked = check_address(person.email)
    values = _values(person, checked.email)
    known = connection.execute(select(subscriber.c.address_key).where(subscriber.c.address_key == checked.key)).first()
    if known:
        connection.execute(update(subscriber).where(subscriber.c.address_key == checked.key).values(**values))
    else:
        connection.execute(insert(subscriber).values(address_key=checked.key, **values))
    return known is None


def remove(connection: Connection, email: str) -> bool:
    """Take a subscriber off the list; True when they were on it. What keeps them away is a suppression."""
    return connection.execute(delete(subscriber).where(subscriber.c.address_key == address_key(email))).rowcount > 0


def count(database: Database) -> int:
    """How many subscribers there are, suppressed ones included."""
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(subscriber)).scalar_one())


def each_subscriber(database: Database) -> Iterator[Subscriber]:
    """Every subscriber in the order of their keys, in pages by key so that memory stays flat."""
    last = ""
    while True:
        with database.reading() as connection:
            rows = connection.execute(
                select(subscriber)
                .where(subscriber.c.address_key > last)
                .order_by(subscriber.c.address_key)
                .limit(_PAGE)
            ).all()
        if not rows:
            return
        for row in rows:
            yield _subscriber(row)
        last = rows[-1].address_key


def fields(database: Database) -> frozenset[str]:
    """The names a segment or merge field may use: our own and every column that came with the list."""
    found: set[str] = set(OWN_FIELDS)
    with database.reading() as connection:
        for (text,) in connection.execute(select(subscriber.c.attributes).distinct()):
            found.update(json.loads(text))
    return frozenset(found)


def _values(person: Subscriber, email: str) -> Mapping[str, Any]:
    return {
        "email": email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "attributes": json.dumps(dict(person.attributes), ensure_ascii=False, sort_keys=True),
        "basis": person.basis,
        "source": person.source,
        "joined": person.joined.astimezone(UTC).isoformat(timespec="seconds") if person.joined else None,
    }


def _subscriber(row: Row[Any]) -> Subscriber:
    return Subscriber(
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        attributes=json.loads(row.attributes),
        basis=row.basis,
        source=row.source,
        joined=datetime.fromisoformat(row.joined) if row.joined else None,
    )
