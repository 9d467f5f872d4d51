"""Takes out of a mail what an HTML parser would damage, and puts it back untouched afterwards."""

import re
from dataclasses import field

from newsletter_cli.records import record

_START = re.compile(r"^\ufeff?\s*(?:<\?xml[^>]*\?>\s*)?(?:(?:<!--(?!\[if).*?-->\s*)*)(<!DOCTYPE[^>]*>)?", re.I | re.S)
# `<![if !mso]>` is no comment to a parser that follows the standard, but Word reads it.
_COMMENT = re.compile(r"<!--.*?-->|<!\[\s*(?:if|endif)[^>]*\]>", re.I | re.S)
# The merge notations of all mail providers: {{{x}}} {{x}} {%x%} <%x%> *|X|* [[x]] %x% %%x%% %recipient.x%
_MERGE = re.compile(
    r"\{\{\{.*?\}\}\}|\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|\*\|.*?\|\*|\[\[.*?\]\]|%%[^%\s<>\"]+%%|%[A-Za-z_][\w.-]*%", re.S
)
# An attribute with a stand-in in it. Quotes inside a merge notation are the provider's, and must not end the attribute.
_ATTRIBUTE = r'="([^"<>]*{prefix}m\d+z[^"<>]*)"'
_STYLE = re.compile(r"<style\b[^>]*>.*?</style\s*>", re.I | re.S)
_COMMENT_OR_STYLE = re.compile(rf"({_STYLE.pattern})|{_COMMENT.pattern}", re.I | re.S)


@record(frozen=False)
class Hidden:
    """What was taken out.

    Attributes:
        head: doctype and what stands before it, verbatim.
        prefix: of the stand-ins; letters and digits that the mail does not hold.
        comments, merges: the pieces, by number.
    """

    head: str
    prefix: str
    comments: list[str] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)

    def restore(self, html: str) -> str:
        """The mail with every piece back in its place."""
        html = re.sub(_ATTRIBUTE.format(prefix=self.prefix), self._quoted, html)
        html = re.sub(rf"<!--{self.prefix}c(\d+)z-->", lambda found: self.comments[int(found[1])], html)
        html = re.sub(rf"{self.prefix}m(\d+)z", lambda found: self.merges[int(found[1])], html)
        return self.head + html

    def _quoted(self, found: re.Match[str]) -> str:
        """This attribute in single quotes where a merge notation in it holds double ones, as it must have stood."""
        pieces = [self.merges[int(number)] for number in re.findall(rf"{self.prefix}m(\d+)z", found[1])]
        doubled = any('"' in piece for piece in pieces) and not any("'" in piece for piece in pieces)
        return "='" + found[1].replace("'", "&#39;") + "'" if doubled else found[0]


def hide(html: str) -> tuple[str, Hidden]:
    """The mail without doctype, comments and merge notations, and these.

    Merge notations inside a style sheet are left: `%}` in CSS is not one.
    """
    found = _START.match(html)
    end = found.end() if found else 0
    hidden = Hidden(html[:end], _unused(html))
    body = html[end:]

    def keep(pieces: list[str], form: str, piece: str) -> str:
        pieces.append(piece)
        return form.format(hidden.prefix, len(pieces) - 1)

    def comment(match: re.Match[str]) -> str:
        # `<style><!-- ... --></style>`, as Word writes it, holds rules and no comment.
        return match[0] if match[1] else keep(hidden.comments, "<!--{}c{}z-->", match[0])

    body = _COMMENT_OR_STYLE.sub(comment, body)
    parts: list[str] = []
    last = 0
    for style in _STYLE.finditer(body):
        parts += [
            _MERGE.sub(lambda match: keep(hidden.merges, "{}m{}z", match[0]), body[last : style.start()]),
            style[0],
        ]
        last = style.end()
    parts.append(_MERGE.sub(lambda match: keep(hidden.merges, "{}m{}z", match[0]), body[last:]))
    return "".join(parts), hidden


def _unused(html: str) -> str:
    folded = html.lower()
    return next(f"nlh{number}" for number in range(len(folded) + 1) if f"nlh{number}" not in folded)
