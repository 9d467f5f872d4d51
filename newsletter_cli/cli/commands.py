"""The list of commands: name, where each is defined, and its one line in the help.

Kept as a table so that `newsletter --help` imports no command (a test holds the lines to the commands' own).
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """A command: the module below newsletter_cli.cli, the Click object in it, its line in the help."""

    module: str
    attribute: str
    help: str


GROUPS: dict[str, dict[str, Entry]] = {
    "Start here": {
        # -- workspace
        "demo": Entry("demo", "demo", "Show the whole way on an example: no account, no network."),
        "init": Entry("workspace", "init", "Make a workspace: newsletter.toml, issues/ and .gitignore."),
        "new": Entry("workspace", "new", "Start an issue, with design and call to action of the last."),
    },
    "Make an issue": {
        # -- gather
        "gather": Entry("gather", "gather", "Gather articles from pages, feeds, Word and text files into an issue."),
        # -- compose
        "compose": Entry("compose", "compose", "Compose an issue: HTML, text and .eml."),
        "images": Entry("images", "images", "Prepare an issue's pictures for mail, and publish them."),
    },
    "Look at it": {
        # -- check
        "check": Entry("check", "check", "Check an issue, or any .html or .eml file, for faults."),
        # -- preview
        "preview": Entry("preview", "preview", "Show an issue as a reader will get it."),
        "proof": Entry("proof", "proof", "Write one HTML file for the person who approves an issue."),
    },
    "Send it": {
        # -- audience
        "subscribers": Entry("subscribers", "subscribers", "Import, list, add, remove, export and suppress readers."),
        # -- delivery
        # -- schedule
        "approve": Entry("approve", "approve", "Approve an issue: one changed comma and it counts no more."),
        "send": Entry("send", "send", "Send an approved issue, once; said again, carry on."),
        "hold": Entry("hold", "hold", "Hold an issue back; a running send stops before its next call."),
        "release": Entry("hold", "release", "Let a held, paused or cancelled issue go on."),
        "cancel": Entry("hold", "cancel", "Call an issue off: whoever was not reached will not be."),
        "schedule": Entry("schedule", "schedule", "Show the next twelve dates; make a machine send on time."),
    },
    "Afterwards": {
        # -- accounts
        "status": Entry("status", "status", "Show how every issue stands."),
        "receipt": Entry("status", "receipt", "Account for an issue: a sum that adds up, or a line per person."),
        "who": Entry("who", "who", "Show everything known about one person: each issue, its state, why left out."),
        "resolve": Entry("resolve", "resolve", "Say whether a batch in doubt went, when nobody else can."),
        "worker": Entry("worker", "worker", "Carry batches of a ledger on PostgreSQL, on any machine."),
        "ledger": Entry("ledger", "ledger", "Back up, verify or adopt the account of all sends."),
        # -- report
        "report": Entry("report", "report", "Report what became of an issue: delivered, bounced, complained, left."),
    },
    "Set up": {
        # -- providers
        "providers": Entry("providers", "providers", "List who can carry the mail, or show how to begin with one."),
        "provider": Entry("providers", "provider", "Keep a provider's key in this computer's keyring."),
        "suppressions": Entry(
            "suppressions", "suppressions", "Bring the provider's list of people who left here, and ours there."
        ),
        # -- set-up
        "design": Entry("design", "design", "List the designs, show what one is made of, copy one to edit."),
        "doctor": Entry("doctor", "doctor", "Examine settings, provider, key, state folder and versions."),
        "completion": Entry("completion", "completion", "Print the completion script for bash, zsh or fish."),
    },
}


def entry(name: str) -> Entry | None:
    """The command of this name, or None."""
    return next((entries[name] for entries in GROUPS.values() if name in entries), None)
