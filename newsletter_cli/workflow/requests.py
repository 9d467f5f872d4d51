"""The very requests a send would make, for a dry run."""

import base64
import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from newsletter_cli.audience.picking import pick_audience
from newsletter_cli.audience.suppression import suppressed_among
from newsletter_cli.config import Settings
from newsletter_cli.delivery.ledger import CANARY, Ledger
from newsletter_cli.delivery.plan import batch_size
from newsletter_cli.delivery.readers import freeze_readers
from newsletter_cli.delivery.snapshot import Frozen, Rows, recipients, token_places, with_token
from newsletter_cli.delivery.unsubscribe import Tokens
from newsletter_cli.providers.base import Batch, HttpCall, Provider
from newsletter_cli.workflow.plan import Prepared

_TOKENS = Tokens(("dry-run",))


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One request and how many people are in it."""

    people: int
    call: HttpCall


def planned_calls(
    ledger: Ledger, provider: Provider, settings: Settings, prepared: Prepared, batches: int
) -> Iterator[PlannedCall]:
    """The requests of the first so many batches, in order; a send of any size can be looked at.

    Keys are masked by the provider; unsubscribe tokens are samples, since the real ones name the campaign.
    """
    message = prepared.bound
    size = batch_size(settings, provider, message)
    source = _going(ledger, settings, prepared)
    places, maker = token_places(message), _TOKENS.maker()
    seq, width = 0, min(size, CANARY)
    for _ in range(batches):
        chunk = list(islice(source, width))
        if not chunk:
            return
        rows = Rows(
            [
                (
                    number,
                    each.email,
                    each.name,
                    json.dumps(with_token(each.values, places, maker(0, number))),
                )
                for number, each in enumerate(chunk, seq)
            ]
        )
        batch = Batch(
            key=f"dry-run-{seq}",
            tag=f"dry-run-{seq}",
            campaign=f"{prepared.plan.issue}-dry-run",
            recipients=recipients(rows, message, f"{prepared.plan.issue}-dry-run"),
        )
        for call in provider.calls(message, batch):
            yield PlannedCall(len(chunk), call)
        seq, width = seq + len(chunk), size


def as_curl(call: HttpCall) -> str:
    """The request as a command line; a body that is not text goes in by base64."""
    if call.method == "SMTP":
        return _smtp_curl(call)
    words = ["curl", "-X", call.method, call.url]
    for name, value in call.headers:
        words += ["-H", f"{name}: {value}"]
    try:
        return shlex.join([*words, "--data-binary", call.body.decode("utf-8")] if call.body else words)
    except UnicodeDecodeError:
        return (
            f"echo {base64.b64encode(call.body).decode()} | base64 -d | {shlex.join([*words, '--data-binary', '@-'])}"
        )


def _smtp_curl(call: HttpCall) -> str:
    """curl speaks SMTP too; the mail goes in by its input."""
    words = ["curl", "--url", call.url]
    for name, value in call.headers:
        words += [f"--{name}", value] if value else [f"--{name}"]
    return (
        f"printf %s {shlex.quote(call.body.decode('utf-8', 'replace'))} | {shlex.join([*words, '--upload-file', '-'])}"
    )


def _going(ledger: Ledger, settings: Settings, prepared: Prepared) -> Iterator[Frozen]:
    """The people who would be written to, suppressed ones left out."""
    people = pick_audience(ledger.database, settings, prepared.segment)
    source = freeze_readers(people, prepared.bound, settings, prepared.purpose)
    while page := list(islice(source, 2000)):
        with ledger.database.reading() as connection:
            away = suppressed_among(connection, [each.address_key for each in page])
        yield from (each for each in page if each.address_key not in away and not each.withheld)
