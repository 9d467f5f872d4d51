"""Rules on personal values: tags that nobody fills in, tags that were broken on the way, fields without a fallback."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from newsletter_cli.check.elements import MERGE_TAG
from newsletter_cli.check.material import Material
from newsletter_cli.check.origin import Place
from newsletter_cli.check.rules import ERROR, INFO, WARNING, Example, Hit, rule
from newsletter_cli.check.words import short, squeeze, text_of

_MANGLED = re.compile(r"%7B%7B|%7D%7D|\{\{%20|%20\}\}|\*%7C|%7C\*|%5B%5B|%5D%5D|%3C%25|%25%3E|\{%25", re.I)
_TOKEN = re.compile(r"\bnl[tcm]\d+x\b|\bnlc\d+\b|<!--nlc\d+-->")
_WRITTEN = re.compile(r"\{\{-?\s*subscriber\.(\w+)\s*(\|\s*default\(\s*[\"']([^\"']*)[\"'])?")
_OWN = ("email", "first_name", "last_name", "name")
_CODE = re.compile(r"^\{%|^\{\{\s*[#/^>!]")


@rule(
    "merge-tag-left",
    ERROR,
    "A reader who is greeted as “{{ first_name }}” remembers it.",
    "Correct the spelling of the field, or take the tag out.",
    passing=Example(kind="eml", html="<p>Dear Ada,</p>"),
    failing=Example(kind="eml", html="<p>Dear {{ first_nmae }},</p>"),
)
def merge_tag_left(material: Material) -> Iterator[Hit]:
    mail = material.mail
    if mail is None:
        return
    if mail.kind == "html":
        yield from _template_tags(material)
        return
    told: set[str] = set()
    for element in material.page.body.iter():
        if element.tag in ("style", "script"):
            continue
        texts = [element.text or "", *(child.tail or "" for child in element)]
        attributes = [element.get(name) or "" for name in ("href", "src", "alt", "title")]
        for tag in dict.fromkeys(MERGE_TAG.findall(" ".join([*texts, *attributes]))):
            told.add(squeeze(tag))
            place = material.origins.words(squeeze(tag)) or material.place(element)
            yield Hit(f"{short(squeeze(tag), 40)} was not filled in.", place)
    for what, text in (("subject", mail.subject or ""), ("text part", mail.text or "")):
        for tag in dict.fromkeys(MERGE_TAG.findall(text)):
            # The text part says what the HTML says; its tag is the same one.
            if what == "subject" or squeeze(tag) not in told:
                place = material.origins.issue_key(what) if what == "subject" else material.html_line(0)
                yield Hit(f"The {what} still holds {short(squeeze(tag), 40)}.", place)


def _template_tags(material: Material) -> Iterator[Hit]:
    """A bare HTML file may be a template: its tags are told of once, by family."""
    families: dict[str, list[str]] = defaultdict(list)
    for found in MERGE_TAG.finditer(text_of(material.page.body)):
        if not _CODE.match(found[0]):
            families[found[0][:2]].append(found[0])
    for tags in families.values():
        first = material.page.source.find(tags[0])
        place = material.html_line(material.page.line_at(first) if first >= 0 else 0)
        some = ", ".join(short(squeeze(tag), 30) for tag in dict.fromkeys(tags[:3]))
        count = "1 merge tag" if len(tags) == 1 else f"{len(tags)} merge tags"
        yield Hit(f"{count} to be filled in by the tool that sends this: {some}.", place, INFO)


@rule(
    "merge-tag-mangled",
    ERROR,
    "A tool has percent-encoded a merge tag: the provider no longer finds it and the link is dead.",
    "Protect merge tags from the tool that wrote this address.",
    passing=Example(html='<a href="https://news.bbc.co.uk/?u={{ token }}">Leave</a>'),
    failing=Example(html='<a href="https://news.bbc.co.uk/?u=%7B%7B%20token%20%7D%7D">Leave</a>'),
)
def merge_tag_mangled(material: Material) -> Iterator[Hit]:
    for element in material.page.body.iter("a", "img", "area", "td", "table"):
        for name in ("href", "src", "background"):
            found = _MANGLED.search(element.get(name) or "")
            if found:
                yield Hit(f"{name} holds {found[0]}, a merge tag that was encoded.", material.place(element))


@rule(
    "token-left",
    ERROR,
    "A stand-in of the composing step was not put back.",
    "This is a fault of the program: please report it with this issue’s files.",
    passing=Example(html="<p>Dear reader,</p>"),
    failing=Example(html="<p>Dear nlt0x,</p>"),
)
def token_left(material: Material) -> Iterator[Hit]:
    if material.mail is None:
        return
    known = {each.token for each in material.mail.merge_fields}
    for found in _TOKEN.finditer(material.page.source):
        if found[0] not in known:
            yield Hit(
                f"The stand-in {found[0]} was left in the HTML.",
                material.html_line(material.page.line_at(found.start())),
            )


@rule(
    "merge-no-default",
    ERROR,
    "Some people have no first name in the list; without a fallback they read “Dear ,”.",
    'Give one: {{ subscriber.first_name | default("friend") }}.',
    passing=Example(files=(("issue.md", 'subject: News\n---\nDear {{ subscriber.first_name | default("friend") }},'),)),
    failing=Example(files=(("issue.md", "subject: News\n---\nDear {{ subscriber.first_name }},"),)),
)
def merge_no_default(material: Material) -> Iterator[Hit]:
    for each in _fields(material):
        if each.default is None and each.name != "email":
            yield Hit(f"{{{{ subscriber.{each.name} }}}} has no fallback.", each.place)


@rule(
    "merge-unknown",
    ERROR,
    "A field that no subscriber has is empty for everyone.",
    "Use a column of the list; `newsletter subscribers list` shows them.",
    passing=Example(
        files=(("issue.md", 'subject: News\n---\nDear {{ subscriber.first_name | default("friend") }},'),),
        people="email,first_name\nada@example.org,Ada\n",
    ),
    failing=Example(
        files=(("issue.md", 'subject: News\n---\nDear {{ subscriber.frist_name | default("friend") }},'),),
        people="email,first_name\nada@example.org,Ada\n",
    ),
)
def merge_unknown(material: Material) -> Iterator[Hit]:
    if material.fields is None:
        return
    known = sorted(material.fields | set(_OWN))
    for each in _fields(material):
        if each.name not in known:
            near = get_close_matches(each.name, known, n=1)
            hint = f"Did you mean {{{{ subscriber.{near[0]} }}}}?" if near else ""
            yield Hit(f"No subscriber has a field {each.name}.", each.place, None if near else WARNING, hint)


@dataclass(frozen=True, slots=True)
class _Field:
    """A subscriber's field as it is used: its name without `subscriber.`, its fallback, and where."""

    name: str
    default: str | None
    place: Place


def _fields(material: Material) -> Iterator[_Field]:
    """The fields the author wrote, at their lines; then those that a template brings in."""
    issue = material.issue
    told: set[tuple[str, bool]] = set()
    sources = []
    if issue:
        sources = [
            (issue.subject, material.origins.issue_key("subject")),
            (issue.preheader, material.origins.issue_key("preheader")),
            (issue.letter_source, Place(issue.file, issue.letter_line)),
        ]
    for text, place in sources:
        for found in _WRITTEN.finditer(text):
            line = place.line + text.count("\n", 0, found.start())
            fallback = found[3] if found[2] else None
            told.add((found[1], fallback is None))
            yield _Field(found[1], fallback, Place(place.file, line))
    for each in material.mail.merge_fields if material.mail else ():
        prefix, _, name = each.name.partition(".")
        if prefix == "subscriber" and (name, each.default is None) not in told:
            yield _Field(name, each.default, material.origins.template(each.name) or material.html_line(0))
