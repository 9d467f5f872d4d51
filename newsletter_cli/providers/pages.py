"""Helps adapters read answers: dates as providers write them, addresses to places in a batch, answers as models."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from newsletter_cli.errors import NewsletterError
from newsletter_cli.providers.base import Answer, Batch
from newsletter_cli.providers.screening import same_address


class Loose(BaseModel):
    """A part of a provider's answer: what we rely on is typed, what they add later is let through."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class AnswerNotUnderstood(NewsletterError, ValueError):
    """A provider's answer has not the documented form. A ValueError, so that an answer to a send becomes a doubt."""

    def __init__(self, faults: int) -> None:
        super().__init__(
            f"The provider's answer was not understood ({faults} of its parts are missing or of another kind).",
            "Run it again later; if it stays so, the provider has changed its API: look for a newer version.",
        )


T = TypeVar("T")


@cache
def _reader(form: Any) -> TypeAdapter[Any]:
    return TypeAdapter(form)


def read(form: type[T], body: bytes) -> T:
    """A provider's JSON in the documented form.

    Raises:
        AnswerNotUnderstood: it is not; no part of the answer is in the words, for it may hold addresses.
    """
    try:
        found: T = _reader(cast(Any, form)).validate_json(body)
    except ValidationError as error:
        raise AnswerNotUnderstood(error.error_count()) from None
    return found


def parse_time(value: object) -> datetime | None:
    """An aware UTC time from ISO 8601, RFC 2822 or epoch seconds; None when it is neither."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC) if 0 < value < 4e9 else None
    text = str(value or "").strip().removesuffix(" UTC")
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, TypeError):
            continue
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    return None


def answer_for(batch: Batch, found: Iterable[str], ids: tuple[str, ...] = ()) -> Answer:
    """What it means that these addresses were found: everybody of the batch, nobody, or some."""
    seen = {same_address(each) for each in found}
    return answer_of(batch, frozenset(each.seq for each in batch.recipients if same_address(each.email) in seen), ids)


def answer_of(batch: Batch, seqs: frozenset[int], ids: tuple[str, ...] = ()) -> Answer:
    """The same for places in the snapshot."""
    if not seqs:
        return Answer("no")
    return Answer("yes" if len(seqs) == len(batch.recipients) else "some", seqs, ids)


def same_host(address: str, link: str) -> str:
    """A link to the next page, put on the address we chose: a key never follows a link elsewhere."""
    there = urlsplit(link)
    base = urlsplit(address)
    return f"{base.scheme}://{base.netloc}{there.path}" + (f"?{there.query}" if there.query else "")
