"""An approval and what voids it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter_cli.database import Database, open_database
from newsletter_cli.delivery.approval import NotApproved, approve, latest, need_approval, withdraw
from newsletter_cli.delivery.changes import changes_between
from newsletter_cli.model.message import Address, Image, MergeField, Message

NOW = datetime(2022, 2, 23, 9, 30, tzinfo=UTC)
MESSAGE = Message(
    "2022-02",
    "Asleep, not gone",
    "What wakes them",
    '<p>Cells that spread, sleep for mfNAME. <a href="https://example.org/a">More</a><img src="https://e.org/1.png"></p>',
    "Cells that spread, sleep for mfNAME.\nMore: https://example.org/a",
    Address("news@example.org", "Example News"),
    merge_fields=(MergeField("mfNAME", "subscriber.first_name", "friend"),),
    images=(Image("https://e.org/1.png", alt="A cell"),),
)


def said(changed: Message) -> list[str]:
    return [str(change) for change in changes_between(MESSAGE, changed)]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "newsletter.sqlite")
    yield opened
    opened.close()


def test_one_changed_comma_in_the_subject_is_named() -> None:
    assert said(replace(MESSAGE, subject="Asleep not gone")) == ["subject: “Asleep,” is now “Asleep”"]


def test_a_changed_word_is_told_once_with_the_words_before_it() -> None:
    changed = replace(
        MESSAGE,
        html=MESSAGE.html.replace("spread, sleep", "spread sleep"),
        text=MESSAGE.text.replace("spread, sleep", "spread sleep"),
    )
    assert said(changed) == ["text: after “…Cells that”: “spread,” is now “spread”"]


def test_a_changed_link_is_named_even_when_no_word_changed() -> None:
    changed = replace(MESSAGE, html=MESSAGE.html.replace("org/a", "org/b"))
    assert said(changed) == ["link: “https://example.org/a” is now “https://example.org/b”"]


def test_words_only_the_html_has_are_compared_too() -> None:
    changed = replace(MESSAGE, html=MESSAGE.html.replace("More</a>", "Much more</a>"))
    assert said(changed) == ["html: after “…{{ subscriber.first_name }}.”: “More” is now “Much more”"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (replace(MESSAGE, sender=Address("news@example.org", "Other")), "sender: “Example News <news@example.org>”"),
        (replace(MESSAGE, reply_to=Address("a@example.org")), "reply to: added “<a@example.org>”"),
        (replace(MESSAGE, html=MESSAGE.html.replace("1.png", "2.png")), "picture: “https://e.org/1.png” is now"),
        (replace(MESSAGE, images=(Image("https://e.org/1.png", alt="B"),)), "pictures: "),
        (replace(MESSAGE, merge_fields=(MergeField("mfNAME", "subscriber.first_name", "you"),)), "merge fields: "),
        (replace(MESSAGE, html=MESSAGE.html.replace("<p>", '<p style="color:red">')), "design: "),
        (replace(MESSAGE, lang="it"), "language: “en” is now “it”"),
        (replace(MESSAGE, headers=(("X-Note", "a"),)), "header X-Note: added “a”"),
        (replace(MESSAGE, preheader=""), "preheader: removed “What wakes them”"),
    ],
)
def test_every_part_of_a_message_is_watched(changed: Message, words: str) -> None:
    assert said(changed)[0].startswith(words)


def test_another_token_for_the_same_field_is_no_change_of_words() -> None:
    changed = replace(
        MESSAGE,
        html=MESSAGE.html.replace("mfNAME", "mfOTHER"),
        text=MESSAGE.text.replace("mfNAME", "mfOTHER"),
        merge_fields=(MergeField("mfOTHER", "subscriber.first_name", "friend"),),
    )
    assert [change.part for change in changes_between(MESSAGE, changed)] == ["merge fields"]


def test_an_approval_covers_this_message_and_rule_and_no_other(database: Database) -> None:
    with database.engine.begin() as connection:
        approve(connection, "2022-02", MESSAGE, "everybody", "Ann", NOW)
    with database.engine.begin() as connection:
        found = latest(connection, "2022-02")
        assert latest(connection, "2022-03") is None
    assert need_approval(found, MESSAGE, "everybody", "2022-02").by == "Ann"
    with pytest.raises(NotApproved) as caught:
        need_approval(found, replace(MESSAGE, subject="Asleep not gone"), "everybody", "2022-02")
    assert caught.value.exit_status == 7
    assert caught.value.problems == ("subject: “Asleep,” is now “Asleep”",)
    assert "since Ann approved it on 23 February 2022 at 09:30 UTC" in caught.value.message
    with pytest.raises(NotApproved) as caught:
        need_approval(found, MESSAGE, "donors: member = 'yes'", "2022-02")
    assert caught.value.problems == ("audience: “everybody” is now “donors: member = 'yes'”",)


def test_a_later_approval_takes_the_place_of_an_earlier_and_may_be_withdrawn(database: Database) -> None:
    changed = replace(MESSAGE, subject="Other")
    with database.engine.begin() as connection:
        approve(connection, "2022-02", MESSAGE, "everybody", "Ann", NOW)
        approve(connection, "2022-02", changed, "everybody", "Ben", NOW)
    with database.engine.begin() as connection:
        found = latest(connection, "2022-02")
        assert found is not None
        assert (found.by, found.message) == ("Ben", changed)
        assert withdraw(connection, "2022-02", "Ann", NOW)
        assert latest(connection, "2022-02") is None
        assert not withdraw(connection, "2022-02", "Ann", NOW)


def test_nothing_approved_is_said_with_the_command_to_run() -> None:
    with pytest.raises(NotApproved, match="is not approved") as caught:
        need_approval(None, MESSAGE, "everybody", "2022-02")
    assert "newsletter approve 2022-02 --by NAME" in caught.value.hint
