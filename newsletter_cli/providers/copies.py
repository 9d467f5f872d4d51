"""For providers that take whole messages: one reader's copy, and how many fit into one call."""

from collections.abc import Sequence

from newsletter_cli.model.message import UNSUBSCRIBE, Message, personalise
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.providers.screening import ascii_domain, display_name


def copy_for(message: Message, person: Recipient, own_unsubscribe: str = "") -> Message:
    """The message with this person's values; `own_unsubscribe` is the provider's placeholder where there is no value."""
    values = person.values
    if own_unsubscribe:
        values = {each.token: own_unsubscribe for each in message.merge_fields if each.name == UNSUBSCRIBE} | values
    return personalise(message, values)


def all_headers(copy: Message, message_id: str = "", leave_out: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Every header of a copy: its own, List-Id and Message-ID; `leave_out` are names in lower case."""
    headers = list(copy.headers)
    if copy.list_id:
        headers.append(("List-Id", f"<{copy.list_id}>"))
    if message_id:
        headers.append(("Message-ID", message_id))
    return [(name, value) for name, value in headers if name.lower() not in leave_out]


def entry(email: str, name: str = "", *, keys: tuple[str, str] = ("email", "name")) -> dict[str, str]:
    """An address as JSON APIs want it: {"email": ..., "name": ...}, without a name where there is none."""
    shown = display_name(name)
    found = {keys[0]: ascii_domain(email)}
    return found | {keys[1]: shown} if shown else found
