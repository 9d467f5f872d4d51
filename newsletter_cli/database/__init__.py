"""The state database: subscribers, suppressions and the ledger in one file, so that one transaction sees all."""

from newsletter_cli.database.opening import Database, open_database

__all__ = ["Database", "open_database"]
