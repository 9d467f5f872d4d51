"""Looks over a message and a batch before a provider sees them: nothing slips into a header, nobody spoils a batch."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter_cli.model.message import Message
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.providers.base import Batch, CannotExpress, Rejection

# RFC 5322 section 2.2; the two separators break lines in JSON and in some mail programs.
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_NAME = re.compile(r"[!-9;-~]+")
# What would end one address and begin another in a header or a comma-separated field.
_ADDRESS = re.compile(r"[^\s@,;:<>\"()\[\]\\\x00-\x1f\x7f]+@[^\s@,;:<>\"()\[\]\\\x00-\x1f\x7f]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_GOOD = ("", "")


@dataclass(frozen=True, slots=True)
class Screened:
    """The people to send to, and those turned away before any call."""

    people: tuple[Recipient, ...]
    turned_away: tuple[Rejection, ...]


def one_line(text: str) -> bool:
    """Whether this may stand in a header."""
    return not _CONTROL.search(text)


def display_name(name: str) -> str:
    """A name fit for a header: control characters become spaces."""
    if name.isascii() and name.isprintable():
        return " ".join(name.split())
    return " ".join(_SURROGATE.sub("\ufffd", _CONTROL.sub(" ", name)).split())


def ascii_domain(email: str) -> str:
    """The address with its domain in ASCII (RFC 5891), its local part as it is."""
    if email.isascii():
        return email
    local, _, domain = email.rpartition("@")
    if domain.isascii():
        return email
    import idna

    return f"{local}@{idna.encode(domain, uts46=True).decode()}"


def same_address(email: str) -> str:
    """What stands for an address when answers are compared: its domain in ASCII, small letters.

    Providers write a domain now as we sent it, in ASCII, now with its own letters.
    """
    try:
        return ascii_domain(email.strip()).lower()
    except UnicodeError:  # idna's fault is one; what a provider wrote need not be an address.
        return email.strip().lower()


def screen_message(message: Message, title: str) -> None:
    """Refuse what must not stand in a header.

    Raises:
        CannotExpress: subject, sender, reply address or a header holds a line break or control character.
    """
    texts = [("The subject", message.subject), ("The sender's name", message.sender.name), ("List-Id", message.list_id)]
    texts += [("The sender's address", message.sender.email)]
    if message.reply_to:
        texts += [("The reply address", message.reply_to.email), ("The reply name", message.reply_to.name)]
    texts += [(f"The header {name}", value) for name, value in message.headers]
    for what, text in texts:
        if not one_line(text):
            raise CannotExpress(f"{what} holds a line break or a control character.", "Take it out; nothing was sent.")
    for name, value in message.headers:
        if not _NAME.fullmatch(name):
            raise CannotExpress(f'"{name}" is no name for a header.', "Use letters, digits and hyphens.")
        if not value.isascii():
            raise CannotExpress(
                f"The header {name} holds a character that is not ASCII.",
                f"{title} would garble it; write it in ASCII.",
            )


def screen_batch(message: Message, batch: Batch, *, unicode_mailbox: bool) -> Screened:
    """Split the batch into those who can be written to and those who would break a header or the whole call."""
    bound = header_tokens(message)
    people: list[Recipient] = []
    away: list[Rejection] = []
    seen: set[str] = set()
    for person in batch.recipients:
        code, words = _GOOD if _plain(person) else _fault(person, bound, unicode_mailbox)
        folded = person.email.lower()
        if not code and folded in seen:
            code, words = "twice", "The address is in this batch twice; one copy goes to it."
        seen.add(folded)
        if code:
            away.append(Rejection(person.seq, code, words))
        else:
            people.append(person)
    return Screened(tuple(people), tuple(away))


def header_tokens(message: Message) -> tuple[str, ...]:
    """The tokens that stand in the subject or in a header."""
    text = "\n".join((message.subject, *(value for _, value in message.headers)))
    return tuple(each.token for each in message.merge_fields if each.token in text)


def _plain(person: Recipient) -> bool:
    """Whether nothing of the person can be at fault, seen in one look: an address, and printable ASCII in all values."""
    text = "".join(person.values.values())
    return text.isascii() and text.isprintable() and person.email.isascii() and bool(_ADDRESS.fullmatch(person.email))


def _fault(person: Recipient, bound: Sequence[str], unicode_mailbox: bool) -> tuple[str, str]:
    email, values = person.email, person.values
    if not _ADDRESS.fullmatch(email):
        return "bad-address", "The address is not one that can be written to."
    if not email.isascii():
        if not unicode_mailbox and not email.rpartition("@")[0].isascii():
            return "unicode-mailbox", "The provider cannot write to an address with letters outside ASCII before the @."
        try:
            ascii_domain(email)
        except UnicodeError:
            return "bad-address", "The domain of the address cannot exist."
    for token in bound:
        if _CONTROL.search(values.get(token, "")):
            return "line-break", "A value for the subject or a header holds a line break or a control character."
    for value in (email, *values.values()):
        if not value.isascii() and _SURROGATE.search(value):
            return "not-text", "A value is not valid Unicode."
    return _GOOD
