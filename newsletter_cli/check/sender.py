"""Rules on who writes, and on how a reader leaves: what the law and the large mailboxes ask of every mail."""

import re
from collections.abc import Iterator

from newsletter_cli.check.blocks import Place
from newsletter_cli.check.elements import href, link_name, links
from newsletter_cli.check.material import Material
from newsletter_cli.check.rules import ERROR, INFO, WARNING, Example, Hit, rule
from newsletter_cli.check.words import squeeze, text_of
from newsletter_cli.model.message import BROWSER, UNSUBSCRIBE

_LEAVE = re.compile(
    r"unsub|opt[ -]?out|list-manage|abmelde|abbestell|d[ée]sabonn|d[ée]sinscri|darse de baja|cancelar (?:la )?suscri|disiscri|cancella(?:ti|re)? (?:l.)?iscri"
    r"|uitschrijven|afmeld|cancelar inscri|avregistrera|avmeld|wypisz|отпис|إلغاء الاشتراك|配信停止|退订|(?:email|mail|communication|subscription|notification) (?:preferences|settings)"
    r"|manage (?:your )?(?:preferences|subscription|emails?)|stop (?:receiving|getting)|no longer (?:wish|want) to receive",
    re.I,
)
_LEAVE_TEXT = re.compile(rf"(?:{_LEAVE.pattern})[^\n]*\n?[^\n]*(?:https?://|mailto:|@)|https?://\S*unsub", re.I)
_BROWSER = re.compile(
    r"(?:view|read|see|open).{0,40}(?:browser|online|web)|web ?version|im browser|online ?(?:version|ansehen|lesen)|dans (?:le|votre) navigateur|version en ligne"
    r"|en (?:el|tu|su) navegador|nel browser|in (?:de|uw|je) browser|\*\|ARCHIVE\|\*|في المتصفح",
    re.I,
)
_ADDRESS = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]{2},? +\d{5}(?:-\d{4})?\b|\bP\.? ?O\.? ?Box \d+|\b\d{1,5}[a-z]?,? (?:[A-Z][\w’'.-]+ ){1,4}(?:St|Street|Road|Rd|Ave|Avenue|Lane|Blvd|Boulevard|Drive|Dr|Way|Square|Place|Pl|Parkway|Court|Suite|Terrace|Row|Broadway|Floor)\b"
    r"|\b[A-ZÄÖÜ][\w’'-]*(?:stra(?:ß|ss)e|str\.|gasse|platz|weg|allee|laan|straat|plein|gatan|gade|vej) \d+|\b(?:rue|avenue|boulevard|place|via|viale|piazza|calle|avenida|rua) (?:[\w’'.-]+ ){1,5}|\b\d{4,5}[ -][A-ZÄÖÜ][a-zäöüéè]+"
    r"|\b\d{1,5} (?:[A-Z][\w’'.-]+ ?){1,4},[^.]{0,60}\b\d{4,6}\b|〒\d{3}"
)
_ADDRESS_TAG = re.compile(
    r"\*\|(?:LIST:ADDRESS\w*|HTML:LIST_ADDRESS_HTML)\|\*|\{\{ ?(?:organization\.full_address|sender[_.]address|account\.address|address)|\[Sender_Address\]|%postal|mailing_address|company_address",
    re.I,
)
_ONE_TO_ONE = re.compile(
    r"\b(?:your|reset|verify|confirm|activate)\b.{0,40}\b(?:password|order|receipt|invoice|account|e-?mail(?: address)?|verification|payment|booking|login|sign[- ]?in|code|delivery|subscription|trial)\b"
    r"|\b(?:receipt|invoice|verification code|magic link|one-time (?:code|password)|password reset|order confirmation|shipped|sign(?:ing)? in|invited you|security alert|your .{0,20}(?:has|have) (?:shipped|been))\b",
    re.I,
)
# What both say: a service greets a new user, and an editor greets the readers of an issue.
_GREETING = re.compile(r"\bwelcome to\b|\bjoin (?!us\b|me\b|our\b|the\b|in\b).{1,40} on\b", re.I)
_PERIODICAL = re.compile(
    r"\b(?:news ?letter|bulletin|digest|gazette|magazine|round-?up|(?:issue|edition) (?:of|no)|this (?:issue|edition|month|week))\b"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december) (?:issue|edition|news|update)\b",
    re.I,
)
_FREE = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "yahoo.co.uk",
        "outlook.com",
        "hotmail.com",
        "hotmail.co.uk",
        "live.com",
        "aol.com",
        "icloud.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "mail.ru",
        "protonmail.com",
        "proton.me",
        "t-online.de",
        "orange.fr",
        "libero.it",
    ]
)


