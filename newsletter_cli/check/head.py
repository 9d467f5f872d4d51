"""Rules on the frame of the HTML: doctype, language, direction, meta elements."""

import re
from collections.abc import Iterator

from newsletter_cli.check.material import Material
from newsletter_cli.check.page import Element, line_of
from newsletter_cli.check.rules import ERROR, INFO, WARNING, Example, Hit, rule
from newsletter_cli.check.words import text_of

_CODE = re.compile(r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")


def _whole(material: Material) -> bool:
    """A document, not a fragment to be put into one."""
    return bool({"html", "head", "body"} & material.page.written)


@rule(
    "doctype",
    ERROR,
    "Without a doctype browsers and web mail fall back to the layout rules of 1998.",
    "Begin the file with <!DOCTYPE html>.",
    passing=Example(html="<!DOCTYPE html><html><body>Hello</body></html>"),
    failing=Example(html="<html><body>Hello</body></html>"),
)
def doctype(material: Material) -> Iterator[Hit]:
    if not _whole(material):
        return
    if not material.page.doctype:
        yield Hit("There is no doctype.", material.html_line(1))
    elif material.page.doctype.lower().split() != ["doctype", "html"]:
        yield Hit(
            "The doctype is an old one; most clients put the HTML5 one in its place.", material.html_line(1), INFO
        )


@rule(
    "lang-html",
    ERROR,
    "Without a language screen readers read with the wrong voice (missing in 96 % of 376,348 mails).",
    'Write <html lang="en">, or the language of the issue.',
    passing=Example(html='<html lang="en"><body>Hello</body></html>'),
    failing=Example(html='<html lang="und"><body>Hello</body></html>'),
)
def lang_html(material: Material) -> Iterator[Hit]:
    if not _whole(material):
        return
    value = (material.page.root.get("lang") or "").strip()
    if not value:
        yield Hit("`<html>` has no lang attribute.", material.html_line(line_of(material.page.root)))
    elif value.lower() == "und" or not (_CODE.match(value) or "{" in value or "*|" in value):
        yield Hit(f'lang="{value}" names no language.', material.html_line(line_of(material.page.root)))


@rule(
    "lang-body",
    ERROR,
    "Web mail takes `<html>` away: the language must stand inside the body too.",
    'Put lang (and dir) on the wrapper: <div role="article" lang="en" dir="ltr">.',
    passing=Example(html='<html lang="en"><body><div lang="en" dir="ltr"><p>Hello</p></div></body></html>'),
    failing=Example(html='<html lang="en"><body><div><p>Hello</p></div></body></html>'),
)
def lang_body(material: Material) -> Iterator[Hit]:
    if not _whole(material) or not text_of(material.page.body):
        return
    found = [each.get("lang") or each.get("xml--lang") or "" for each in _wrappers(material)]
    if not any(value.strip() and value.lower() != "und" for value in found):
        yield Hit(
            "Nothing inside `<body>` says which language the mail is in.",
            material.html_line(line_of(material.page.body)),
        )


@rule(
    "dir",
    WARNING,
    "Without a direction a right-to-left reader’s mail program turns the mail round (missing in 97 %).",
    'Put dir="ltr" (or "rtl") on <html> and on the wrapper.',
    passing=Example(html='<html dir="ltr"><body><div dir="ltr"><p>Hello</p></div></body></html>'),
    failing=Example(html="<html><body><div><p>Hello</p></div></body></html>"),
)
def direction(material: Material) -> Iterator[Hit]:
    if not _whole(material) or not text_of(material.page.body):
        return
    if not any(each.get("dir") for each in (material.page.root, *_wrappers(material))):
        yield Hit("Nothing says in which direction the mail is read.", material.html_line(line_of(material.page.root)))


def _wrappers(material: Material) -> Iterator[Element]:
    """The body and whatever holds at least two thirds of its words."""
    body = material.page.body
    yield body
    whole = len(text_of(body)) or 1
    level = [each for each in body if isinstance(each.tag, str)]
    for _ in range(12):
        large = next((each for each in level if len(text_of(each)) * 3 >= whole * 2), None)
        if large is None:
            return
        yield large
        level = list(large)


def _meta(material: Material, name: str) -> str | None:
    for each in material.page.all("meta"):
        if (each.get("name") or each.get("http-equiv") or "").lower() == name:
            return each.get("content") or ""
    return None


@rule(
    "meta-viewport",
    WARNING,
    "Without it phones show the mail as a small desktop page.",
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    passing=Example(
        html='<html><head><meta name="viewport" content="width=device-width"></head><body>Hello</body></html>'
    ),
    failing=Example(html="<html><head></head><body>Hello</body></html>"),
)
def meta_viewport(material: Material) -> Iterator[Hit]:
    if not _whole(material):
        return
    value = _meta(material, "viewport")
    if value is None:
        yield Hit("There is no viewport meta element.", material.html_line(1))
    elif re.search(r"user-scalable\s*=\s*(?:no|0)|maximum-scale\s*=\s*1(?:\.0*)?(?:\D|$)", value):
        yield Hit(
            "The viewport forbids readers to zoom.",
            material.html_line(1),
            hint="Take user-scalable and maximum-scale out.",
        )


@rule(
    "meta-format-detection",
    INFO,
    "Apple Mail turns dates, addresses and numbers into blue links of its own.",
    '<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">',
    passing=Example(
        html='<html><head><meta name="format-detection" content="telephone=no"></head><body>Hello</body></html>'
    ),
    failing=Example(html="<html><head></head><body>Hello</body></html>"),
)
def meta_format_detection(material: Material) -> Iterator[Hit]:
    if not _whole(material):
        return
    handled = "x-apple-data-detectors" in material.page.source
    if _meta(material, "format-detection") is None and not handled:
        yield Hit("Data detectors are not switched off.", material.html_line(1))


@rule(
    "meta-color-scheme",
    INFO,
    "Without it Apple Mail decides by itself how to turn the mail dark.",
    '<meta name="color-scheme" content="light dark"> and `:root{color-scheme:light dark}`.',
    passing=Example(html='<html><head><meta name="color-scheme" content="light dark"></head><body>Hello</body></html>'),
    failing=Example(html="<html><head></head><body>Hello</body></html>"),
)
def meta_color_scheme(material: Material) -> Iterator[Hit]:
    if not _whole(material):
        return
    in_css = any("color-scheme" in sheet.text and ":root" in sheet.text for sheet in material.sheets)
    if _meta(material, "color-scheme") is None and not in_css:
        yield Hit("The mail does not say which colour schemes it knows.", material.html_line(1))
