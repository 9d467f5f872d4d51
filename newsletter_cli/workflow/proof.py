"""Makes the proof of an issue: one file for the person who says yes."""

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date as Date
from typing import TYPE_CHECKING

from newsletter_cli.http import PAGE, Answer, Client, FetchError
from newsletter_cli.model.message import approval_code
from newsletter_cli.paths import Workspace
from newsletter_cli.preview.proof import ProofFacts, render_proof
from newsletter_cli.preview.reading import read_page
from newsletter_cli.preview.variants import PREFIX, personal_fields
from newsletter_cli.workflow.check import check_issue
from newsletter_cli.workflow.preview import has_list, issue_variants, preview_issue

if TYPE_CHECKING:
    from newsletter_cli.check.verdict import CheckReport
    from newsletter_cli.config import Settings

_MOST_TITLES = 100


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof: the file's text, and the code its reader sends back."""

    html: str
    code: str
    report: "CheckReport"


def make_proof(
    workspace: Workspace, settings: "Settings", issue_id: str, *, today: Date, client: Client | None = None
) -> Proof:
    """The proof of an issue as it is now; the same issue gives the same bytes.

    Args:
        today: the day in the newsletter's time zone, for the checks.
        client: fetches the titles of linked pages; None leaves the web alone.

    Raises:
        NewsletterError: the issue cannot be composed.
    """
    preview = preview_issue(workspace, settings, issue_id)
    report = _check(workspace, settings, issue_id, today)
    code = approval_code(preview.composed.fingerprint)
    shared = _shared_addresses(preview.composed.html)
    links = (each.target for each in read_page(preview.message.html).links)
    facts = ProofFacts(
        newsletter=settings.newsletter.name,
        message=preview.message,
        code=code,
        findings=report.findings,
        variants=issue_variants(workspace, settings, preview.issue, preview.composed),
        personal=[each.name.removeprefix(PREFIX).replace("_", " ") for each in personal_fields(preview.composed)],
        pictures=preview.pictures,
        titles=page_titles(client, (each for each in links if each in shared)) if client else {},
    )
    return Proof(render_proof(facts), code, report)


def _shared_addresses(composed: str) -> frozenset[str]:
    """The targets that are the same for every reader.

    An address with a merge field in it is never opened: that may unsubscribe somebody.
    """
    return frozenset(each.target for each in read_page(composed).links if each.target.startswith(("https:", "http:")))


def page_titles(client: Client, addresses: Iterable[str]) -> Mapping[str, str]:
    """What linked pages call themselves, by address; a page that does not answer is left out. At most 100 are asked."""
    titles: dict[str, str] = {}
    for address in list(dict.fromkeys(addresses))[:_MOST_TITLES]:
        try:
            answer = client.get(address, limit=PAGE, accept="text/html")
        except FetchError as error:
            titles[address] = f"(no answer: {error.message})"
            continue
        titles[address] = _title(answer) if answer.status < 400 else f"(answers with status {answer.status})"
    return titles


def _title(answer: Answer) -> str:
    import lxml.etree
    import lxml.html

    if answer.media_type not in ("", "text/html", "application/xhtml+xml"):
        return f"(a file: {answer.media_type})"
    try:
        parser = lxml.html.HTMLParser(encoding=_encoding(answer))
        title = lxml.html.document_fromstring(answer.body, parser=parser).findtext(".//title") or ""
    except lxml.etree.ParserError:
        title = ""
    return " ".join(title.split())[:200] or "(a page without a title)"


def _encoding(answer: Answer) -> str | None:
    """What the server says; without a word of server or page it is UTF-8. None leaves it to the page."""
    try:
        return codecs.lookup(answer.charset).name
    except LookupError:
        return None if b"charset" in answer.body[:2048].lower() else "utf-8"


def _check(workspace: Workspace, settings: "Settings", issue_id: str, today: Date) -> "CheckReport":
    if not has_list(workspace, settings):
        return check_issue(workspace, settings, issue_id, today=today)
    from newsletter_cli.workflow.subscribers import opened

    with opened(workspace, settings) as database:
        return check_issue(workspace, settings, issue_id, today=today, database=database)
