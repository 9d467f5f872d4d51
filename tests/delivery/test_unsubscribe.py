"""The way out of a message."""

from dataclasses import replace
from pathlib import Path

import pytest
from itsdangerous import URLSafeSerializer

from newsletter_cli.config.settings import (
    NewsletterSettings,
    ProviderSettings,
    SenderSettings,
    Settings,
    UnsubscribeSettings,
)
from newsletter_cli.delivery.unsubscribe import BadSecret, NoWayOut, Tokens, bind, open_tokens
from newsletter_cli.model.message import UNSUBSCRIBE_TOKEN, Address, MergeField, Message, personalise
from newsletter_cli.providers.base import Capabilities

MESSAGE = Message(
    "2022-02",
    "Asleep",
    "",
    '<p><a href="mfUNSUB">Leave</a> mfNAME</p>',
    "Leave: mfUNSUB",
    Address("news@example.org"),
    merge_fields=(MergeField("mfUNSUB", "unsubscribe_url"), MergeField("mfNAME", "subscriber.first_name", "friend")),
)
PLAIN = Capabilities(max_recipients=10)


def settings(url: str = "", mailto: str = "", own: bool = True) -> Settings:
    return Settings(
        newsletter=NewsletterSettings(name="Example News"),
        sender=SenderSettings(email="news@example.org"),
        unsubscribe=UnsubscribeSettings(url=url, mailto=mailto),
        provider=ProviderSettings(own_unsubscribe=own),
    )


def test_each_reader_gets_an_address_of_their_own_in_both_bodies_and_the_headers() -> None:
    bound = bind(MESSAGE, settings("https://www.example.org/u?l=1&t={token}"), PLAIN)
    assert [each.name for each in bound.merge_fields] == [UNSUBSCRIBE_TOKEN, "subscriber.first_name"]
    copy = personalise(bound, {"mfUNSUB": "WzEsN10.abc-_", "mfNAME": "Ann"})
    assert copy.html == '<p><a href="https://www.example.org/u?l=1&amp;t=WzEsN10.abc-_">Leave</a> Ann</p>'
    assert copy.text == "Leave: https://www.example.org/u?l=1&t=WzEsN10.abc-_"
    assert copy.headers == (
        ("List-Unsubscribe", "<https://www.example.org/u?l=1&t=WzEsN10.abc-_>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


def test_a_mail_address_stands_in_for_a_page_and_claims_no_one_click() -> None:
    bound = bind(MESSAGE, settings(mailto="leave@example.org"), PLAIN)
    copy = personalise(bound, {"mfUNSUB": "tok"})
    assert copy.headers == (("List-Unsubscribe", "<mailto:leave@example.org?subject=unsubscribe%20tok>"),)
    assert "Leave: mailto:leave@example.org?subject=unsubscribe%20tok" in copy.text


def test_page_and_mail_address_are_both_offered_page_first() -> None:
    bound = bind(MESSAGE, settings("https://www.example.org/{token}", "leave@example.org"), PLAIN)
    assert dict(bound.headers)["List-Unsubscribe"] == (
        "<https://www.example.org/mfUNSUB>, <mailto:leave@example.org?subject=unsubscribe%20mfUNSUB>"
    )


def test_a_way_out_that_a_message_brings_along_gives_way_to_ours() -> None:
    brought = (("list-unsubscribe", "<mailto:old@example.org>"), ("X-Tag", "spring"))
    bound = bind(replace(MESSAGE, headers=brought), settings(mailto="leave@example.org"), PLAIN)
    assert [name for name, _ in bound.headers] == ["X-Tag", "List-Unsubscribe"]
    assert "old@example.org" not in str(bound.headers)


def test_a_message_without_the_link_still_gets_the_headers() -> None:
    bare = replace(MESSAGE, html="<p>Hello</p>", text="Hello", merge_fields=())
    bound = bind(bare, settings("https://www.example.org/{token}"), PLAIN)
    assert bound.merge_fields[0].token in dict(bound.headers)["List-Unsubscribe"]


def test_the_providers_own_address_is_left_to_the_adapter_unless_it_is_switched_off() -> None:
    able = Capabilities(max_recipients=10, own_unsubscribe=True)
    assert bind(MESSAGE, settings("https://www.example.org/{token}"), able) == MESSAGE
    assert bind(MESSAGE, settings("https://www.example.org/{token}", own=False), able) != MESSAGE
    with pytest.raises(NoWayOut):
        bind(MESSAGE, settings(own=False), able)


def test_with_no_way_out_nothing_is_sent() -> None:
    with pytest.raises(NoWayOut) as caught:
        bind(MESSAGE, settings(), PLAIN)
    assert caught.value.exit_status == 5


def test_a_token_is_url_safe_holds_no_address_and_outlives_a_new_secret() -> None:
    token = Tokens(("old",)).token(12, 199)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert Tokens(("old", "new")).read(token) == (12, 199)
    assert Tokens(("new",)).read(token) is None
    assert Tokens(("old",)).read(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert Tokens(("old",)).read("not a token") is None


def test_a_token_is_what_itsdangerous_writes() -> None:
    serializer = URLSafeSerializer(["old", "new"], salt="unsubscribe-v1")
    tokens = Tokens(("old", "new"))
    assert [tokens.token(7, seq) for seq in (0, 1, 999_999)] == [serializer.dumps([7, seq]) for seq in (0, 1, 999_999)]


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = open_tokens(tmp_path / "state", {})
    assert open_tokens(tmp_path / "state", {}) == first
    assert (tmp_path / "state" / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["secret"]
    (tmp_path / "state" / "secret").chmod(0o644)
    with pytest.raises(BadSecret, match="others than its owner"):
        open_tokens(tmp_path / "state", {})
    assert open_tokens(tmp_path / "state", {"NEWSLETTER_UNSUBSCRIBE_SECRET": "a b"}) == Tokens(("a", "b"))
