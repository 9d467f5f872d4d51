"""The part of a check that asks other machines: links, pictures, source pages, name servers."""

import re
from collections.abc import Callable, Iterator, Mapping

from newsletter_cli.check import Material
from newsletter_cli.check.online import NameServers, Resolver, look_at_links, look_at_pictures, look_at_sender
from newsletter_cli.check.online.sources import Source, look_at_sources
from newsletter_cli.gather.provenance import KEPT, read_origins
from newsletter_cli.gather.store import Store
from newsletter_cli.http import Client
from newsletter_cli.model.finding import Finding
from newsletter_cli.model.issue import Issue
from newsletter_cli.paths import Workspace

_PAGE = re.compile(rb"<html|<!doctype html|<body", re.I)


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
    yield from look_at_sender(material, resolver or NameServers(), spf_includes(material))


def spf_includes(material: Material) -> tuple[str, ...]:
    """What the provider's documentation asks to be included in the sending domain's own SPF record."""
    from newsletter_cli.providers.registry import provider_class, provider_names

    name = material.settings.provider.name if material.settings else ""
    if name not in provider_names():
        return ()
    records = [each.value for each in provider_class(name).setup.dns if each.kind == "TXT" and not each.host]
    found = (re.findall(r"include:([\w.-]+)", each) for each in records if each.startswith("v=spf1"))
    return tuple(include for each in found for include in each)


def _sources(workspace: Workspace, issue: Issue) -> Mapping[str, Source]:
    """What gathering saw at each article's page, by slug; the page itself where the store still has it."""
    articles = workspace.issue(issue.id) / "articles"
    store = Store(workspace.cache / "gathered", articles / KEPT)
    found: dict[str, Source] = {}
    for origin in read_origins(articles):
        url = origin.link or origin.source
        if url.startswith(("http://", "https://")):
            kept = store.bytes_of(origin.raw)
            # An article from a feed was read from the feed's bytes, which are no page to compare with.
            page = kept if _PAGE.search(kept[:4096]) else b""
            found[origin.slug] = Source(url, origin.title, page)
    return found
