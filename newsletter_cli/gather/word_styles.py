"""What the styles of a Word file mean for an article: by their names, else by the styles they are based on."""

import re
from collections.abc import Iterator
from typing import Any

from newsletter_cli.gather.xml import safe_xml

_LISTS = {
    f"list {kind} {level}": f"{'ul|ol > li > ' * (level - 1)}{tag} > li:fresh"
    for kind, tag in (("bullet", "ul"), ("number", "ol"))
    for level in range(2, 6)
}
_MEANT = {
    "title": "h1.doc-title:fresh",
    "subtitle": "p.doc-standfirst:fresh",
    "standfirst": "p.doc-standfirst:fresh",
    "intense quote": "blockquote > p:fresh",
    "quote": "blockquote > p:fresh",
    "quotations": "blockquote > p:fresh",  # LibreOffice
    "pull quote": "blockquote > p:fresh",
    "pullquote": "blockquote > p:fresh",
    "block text": "blockquote > p:fresh",
    "attribution": "blockquote > p.attribution:fresh",
    "quote attribution": "blockquote > p.attribution:fresh",
    "caption": "p.doc-caption:fresh",
    "image caption": "p.doc-caption:fresh",
    "byline": "p.doc-author:fresh",
    "author": "p.doc-author:fresh",
    "date": "p.doc-date:fresh",
    **_LISTS,
    **{f"heading {level}": f"h{level}:fresh" for level in range(1, 7)},
}
# These name no more than running text: nothing is lost, so nothing is said.
_PLAIN = frozenset(
    [
        "body text",
        "body text 2",
        "body text 3",
        "body text indent",
        "body text first indent",
        "compact",
        "default paragraph style",
        "default style",
        "first paragraph",
        "list paragraph",
        "no spacing",
        "normal (web)",
        "normal indent",
        "plain text",
        "preformatted text",
        "standard",
        "table contents",
        "table heading",
        "text body",
    ]
)
_PLAIN_RUNS = (
    "Default Paragraph Font",
    "Emphasis",
    "Footnote Characters",
    "Endnote Characters",
    "Internet Link",
    "FollowedHyperlink",
)
# mammoth asks these first: a list that Word's numbering tells is one of its level, whatever its style.
_NUMBERED = "\n".join(
    f"p:{kind}-list({level}) => {'ul|ol > li > ' * (level - 1)}{tag} > li:fresh"
    for kind, tag in (("unordered", "ul"), ("ordered", "ol"))
    for level in range(1, 6)
)


def style_map(styles: bytes) -> str:
    """The map for mammoth: our meanings, and each style of the file that is based on one of them.

    Args:
        styles: `word/styles.xml`; nothing when the file has none.
    """
    known = _read(styles)
    rows = [_row("p", name, target) for name, target in _MEANT.items()]
    for name, _ in known.values():
        target = _meaning(name, known)
        if target and name.lower() not in _MEANT:
            rows.append(_row("p", name, target))
    rows += [_row("r", name, "em" if name == "Emphasis" else "") for name in _PLAIN_RUNS]
    bullets = [_row("p", "list bullet", "ul > li:fresh"), _row("p", "list number", "ol > li:fresh")]
    return "\n".join([*rows, _NUMBERED, *bullets, *(_row("p", name, "p:fresh") for name in sorted(_PLAIN))])


def _row(kind: str, name: str, target: str) -> str:
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"{kind}[style-name='{quoted}'] => {target}".rstrip()


def _meaning(name: str, known: dict[str, tuple[str, str]]) -> str:
    """What a style means by its name, or by the names above it."""
    for _ in range(10):
        if name.lower() in _MEANT:
            return _MEANT[name.lower()]
        base = next((base for own, base in known.values() if own == name), "")
        if base not in known:
            return ""
        name = known[base][0]
    return ""


def _read(styles: bytes) -> dict[str, tuple[str, str]]:
    """Paragraph styles by their id: the name and the id of the style each is based on."""
    root = safe_xml(styles) if styles else None
    found: dict[str, tuple[str, str]] = {}
    for each in root if root is not None else ():
        if _local(each) == "style" and _attribute(each, "type") in ("paragraph", ""):
            parts = {_local(child): _attribute(child, "val") for child in each}
            name = re.sub(r"[\x00-\x1f]", " ", parts.get("name", "")).strip()
            if name:
                found[_attribute(each, "styleId")] = (name, parts.get("basedOn", ""))
    return found


def without_hidden(document: bytes) -> tuple[bytes, bool]:
    """`word/document.xml` without the words Word hides (Font > Hidden), and whether there were any."""
    if b"vanish" not in document:
        return document, False
    root = safe_xml(document)
    hidden = list(_hidden_runs(root)) if root is not None else []
    for each in hidden:
        each.getparent().remove(each)
    if not hidden:
        return document, False
    from lxml import etree

    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True)), True


def _hidden_runs(root: Any) -> Iterator[Any]:
    for each in root.iter():
        if _local(each) == "vanish" and _attribute(each, "val").lower() not in ("0", "false", "off"):
            run = each.getparent().getparent() if each.getparent() is not None else None
            if run is not None and _local(run) == "r":
                yield run


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
