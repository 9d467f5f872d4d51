"""What stands on a page beside the story: recognised by tag, role and class."""

import re

from newsletter_cli.gather.page.tree import Element, names_of, text_of
from newsletter_cli.gather.words import folded

_TAGS = frozenset(["nav", "footer", "form", "aside", "dialog", "menu", "button", "input"])
_NEVER = frozenset(["html", "body", "main", "article", "img"])  # an img of class `img-share` has a share button on it
_ROLES = frozenset(["navigation", "search", "complementary", "contentinfo", "dialog", "banner", "form", "alert"])
_CLASS = re.compile(
    r"(?:^|[\s_-])(?:"
    r"share(?:d|s|bar|tools)?|sharing|social(?:-?media)?|addtoany|sharedaddy|jp-relatedposts|"
    r"newsletters?|sign-?up|subscribe|subscription|subscriptions|mailing|"
    r"cookies?|consent|gdpr|"
    r"related|recommend(?:ed|ation|ations)?|read-?more|read-?next|more-?(?:news|stories|on|from)|further-?reading|also-?like|teasers?|"
    r"outbrain|taboola|promo(?:tion|box)?|advert(?:isement|s)?|ads?|adslot|sponsor(?:ed)?|"
    r"comments?|disqus|respond|"
    r"sidebar|breadcrumbs?|toolbar|popup|modal|overlay|paywall|"
    r"tags?|tag-?list|topics?-?list|byline|author-?(?:bio|box|info|card)|about-?the-?author|"
    r"navigation|nav|menu|pagination|pager|masthead|site-?header|site-?footer|footer|"
    r"donate-?(?:strip|bar|box|banner)|print|skip-?link|screen-?reader(?:-text)?|sr-only|visually-?hidden|hidden|metadata"
    r")(?:$|[\s_-])"
)
_TEXT = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "figure", "table"])
_SHOWN_ON_SOME = re.compile(r":(?:block|flex|grid|inline|inline-block|table)(?:$|\s)")
_HIDDEN_ON_SOME = re.compile(r"(?:^|\s)hidden(?=$|\s)")
_UNSEEN = re.compile(
    r"(?:^|[\s_-])(?:screen-?reader(?:-text)?|sr-only|visually-?hidden|share|tooltip|print-?only|"
    r"edit-?section|(?:header|heading|anchor)-?(?:anchor|link)|permalink)(?:$|[\s_-])"
)
_HIDDEN = re.compile(r"display:none|visibility:hidden")
_SAYS = re.compile(
    r"^(?:(?:join|sign up (?:to|for)|subscribe to|get) (?:our|the|your|free)?\s?(?:\w+ ){0,3}?(?:newsletters?|updates|mailing list|emails?)"
    r"|share(?: this)?(?: (?:page|article|story|post|on .*))?|tweet|print(?: this page)?|advertisements?|advertising|anzeige|werbung|publicité"
    r"|follow us(?: on .*)?|back to top|read (?:more|next|also)|related (?:articles|stories|news|content|topics)|skip to .*|cookie settings|accept(?: all)? cookies"
    r"|sign up|subscribe|click here to (?:sign up|subscribe).*|copy link|listen to this article|you may also like|more (?:on this|news|stories)"
    r"|(?:share (?:on|via|to) )?(?:facebook|twitter|x|linkedin|whatsapp|instagram|youtube|pinterest|bluesky|mastodon|threads|tiktok|email(?: this)?)"
    r"|(?:stay|keep) (?:up to date|in touch)(?: with (?:our|the|all).{0,40})?|donate(?: now| today| here| to us)?|give now|make a (?:donation|gift)|support us|accessibility"
    r"|auch interessant|das könnte sie auch interessieren|externer inhalt nicht verfügbar|most (?:read|popular)(?: in .{3,20})?|recommended videos?"
    r"|lesen sie (?:auch|mehr|hier mehr)|mehr zum thema|(?:à )?lire aussi|lire la suite|leggi anche|lee también|leer más|lees ook|lees meer"
    r"|leia (?:também|mais)|czytaj (?:też|także|więcej|również)|läs (?:också|mer)|les også|les mer|læs også|lue myös"
    r"|passer la publicité|la suite est réservée aux abonnés|il vous reste .{2,8} de cet article à lire.*"
    r"|mit meiner anmeldung zum newsletter .*|mit der anmeldung zum newsletter .*|ich bin damit einverstanden dass mir externe inhalte .*"
    r"|the post .{0,160}appeared (?:first )?on .*|the post first appeared on .*"
    r"|enter your email.*|your email address|(?:loading|close|menu|search)\b.{0,12})$"
)


def is_furniture(element: Element) -> bool:
    """Whether an element belongs to the site rather than to the story, as far as its mark-up says."""
    if element.tag in _TAGS or str(element.get("role") or "").lower() in _ROLES:
        return True
    if element.get("hidden") is not None or str(element.get("aria-hidden") or "") == "true":
        return not any(True for _ in element.iter("img", "picture"))
    if _HIDDEN.search(re.sub(r"\s", "", str(element.get("style") or "").lower())):
        return True
    return element.tag not in _NEVER and bool(_CLASS.search(_telling_names(element)))


def _telling_names(element: Element) -> str:
    """The names without those that say nothing here: text behind a paywall, `hidden xl:block` (seen on wide screens)."""
    names = names_of(element)
    if "paywall" in names and element.tag in _TEXT:
        names = names.replace("paywall", "")
    return _HIDDEN_ON_SOME.sub("", names) if "hidden" in names and _SHOWN_ON_SOME.search(names) else names


def is_unseen(element: Element) -> bool:
    """Whether a piece of running text is for screen readers only, or hidden."""
    style = re.sub(r"\s", "", str(element.get("style") or "").lower())
    return bool(_UNSEEN.search(names_of(element)) or _HIDDEN.search(style)) or element.get("hidden") is not None


def says_furniture(text: str) -> bool:
    """Whether a line is one that sites put between paragraphs: share, sign up, advertisement."""
    return bool(_SAYS.match(folded(text)))


def link_share(element: Element) -> float:
    """How much of an element's text is links, 0 to 1."""
    whole = len(text_of(element))
    return sum(len(text_of(each)) for each in element.iter("a")) / whole if whole else 0.0
