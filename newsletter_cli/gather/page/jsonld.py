"""The facts a page states in JSON-LD (schema.org), as one article."""

import json
import re
from collections.abc import Iterator
from typing import Any

from newsletter_cli.gather.page.tree import Element

Node = dict[str, Any]
_ARTICLE = re.compile(r"Article|Posting|Report|Review|Recipe|Story", re.IGNORECASE)
_NOT_ARTICLE = re.compile(r"ReviewRating|AggregateRating|ReportageSection", re.IGNORECASE)
_PAGE = re.compile(r"WebPage|ItemPage|VideoObject|NewsMediaObject|CreativeWork|Event|Course", re.IGNORECASE)


def article_node(root: Element) -> Node:
    """The node that describes the page's article, `@id` references followed one step; {} when there is none."""
    nodes = [node for script in root.iter("script") if "ld+json" in _kind(script) for node in _nodes(_loaded(script))]
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    for wanted in (_ARTICLE, _PAGE):
        fitting = [node for node in nodes if wanted.search(_type(node)) and not _NOT_ARTICLE.search(_type(node))]
        fitting = [node for node in fitting if node.get("headline") or node.get("name") or node.get("datePublished")]
        if fitting:
            best = max(fitting, key=lambda node: bool(node.get("headline")) + bool(node.get("datePublished")))
            return {key: _followed(value, by_id) for key, value in best.items()}
    return {}


def texts(value: Any) -> list[str]:
    """The plain texts in a JSON-LD value: a string, a list, or things with a name."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    if isinstance(value, dict):
        return texts(value.get("name") or value.get("headline") or value.get("@value") or "")
    return []


def addresses(value: Any) -> list[str]:
    """The addresses in a JSON-LD value: strings, or the url of an ImageObject."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for each in value for text in addresses(each)]
    if isinstance(value, dict):
        return addresses(value.get("url") or value.get("contentUrl") or value.get("@id") or "")
    return []


def _kind(script: Element) -> str:
    return str(script.get("type") or "").lower()


def _type(node: Node) -> str:
    return " ".join(texts(node.get("@type")))


def _loaded(script: Element) -> Any:
    """JSON as sites write it: in CDATA or comments, with raw line breaks and stray semicolons."""
    text = (script.text_content() or "").strip()
    text = re.sub(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*$", "", text).strip().rstrip(";")
    for attempt in (text, re.sub(r",\s*([}\]])", r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any, depth: int = 0) -> Iterator[Node]:
    if depth > 6:
        return
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "subjectOf"):
            if isinstance(value.get(key), dict | list):
                yield from _nodes(value[key], depth + 1)


def _followed(value: Any, by_id: dict[str, Node]) -> Any:
    if isinstance(value, list):
        return [_followed(each, by_id) for each in value]
    if isinstance(value, dict) and set(value) <= {"@id", "@type", "name"} and str(value.get("@id")) in by_id:
        return by_id[str(value["@id"])]
    return value
