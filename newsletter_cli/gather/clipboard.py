"""Turns what Word, Office.com and Google Docs put on the clipboard into the elements they mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from newsletter_cli.gather.page.cleaning import cleaned
from newsletter_cli.gather.page.tree import Element, drop, new_element, text_of

_CLASSES = {"MsoTitle": "h1", "MsoQuote": "blockquote", "MsoIntenseQuote": "blockquote"}
_LIST = re.compile(r"mso-list:\s*l\d+\s+level(\d)", re.IGNORECASE)
_MARK = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
_LOCAL_PICTURE = re.compile(r"<img\b[^>]*\ssrc\s*=\s*[\"']?\s*file:", re.IGNORECASE)
_COUNTED = re.compile(r"^\(?[0-9a-z]{1,3}[.)]", re.IGNORECASE)


@dataclass(slots=True)
class Pasted:
    """The tree, the standfirst and captions its styles name, and what got lost on the way."""

    root: Element
    standfirst: str = ""
    captions: set[str] = field(default_factory=set)
    look: list[str] = field(default_factory=list)


def read_clipboard(html: str) -> Pasted:
    """Headings by role, Word's styles by class, its lists by style; pictures that stayed on the other disk are told."""
    start, end = html.find("<!--StartFragment-->"), html.find("<!--EndFragment-->")
    pasted = Pasted(cleaned(html[start:end] if 0 <= start < end else html))
    for each in list(pasted.root.iter("p", "div")):
        level = str(each.get("aria-level") or "")
        classes = str(each.get("class") or "").split()
        if each.get("role") == "heading" and level in "123456" and level:
            each.tag = f"h{level}"
        elif "MsoSubtitle" in classes:
            pasted.standfirst = text_of(each)
            drop(each)
        elif "MsoCaption" in classes:
            pasted.captions.add(text_of(each))
        elif tag := next((_CLASSES[name] for name in classes if name in _CLASSES), ""):
            each.tag = tag
    _listed(pasted.root)
    _nested(pasted.root)
    for each in pasted.root.iter("aside"):
        each.tag = "div"  # Notion's callouts: who copied them wants them
    pasted.look += _left_behind(html)
    return pasted


def _left_behind(html: str) -> list[str]:
    """What to say of pictures whose address is a file of the other computer."""
    gone = len(_LOCAL_PICTURE.findall(html))
    what = "A picture" if gone == 1 else f"{gone} pictures"
    return [f"{what} did not come along with the paste: save the file as .docx and gather that."] if gone else []


def _listed(root: Element) -> None:
    """Word writes list items as paragraphs, with a mark to show and a style that tells the level."""
    lists: list[Element] = []
    last: Element | None = None
    for each in list(root.iter("p", "div")):
        found = _LIST.search(str(each.get("style") or ""))
        if not found:
            continue
        if last is None or each.getprevious() is not _outermost(last, each):
            lists = []
        depth = min(int(found[1]), len(lists) + 1)
        tag = "ol" if _COUNTED.match("".join(_marks(each))) else "ul"
        if depth == 1 and lists and lists[0].tag != tag:
            lists = []
        lists = lists[:depth]
        if len(lists) < depth:
            lists.append(_new_list(each, tag, lists[-1] if lists else None))
        each.tag = "li"
        _append(lists[-1], each)
        last = lists[0]


def _nested(root: Element) -> None:
    """Office.com gives every item a list of its own, and its level as a number: below the item above it goes."""
    last: dict[int, Element] = {}
    before: Element | None = None
    for each in list(root.iter("ul", "ol")):
        items = list(each.iter("li"))
        level = _level(items[0]) if items else 0
        if not level or any(up.tag == "li" for up in each.iterancestors()):
            continue
        holder = _holder(each)
        if before is None or holder.getprevious() is not before:
            last = {}
        above = next((last[number] for number in range(level - 1, 0, -1) if number in last), None)
        if above is None:
            before = holder
        else:
            _append(above, each)
            if holder is not each:
                drop(holder)
        last = {number: item for number, item in last.items() if number < level} | {level: items[-1]}


def _level(item: Element) -> int:
    said = str(item.get("data-aria-level") or item.get("aria-level") or "")
    return int(said) if said in [str(number) for number in range(1, 10)] else 0


def _holder(element: Element) -> Element:
    """The box around a list that holds nothing else, else the list itself."""
    parent = element.getparent()
    alone = parent is not None and parent.tag == "div" and len(parent) == 1 and not (parent.text or "").strip()
    return parent if alone and parent is not None else element


def _outermost(last: Element, item: Element) -> Element | None:
    return last if last.getparent() is item.getparent() else None


def _marks(item: Element) -> Iterator[str]:
    for each in list(item.iter("span")):
        if _MARK.search(str(each.get("style") or "")):
            yield text_of(each)
            drop(each)


def _new_list(item: Element, tag: str, above: Element | None) -> Element:
    """An empty list: in the item above for a deeper level, else where the item stands."""
    made = new_element(tag)
    if above is not None and len(above):
        _append(list(above)[-1], made)
    else:
        parent = item.getparent()
        if parent is not None:
            parent.insert(list(parent).index(item), made)
    return made


def _append(parent: Element, child: Element) -> None:
    parent.append(child)
    child.tail = None
