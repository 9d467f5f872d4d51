"""Reads one article file: header facts and body."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from newsletter_cli.compose.blocks import read_blocks
from newsletter_cli.compose.header_facts import Facts
from newsletter_cli.compose.inline_html import split_credit
from newsletter_cli.compose.picture_files import PictureFolder
from newsletter_cli.compose.source_text import read_source
from newsletter_cli.model.article import ARTICLE_ALIASES, ARTICLE_KEYS, Article, Block, Figure, Quote
from newsletter_cli.model.finding import Finding
from newsletter_cli.model.header import Header, read_header
from newsletter_cli.records import record


@record
class ReadArticle:
    """An article and the faults in its file."""

    article: Article
    findings: tuple[Finding, ...]


def read_article(path: Path, name: str, pictures: PictureFolder) -> ReadArticle:
    """The article in a file; its text is data and never evaluated.

    Args:
        path: the file.
        name: its path relative to the workspace, for findings.
        pictures: where its pictures are.
    """
    text, unread = read_source(path, name)
    header = read_header(text, ARTICLE_KEYS, ARTICLE_ALIASES)
    facts = Facts(header, name)
    body = read_blocks(header.body, name, header.body_line)
    article = Article(
        slug=path.stem,
        file=name,
        title=facts.text("title"),
        date=facts.date("date"),
        standfirst=facts.text("standfirst"),
        link=facts.link("link"),
        author=facts.text("author"),
        image=_lead(facts),
        topic=facts.text("topic"),
        button=facts.button("button", facts.text("button")),
        consent=facts.date("consent"),
        embargo=facts.date("embargo"),
        event=facts.date("event"),
        place=facts.text("place"),
        blocks=body.blocks,
        look=tuple(row for _, row in facts.rows("look")),
        ignores=facts.ignores(),
        lines=dict(header.lines) | dict(_doubt_lines(header)),
    )
    if not unread and not facts.fatal:
        _require(article, facts)
    found = [*unread, *facts.findings, *body.findings, *_pictures(article, pictures)]
    return ReadArticle(article, tuple(found))


def _lead(facts: Facts) -> Figure | None:
    """The lead picture; a `Credit:` at the end of the caption is the credit when there is no key for it."""
    src = facts.header.get("image").strip()
    if not src:
        return None
    caption, credit = split_credit(facts.text("caption"))
    credit = facts.text("credit") or credit
    return Figure(src, facts.text("alt"), caption, credit, line=facts.header.line("image"))


def _doubt_lines(header: Header) -> Iterator[tuple[str, int]]:
    """The line of each doubt: `look 1`, `look 2`, …"""
    yield from ((f"look {number}", line) for number, (line, _) in enumerate(header.rows_of("look"), 1))


def _require(article: Article, facts: Facts) -> None:
    if not article.title:
        facts.fault("title-missing", "title", f"{article.file} has no title.", "Add `title: …` to the header.")
    if not article.link and not article.blocks:
        facts.fault(
            "article-empty",
            "title",
            f"{article.file} has neither text nor a link.",
            "Write below the header, or add `link: https://…`.",
        )


def _pictures(article: Article, pictures: PictureFolder) -> list[Finding]:
    found = pictures.finding(article.image, article.file) if article.image else []
    return found + block_pictures(article.blocks, article.file, pictures)


def block_pictures(blocks: tuple[Block, ...], file: str, pictures: PictureFolder) -> list[Finding]:
    """The faults of the pictures in a text. A portrait beside a named person needs no alt text of its own."""
    found: list[Finding] = []
    for block in blocks:
        if isinstance(block, Figure):
            found += pictures.finding(block, file)
        elif isinstance(block, Quote) and block.portrait:
            portrait = replace(block.portrait, line=block.portrait.line or block.line)
            found += pictures.finding(portrait, file, alt_needed=not block.who)
    return found
