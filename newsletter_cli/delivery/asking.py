"""Asks the provider about a batch in doubt."""

from datetime import timedelta

from sqlalchemy import select

from newsletter_cli.database.tables import batch
from newsletter_cli.delivery import writing
from newsletter_cli.delivery.calls import Look
from newsletter_cli.delivery.claims import Claims, doubt_of
from newsletter_cli.delivery.settle import Found, after_look, lag_of, unproven
from newsletter_cli.model.campaign import BatchState
from newsletter_cli.providers.base import NotSent, Provider, ProviderFault, Refused

_MOST_FAILURES = 5
_PAUSE = 15.0


def ask(claims: Claims, provider: Provider, look: Look) -> None:
    """Ask once and write what it proves. A provider that cannot be reached is asked again later, five times a run."""
    try:
        answer = provider.ask(look.batch, look.since)
        blind = answer.taken == "no" and _is_blind(claims, provider)
    except (ProviderFault, ValueError, KeyError, TypeError) as fault:  # the latter: an answer in another form
        _not_answered(claims, look, fault)
        return
    people = frozenset(person.seq for person in look.batch.recipients)
    with claims.ledger.database.writing() as connection:
        now = claims.ledger.clock()
        row = connection.execute(
            select(batch).where(batch.c.id == look.id, batch.c.state == BatchState.IN_DOUBT).with_for_update()
        ).first()
        if row is None:
            return
        found = after_look(doubt_of(row, same=False), answer, people, provider.capabilities, now)
        if found.verdict == "never" and blind:
            found = unproven("its list does not show batches either that it took", provider.capabilities, now)
        if found.why:
            claims.held_back.add(look.id)
            claims.ledger.record(connection, f"batch {look.id} stays in doubt: {found.why}", claims.campaign.issue)
        writing.found(connection, claims.ledger, claims.campaign, look.id, found, answer.ids)


def _is_blind(claims: Claims, provider: Provider) -> bool:
    """Whether the provider's list lacks what it surely took (statistics switched off, an index that stands still).

    A control: "not found" of such a list proves nothing, and a repeat on its word would mail people twice.
    """
    if claims.index_seen:
        return False
    caught_up = timedelta(seconds=provider.capabilities.call_seconds + lag_of(provider.capabilities))
    known = claims.known_batch(before=claims.ledger.clock() - caught_up)
    if known is None:
        return False
    claims.index_seen = provider.ask(known.batch, known.since).taken != "no"
    return not claims.index_seen


def _not_answered(claims: Claims, look: Look, fault: Exception) -> None:
    failures = claims.failed_looks[look.id] = claims.failed_looks.get(look.id, 0) + 1
    if failures >= _MOST_FAILURES:
        claims.held_back.add(look.id)
    with claims.ledger.database.writing() as connection:
        later = claims.ledger.clock() + timedelta(seconds=_PAUSE * failures)
        why = f"the provider could not be asked: {_words(fault)}"
        writing.found(connection, claims.ledger, claims.campaign, look.id, Found("doubt", next_look=later, why=why), ())
        claims.ledger.record(connection, f"batch {look.id}: {why}", claims.campaign.issue)


def _words(fault: Exception) -> str:
    """The fault of a question: never in words that speak of what was taken, for a person decides by them."""
    match fault:
        case Refused():
            return f"{fault.kind} ({fault.words})" if fault.words else str(fault.kind)
        case NotSent():
            return "it could not be reached"
        case ProviderFault():
            return "its answer was lost, or not understood"
        case _:
            return f"its answer was not understood ({type(fault).__name__})"
