"""Running text with its links and emphasis, from a tree to Markdown."""

import re
from collections.abc import Callable, Iterable

from newsletter_cli.gather.links import absolute
from newsletter_cli.gather.markdown_text import escaped, link
from newsletter_cli.gather.page.tree import Element
from newsletter_cli.gather.words import squeezed

Run = str | Element
_STRONG, _EM = "strong", "em"
_SUPER = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUB = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_NOT_BOLD = re.compile(r"(?:^|;)font-weight:(?:normal|[1-4]00)")
_BREAK = "\x01"


class Inline:
    """Turns runs of text and elements into Markdown, links made absolute against `base`."""

    def __init__(self, base: str) -> None:
        self._base = base

    def text(self, runs: Iterable[Run]) -> str:
        """One paragraph, on one line but for hard line breaks."""
        return "\\\n".join(row for each in self.paragraphs(runs) for row in each.split("\\\n"))

    def paragraphs(self, runs: Iterable[Run]) -> list[str]:
        """The paragraphs of a run: two line breaks in a row part them, as many a site writes."""
        joined = "".join(self._run(run, frozenset()) for run in runs)
        joined = re.sub(r"\*\*\*\*|(?<!\*)\*\*(\s*)\*\*(?!\*)", r"\1", joined)
        made = []
        for part in re.split(rf"{_BREAK}(?:\s*{_BREAK})+", joined):
            rows = [squeezed(row) for row in part.split(_BREAK)]
            if any(rows):
                made.append("\\\n".join(row for row in rows if row))
        return made

    def of(self, element: Element) -> str:
        """The content of an element."""
        return self.text([element.text or "", *children(element)])

    def _run(self, run: Run, inside: frozenset[str]) -> str:
        if isinstance(run, str):
            return escaped(re.sub(r"\s+", " ", run))
        if not isinstance(run.tag, str) or run.tag in ("img", "picture", "figure", "button", "input"):
            return ""
        if run.tag in ("br", "hr"):
            return _BREAK
        if run.tag in ("wbr", "rt", "rp"):
            return ""
        content = self._content(run, inside)
        return content if run.tag in ("a", "sup", "sub", "code", "q") else _emphasised(content, run, inside)

    def _content(self, element: Element, inside: frozenset[str]) -> str:
        if element.tag in ("sup", "sub"):
            table = _SUPER if element.tag == "sup" else _SUB
            return _outside("".join(element.itertext()), lambda core: _raised(core, table))
        if element.tag == "code":
            return _outside("".join(element.itertext()), _code)
        inner = inside | {"link"} if element.tag == "a" else inside
        inner |= {_emphasis(element)} if element.tag not in ("a", "q") else set()
        text = self._run(element.text or "", inner)
        for child in element:
            text += self._run(child, inner) + self._run(child.tail or "", inner)
        if element.tag == "q":
            return f"“{text.strip()}”"
        if element.tag == "a" and "link" not in inside:
            return self._link(element, text)
        return text

    def _link(self, element: Element, text: str) -> str:
        url = absolute(str(element.get("href") or ""), self._base)
        inner = text.replace(_BREAK, " ").strip()
        if not url or not inner:
            return text
        return _outside(text.replace(_BREAK, " "), lambda core: link(core, url))


def children(element: Element) -> list[Run]:
    """The elements and texts below an element, without its own leading text."""
    runs: list[Run] = []
    for child in element:
        runs += [child, child.tail or ""]
    return runs


def _emphasis(element: Element) -> str:
    style = re.sub(r"\s", "", str(element.get("style") or "").lower())
    if element.tag in ("b", "strong"):
        # Google Docs wraps everything it copies in <b style="font-weight:normal">; Word's
        # <b style="mso-bidi-font-weight:normal"> is bold all the same.
        return "" if _NOT_BOLD.search(style) else _STRONG
    if element.tag in ("em", "i", "cite", "dfn", "var"):
        return "" if re.search(r"(?:^|;)font-style:normal", style) else _EM
    if element.tag == "span" and re.search(r"font-weight:(?:bold|[6-9]00)", style):
        return _STRONG
    if element.tag == "span" and "font-style:italic" in style:
        return _EM
    return ""


def _emphasised(text: str, element: Element, inside: frozenset[str]) -> str:
    kind = _emphasis(element)
    if not kind or kind in inside or not text.strip(" " + _BREAK):
        return text
    mark = "**" if kind == _STRONG else "*"
    if mark == "*" and text.strip().startswith("**") and text.strip().endswith("**"):
        mark = "_"
    parts = [_outside(part, lambda core: _marked(core, mark)) for part in text.split(_BREAK)]
    return _BREAK.join(parts)


def _marked(core: str, mark: str) -> str:
    """Punctuation at the ends goes outside: `**Note:**then` would not close in CommonMark."""
    found = re.fullmatch(r"([^\w\\\[(*_“‘\"]*)(.*?)([:;,.]?)", core, re.DOTALL)
    lead, inner, tail = found.groups() if found else ("", core, "")
    return f"{lead}{mark}{inner}{mark}{tail}" if inner else core


def _outside(text: str, wrap: Callable[[str], str]) -> str:
    """Wrap what is between the white space at both ends."""
    core = text.strip()
    if not core:
        return text
    start = text.index(core)
    return f"{text[:start]}{wrap(core)}{text[start + len(core) :]}"


def _raised(text: str, table: dict[int, int]) -> str:
    plain = text.strip()
    moved = plain.translate(table)
    if plain and all(ord(each) in table for each in plain):
        return moved
    return escaped(plain)


def _code(text: str) -> str:
    plain = squeezed(text)
    if not plain:
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", plain)), default=0))
    pad = " " if "`" in plain else ""
    return f"{fence}{pad}{plain}{pad}{fence}"
