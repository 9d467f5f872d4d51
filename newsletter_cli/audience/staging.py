"""The people of an import in temporary tables beside the list, where the database itself compares and copies them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from newsletter_cli.audience.list_rows import Staged
from newsletter_cli.audience.suppression import anybody_erased, erased_among, newest

_PAGE = 1000
_TABLES = (
    "CREATE TEMPORARY TABLE import_person (key TEXT PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, "
    "attributes TEXT, basis TEXT, source TEXT, joined TEXT, leaves TEXT NOT NULL DEFAULT '')",
    # Of everybody who is not simply new: changed, unchanged or kept_away.
    "CREATE TEMPORARY TABLE import_fate (key TEXT PRIMARY KEY, fate TEXT NOT NULL)",
)
# The list of people who left is the shorter one, and comes first: in SQLite a CROSS JOIN keeps this order.
_AWAY = text(
    "SELECT p.key, s.reason, s.active FROM suppression s CROSS JOIN import_person p WHERE p.key = s.address_key "
    "ORDER BY s.id"
)
_KEYS = text("SELECT key FROM import_person WHERE key > :last ORDER BY key LIMIT :page")
# Both attributes are written by the same encoder with its keys sorted, so that equal ones are equal texts.
_UNCHANGED = text(
    "INSERT INTO import_fate SELECT p.key, 'unchanged' FROM import_person p JOIN subscriber s ON s.address_key = p.key "
    "WHERE COALESCE(p.email, p.key) = s.email AND p.first_name IN ('', s.first_name) "
    "AND p.last_name IN ('', s.last_name) AND p.attributes IN ('{}', s.attributes) ON CONFLICT DO NOTHING"
)
_KNOWN = text(
    "SELECT p.key, COALESCE(p.email, p.key), p.first_name, p.last_name, p.attributes, s.email, s.first_name, "
    "s.last_name, s.attributes FROM import_person p JOIN subscriber s ON s.address_key = p.key "
    "LEFT JOIN import_fate f ON f.key = p.key WHERE f.key IS NULL AND p.key > :last ORDER BY p.key LIMIT :page"
)
_FATE = text("INSERT INTO import_fate (key, fate) VALUES (:key, :fate)")
_COUNTS = text(
    "SELECT counted, COUNT(*) FROM (SELECT CASE WHEN f.fate = 'kept_away' THEN 'kept_away' WHEN p.leaves <> '' "
    "THEN 'leaving' ELSE COALESCE(f.fate, 'new') END AS counted FROM import_person p "
    "LEFT JOIN import_fate f ON f.key = p.key) each GROUP BY counted"
)
_ADD = text(
    "INSERT INTO subscriber (address_key, email, first_name, last_name, attributes, basis, source, joined) "
    "SELECT p.key, COALESCE(p.email, p.key), p.first_name, p.last_name, p.attributes, COALESCE(p.basis, :basis), "
    "COALESCE(p.source, :source), COALESCE(p.joined, :now) FROM import_person p "
    "LEFT JOIN import_fate f ON f.key = p.key WHERE f.key IS NULL ORDER BY p.key"
)
_CHANGED = text(
    "SELECT p.key, COALESCE(p.email, p.key), p.first_name, p.last_name, p.attributes FROM import_person p "
    "JOIN import_fate f ON f.key = p.key WHERE f.fate = 'changed' AND p.key > :last ORDER BY p.key LIMIT :page"
)
_LEAVING = text(
    "SELECT p.key, COALESCE(p.email, p.key), p.leaves FROM import_person p LEFT JOIN import_fate f ON f.key = p.key "
    "WHERE p.leaves <> '' AND COALESCE(f.fate, '') <> 'kept_away' AND p.key > :last ORDER BY p.key LIMIT :page"
)


def make_tables(connection: Connection) -> None:
    """The temporary tables of this connection; they are gone when it closes."""
    for statement in _TABLES:
        connection.exec_driver_sql(statement)


def add(connection: Connection, columns: Sequence[str], people: Sequence[Staged]) -> None:
    """Keep a page of people: of one key the first row counts, but an opt-out in any does."""
    if not people:
        return
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    marks = ", ".join([mark] * len(columns))
    insert = f"INSERT INTO import_person ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608
    connection.exec_driver_sql(insert, list(people))
    if "leaves" in columns:
        place = columns.index("leaves")
        leaving = [(person[place], person[0]) for person in people if person[place]]
        if leaving:
            connection.exec_driver_sql(f"UPDATE import_person SET leaves = {mark} WHERE key = {mark}", leaving)  # noqa: S608


def count(connection: Connection) -> int:
    """How many people there are."""
    return int(connection.execute(text("SELECT COUNT(*) FROM import_person")).scalar_one())


def compare(connection: Connection) -> Mapping[str, int]:
    """Find what becomes of everybody, as the list is now; gives how many are new, changed, unchanged, leaving, kept_away."""
    connection.execute(text("DELETE FROM import_fate"))
    _write_fates(connection, [(key, "kept_away") for key in _away(connection)])
    connection.execute(_UNCHANGED)
    for page in _pages(connection, _KNOWN):
        _write_fates(connection, [(row[0], "changed" if _differs(row) else "unchanged") for row in page])
    return {name: int(number) for name, number in connection.execute(_COUNTS)}


def add_new(connection: Connection, basis: str, source: str, now: str) -> None:
    """Put the new people on the list, in the order of their keys; what a row does not say is given."""
    connection.execute(_ADD, {"basis": basis, "source": source, "now": now})


def changed(connection: Connection) -> Iterator[tuple[str, str, str, str, str]]:
    """Key, email, names and attributes of those who are on the list and differ."""
    for page in _pages(connection, _CHANGED):
        yield from page


def leaving(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Key, email and reason of those whom the file marks as gone, unless they are kept away already."""
    for page in _pages(connection, _LEAVING):
        yield from page


def _away(connection: Connection) -> Iterator[str]:
    found = set(newest((key, reason, active) for key, reason, active in connection.execute(_AWAY)))
    yield from found
    if anybody_erased(connection):
        for page in _pages(connection, _KEYS):
            yield from (key for key in erased_among(connection, [row[0] for row in page]) if key not in found)


def _pages(connection: Connection, query: Any) -> Iterator[Sequence[Any]]:
    """The rows of a query by key, a page at a time, so that memory stays flat and what is read may be written to."""
    last = ""
    while page := connection.execute(query, {"last": last, "page": _PAGE}).all():
        yield page
        last = page[-1][0]


def _write_fates(connection: Connection, fates: Sequence[tuple[str, str]]) -> None:
    if fates:
        connection.execute(_FATE, [{"key": key, "fate": fate} for key, fate in fates])


def _differs(row: Sequence[Any]) -> bool:
    """A blank cell never wipes out what is known; only a value that differs is a change."""
    _, *mine, attributes, email, first_name, last_name, stored = row
    if any(new and new != old for new, old in zip(mine, (email, first_name, last_name), strict=True)):
        return True
    known = json.loads(stored)
    return any(known.get(name) != value for name, value in json.loads(attributes).items())
