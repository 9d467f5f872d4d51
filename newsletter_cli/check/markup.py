"""Rules on the markup: what mail programs take out, what breaks Outlook, what is not closed."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from newsletter_cli.check.elements import visible
from newsletter_cli.check.material import Material
from newsletter_cli.check.page import Note, line_of
from newsletter_cli.check.rules import ERROR, INFO, WARNING, Example, Hit, rule

_FORBIDDEN = frozenset(["script", "iframe", "object", "embed", "applet", "frame", "frameset", "base"])
_FORMS = frozenset(["form", "input", "select", "textarea", "button"])
_MEDIA = frozenset(["video", "audio"])
_OBSOLETE = frozenset(["font", "center", "marquee", "blink", "big", "strike", "tt", "basefont", "dir", "acronym"])
_STRUCTURE = frozenset(["table", "tr", "td", "th", "div", "a", "p", "ul", "ol", "h1", "h2", "h3", "h4", "body", "html"])
_GHOST = ("table", "tr", "td", "div", "center")


@rule(
    "tag-forbidden",
    ERROR,
    "Mail programs take scripts, frames and forms out, and distrust a mail that has them.",
    "Take it out; lead to a page on the website instead.",
    passing=Example(html='<p><a href="https://b.org/form">Fill in the form</a></p>'),
    failing=Example(html='<form action="https://b.org"><input name="mail"></form><script>alert(1)</script>'),
)
def tag_forbidden(material: Material) -> Iterator[Hit]:
    found: dict[str, list[int]] = defaultdict(list)
    for element in material.page.root.iter():
        tag = str(element.tag)
        if tag == "script" and "json" in (element.get("type") or ""):
            continue
        if (
            tag in _FORBIDDEN
            or (tag in _FORMS and (tag != "input" or (element.get("type") or "") != "hidden"))
            or tag in _MEDIA
        ):
            found[tag].append(line_of(element))
    for tag, lines in found.items():
        count = f" ({len(lines)} times)" if len(lines) > 1 else ""
        yield Hit(f"<{tag}> is taken out by mail programs{count}.", material.html_line(lines[0]))
    for element in material.page.all("link"):
        if "stylesheet" in (element.get("rel") or "").lower():
            yield Hit(
                "A style sheet on another server is not fetched by Gmail or Outlook.",
                material.place(element),
                hint="Inline the styles; of a web font, name a fallback and leave it out.",
            )
            break
    imports = [each for sheet in material.sheets for each in sheet.at_rules if each.name == "import"]
    if imports:
        yield Hit(
            "@import is not followed by Gmail or Outlook.",
            material.html_line(imports[0].line),
            hint="Name a fallback font, and inline the rest.",
        )


@rule(
    "obsolete-tag",
    INFO,
    "These elements left HTML long ago; styles do the same and read better.",
    "Use a style, such as text-align:center.",
    passing=Example(html='<p style="text-align:center">Hello</p>'),
    failing=Example(html='<center><font color="#222222">Hello</font></center>'),
)
def obsolete_tag(material: Material) -> Iterator[Hit]:
    found = [each for each in material.page.root.iter() if each.tag in _OBSOLETE]
    if found:
        counts = Counter(str(each.tag) for each in found)
        names = ", ".join(f"<{tag}> ×{count}" for tag, count in counts.most_common())
        yield Hit(f"Obsolete: {names}.", material.place(found[0]))


@rule(
    "html-parse",
    ERROR,
    "What is not closed is closed by each mail program in its own way.",
    "Close the element, or take the stray end tag out.",
    passing=Example(html='<table role="presentation"><tr><td>Hello</td></tr></table>'),
    failing=Example(html='<table role="presentation"><tr><td><div>Hello</td></tr>'),
)
def html_parse(material: Material) -> Iterator[Hit]:
    severe: list[Note] = []
    mild: list[Note] = []
    for note in material.page.faults:
        tag = re.search(r"</?([\w-]+)", note.text)
        (severe if note.text.startswith("<!--") or (tag and tag[1] in _STRUCTURE) else mild).append(note)
    for notes, severity in ((severe, ERROR), (mild, WARNING)):
        for note in notes[:4]:
            yield Hit(f"{note.text}.", material.html_line(note.line), severity)
        if len(notes) > 4:
            lines = ", ".join(str(note.line) for note in notes[4:14])
            yield Hit(
                f"{len(notes) - 4} more faults of this kind (lines {lines}).",
                material.html_line(notes[4].line),
                severity,
            )


@rule(
    "mso-balance",
    ERROR,
    "One conditional comment closed wrongly and Outlook on Windows shows a blank mail.",
    "Close <!--[if mso]> with <![endif]--> exactly, and each ghost table in the same way it was opened.",
    passing=Example(
        html="<!--[if mso]><table><tr><td><![endif]--><p>Hello</p><!--[if mso]></td></tr></table><![endif]-->"
    ),
    failing=Example(html="<!--[if mso]><table><tr><td><![endif]/--><p>Hello</p>"),
)
def mso_balance(material: Material) -> Iterator[Hit]:
    open_revealed: list[Note] = []
    balance: Counter[str] = Counter()
    first_ghost = 0
    for note in material.page.comments:
        text = note.text.strip()
        if re.match(r"^\[if\b", text, re.I):
            if re.search(r"\]>\s*(?:<!|-->)?\s*$", text) and "[endif]" not in text.lower():
                open_revealed.append(note)
            elif not re.search(r"<!\[endif\]$", text, re.I):
                yield Hit("This conditional comment does not end with <![endif]-->.", material.html_line(note.line))
            elif re.match(r"^\[if\s+(?:\(?\s*(?:gte |gt |lte |lt )?mso\b|\(?IE)", text, re.I):
                inside = re.sub(r"<(?:!--|!\[).*?>", "", text)
                for tag in _GHOST:
                    opened = len(re.findall(rf"<{tag}\b(?![^>]*/>)", inside, re.I))
                    closed = len(re.findall(rf"</{tag}\s*>", inside, re.I))
                    balance[tag] += opened - closed
                    first_ghost = first_ghost or (note.line if opened != closed else 0)
        elif re.match(r"^<!\[endif\]$", text, re.I):
            if not open_revealed:
                yield Hit("<!--<![endif]--> closes no conditional comment.", material.html_line(note.line), WARNING)
            else:
                open_revealed.pop()
        elif re.search(r"\[endif\]", text, re.I) and not text.lower().startswith("<![endif]"):
            yield Hit(
                f"“{text[:30]}” is no conditional comment: <![endif]--> must be exact.", material.html_line(note.line)
            )
    for note in open_revealed:
        yield Hit("This conditional comment is never closed.", material.html_line(note.line))
    for tag, count in balance.items():
        if count:
            word = "opened but not closed" if count > 0 else "closed but not opened"
            yield Hit(f"Outlook’s own <{tag}> is {word} {abs(count)} times.", material.html_line(first_ghost))


@rule(
    "html-event",
    ERROR,
    "Handlers such as onclick are taken out, and make filters suspicious.",
    "Take the attribute out.",
    passing=Example(html='<a href="https://b.org">Story</a>'),
    failing=Example(html='<a href="https://b.org" onclick="go()">Story</a>'),
)
def html_event(material: Material) -> Iterator[Hit]:
    for element in material.page.root.iter():
        names = [str(name) for name in element.attrib if re.match(r"^on[a-z]{3,}$", str(name))]
        if names and visible(material, element):
            yield Hit(f"<{element.tag}> has {names[0]}.", material.place(element))
