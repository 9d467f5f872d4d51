"""Rules on size and encoding: what makes Gmail clip a mail or drop its styles."""

import re
from collections.abc import Iterator

from newsletter_cli.check.elements import links
from newsletter_cli.check.material import Material
from newsletter_cli.check.rules import ERROR, INFO, WARNING, Example, Hit, rule

_CLIP, _NEAR = 102 * 1024, 80 * 1024
_REWRITE = 60
_STYLE = 16 * 1024
_FUNCTION = re.compile(r"\b(?:rgb|hsl)a?\(([^()]*)\)", re.I)
_NO_ASCII_NEEDED = ("utf-8", "utf8")


@rule(
    "size-clip",
    ERROR,
    "Gmail cuts a mail at 102 KB and hides the rest, the unsubscribe link with it.",
    "Drop or shorten items; move long stories to the website.",
    passing=Example(html="<p>Short and good.</p>"),
    failing=Example(html="<p>" + "Long. " * 20 + "</p><!-- and so on for 103 KB -->" + "<!--" + "x" * 106_000 + "-->"),
)
def size_clip(material: Material) -> Iterator[Hit]:
    size = len(material.page.source.encode("utf-8", "replace"))
    count = sum(1 for _ in links(material))
    total = size + _REWRITE * count
    if total <= _NEAR:
        return
    words = f"The HTML has {size / 1024:.0f} KB, with {count} links rewritten for counting about {total / 1024:.0f} KB"
    if total > _CLIP:
        yield Hit(f"{words}: Gmail clips at 102 KB.", material.html_line(0))
    else:
        yield Hit(f"{words}; Gmail clips at 102 KB.", material.html_line(0), WARNING)


@rule(
    "style-too-big",
    ERROR,
    "Gmail drops `<style>` altogether when there is more than 16 KB of it.",
    "Take unused rules out; inline the rest.",
    passing=Example(html="<style>p{margin:0}</style><p>Hello</p>"),
    failing=Example(html="<style>" + "p{margin:0 0 16px}" * 1000 + "</style><p>Hello</p>"),
)
def style_too_big(material: Material) -> Iterator[Hit]:
    total = sum(len(each.text.encode("utf-8", "replace")) for each in material.sheets)
    if total > _STYLE:
        yield Hit(
            f"The `<style>` elements hold {total / 1024:.1f} KB; Gmail reads 16.",
            material.html_line(material.sheets[0].line),
        )


@rule(
    "style-nested-at",
    ERROR,
    "Gmail drops the whole `<style>` when an at-rule stands inside `@media`.",
    "Move the inner at-rule out of the outer one.",
    passing=Example(html="<style>@media (max-width:600px){p{margin:0}}</style>"),
    failing=Example(html="<style>@media screen{@font-face{font-family:x;src:url(https://x.org/x.woff)}}</style>"),
)
def style_nested_at(material: Material) -> Iterator[Hit]:
    for sheet in material.sheets:
        for each in sheet.at_rules:
            if each.inside.startswith("@media"):
                yield Hit(f"@{each.name} stands inside {each.inside}.", material.html_line(each.line))


@rule(
    "css-gmail-killer",
    ERROR,
    "Gmail drops the whole style attribute or `<style>` in which a colour is written the new way (`rgb(0 0 0 / 50%)`).",
    "Write a six-digit hex colour.",
    passing=Example(html='<p style="color:#334455">Hello</p>'),
    failing=Example(html='<p style="color:rgb(51 68 85 / 90%)">Hello</p>'),
)
def css_gmail_killer(material: Material) -> Iterator[Hit]:
    for element in material.page.root.iter():
        style = element.get("style") or ""
        found = _modern(style) if "(" in style else ""
        if found:
            yield Hit(f"{found} makes Gmail drop this whole style attribute.", material.place(element))
    for sheet in material.sheets:
        for each in sheet.rules:
            for declaration in each.declarations:
                found = _modern(declaration.value)
                if found:
                    yield Hit(f"{found} makes Gmail drop this whole `<style>`.", material.html_line(declaration.line))


def _modern(css: str) -> str:
    for found in _FUNCTION.finditer(css):
        inside = found[1].strip()
        if "var(" not in inside and ("/" in inside or ("," not in inside and len(inside.split()) > 1)):
            return found[0]
    return ""


@rule(
    "charset-latin1",
    WARNING,
    "Some providers send mail that fits Latin-1 as ISO-8859-1, and Gmail clips such mail.",
    "Keep one character beyond it, such as the preheader’s padding; send as UTF-8.",
    passing=Example(kind="eml", html='<meta charset="utf-8"><p>Straße – “so”</p>'),
    failing=Example(kind="eml", html='<meta charset="iso-8859-1"><p>Strasse</p>'),
)
def charset_latin1(material: Material) -> Iterator[Hit]:
    source = material.page.source
    if not source.strip():
        return
    sent_as = material.mail.charset if material.mail else ""
    declared = _declared(material)
    if sent_as and sent_as not in (*_NO_ASCII_NEEDED, "us-ascii"):
        yield Hit(f"The HTML part is sent as {sent_as}.", material.html_line(1), hint="Send it as UTF-8.")
    elif declared and declared not in (*_NO_ASCII_NEEDED, "us-ascii"):
        yield Hit(f"The HTML declares the charset {declared}.", material.html_line(1), hint="Declare and send UTF-8.")
    elif material.kind == "issue" and all(ord(each) <= 0xFF for each in source):
        yield Hit("No character of the HTML lies beyond Latin-1.", material.html_line(0))


def _declared(material: Material) -> str:
    for meta in material.page.all("meta"):
        if meta.get("charset"):
            return (meta.get("charset") or "").strip().lower()
        found = re.search(r"charset=\s*([\w-]+)", meta.get("content") or "", re.I)
        if found and (meta.get("http-equiv") or "").lower() == "content-type":
            return found[1].lower()
    return ""


@rule(
    "c1-control",
    ERROR,
    "Quotes pasted from old Word files are control characters to a browser, and make Gmail clip the mail.",
    "Type the quote or dash anew.",
    passing=Example(html="<p>The “sleeping” cell</p>"),
    failing=Example(html="<p>The \u0093sleeping\u0094 cell</p>"),
)
def c1_control(material: Material) -> Iterator[Hit]:
    found = [each for each in re.finditer("[\x80-\x9f]", material.page.source) if each[0] != "\x85"]
    if found:
        source = material.page.source
        word = source[max(0, found[0].start() - 12) : found[0].end() + 12].translate(
            dict.fromkeys(range(0x80, 0xA0), "�")
        )
        place = material.origins.holding(found[0][0]) or material.html_line(material.page.line_at(found[0].start()))
        count = "1 control character" if len(found) == 1 else f"{len(found)} control characters"
        yield Hit(f"{count} from Word near “{word.strip()}”.", place)


@rule(
    "html-comment",
    INFO,
    "A comment goes to every reader; notes to colleagues do not belong in it.",
    "Take the comment out.",
    passing=Example(html="<!--[if mso]><p>x</p><![endif]--><p>Hello</p>"),
    failing=Example(html="<!-- TODO: ask Ann whether we may name the donor --><p>Hello</p>"),
)
def html_comment(material: Material) -> Iterator[Hit]:
    for note in material.page.comments:
        if (
            re.search(r"\b(?:TODO|FIXME|XXX|don['’]t send|do not send|confidential|password)\b", note.text)
            and "[if" not in note.text
        ):
            yield Hit(f"A comment goes out with the mail: “{note.text.strip()[:50]}”.", material.html_line(note.line))
