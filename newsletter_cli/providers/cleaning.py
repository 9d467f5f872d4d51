"""Makes a provider's words safe to show: no addresses, no keys, no readers' values, one short line."""

import re
from collections.abc import Iterable

from newsletter_cli.providers.base import Batch, HttpCall

_ADDRESS = re.compile(r"""[^\s<>"'(),;:\\\[\]]+@[^\s<>"'(),;:\\\[\]]+""")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")
MASK = "***"
_LONGEST = 300


def clean(words: str, secrets: Iterable[str] = (), batch: Batch | None = None) -> str:
    """The words on one line, at most 300 characters; addresses, keys and this batch's merge values masked."""
    text = _ADDRESS.sub("(address)", mask_text(words, secrets))
    if batch is not None:
        text = _without_values(text, batch)
    text = _SPACE.sub(" ", text).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def mask_text(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        if secret:
            text = text.replace(secret, MASK)
    return text


def mask_call(call: HttpCall, secrets: Iterable[str]) -> HttpCall:
    """The request with every key in address, headers and body replaced by ***."""
    known = tuple(each for each in secrets if each)
    body = call.body
    for secret in known:
        body = body.replace(secret.encode(), MASK.encode())
    headers = tuple((name, mask_text(value, known)) for name, value in call.headers)
    return HttpCall(call.method, mask_text(call.url, known), headers, body)


def _without_values(text: str, batch: Batch) -> str:
    """Values of three characters and more, as whole words: a name "Al" inside "Also" is no leak."""
    for person in batch.recipients:
        for value in (person.email, person.name, *person.values.values()):
            if len(value) > 2 and value in text:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "(value)", text)
    return text
