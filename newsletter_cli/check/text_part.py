"""Rules on the plain-text part: that it is there and says what the HTML says."""

import re
from collections import Counter
from collections.abc import Iterator

from newsletter_cli.check.elements import href, is_merge, links, same_page
from newsletter_cli.check.material import Material
from newsletter_cli.check.rules import ERROR, WARNING, Example, Hit, rule
from newsletter_cli.check.words import short, words_of
from newsletter_cli.model.message import split_tokens

_URL = re.compile(r"https?://[^\s<>\"]+")
_ENOUGH = 0.6


@rule(
    "text-part-missing",
    ERROR,
    "Watches, spam filters and people who prefer it read the text part.",
    "Send a text part along; compose writes one.",
    passing=Example(
        kind="eml", html="<p>Our team found why cells sleep.</p>", text="Our team found why cells sleep.\n"
    ),
    failing=Example(kind="eml", html="<p>Our team found why cells sleep.</p>", text=""),
)
def text_part_missing(material: Material) -> Iterator[Hit]:
    mail = material.mail
    if mail is not None and mail.text is not None and not mail.text.strip() and mail.html.strip():
        yield Hit("There is no text part.", material.html_line(0))


@rule(
    "text-part-diff",
    WARNING,
    "A text part that says something else than the HTML costs 2.3 points in SpamAssassin.",
    "Write the text part from the same stories; compose does.",
    passing=Example(
        kind="eml",
        html="<p>Our team in Padua found why cells sleep for years, and how to wake them.</p>",
        text="Our team in Padua found why cells sleep for years, and how to wake them.",
    ),
    failing=Example(
        kind="eml",
        html="<p>Our team in Padua found why cells sleep for years, and how to wake them. Read what it means for patients.</p>",
        text="Your mail program does not show HTML.",
    ),
)
def text_part_diff(material: Material) -> Iterator[Hit]:
    mail = material.mail
    if mail is None or not mail.text or not mail.text.strip():
        return
    page = Counter(words_of(_URL.sub(" ", _visible_words(material))))
    total = sum(page.values())
    if total < 10:
        return
    shared = sum((page & Counter(words_of(mail.text))).values())
    if shared / total < _ENOUGH:
        yield Hit(f"Only {shared / total:.0%} of the words of the HTML are in the text part.", material.html_line(0))


def _visible_words(material: Material) -> str:
    texts = []
    for element in material.page.body.iter():
        if element.tag in ("style", "script") or material.light.hidden(element):
            continue
        texts += [element.text or "", *(child.tail or "" for child in element)]
    return " ".join(texts)


@rule(
    "text-links",
    WARNING,
    "Who reads the text part wants to follow the links too.",
    "Name each link of the HTML in the text part.",
    passing=Example(kind="eml", html='<a href="https://b.org/1">One</a>', text="One: https://b.org/1"),
    failing=Example(kind="eml", html='<a href="https://b.org/1">One</a>', text="One."),
)
def text_links(material: Material) -> Iterator[Hit]:
    mail = material.mail
    if mail is None or not mail.text or not mail.text.strip():
        return
    written = {same_page(each.rstrip(".,;:!?)]>")) for each in _URL.findall(mail.text)}
    tokens = {each.token for each in split_tokens(mail.text, mail.merge_fields) if not isinstance(each, str)}
    missing = []
    for link in links(material):
        url = href(link)
        own = [each.token for each in mail.merge_fields if each.token in url]
        if own:
            if not any(token in tokens for token in own):
                missing.append((url, link))
        elif (
            url.lower().startswith("http")
            and not is_merge(url, mail)
            and same_page(url) not in written
            and url not in mail.text
        ):
            missing.append((url, link))
    distinct = dict(reversed(missing))
    if distinct:
        urls = list(dict.fromkeys(url for url, _ in missing))
        more = f" and {len(urls) - 1} more" if len(urls) > 1 else ""
        yield Hit(f"The text part lacks {short(urls[0], 60)}{more}.", material.place(distinct[urls[0]]))
