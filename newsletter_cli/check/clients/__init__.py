"""Which mail program supports what: a trimmed copy of caniemail.com's data (MIT, see LICENSE.caniemail.txt)."""

from newsletter_cli.check.clients.table import Client, Feature, Table, load_table, parse_clients

__all__ = ["Client", "Feature", "Table", "load_table", "parse_clients"]
