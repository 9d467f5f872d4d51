"""What the state database keeps besides its rows: one value a name (the table `meta`)."""

from sqlalchemy import Connection, delete, insert, select

from newsletter_cli.database.tables import meta


def note(connection: Connection, name: str, value: str) -> None:
    """Keep this value under this name, in the place of the one before."""
    forget(connection, name)
    connection.execute(insert(meta).values(key=name, value=value))


def noted(connection: Connection, name: str) -> str:
    """The value kept under this name, "" when there is none."""
    return connection.execute(select(meta.c.value).where(meta.c.key == name)).scalar() or ""


def forget(connection: Connection, name: str) -> bool:
    """Keep nothing under this name any longer; True when something was."""
    return connection.execute(delete(meta).where(meta.c.key == name)).rowcount > 0
