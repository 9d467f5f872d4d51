"""Every kind of request that an adapter makes, captured by a server on this machine, and what a request says by place."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.message import Message
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.base import Provider, ProviderSuppression
from newsletter_cli.providers.registry import open_provider, provider_class
from newsletter_cli.testing.loopback import Canned, Captured, Loopback
from newsletter_cli.testing.provider_contract import KEY, sample_batch, sample_message
from newsletter_cli.testing.recorded import SETTINGS

HEADERS = (
    *("authorization", "api-key", "api-token", "x-auth-token", "x-postmark-server-token", "accept"),
    *("idempotency-key", "x-batch-validation"),
)
SINCE = datetime(2022, 2, 28, 9, tzinfo=UTC)


def requests_made(name: str, answers: Callable[[Captured], Canned], root: Path) -> list[Captured]:
    """A send and every further ability, with the provider's own unsubscribe address and with ours; each request once."""
    found: dict[tuple[str, str, bytes], Captured] = {}
    for own in (True, False):
        with Loopback(answers) as server:
            settings = ProviderSettings(name=name, base_url=server.url, own_unsubscribe=own, **SETTINGS.get(name, {}))
            provider = open_provider(settings, dict.fromkeys(provider_class(name).key_env, KEY), root)
            for act in _acts(provider, sample_message()):
                with suppress(NewsletterError, ValueError):  # The server's answer may be nonsense; the request counts.
                    act()
            provider.close()
        found |= {(each.method, each.path, each.body): each for each in server.requests}
    return list(found.values())


def send_made(name: str, root: Path, key: str) -> Captured:
    """The request of a send to two people, or one where a call carries no more, with our unsubscribe address."""
    with Loopback(lambda _: Canned(200, b"{}")) as server:
        settings = ProviderSettings(name=name, base_url=server.url, own_unsubscribe=False, **SETTINGS.get(name, {}))
        provider = open_provider(settings, dict.fromkeys(provider_class(name).key_env, key), root)
        with suppress(NewsletterError):
            _send(provider, sample_message())
        provider.close()
    return server.requests[0]


def _send(provider: Provider, message: Message) -> None:
    provider.prepare(message)
    batch = sample_batch()
    provider.send(message, replace(batch, recipients=batch.recipients[: provider.capabilities.max_recipients]))


def _acts(provider: Provider, message: Message) -> list[Callable[[], object]]:
    reasons = tuple(SuppressionReason)
    return [
        lambda: _send(provider, message),
        lambda: provider.ask(sample_batch(), SINCE),
        lambda: list(provider.suppressions()),
        lambda: list(provider.suppressions(SINCE)),
        *(lambda why=why: provider.add_suppression(ProviderSuppression("ann@example.org", why)) for why in reasons),  # type: ignore[misc]
        *(lambda why=why: provider.remove_suppression("ann@example.org", why) for why in reasons),  # type: ignore[misc]
        provider.quota,
        lambda: provider.verify("news@example.org"),
        lambda: list(provider.statistics(SINCE, "2022-02")),
    ]


def flat(value: Any, place: str = "") -> dict[str, str]:
    """A document as place -> text; lists of {name, value} pairs by name."""
    if isinstance(value, dict):
        return {key: text for name, each in value.items() for key, text in flat(each, f"{place}/{name}").items()}
    if isinstance(value, list):
        if value and all(isinstance(each, dict) and _named(each) for each in value):
            return {
                key: text for each in value for key, text in flat(_named(each)[1], f"{place}/{_named(each)[0]}").items()
            }
        return {key: text for at, each in enumerate(value) for key, text in flat(each, f"{place}/{at}").items()}
    return {place: str(value)}


def _named(pair: dict[str, Any]) -> Any:
    for name, value in (("name", "value"), ("Name", "Value"), ("key", "value")):
        if set(pair) == {name, value}:
            return (pair[name], pair[value])
    return None


def said(request: Captured) -> dict[str, str]:
    """Everything a request says, by place."""
    found = {"method": request.method, "path": request.path.split("?")[0]}
    for name, value in request.headers.items():
        if name.lower() in HEADERS:
            found[f"header/{name.lower()}"] = value
    kinds = (value for name, value in request.headers.items() if name.lower() == "content-type")
    kind = next(kinds, "application/json")
    found["header/content-type"] = kind.split(";")[0]
    if kind.startswith("application/json"):
        return found | flat(json.loads(request.body))
    for name, value in form_fields(request):
        place = f"/{name}"
        while place in found:
            place += "+"
        found |= flat(json.loads(value), place) if name == "recipient-variables" else {place: value}
    return found


def form_fields(request: Captured) -> list[tuple[str, str]]:
    """The fields of a form, of one part (urlencoded) or several."""
    kind = next(value for name, value in request.headers.items() if name.lower() == "content-type")
    if not kind.startswith("multipart/form-data"):
        return parse_qsl(request.body.decode(), keep_blank_values=True)
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    # The last line break of a part belongs to the boundary; email leaves a text's own in place.
    return [
        (str(part.get_param("name", header="content-disposition")), part.get_payload(decode=True).decode())
        for part in BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts()
    ]
