"""The frozen audience of a campaign: written once, read in ranges."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, bindparam, func, insert, select, update

from newsletter_cli.database.tables import batch, exception, recipient
from newsletter_cli.errors import ExitStatus, NewsletterError
from newsletter_cli.model.campaign import BatchState, DeliveryState
from newsletter_cli.model.message import UNSUBSCRIBE, UNSUBSCRIBE_TOKEN, Message
from newsletter_cli.model.recipient import Recipient

if TYPE_CHECKING:
    from hashlib import _Hash

Token = Callable[[int, int], str]  # of campaign id and seq
_CHUNK = 5000
_COLUMNS = ("campaign_id", "seq", "address_key", "email", "name", "merge_values")
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Frozen:
    """One person to be frozen. `values` are final (defaults applied), in the order of `value_fields(message)`.

    `withheld` says why the person is on the list and must not get this mail; "" for everybody who may.
    What stands for an `unsubscribe_token` is put in when the person is stored: campaign and place are known only then.
    """

    address_key: str
    email: str
    name: str
    values: tuple[str, ...]
    withheld: str = ""


class EmptyAudience(NewsletterError):
    """Nobody was picked; an empty send is a mistake in the rule, never a success."""

    exit_status = ExitStatus.NOTHING_SENT

    def __init__(self) -> None:
        super().__init__("The audience is empty.", "Look at the segment: `newsletter subscribers list --segment NAME`.")


@dataclass(frozen=True, slots=True)
class Rows:
    """The people of one call as they lie in the ledger: (seq, email, name, merge_values) each."""

    rows: Sequence[tuple[int, str, str, str]]

    def without(self, seqs: Iterable[int]) -> "Rows":
        gone = set(seqs)
        return Rows([row for row in self.rows if row[0] not in gone]) if gone else self

    def body_hash(self, message_hash: str) -> str:
        """SHA-256 over all that goes into the call: equal hashes are equal bytes."""
        text = "\n".join([message_hash, *[f"{row[0]}\t{row[1]}\t{row[2]}\t{row[3]}" for row in self.rows]])
        return hashlib.sha256(text.encode()).hexdigest()


def value_fields(message: Message) -> tuple[str, ...]:
    """The tokens a person's values are for: every merge field but the provider's own unsubscribe address."""
    return tuple(field.token for field in message.merge_fields if field.name != UNSUBSCRIBE)


def token_places(message: Message) -> tuple[int, ...]:
    """Where in a person's values the unsubscribe token stands."""
    names = [field.name for field in message.merge_fields if field.name != UNSUBSCRIBE]
    return tuple(place for place, name in enumerate(names) if name == UNSUBSCRIBE_TOKEN)


def with_token(values: Sequence[str], places: Sequence[int], token: str) -> tuple[str, ...]:
    """The values with the token in its places."""
    return tuple(token if place in places else value for place, value in enumerate(values))


def store(
    connection: Connection,
    campaign_id: int,
    message: Message,
    recipients: Iterable[Frozen],
    token: Token | None = None,
) -> "tuple[int, _Hash]":
    """Write the people; gives how many, and a SHA-256 over their keys to which the rule may be added."""
    width = len(value_fields(message))
    places = token_places(message)
    if places and token is None:
        raise ValueError("the message holds an unsubscribe token and nobody makes it")
    digest = hashlib.sha256()
    people = 0
    source = iter(recipients)
    while chunk := list(islice(source, _CHUNK)):
        wrong = next((each for each in chunk if len(each.values) != width), None)
        if wrong is not None:
            raise ValueError(f"{len(wrong.values)} merge values for {width} merge fields")
        digest.update("\n".join([each.address_key for each in chunk]).encode())
        _insert(
            connection,
            [
                (
                    campaign_id,
                    seq,
                    each.address_key,
                    each.email,
                    each.name,
                    _compact(
                        with_token(each.values, places, token(campaign_id, seq)) if token and places else each.values
                    ),
                )
                for seq, each in enumerate(chunk, people)
            ],
        )
        _withhold(connection, campaign_id, chunk, people)
        people += len(chunk)
    if not people:
        raise EmptyAudience
    return people, digest


