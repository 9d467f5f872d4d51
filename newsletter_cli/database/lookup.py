"""Looks up many keys in one statement whose text never changes, so that it is compiled once."""

import json
from collections.abc import Collection

from sqlalchemy import ARRAY, ColumnElement, Connection, String, any_, func, literal, select


def among(connection: Connection, column: ColumnElement[str], keys: Collection[str]) -> ColumnElement[bool]:
    """The condition `column` is one of `keys`: json_each on SQLite, an array on PostgreSQL; no limit on their number."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(keys), ARRAY(String)))
    values = func.json_each(json.dumps(list(keys))).table_valued("value")
    return column.in_(select(values.c.value))
