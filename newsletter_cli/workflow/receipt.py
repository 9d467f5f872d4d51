"""Keeps the receipt of an issue beside its files."""

from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.receipt import Account, make_account, receipt_file
from newsletter_cli.paths import Workspace, write_file


def keep_receipt(workspace: Workspace, ledger: Ledger, issue: str) -> Account:
    """Write issues/<id>/receipt.json: numbers and hashes only, so that it may be in git.

    Raises:
        NothingToShow: the issue has no campaign.
        NewsletterError: the file could not be written; the ledger has the account all the same.
    """
    account = make_account(ledger, issue)
    if workspace.issue(issue).is_dir():
        write_file(workspace.issue(issue) / "receipt.json", receipt_file(account))
    return account