def store_batches(connection: Connection, campaign_id: int, people: int, size: int, canary: int) -> None:
    """Cut the audience into calls of at most `size`, the first of at most `canary`."""
    rows = [
        {"campaign_id": campaign_id, "lo": lo, "hi": hi, "state": BatchState.PENDING, "key": ""}
        for lo, hi in _ranges(people, max(1, size), canary)
    ]
    connection.execute(insert(batch), rows)
    of_campaign = exception.c.campaign_id == campaign_id
    if connection.execute(select(exception.c.seq).where(of_campaign).limit(1)).first():
        in_batch = of_campaign & (exception.c.seq >= batch.c.lo) & (exception.c.seq < batch.c.hi)
        number = select(func.count()).select_from(exception).where(in_batch).correlate(batch).scalar_subquery()
        connection.execute(update(batch).where(batch.c.campaign_id == campaign_id).values(suppressed=number))


def _withhold(connection: Connection, campaign_id: int, chunk: Sequence[Frozen], first: int) -> None:
    """Write down who of these people (the first has seq `first`) must not get it, and why."""
    away = [
        {"campaign_id": campaign_id, "seq": seq, "state": DeliveryState.SUPPRESSED, "why": each.withheld}
        for seq, each in enumerate(chunk, first)
        if each.withheld
    ]
    if away:
        connection.execute(insert(exception), away)


def _ranges(people: int, size: int, canary: int) -> Iterator[tuple[int, int]]:
    lo, step = 0, min(size, canary)
    while lo < people:
        yield lo, min(lo + step, people)
        lo, step = lo + step, size


def _insert(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    """The driver's own bulk way: ten times as fast as the general insert."""
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"COPY recipient ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(_COLUMNS))
    connection.exec_driver_sql(f"INSERT INTO recipient ({', '.join(_COLUMNS)}) VALUES ({marks})", rows)  # noqa: S608


_PEOPLE = (
    select(recipient.c.seq, recipient.c.email, recipient.c.name, recipient.c.merge_values)
    .where(
        recipient.c.campaign_id == bindparam("campaign"),
        recipient.c.seq >= bindparam("lo"),
        recipient.c.seq < bindparam("hi"),
    )
    .order_by(recipient.c.seq)
)


def read(connection: Connection, campaign_id: int, lo: int, hi: int, exceptions: bool) -> Rows:
    """The people lo <= seq < hi who are not in the exceptions; `exceptions` False says there are none."""
    result = connection.execute(_PEOPLE, {"campaign": campaign_id, "lo": lo, "hi": hi})
    # The driver's own tuples: numbers and texts need no conversion, and a Row object each costs as much as the query.
    found = Rows(result.cursor.fetchall() if result.cursor else [])
    result.close()
    if not exceptions:
        return found
    gone = connection.execute(
        select(exception.c.seq).where(
            exception.c.campaign_id == campaign_id, exception.c.seq >= lo, exception.c.seq < hi
        )
    ).scalars()
    return found.without(gone)


def recipients(rows: Rows, message: Message, campaign_name: str) -> tuple[Recipient, ...]:
    """The people as a provider adapter sees them.

    The Message-ID (RFC 5322 section 3.6.4) is unique and stable for campaign and person, and holds no address.
    """
    domain = message.sender.email.rpartition("@")[2]
    head, tail = f"<{campaign_name}.", f"@{domain}>"
    values = _by_token(value_fields(message), orjson.loads(f"[{','.join([row[3] for row in rows.rows])}]"))
    # What Recipient(...) does in the end: this is the innermost loop of a send.
    make = partial(tuple.__new__, Recipient)
    people = [
        (seq, email, name, own, f"{head}{seq}{tail}")
        for (seq, email, name, _), own in zip(rows.rows, values, strict=True)
    ]
    return tuple(map(make, people))


def _by_token(tokens: Sequence[str], values: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    """Each person's values by token; written out for few fields, which takes a third of the general way's time."""
    match tokens:
        case (a,):
            return [{a: x} for (x,) in values]
        case (a, b):
            return [{a: x, b: y} for x, y in values]
        case (a, b, c):
            return [{a: x, b: y, c: z} for x, y, z in values]
    return [dict(zip(tokens, own)) for own in values]  # noqa: B905  (freezing looked)
