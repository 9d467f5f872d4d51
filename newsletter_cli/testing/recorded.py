"""A provider opened against recorded answers, for the tests of what adapters do besides sending."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.providers.base import Provider
from newsletter_cli.providers.registry import open_provider, provider_class
from newsletter_cli.testing.loopback import Canned, Captured, Loopback

SETTINGS: dict[str, dict[str, Any]] = {
    "mailgun": {"domain": "news.example.org"},
    "ses": {"region": "eu-west-1"},
    "scaleway": {"project": "11111111-2222-3333-4444-555555555555"},
}
Open = Callable[..., tuple[Provider, Loopback]]


def opener(server: Loopback, folder: Path) -> Open:
    """`opened("mailgun", {"METHOD path begins": answer, ...})`: the adapter, and the server it speaks to.

    An answer is JSON, or a tuple of them for one request after the other; an unknown path is a 404.
    """

    def start(name: str, answers: dict[str, Any]) -> tuple[Provider, Loopback]:
        left = {key: list(value) if isinstance(value, tuple) else [value] for key, value in answers.items()}

        def answer(request: Captured) -> Canned:
            key = next((each for each in left if f"{request.method} {request.path}".startswith(each)), None)
            if key is None:
                return Canned(404, b'{"message": "no such path"}')
            rows = left[key]
            return Canned(200, json.dumps(rows.pop(0) if len(rows) > 1 else rows[0]).encode())

        server.answer = answer
        settings = ProviderSettings(name=name, base_url=server.url, **SETTINGS.get(name, {}))
        keys = dict.fromkeys(provider_class(name).key_env, "K" * 20)
        return open_provider(settings, keys, folder), server

    return start
