"""Writes the proof: one HTML file that shows a reviewer everything, offline."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter_cli.model.finding import Finding
from newsletter_cli.model.message import Message
from newsletter_cli.preview.inbox import inbox_lines
from newsletter_cli.preview.reading import read_page
from newsletter_cli.preview.staging import embed, stage
from newsletter_cli.preview.variants import Variant

PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """What goes into a proof.

    Attributes:
        message: personalised for nobody in particular (the defaults of its merge fields).
        code: the approval code of the message as composed.
        pictures: local file of a picture by its `src`.
        personal: what differs from reader to reader, in words: `first name`.
        titles: what linked pages call themselves, by address; empty when nobody asked them.
    """

    newsletter: str
    message: Message
    code: str
    findings: Sequence[Finding] = ()
    variants: Sequence[Variant] = ()
    pictures: Mapping[str, Path] | None = None
    titles: Mapping[str, str] | None = None
    personal: Sequence[str] = ()


def render_proof(facts: ProofFacts) -> str:
    """The whole file. The same facts give the same bytes."""
    from markupsafe import Markup

    message = facts.message
    page = read_page(message.html)
    html = embed(message.html, facts.pictures or {})
    script = page_source("frames.js") + page_source("proof.js")
    missing = {each.src for each in read_page(html).pictures if not each.src.startswith("data:")}
    return render_template(
        "proof.html",
        newsletter=facts.newsletter,
        message=message,
        sender=f"{message.sender.name} <{message.sender.email}>" if message.sender.name else message.sender.email,
        inbox=inbox_lines(message.subject, message.preheader),
        staged=stage(html),
        missing=len(missing),
        links=page.links,
        titles=facts.titles or {},
        findings=facts.findings,
        variants=facts.variants,
        personal=facts.personal,
        code=facts.code,
        css=Markup(page_source("page.css") + page_source("proof.css")),  # noqa: S704  (our own file)
        script=Markup(script),  # noqa: S704  (our own file)
        script_hash="sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def page_source(name: str) -> str:
    """One of the files of our own pages."""
    return (PAGES / name).read_text(encoding="utf-8")


def render_template(name: str, **values: object) -> str:
    """One of our own pages, filled; every value is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name).render(**values).lstrip()
