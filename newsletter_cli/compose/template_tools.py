"""The filters and tests that templates have besides Jinja2's own."""

import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from newsletter_cli.compose.language import Language
from newsletter_cli.compose.plain_text import indent_text, plain, wrap
from newsletter_cli.model.article import (
    Button,
    Divider,
    Figure,
    Heading,
    ListBlock,
    Paragraph,
    Quote,
    Table,
)

_BLOCKS: dict[str, type[Any]] = {
    "paragraph": Paragraph,
    "heading": Heading,
    "quote": Quote,
    "figure": Figure,
    "button": Button,
    "list": ListBlock,
    "divider": Divider,
    "table": Table,
}


# The only tags of a block's HTML (model/article.py).
_FOREIGN = re.compile(r"<(?!/?(?:em|strong|s|code|sup|sub)>|br>|a href=\"[^\"<>]*\">|/a>)")


def inline(html: str) -> Markup:
    """A block's HTML, not escaped again; any other text is escaped as usual, so that a title brings no tag along."""
    return escape(html) if _FOREIGN.search(html) else Markup(html)  # noqa: S704 - the tags were just looked at


def filters(language: Language) -> dict[str, Callable[..., Any]]:
    """`long_date` and `month` in this language, `inline` for a block's HTML, and those of the text part."""
    return {
        "long_date": language.long_date,
        "month": language.month,
        "inline": inline,
        "plain": plain,
        "wrap": wrap,
        "indent_text": indent_text,
    }


def tests() -> dict[str, Callable[..., bool]]:
    """`block is quote` and its like."""

    def of(kind: type[Any]) -> Callable[[object], bool]:
        return lambda value: isinstance(value, kind)

    return {name: of(kind) for name, kind in _BLOCKS.items()}
