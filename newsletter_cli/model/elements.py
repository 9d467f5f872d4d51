"""HTML elements by what they do to a line: which start one of their own, and which hold nothing.

One table for all who read HTML: the check, the preview and the gathering of pages. Whoever needs a little more or less
takes these sets and says at that place what differs, and why.
"""

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
TABLE_ROWS = frozenset({"tbody", "td", "tfoot", "th", "thead", "tr"})
_SECTIONS = frozenset({"address", "article", "aside", "body", "footer", "header", "main", "nav", "section"})
_GROUPS = frozenset(
    {"blockquote", "center", "details", "div", "fieldset", "figcaption", "figure", "form", "hr", "p", "pre", "summary"}
)
_LISTS = frozenset({"dd", "dir", "dl", "dt", "li", "ol", "ul"})

# What a browser's own style sheet draws as a block (HTML Living Standard, section 15.3), tables and their parts too.
BLOCKS = HEADINGS | _SECTIONS | _GROUPS | _LISTS | TABLE_ROWS | {"table", "caption"}

# What opens a new block and so ends a paragraph that nobody closed (HTML Living Standard, section 13.2.6.4.7).
CLOSES_PARAGRAPH = BLOCKS - TABLE_ROWS - {"body", "caption", "dd", "dt", "li"}

# What has no content and no end tag (HTML Living Standard, section 13.1.2); `param` was one of them.
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
