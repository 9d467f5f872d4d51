"""Quotations of a page, by tag and by class, with who said it and a portrait."""

import re
from collections.abc import Sequence
from dataclasses import replace

from newsletter_cli.gather.page.inline import Inline
from newsletter_cli.gather.page.pictures import read_picture
from newsletter_cli.gather.page.tree import Element, names_of, text_of
from newsletter_cli.gather.pieces import Piece, Prose, Quotation

_QUOTE = re.compile(
    r"(?:^|[\s_-])(?:pull-?quotes?|block-?quote|quotes?|quotation|citation|testimonial|zitat|cita)(?:$|[\s_-])"
)
_NOT_QUOTE = re.compile(
    r"stock|ticker|market|share-?quote|tweet-?quote|quote-?(?:button|icon|mark|request)|get-a-quote|noquote"
)
_WHO = re.compile(
    r"(?:^|[\s_-])(?:author|person|name|first-?name|last-?name|source|attribution|cite|byline|speaker|autor)(?:$|[\s_-])"
)
_ROLE = re.compile(
    r"(?:^|[\s_-])(?:role|position|job|job-?title|occupation|affiliation|function|title|company|organisation)(?:$|[\s_-])"
)
_ATTRIBUTION_TAGS = ("cite", "figcaption", "footer")
_DASH = re.compile(r"^\s*(?:[—–―]|--|-\s)\s*")
_LONGEST = 1500


def is_quote(element: Element) -> bool:
    """A blockquote, or an element whose class says quote and that is no longer than one."""
    if element.tag == "blockquote":
        return True
    if element.tag not in ("div", "figure", "section", "aside", "p", "span", "li", "article", "q"):
        return False
    names = names_of(element)
    if element.tag == "figure" and element.find(".//blockquote") is not None:
        return True
    return bool(_QUOTE.search(names)) and not _NOT_QUOTE.search(names) and 0 < len(text_of(element)) <= _LONGEST


def read_quote(element: Element, inline: Inline, base: str) -> Quotation | None:
    """The quotation; its attribution comes from cite, figcaption, footer, a class, or a last line after a dash."""
    who_parts, role_parts, marked = _attribution(element)
    paragraphs = [text for each in _words(element, marked) for text in inline.paragraphs(each)]
    who, role = " ".join(dict.fromkeys(who_parts)), ", ".join(dict.fromkeys(role_parts))
    if not who and len(paragraphs) > 1 and _DASH.match(paragraphs[-1]) and len(paragraphs[-1]) <= 160:
        who = _unmarked(_DASH.sub("", paragraphs.pop()))
    if who and not role:
        who, role = split_role(who)
    image = next(iter(element.iter("img")), None)
    portrait = read_picture(image, base) if image is not None else None
    if not paragraphs:
        return None
    return Quotation(tuple(paragraphs), who.strip(" ,"), role, portrait)


def split_role(text: str) -> tuple[str, str]:
    """`Dr Sirio Dupont, University of Padua` as name and role."""
    name, _, role = re.sub(r"\s+", " ", _DASH.sub("", text)).strip(" ,.").partition(",")
    return name.strip(), role.strip()


def attributed(pieces: Sequence[Piece]) -> list[Piece]:
    """Quotations that name nobody with the line after a dash that stands below them, as Word files and mails have it."""
    made: list[Piece] = []
    for each in pieces:
        last = made[-1] if made else None
        if isinstance(last, Quotation) and not last.who and isinstance(each, Prose) and _DASH.match(each.text):
            text = _unmarked(_DASH.sub("", each.text))
            if len(text) <= 120 and not re.search(r"[.!?]\s", text.removesuffix(".")[8:]):
                who, role = split_role(text)
                made[-1] = replace(last, who=who, role=role)
                continue
        made.append(each)
    return made


def _unmarked(text: str) -> str:
    return re.sub(r"\\(?=\W)|\]\([^)]*\)|[\[*]", "", text)


def _attribution(element: Element) -> tuple[list[str], list[str], set[Element]]:
    who: list[str] = []
    role: list[str] = []
    marked: set[Element] = set()
    whole = len(text_of(element))
    for each in element.iter():
        if each is element or not isinstance(each.tag, str) or any(up in marked for up in each.iterancestors()):
            continue
        names = names_of(each)
        text = text_of(each)
        is_who = each.tag in _ATTRIBUTION_TAGS or bool(_WHO.search(names))
        is_role = bool(_ROLE.search(names))
        if not (is_who or is_role) or not text or len(text) > 200:
            continue
        if each.tag not in _ATTRIBUTION_TAGS and len(text) > 0.6 * whole:
            continue
        inner = [
            below for below in each.iterdescendants() if isinstance(below.tag, str) and _ROLE.search(names_of(below))
        ]
        if is_role and each.tag != "cite":
            role.append(text.strip(" ,"))
        elif inner:
            below_text = text_of(inner[0])
            role.append(below_text)
            who.append(_DASH.sub("", text.replace(below_text, " ", 1)).strip(" ,"))
        else:
            who.append(_DASH.sub("", text))
        marked.add(each)
    return who, role, marked


def _words(element: Element, marked: set[Element]) -> list[list[str | Element]]:
    """The runs of the quotation itself, one list per block, without the attribution."""
    blocks: list[list[str | Element]] = [[element.text or ""]]
    for child in element:
        if child in marked:
            blocks.append([child.tail or ""])
        elif child.tag in ("p", "div", "blockquote", "ul", "ol", "li", "section", "h2", "h3", "h4", "h5") or any(
            below.tag in ("p", "div", "blockquote") or below in marked for below in child.iterdescendants()
        ):
            blocks += [*_words(child, marked), [child.tail or ""]]
        else:
            blocks[-1] += [child, child.tail or ""]
    return blocks
