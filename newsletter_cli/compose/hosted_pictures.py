"""The addresses that a provider gave the pictures it hosts: `issues/<id>/hosted.json`.

In git with the issue, so that every machine composes the very message that was approved.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from newsletter_cli.errors import NewsletterError
from newsletter_cli.paths import Workspace, write_file


class HostedUnreadable(NewsletterError):
    """The record of hosted pictures is not what was written."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} cannot be read as the addresses of hosted pictures.",
            "Restore it from git, or delete it and run `newsletter images publish` again.",
        )


def hosted_pictures(workspace: Workspace, issue_id: str, provider: str) -> dict[str, str]:
    """Address by file name (which holds a hash of the content) of what this provider hosts for the issue.

    Raises:
        HostedUnreadable: the record was damaged.
    """
    return dict(_read(workspace, issue_id).get(provider, {}))


def remember_hosted(workspace: Workspace, issue_id: str, provider: str, addresses: Mapping[str, str]) -> None:
    """Add addresses to the record.

    Raises:
        HostedUnreadable, NewsletterError: the record was damaged, or cannot be written.
    """
    known = _read(workspace, issue_id)
    known[provider] = known.get(provider, {}) | dict(addresses)
    write_file(_file(workspace, issue_id), json.dumps(known, indent=2, sort_keys=True) + "\n")


def _file(workspace: Workspace, issue_id: str) -> Path:
    return workspace.issue(issue_id) / "hosted.json"


def _read(workspace: Workspace, issue_id: str) -> dict[str, dict[str, str]]:
    path = _file(workspace, issue_id)
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise HostedUnreadable(workspace.relative(path)) from error
    if not _is_record(found):
        raise HostedUnreadable(workspace.relative(path))
    return dict(found)


def _is_record(found: object) -> bool:
    return isinstance(found, dict) and all(
        isinstance(pictures, dict)
        and all(
            isinstance(address, str) and address.startswith(("https://", "http://")) for address in pictures.values()
        )
        for pictures in found.values()
    )
