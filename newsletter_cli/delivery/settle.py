"""How doubt about a batch is settled: by repeating the call under its key, by asking, or by a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from newsletter_cli.delivery.pace import MAX_TRIES
from newsletter_cli.providers.base import Answer, Capabilities, IdempotencyKey, Query

KEY_LIFE_USED = 0.8
EARLY_LOOK = 5.0
LOOKS = 2
CLOCK_STEP = timedelta(minutes=5)  # a clock that is put right; one set back further says nothing of a key's age


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is known of a batch in doubt.

    Attributes:
        first_try: when the first call that may have been taken began.
        last_alive: the last moment at which a request of ours could still have been under way.
        tries: calls made.
        looks: times the provider was asked after its lag and knew nothing.
        same: a repeat would have the very same bytes, to people who may all still be written to.
        had: the provider refused a repeat because it had this call before: "not found" is no proof against that.
    """

    first_try: datetime
    last_alive: datetime
    tries: int
    looks: int
    same: bool
    had: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do about a doubt, and not before when."""

    way: Literal["repeat", "ask", "person"]
    not_before: datetime
    why: str = ""


def plan(doubt: Doubt, capabilities: Capabilities, now: datetime) -> Plan:
    """The surest way that is open now."""
    if (
        capabilities.key
        and doubt.same
        and not doubt.had
        and doubt.tries < MAX_TRIES
        and doubt.first_try - CLOCK_STEP <= now < key_ends(capabilities.key, doubt.first_try)
    ):
        return Plan("repeat", now)
    if capabilities.query and now >= query_ends(capabilities.query, doubt.first_try):
        why = f"it is asked within {capabilities.query.keeps_days:g} days, for it keeps what it knows no longer"
        return Plan("person", now, f"It may have gone, and this provider cannot be asked any more: {why}.")
    if capabilities.query:
        return Plan("ask", _next_look(doubt, capabilities.query.lag_seconds, now))
    if capabilities.key:
        set_back = now < doubt.first_try - CLOCK_STEP
        old = (
            "the clock was set back, so nobody knows how old its key is"
            if set_back
            else "its key may not be used any longer"
        )
        why = "somebody in it left in between" if not doubt.same else old
        return Plan("person", now, f"It may have gone, and it cannot be repeated: {why}.")
    return Plan("person", now, "It may have gone, and this provider cannot be asked.")


def key_ends(key: IdempotencyKey, first_try: datetime) -> datetime:
    """When the key is no longer relied upon: at 80 % of its life, for clocks differ and calls take time."""
    return first_try + timedelta(seconds=key.ttl_seconds * KEY_LIFE_USED)


def query_ends(query: Query, first_try: datetime) -> datetime:
    """When the provider is not asked any more: at 80 % of the time for which it keeps what it knows."""
    return first_try + timedelta(days=query.keeps_days * KEY_LIFE_USED)


def window_ends(doubt: Doubt, capabilities: Capabilities) -> datetime:
    """From when on "not found" means something: the request is dead, and the provider's index has caught up."""
    return doubt.last_alive + timedelta(seconds=capabilities.call_seconds + lag_of(capabilities))


def lag_of(capabilities: Capabilities) -> int:
    """Seconds until the provider's index shows a call; 0 where it has none."""
    return capabilities.query.lag_seconds if capabilities.query else 0


def after_look(
    doubt: Doubt, answer: Answer, people: frozenset[int], capabilities: Capabilities, now: datetime
) -> "Found":
    """What an answer proves. "Yes" proves it at any time; "no" only twice, after the window."""
    if answer.taken == "yes" or (answer.taken == "some" and answer.seqs >= people):
        return Found("accepted")
    if now < window_ends(doubt, capabilities):
        waited = (now - doubt.last_alive).total_seconds()
        soon = now + timedelta(seconds=max(EARLY_LOOK, waited))
        return Found("doubt", next_look=min(soon, window_ends(doubt, capabilities)))
    if doubt.looks + 1 < LOOKS:
        return Found("doubt", counted=True, next_look=now + timedelta(seconds=max(1.0, lag_of(capabilities) / 4)))
    if answer.taken == "some":
        return Found("accepted", missing=frozenset(people - answer.seqs))
    if doubt.had:
        return unproven("it says that it had this call, and its list does not show it", capabilities, now)
    return Found("never")


def unproven(why: str, capabilities: Capabilities, now: datetime) -> "Found":
    """A "not found" that proves nothing: the next run asks again, and a person may decide meanwhile."""
    return Found("doubt", why=why, next_look=now + timedelta(seconds=max(EARLY_LOOK, lag_of(capabilities))))


@dataclass(frozen=True, slots=True)
class Found:
    """The end of a look.

    Attributes:
        verdict: accepted; never (the provider surely did not take it); doubt (look again).
        counted: this look counts towards the two.
        why: what keeps it in doubt, in words, where that is news.
        missing: people of an accepted batch of whom the provider knows nothing.
    """

    verdict: Literal["accepted", "never", "doubt"]
    counted: bool = False
    next_look: datetime | None = None
    missing: frozenset[int] = frozenset()
    why: str = ""


def _next_look(doubt: Doubt, lag_seconds: int, now: datetime) -> datetime:
    if doubt.looks:
        return now
    early = doubt.last_alive + timedelta(seconds=min(EARLY_LOOK, lag_seconds))
    return early if now < early else now
