"""The part of a check that asks other machines: links, pictures, source pages, name servers."""

import json
from collections.abc import Callable, Iterator, Mapping

from newsletter_cli.check import Material
from newsletter_cli.check.online import NameServers, Resolver, look_at_links, look_at_pictures, look_at_sender
from newsletter_cli.check.online.sources import Source, look_at_sources
from newsletter_cli.http import Client
from newsletter_cli.model.finding import Finding
from newsletter_cli.model.issue import Issue
from newsletter_cli.paths import Workspace


def check_online(
    workspace: Workspace | None,
    material: Material,
    *,
    make_client: Callable[[], Client] | None = None,
    resolver: Resolver | None = None,
) -> Iterator[Finding]:
    """Everything that only other machines know about this mail.

    Args:
        workspace: where the issue lies; None for a mail from elsewhere.
        make_client: gives a careful client; for tests.
        resolver: answers questions of names; for tests.
    """
    contact = material.settings.newsletter.website if material.settings else ""
    make = make_client or (lambda: Client(contact=contact, requests_per_second=2, attempts=2))
    yield from look_at_links(material, make)
    yield from look_at_pictures(material, make())
    if workspace is not None and material.issue is not None:
        yield from look_at_sources(material, _sources(workspace, material.issue), make())
    yield from look_at_sender(material, resolver or NameServers())


def _sources(workspace: Workspace, issue: Issue) -> Mapping[str, Source]:
    """What gathering saw at each article's page, by slug, as it wrote down in articles/.gather.json."""
    file = workspace.issue(issue.id) / "articles" / ".gather.json"
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))["articles"]
        found = {
            str(row["slug"]): Source(str(row.get("link") or row["source"]), str(row.get("title") or "")) for row in rows
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {slug: each for slug, each in found.items() if each.url.startswith(("http://", "https://"))}
