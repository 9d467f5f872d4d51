"""Composes a message from an issue: HTML and text rendered, styles inlined, merge fields as tokens."""

import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from newsletter_cli.compose.house_colours import fit_theme, house_values
from newsletter_cli.compose.inline import inline_styles
from newsletter_cli.compose.language import Language, load_language
from newsletter_cli.compose.letter import letter_with, unused_prefix
from newsletter_cli.compose.merge_fields import MergeExpression, replace_fields
from newsletter_cli.compose.merge_values import MergeAddress, SubscriberFields, TokenBook
from newsletter_cli.compose.names import Names
from newsletter_cli.compose.pictures import PictureBook
from newsletter_cli.compose.plain_text import tidy
from newsletter_cli.compose.template_tools import filters, tests
from newsletter_cli.compose.templates import Design, Renderer, TemplateFault, find_design
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.article import Figure
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.issue import Issue
from newsletter_cli.model.message import BROWSER, UNSUBSCRIBE, Address, Message
from newsletter_cli.paths import Workspace
from newsletter_cli.records import record

if TYPE_CHECKING:
    from newsletter_cli.config import Settings


class IssueUnreadable(NewsletterError):
    """Subject, preheader or letter hold braces that are no merge field."""

    def __init__(self, issue_id: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(
            f"The issue {issue_id} cannot be composed.",
            findings[0].hint,
            [f"{each.file}:{each.line}: {each.message}" for each in findings],
        )


@record
class Composed:
    """A message, and what was found while it was composed."""

    message: Message
    findings: tuple[Finding, ...] = ()


def compose_message(workspace: Workspace, settings: "Settings", issue: Issue) -> Message:
    """The message of an issue: the same for everyone but for the tokens of its merge fields.

    Raises:
        DesignNotFound, TemplateFault: the design is not there, or a template of it has a fault.
        IssueUnreadable: subject, preheader or letter hold braces that are no merge field.
    """
    return compose(workspace, settings, issue).message


def compose(workspace: Workspace, settings: "Settings", issue: Issue) -> Composed:
    """The message of an issue with what was found on the way (pictures, language); raises as `compose_message`."""
    design = find_design(workspace, issue.design or settings.newsletter.design)
    pictures = PictureBook.of(workspace, settings, issue.id)
    language = load_language(
        issue.lang or settings.newsletter.lang, workspace.templates / "strings", workspace.cache / "dates"
    )
    functions = {"picture": pictures.picture}
    renderer = Renderer(design, workspace, filters=filters(language), tests=tests(), functions=functions)
    own = (repr(issue), repr(settings), repr(dict(design.theme)), repr(dict(language.strings)))
    book = TokenBook(unused_prefix("nlmerge", *own))
    message = _rendered(settings, issue, renderer, language, book)
    better = unused_prefix("nlmerge", *own, *renderer.seen.values())
    if better != book.prefix:  # a template holds the very letters; now that its text is known, choose others
        book = TokenBook(better)
        message = _rendered(settings, issue, renderer, language, book)
    _refuse_damage(message, book, design)
    html = inline_styles(_without_blank_lines(message.html), workspace.cache / "styles")
    found = [*pictures.weigh(issue.file), *_language_finding(language, issue), *_logo_finding(pictures, settings)]
    return Composed(replace(message, html=html, images=tuple(pictures.used.values())), tuple(found))


def _rendered(settings: "Settings", issue: Issue, renderer: Renderer, language: Language, book: TokenBook) -> Message:
    """The message with its styles not yet inlined."""
    subject, preheader, letter = _fields(issue, settings, book)
    context = _context(settings, issue, renderer.design, language, book) | {
        "subject": subject,
        "preheader": preheader,
        "letter": letter,
    }
    html = renderer.render("issue.html", context)
    text = tidy(renderer.render("issue.txt", context))
    newsletter, sender = settings.newsletter, settings.sender
    return Message(
        issue_id=issue.id,
        subject=subject,
        preheader=preheader,
        html=html,
        text=text,
        sender=Address(sender.email, sender.name or newsletter.name),
        reply_to=Address(sender.reply_to) if sender.reply_to else None,
        list_id=newsletter.list_id,
        merge_fields=book.used((subject, preheader, html, text)),
        lang=language.tag,
    )


def _refuse_damage(message: Message, book: TokenBook, design: Design) -> None:
    for name, part in (("issue.html", message.html), ("issue.txt", message.text)):
        if damaged := book.damaged(part):
            what = f"a filter changed a merge field (it reads “{damaged[0]}” now)."
            raise TemplateFault(f"{design.name}/{name}", 0, what, "Write the field without a filter but default.")


def _fields(issue: Issue, settings: "Settings", book: TokenBook) -> tuple[str, str, Any]:
    """Subject, preheader and letter with tokens for their merge fields."""
    faults: list[Finding] = []
    address = browser_address(settings, issue, book)

    def write(expression: MergeExpression) -> str:
        if expression.name == BROWSER:
            return address
        default = None if expression.name == UNSUBSCRIBE else expression.default
        return book.token(expression.name, default)

    texts = []
    for key, value in (("subject", issue.subject), ("preheader", issue.preheader)):
        text, found = replace_fields(value, write, issue.file, issue.line(key))
        texts.append(text)
        faults += found
    letter = letter_with(issue.letter_source, write, book.prefix, issue.file, issue.letter_line)
    faults += [each for each in letter.findings if each.rule == "merge-field"]
    if faults:
        raise IssueUnreadable(issue.id, tuple(faults))
    return texts[0], texts[1], letter.blocks


def _context(settings: "Settings", issue: Issue, design: Design, language: Language, book: TokenBook) -> dict[str, Any]:
    theme = fit_theme(design.theme, house_values(settings.theme))
    if theme.get("logo"):
        theme["logo_figure"] = Figure(str(theme["logo"]), alt=str(theme.get("logo_alt") or ""))
    return {
        "issue": issue,
        "articles": issue.articles,
        "cards": issue.further_reading,
        "call_to_action": issue.call_to_action,
        "newsletter": Names(asdict(settings.newsletter)),
        "sender": Names(asdict(settings.sender)),
        "theme": Names(theme),
        "t": Names(dict(language.strings)),
        "lang": language.tag,
        "dir": language.direction,
        "start": language.start,
        "end": language.end,
        "subscriber": SubscriberFields(book),
        "unsubscribe_url": MergeAddress(book, UNSUBSCRIBE),
        "browser_url": browser_address(settings, issue, book),
    }


def browser_address(settings: "Settings", issue: Issue, book: TokenBook) -> str:
    """Where the issue can be read on the web: our archive, else the platform's own page (kind = "campaign"), else ""."""
    if not settings.archive.url and settings.provider.kind == "campaign":
        return book.token(BROWSER, None)
    return settings.archive.url.replace("{issue}", issue.id)


def _language_finding(language: Language, issue: Issue) -> list[Finding]:
    if language.translated:
        return []
    message = f"There are no words for designs in “{language.tag}”; they are English."
    hint = f"Write templates/strings/{language.tag}.toml; docs/templates.md shows how."
    return [Finding("language-words", Severity.WARNING, message, hint, issue.file, issue.line("lang"))]


def _logo_finding(pictures: PictureBook, settings: "Settings") -> list[Finding]:
    if settings.theme.logo not in pictures.missing:
        return []
    message = f"There is no logo {settings.theme.logo}."
    hint = "`logo` under [theme] is a path in the workspace."
    return [Finding("image-missing", Severity.ERROR, message, hint, "newsletter.toml")]


def _without_blank_lines(html: str) -> str:
    """What template tags leave behind weighs: Gmail cuts a mail at 102 KB."""
    return re.sub(r"\n\s*\n+", "\n", html)
