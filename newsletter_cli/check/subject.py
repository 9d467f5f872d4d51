"""Rules on what the inbox shows: subject, preheader and title."""

import re
from collections.abc import Iterator

from newsletter_cli.check.colour import contrast
from newsletter_cli.check.elements import MERGE_TAG
from newsletter_cli.check.material import Mail, Material
from newsletter_cli.check.page import Element
from newsletter_cli.check.rules import ERROR, INFO, WARNING, Example, Hit, rule
from newsletter_cli.check.words import short, squeeze, text_of, words_of
from newsletter_cli.model.message import fill_tokens

_FAKE = re.compile(r"^\s*(?:re|fwd?|aw|wg|tr)\s*:", re.I)
_VIEW = re.compile(
    r"^(?:view|read|open|see|display|trouble|having trouble|can'?t (?:see|read)|problems? viewing|email not displaying|if you can)"
    r".{0,60}(?:browser|online|web ?version|correctly|properly|images?)",
    re.I,
)
_LONGEST = 60


def shown(material: Material, text: str) -> str:
    """A text as a reader without any value of their own gets it."""
    fields = material.mail.merge_fields if material.mail else ()
    return squeeze(MERGE_TAG.sub("", fill_tokens(text, fields, lambda each: each.default or "")))


@rule(
    "subject",
    ERROR,
    "The subject decides whether the mail is opened; phones cut it, filters dislike shouting.",
    "Write a subject of at most 60 characters, in normal case, that says what is inside.",
    passing=Example(subject="Cells that sleep: this month’s research"),
    failing=Example(subject="RE: AMAZING NEWS INSIDE!!!"),
)
def subject(material: Material) -> Iterator[Hit]:
    mail = material.mail
    written = mail.subject if mail else material.issue.subject if material.issue else None
    if written is None:
        return
    place = material.origins.issue_key("subject")
    text = shown(material, written)
    if not text:
        yield Hit("The subject is empty.", place)
        return
    if len(text) > _LONGEST:
        yield Hit(f"The subject has {len(text)} characters; phones show 30 to 60: “{short(text)}”.", place, WARNING)
    letters = [each for each in text if each.isalpha() and each.upper() != each.lower()]
    if len(letters) >= 8 and sum(each.isupper() for each in letters) > 0.8 * len(letters):
        yield Hit("The subject is written in capitals.", place, WARNING)
    if re.search(r"[!?]{2,}", text) or text.count("!") > 1:
        yield Hit("The subject has more than one mark of exclamation or question.", place, WARNING)
    if _FAKE.match(text) and not _answers(mail):
        yield Hit(f"The subject pretends to be an answer: “{short(text, 30)}”.", place, WARNING)


def _answers(mail: Mail | None) -> bool:
    """Whether a mail that was sent names the one it answers; what has no headers is given the benefit of the doubt."""
    if mail is None or mail.kind == "issue":
        return False
    return mail.headers is None or any(name.lower() in ("in-reply-to", "references") for name, _ in mail.headers)


def first_words(material: Material) -> tuple[Element | None, str, bool]:
    """The first element of the body with words, its words, and whether it is hidden: what an inbox previews."""
    for element in material.page.body.iter():
        if element.tag in ("style", "script", "title", "head", "meta"):
            continue
        if squeeze(element.text or ""):
            top = element
            if material.light.hidden(element):
                while (parent := top.getparent()) is not None and material.light.hidden(parent):
                    top = parent
                return top, text_of(top), True
            return element, text_of(element), False
    return None, "", False


@rule(
    "preheader-missing",
    WARNING,
    "The inbox shows the preheader beside the subject; without one it shows whatever comes first.",
    "Write a preheader of 40 to 90 characters that goes on where the subject ends.",
    passing=Example(
        subject="Cells that sleep",
        html='<body><div style="display:none">Why some cancers come back, and what our team in Padua found.</div><p>Hi</p>',
    ),
    failing=Example(
        subject="Cells that sleep", html='<body><p><a href="https://e.org">View in browser</a></p><p>Hello</p>'
    ),
)
def preheader_missing(material: Material) -> Iterator[Hit]:
    place = material.origins.issue_key("preheader")
    mail = material.mail
    if mail is None or not material.page.source.strip():
        return
    if mail.preheader is not None:
        text = shown(material, mail.preheader)
        if not text:
            yield Hit("There is no preheader.", place)
            return
    else:
        element, text, hidden = first_words(material)
        place = material.place(element) if element is not None else place
        if not hidden:
            if _VIEW.match(text):
                yield Hit(f"There is no preheader: the inbox shows “{short(text, 40)}”.", place)
            elif text:
                yield Hit(f"There is no hidden preheader: the inbox shows “{short(text, 40)}”.", place, INFO)
            return
        text = shown(material, text)
    if _VIEW.match(text):
        yield Hit(f"The preheader begins “{short(text, 40)}”, which tells nothing of the issue.", place)
    elif mail.subject and words_of(shown(material, mail.subject)) == words_of(text):
        yield Hit("The preheader repeats the subject.", place)
    elif text and (len(text) < 40 or len(text) > 90) and mail.kind == "issue":
        yield Hit(f"The preheader has {len(text)} characters; 40 to 90 fill the line without being cut.", place, INFO)


@rule(
    "preheader-spammy",
    WARNING,
    "Tiny text in the colour of the background is what spam filters look for (+1.7 points in SpamAssassin).",
    "Hide the preheader with `display:none` alone; take font-size and colour out.",
    passing=Example(html='<body><div style="display:none">What our team found.</div><p>Hello</p>'),
    failing=Example(
        html='<body><div style="display:none;font-size:1px;color:#ffffff">What our team found.</div><p>Hello</p>'
    ),
)
def preheader_spammy(material: Material) -> Iterator[Hit]:
    element, _, hidden = first_words(material)
    if element is None or not hidden:
        return
    size = material.light.font_size(element)
    colour = material.light.colour(element)
    behind = material.light.background(element).colour
    if size <= 1 and colour is not None and contrast(colour.over(behind), behind) < 1.3:
        yield Hit(f"The hidden preheader is {size:g} px in {colour} on {behind}.", material.place(element))


@rule(
    "title-missing",
    WARNING,
    "Browser tabs, notifications and screen readers read the title aloud.",
    "Put the subject in `<title>`.",
    passing=Example(html="<html><head><title>Cells that sleep</title></head><body>Hello</body></html>"),
    failing=Example(html="<html><head></head><body>Hello</body></html>"),
)
def title_missing(material: Material) -> Iterator[Hit]:
    if "html" not in material.page.written and "head" not in material.page.written:
        return
    title = next((each for each in material.page.all("title") if each.getparent() is not None), None)
    if title is None:
        yield Hit("There is no `<title>`.", material.html_line(1))
    elif not squeeze(title.text or ""):
        yield Hit("The `<title>` is empty.", material.place(title))
