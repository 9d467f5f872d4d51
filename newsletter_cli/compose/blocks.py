"""Turns Markdown into the blocks of the model, each with the line it stands on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from newsletter_cli.compose.inline_html import Inline, plain_inline, render_inline
from newsletter_cli.compose.picture_files import is_remote
from newsletter_cli.compose.quotes import split_attribution
from newsletter_cli.model.article import (
    Block,
    Divider,
    Figure,
    Heading,
    ListBlock,
    ListItem,
    Paragraph,
    Quote,
    Table,
)
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.records import record

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markdown_it.tree import SyntaxTreeNode


@record
class Body:
    """The blocks of a text and the faults found in it."""

    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...] = ()


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt
    from mdit_py_plugins.attrs import attrs_plugin

    # Raw HTML off: what was gathered elsewhere must not bring tags along. `{.button}` and `{.decorative}` are the
    # only extension besides tables.
    return (
        MarkdownIt("commonmark", {"html": False})
        .enable(["table", "strikethrough"])
        .use(attrs_plugin, allowed=["class"])
    )


def read_blocks(markdown: str, file: str, first_line: int = 1, *, field: str = "") -> Body:
    """The blocks of a Markdown text.

    Args:
        markdown: CommonMark; tables, `{.button}` and `{.decorative}` besides.
        file: for findings, relative to the workspace.
        first_line: the line of the file on which the text begins.
        field: how the token of a merge field begins, in a letter.
    """
    from markdown_it.tree import SyntaxTreeNode

    reader = _Reader(file, first_line, field)
    root = SyntaxTreeNode(_parser().parse(markdown))
    blocks = tuple(block for node in root.children for block in reader.block(node))
    return Body(blocks, tuple(reader.findings))


class _Reader:
    """Walks the syntax tree of one text and collects what is wrong on the way."""

    def __init__(self, file: str, first_line: int, field: str) -> None:
        self.file, self.first_line, self.field = file, first_line, field
        self.findings: list[Finding] = []

    def block(self, node: "SyntaxTreeNode") -> Iterator[Block]:
        line = self._line(node)
        if node.type == "paragraph":
            yield from self._paragraph(node, line)
        elif node.type == "heading":
            yield Heading(min(max(int(node.tag[1:]), 2), 4), self._text(node).html, line)
        elif node.type == "blockquote":
            yield self._quote(node, line)
        elif node.type in ("bullet_list", "ordered_list"):
            lifted: list[Figure] = []
            found = self._list(node, line, lifted)
            yield from lifted
            yield found
        elif node.type == "hr":
            yield Divider(line)
        elif node.type == "table":
            yield self._table(node, line)
        elif node.type in ("fence", "code_block"):
            rows = escape(node.content.rstrip("\n"), quote=False).replace("\n", "<br>\n")
            yield Paragraph(f"<code>{rows}</code>", line)

    def _line(self, node: "SyntaxTreeNode") -> int:
        while node.map is None and node.parent is not None:
            node = node.parent
        return self.first_line + (node.map[0] if node.map else 0)

    def _text(self, node: "SyntaxTreeNode") -> Inline:
        """The inline run of a block that holds one; its findings are kept."""
        tokens = _inline_tokens(node)
        inline = render_inline(tokens, self.file, self._line(node), self.field)
        self.findings += inline.findings
        return inline

    def _paragraph(self, node: "SyntaxTreeNode", line: int) -> Iterator[Block]:
        text = self._text(node)
        yield from text.figures
        if text.buttons and not text.words and not text.figures:
            yield from text.buttons
        elif text.words:
            self._say_lifted(text)
            yield Paragraph(text.html, line)

    def _say_lifted(self, text: Inline) -> None:
        for figure in text.figures:
            self._warn(
                "image-in-text",
                figure.line,
                f"The picture {figure.src} stands inside a sentence; it is shown above it.",
                "Put it in a paragraph of its own.",
            )

    def _warn(self, rule: str, line: int, message: str, hint: str) -> None:
        self.findings.append(Finding(rule, Severity.WARNING, message, hint, self.file, line))

    def _quote(self, node: "SyntaxTreeNode", line: int) -> Quote:
        portrait: Figure | None = None
        paragraphs: list[str] = []
        children = list(node.children)
        who = role = ""
        paraphrase = False
        if children and children[-1].type == "paragraph":
            signed = split_attribution(plain_inline(_inline_tokens(children[-1])))
            if signed:
                who, role, paraphrase = signed.who, signed.role, signed.paraphrase
        for child in children:
            for block in self.block(child):
                if isinstance(block, Figure) and portrait is None:
                    portrait = block
                else:
                    paragraphs += _quoted(block)
        if who and paragraphs:
            # The attribution is the last line of the last paragraph, on its own or below the words.
            kept = paragraphs.pop().rpartition("\n")[0].removesuffix("<br>").strip()
            paragraphs += [kept] if kept else []
        return Quote(tuple(paragraphs), who, role, portrait, paraphrase, line)

    def _list(self, node: "SyntaxTreeNode", line: int, lifted: list[Figure]) -> ListBlock:
        items = tuple(self._item(item, lifted) for item in node.children)
        ordered = node.type == "ordered_list"
        start = int(node.attrs.get("start", 1)) if ordered else 1
        return ListBlock(items, ordered, start, line)

    def _item(self, node: "SyntaxTreeNode", lifted: list[Figure]) -> ListItem:
        texts: list[str] = []
        children: ListBlock | None = None
        for child in node.children:
            if child.type in ("bullet_list", "ordered_list"):
                found = self._list(child, self._line(child), lifted)
                children = found if children is None else replace(children, items=children.items + found.items)
            else:
                for block in self.block(child):
                    if isinstance(block, Figure):
                        lifted.append(block)
                    else:
                        texts += _quoted(block)
        return ListItem("<br>\n".join(texts), children, self._line(node))

    def _table(self, node: "SyntaxTreeNode", line: int) -> Table:
        rows = [
            tuple(self._text(cell).html for cell in row.children) for part in node.children for row in part.children
        ]
        return Table(rows[0], tuple(rows[1:]), line)


def _inline_tokens(node: "SyntaxTreeNode") -> "Sequence[Token]":
    """The tokens of a block's text. The path of a picture is kept as written, not percent-encoded."""
    inline = node.children[0].token if node.children else None
    tokens = (inline.children if inline else None) or []
    for token in tokens:
        if token.type == "image":
            src = str(token.attrGet("src") or "")
            token.meta["src"] = src if is_remote(src) else unquote(src)
    return tokens


def _quoted(block: Block) -> Iterator[str]:
    """A block inside a quote or a list item, as inline HTML."""
    if isinstance(block, Paragraph):
        yield block.html
    elif isinstance(block, Heading):
        yield f"<strong>{block.html}</strong>"
    elif isinstance(block, Quote):
        yield from block.paragraphs
    elif isinstance(block, ListBlock):
        for item in block.items:
            yield f"• {item.html}"
            yield from _quoted(item.children) if item.children else ()
    elif isinstance(block, Table):
        for row in (block.head, *block.rows):
            yield " · ".join(row)
