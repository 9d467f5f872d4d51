"""Keeps the receipt of an issue beside its files."""

import json
from datetime import UTC, datetime
from pathlib import Path

from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.receipt import Account, make_account, receipt_file
from newsletter_cli.paths import Workspace, write_file

_NAME = "receipt.json"


def keep_receipt(workspace: Workspace, ledger: Ledger, issue: str) -> Account:
    """Write issues/<id>/receipt.json: numbers and hashes only, so that it may be in git.

    Raises:
        NothingToShow: the issue has no campaign.
        NewsletterError: the file could not be written; the ledger has the account all the same.
    """
    account = make_account(ledger, issue)
    if workspace.issue(issue).is_dir():
        write_file(workspace.issue(issue) / _NAME, receipt_file(account))
    return account


def refresh_receipt(workspace: Workspace, account: Account) -> None:
    """Bring the kept receipt up to date: workers of other machines may have gone on after the send that wrote it.

    One that knows more than this ledger (a backup, say) stays as it is.

    Raises:
        NewsletterError: the file could not be written.
    """
    file = workspace.issue(account.campaign.issue) / _NAME
    new = receipt_file(account)
    if file.parent.is_dir() and _last_change(file) <= account.last_word.replace(microsecond=0):
        old = file.read_text(encoding="utf-8") if file.is_file() else ""
        if old != new:
            write_file(file, new)


def _last_change(file: Path) -> datetime:
    """When what the kept receipt tells of changed last; long ago where there is none that can be read."""
    try:
        return datetime.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["last_change"])
    except (OSError, ValueError, KeyError, TypeError):
        return datetime.min.replace(tzinfo=UTC)