def text_only(material: Material) -> str:
    """The words of a mail that has no HTML part; "" for any other."""
    mail = material.mail
    return (mail.text or "") if mail and not mail.html.strip() else ""


def one_to_one(material: Material) -> bool:
    """Whether a mail from elsewhere answers one person's deed (receipt, password): no newsletter, other duties."""
    if material.kind == "issue":
        return False
    titles = [text_of(each) for each in material.page.all("title", "h1", "h2")]
    words = text_of(material.page.body) or text_only(material)
    start = " ".join([material.mail.subject or "" if material.mail else "", *titles, words[:400]])
    return bool(_ONE_TO_ONE.search(start) or (_GREETING.search(start) and not _PERIODICAL.search(start)))


def leaves(url: str, name: str) -> bool:
    """Whether a link is one by which a reader leaves, as far as its address and its words tell."""
    return bool(_LEAVE.search(url) or _LEAVE.search(name))


def _leaving_links(material: Material) -> bool:
    fields = material.mail.merge_fields if material.mail else ()
    tokens = [each.token for each in fields if each.name == UNSUBSCRIBE]
    return any(
        any(token in href(link) for token in tokens) or _LEAVE.search(href(link)) or _LEAVE.search(link_name(link))
        for link in links(material)
    )


@rule(
    "unsubscribe-missing",
    ERROR,
    "Every newsletter must offer a way out (PECR, GDPR, CAN-SPAM); who finds none presses “spam”.",
    "Put an unsubscribe link in the footer: `{{ unsubscribe_url }}`.",
    passing=Example(html='<p>Monthly news</p><p><a href="https://news.bbc.co.uk/leave?u=1">Unsubscribe</a></p>'),
    failing=Example(html="<p>Monthly news</p><p>Thank you for reading.</p>"),
)
def unsubscribe_missing(material: Material) -> Iterator[Hit]:
    if material.mail is None or _leaving_links(material) or _LEAVE_TEXT.search(text_only(material)):
        return
    place = material.origins.template("footer") or material.html_line(0)
    if _LEAVE.search(text_of(material.page.body)):
        yield Hit("The mail speaks of unsubscribing, but no link leads there.", place, WARNING)
    elif one_to_one(material):
        yield Hit(
            "There is no unsubscribe link; a receipt or a password mail needs none, a newsletter does.", place, INFO
        )
    else:
        yield Hit("There is no link to unsubscribe.", place)


@rule(
    "postal-address-missing",
    ERROR,
    "CAN-SPAM and many charity codes ask for the sender’s postal address in every mail.",
    "Set `postal_address` under [newsletter] and show it in the footer.",
    passing=Example(html="<p>Monthly news</p><p>Example Trust, 2 Redman Place, London E20 1JQ</p>"),
    failing=Example(html="<p>Monthly news</p><p>Example Trust</p>"),
)
def postal_address_missing(material: Material) -> Iterator[Hit]:
    mail, settings = material.mail, material.settings
    if mail is None:
        return
    if mail.kind == "issue" and settings is not None:
        place = material.origins.setting("newsletter", "postal_address")
        address = settings.newsletter.postal_address
        if not address.strip():
            yield Hit("The newsletter has no postal address.", place)
            return
        wanted = _bare(address)
        if wanted not in _bare(text_of(material.page.body)):
            yield Hit("The postal address of newsletter.toml is not in the HTML.", place)
        if mail.text is not None and wanted not in _bare(mail.text):
            yield Hit("The postal address of newsletter.toml is not in the text part.", place)
        return
    text = text_of(material.page.body) + text_only(material)
    if (
        not _ADDRESS.search(text)
        and not _ADDRESS_TAG.search(material.page.source)
        and "address" not in material.page.written
    ):
        severity = INFO if one_to_one(material) else WARNING
        yield Hit("No postal address was recognised.", material.html_line(0), severity)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", squeeze(text).lower()).strip()


