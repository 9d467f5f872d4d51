"""Reads the editor's letter: Markdown with merge fields in it."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from html import escape
from itertools import count
from typing import Any

from newsletter_cli.compose.blocks import Body, read_blocks
from newsletter_cli.compose.merge_fields import MergeExpression, replace_fields


def read_letter(source: str, file: str, first_line: int) -> Body:
    """The letter's blocks with merge fields as they are written; faults name the line in `file`."""
    written: list[str] = []
    prefix = unused_prefix("nlwritten", source)

    def keep(expression: MergeExpression) -> str:
        written.append(expression.source)
        return f"{prefix}{len(written) - 1}z"

    def restore(text: str, html: bool) -> str:
        for number, expression in enumerate(written):
            text = text.replace(f"{prefix}{number}z", escape(expression) if html else expression)
        return text

    body = letter_with(source, keep, prefix, file, first_line)
    return Body(tuple(_mapped(block, restore) for block in body.blocks), body.findings)


def letter_with(source: str, write: Callable[[MergeExpression], str], prefix: str, file: str, first_line: int) -> Body:
    """The letter's blocks with each merge field written by `write` before the Markdown is read.

    Before, because `[leave]({{ unsubscribe_url }})` is a link only once its address has no spaces.

    Args:
        source: Markdown.
        write: gives the token of a field: letters and digits that begin with `prefix`.
        prefix: occurs nowhere else.
        file: for findings.
        first_line: the line of `file` on which the letter begins.
    """
    text, faults = replace_fields(source, write, file, first_line)
    body = read_blocks(text, file, first_line, field=prefix)
    return Body(body.blocks, faults + body.findings)


def unused_prefix(stem: str, *texts: str) -> str:
    """Letters and digits that occur in none of the texts, whatever their case; the same for the same texts."""
    folded = [text.lower() for text in texts]
    for number in count():
        prefix = f"{stem}{number}x"
        if not any(prefix in text for text in folded):
            return prefix
    raise AssertionError("count() does not end")


def _mapped(value: Any, change: Callable[[str, bool], str], html: bool = False) -> Any:
    """A block with `change` applied to each string in it; `html` tells the strings that are HTML."""
    if isinstance(value, str):
        return change(value, html)
    if isinstance(value, tuple):
        return tuple(_mapped(each, change, html) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        inner = {
            each.name: _mapped(getattr(value, each.name), change, each.name in ("html", "paragraphs", "head", "rows"))
            for each in fields(value)
        }
        return replace(value, **inner)
    return value
