"""Test sends: a marked copy to a few named people, which counts as no delivery of the issue."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from newsletter_cli.audience.addresses import check_address
from newsletter_cli.config import Settings
from newsletter_cli.delivery.readers import value_maker
from newsletter_cli.delivery.snapshot import token_places, value_fields, with_token
from newsletter_cli.delivery.unsubscribe import Tokens
from newsletter_cli.errors import UsageError
from newsletter_cli.model.message import Message
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.model.subscriber import Subscriber
from newsletter_cli.providers.base import Batch, Provider, Rejection

MOST = 20
MARK = "[TEST] "
_BODY = re.compile(r"<body\b[^>]*>", re.I)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What became of a test: who it was handed over for, and who was refused (seq is the place in `to`)."""

    to: tuple[str, ...]
    refused: tuple[Rejection, ...]
    provider: str


def check_testers(addresses: Sequence[str]) -> tuple[str, ...]:
    """The addresses of a test, each once.

    Raises:
        UsageError: more than 20, which is a send and no test.
        BadAddress: one of them is none.
    """
    found = {checked.key: checked.email for checked in map(check_address, addresses)}
    if len(found) > MOST:
        raise UsageError(
            f"A test may go to {MOST} people; these are {len(found)}.",
            "Name fewer. Mail to many people is a send: it needs approval, and counts.",
        )
    return tuple(found.values())


def mark(message: Message, words: str) -> Message:
    """The message with [TEST] before its subject and a banner above its content, in both parts."""
    banner = (
        '<div role="note" style="background:#fff3c4;color:#3d2c00;border:2px solid #b7791f;padding:12px;'
        f'font:bold 16px/1.4 Arial,sans-serif;text-align:center">{escape(words)}</div>'
    )
    found = _BODY.search(message.html)
    cut = found.end() if found else 0
    return replace(
        message,
        subject=MARK + message.subject,
        html=message.html[:cut] + banner + message.html[cut:],
        text=f"*** {words} ***\n\n{message.text}",
    )


def rehearse(
    bound: Message, settings: Settings, provider: Provider, tokens: Tokens, testers: Sequence[str], person: Subscriber
) -> Rehearsed:
    """Hand a marked copy over for each tester, one call a person, with `person`'s values.

    The unsubscribe address in it belongs to nobody: trying it out takes no reader off the list.

    Raises:
        CannotExpress, ProviderFault: from the provider; who was handed over before stays so.
    """
    message = mark(bound, "This is a test. It is not the issue going out.")
    provider.prepare(message)
    refused: list[Rejection] = []
    run = uuid.uuid4().hex[:12]
    for seq, email in enumerate(testers):
        batch = Batch(
            key=f"test-{run}-{seq}",
            tag=f"test-{run}-{seq}",
            campaign=f"test-{run}",
            recipients=(_tester(message, settings, tokens, email, person, run),),
        )
        receipt = provider.send(message, batch)
        refused += [replace(each, seq=seq) for each in (*receipt.rejected, *receipt.unknown)]
    return Rehearsed(tuple(testers), tuple(refused), provider.title)


def _tester(
    message: Message, settings: Settings, tokens: Tokens, email: str, person: Subscriber, run: str
) -> Recipient:
    values = with_token(value_maker(message, settings)(person), token_places(message), tokens.token(0, 0))
    domain = message.sender.email.rpartition("@")[2]
    return Recipient(
        seq=0,
        email=email,
        name="",
        values=dict(zip(value_fields(message), values, strict=True)),
        message_id=f"<test.{run}.{uuid.uuid4().hex[:16]}@{domain}>",
    )