@rule(
    "list-unsubscribe-header",
    ERROR,
    "Gmail and Yahoo refuse bulk mail without one-click unsubscribe (RFC 8058).",
    "Set [unsubscribe] url (https, with {token}), or use a provider that has its own.",
    passing=Example(
        kind="eml",
        html='<p>News</p><a href="https://news.bbc.co.uk/u">Unsubscribe</a>',
        headers=(
            ("List-Unsubscribe", "<https://news.bbc.co.uk/u/1>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ),
    ),
    failing=Example(kind="eml", html='<p>News</p><a href="https://news.bbc.co.uk/u">Unsubscribe</a>', headers=()),
)
def list_unsubscribe_header(material: Material) -> Iterator[Hit]:
    mail, settings = material.mail, material.settings
    if mail is None or mail.headers is None:
        return
    headers = {name.lower(): value for name, value in mail.headers}
    value = headers.get("list-unsubscribe", "")
    if mail.kind == "issue":
        if settings is None or value:
            return
        leaving = settings.unsubscribe
        place = material.origins.setting("unsubscribe", "url")
        if material.own_unsubscribe or leaving.url:
            return
        if leaving.mailto:
            yield Hit("One leaves by mail only; there is no one-click address for List-Unsubscribe.", place, WARNING)
        else:
            yield Hit("There is no address for the List-Unsubscribe header.", place)
    elif not value:
        severity = INFO if one_to_one(material) else ERROR
        yield Hit("The List-Unsubscribe header is missing.", Place(mail.file, 1), severity)
    elif "https:" not in value.lower():
        yield Hit("List-Unsubscribe has no https address.", Place(mail.file, 1), WARNING)
    elif "one-click" not in headers.get("list-unsubscribe-post", "").lower():
        yield Hit("List-Unsubscribe-Post is missing, so one click does not suffice.", Place(mail.file, 1), WARNING)


@rule(
    "sender-mismatch",
    WARNING,
    "Mail from a free address, or from another domain than usual, is filtered.",
    "Send from an address of the organisation’s own domain.",
    passing=Example(kind="eml", html="<p>News</p>", sender="news@charity.org.uk"),
    failing=Example(kind="eml", html="<p>News</p>", sender="our.charity@gmail.com"),
)
def sender_mismatch(material: Material) -> Iterator[Hit]:
    mail, settings = material.mail, material.settings
    if mail is None or mail.sender is None or not mail.sender.email:
        return
    domain = mail.sender.email.rpartition("@")[2].lower()
    place = material.origins.setting("sender", "email") if mail.kind == "issue" else Place(mail.file, 1)
    configured = settings.sender.email.rpartition("@")[2].lower() if settings else ""
    if domain in _FREE:
        yield Hit(f"The sender’s address is at {domain}, a free mailbox that may not send for others (DMARC).", place)
    elif mail.kind != "issue" and configured and domain != configured:
        yield Hit(f"The sender’s domain is {domain}; newsletter.toml says {configured}.", place)


@rule(
    "view-in-browser",
    INFO,
    "Some readers’ mail programs spoil the layout; a web copy helps them, and can be shared.",
    "Set [archive] url, and show `{{ browser_url }}` below the preheader.",
    passing=Example(html='<p>News</p><a href="https://news.bbc.co.uk/2022-02">View in your browser</a>'),
    failing=Example(html="<p>News</p>"),
)
def view_in_browser(material: Material) -> Iterator[Hit]:
    mail = material.mail
    if mail is None or not mail.html.strip() or one_to_one(material):
        return
    # Without a web archive there is nothing to link to, and the team knows.
    if mail.kind == "issue" and (material.settings is None or not material.settings.archive.url):
        return
    tokens = [each.token for each in mail.merge_fields if each.name == BROWSER]
    for link in links(material):
        if (
            any(token in href(link) for token in tokens)
            or _BROWSER.search(link_name(link))
            or _BROWSER.search(href(link))
        ):
            return
    if _BROWSER.search(text_of(material.page.body)):
        return
    yield Hit("There is no link to read the mail in a browser.", material.html_line(0))
