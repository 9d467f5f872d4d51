"""A copy of a message to look at: merge fields filled with what a reader without values gets."""

import re

from newsletter_cli.model.message import UNSUBSCRIBE, MergeField, Message, personalise

_ANCHOR = "#unsubscribe"


def sample(message: Message, unsubscribe_url: str = "") -> Message:
    """The message with each field's default; one without a default shows its name in brackets.

    Args:
        message: with tokens.
        unsubscribe_url: the newsletter's own address with `{token}`; else a harmless anchor stands there.
    """
    address = re.sub(r"\{token\}", "sample", unsubscribe_url) or _ANCHOR

    def value(field: MergeField) -> str:
        if field.name == UNSUBSCRIBE:
            return address
        return field.default if field.default is not None else f"[{field.name.removeprefix('subscriber.')}]"

    return personalise(message, {field.token: value(field) for field in message.merge_fields})
