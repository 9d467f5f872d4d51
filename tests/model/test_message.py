"""The message: what counts in its fingerprint, how tokens are found, what one reader's copy holds."""

from dataclasses import replace
from typing import Any

import pytest

from newsletter_cli.model.message import (
    Address,
    Image,
    MergeField,
    Message,
    fill_tokens,
    personalise,
    split_tokens,
)

NAME = MergeField("tokenname", "subscriber.first_name", "friend")
MESSAGE = Message(
    issue_id="2022-02",
    subject="For tokenname",
    preheader="tokenname, look",
    html="<p>Dear tokenname</p>",
    text="Dear tokenname",
    sender=Address("news@example.org", "News"),
    reply_to=Address("office@example.org"),
    list_id="news.example.org",
    headers=(("X-Reader", "tokenname"),),
    merge_fields=(NAME,),
    images=(Image("https://example.org/a-1f.jpg", "/home/ann/build/a-1f.jpg", "A", 600, 300, 1000),),
)
OTHERWISE: dict[str, Any] = {
    "issue_id": "2022-03",
    "subject": "For tokenname!",
    "preheader": "tokenname, look!",
    "html": "<p>Dear tokenname!</p>",
    "text": "Dear tokenname!",
    "sender": Address("news@example.org", "Other news"),
    "reply_to": None,
    "list_id": "other.example.org",
    "headers": (("X-Reader", "nobody"),),
    "merge_fields": (replace(NAME, default="reader"),),
    "images": (),
    "lang": "fr",
}


def test_every_part_of_a_message_is_tried_below() -> None:
    assert set(OTHERWISE) == set(Message.__slots__)


@pytest.mark.parametrize("part", OTHERWISE)
def test_an_approval_is_bound_to_every_part_of_the_message(part: str) -> None:
    assert replace(MESSAGE, **{part: OTHERWISE[part]}).fingerprint != MESSAGE.fingerprint


def test_the_folder_a_picture_lies_in_changes_nothing_a_reader_could_notice() -> None:
    elsewhere = replace(MESSAGE, images=(replace(MESSAGE.images[0], file="/srv/ci/a-1f.jpg"),))
    another = replace(MESSAGE, images=(replace(MESSAGE.images[0], file="/home/ann/build/a-2e.jpg"),))

    assert elsewhere.fingerprint == MESSAGE.fingerprint
    assert another.fingerprint != MESSAGE.fingerprint


def test_a_message_is_the_same_after_it_was_kept() -> None:
    assert Message.from_json(MESSAGE.to_json()) == MESSAGE


def test_of_two_tokens_the_longer_one_is_found() -> None:
    short, long = MergeField("token1", "subscriber.town"), MergeField("token12", "subscriber.last_name")

    assert split_tokens("a token12 b token1.", (short, long)) == ("a ", long, " b ", short, ".")


def test_a_value_that_looks_like_a_token_is_not_filled_in_again() -> None:
    other = MergeField("tokentown", "subscriber.town")

    filled = fill_tokens("tokenname in tokentown", (NAME, other), {NAME: "tokentown", other: "Padua"}.__getitem__)

    assert filled == "tokentown in Padua"


def test_a_value_is_escaped_in_the_html_and_nowhere_else() -> None:
    copy = personalise(MESSAGE, {NAME.token: "<b>Ann & Co</b>"})

    assert copy.html == "<p>Dear &lt;b&gt;Ann &amp; Co&lt;/b&gt;</p>"
    assert (copy.subject, copy.text) == ("For <b>Ann & Co</b>", "Dear <b>Ann & Co</b>")
    assert copy.headers == (("X-Reader", "<b>Ann & Co</b>"),)
    assert copy.merge_fields == ()


def test_a_reader_without_a_value_gets_the_default_and_without_one_nothing() -> None:
    assert personalise(MESSAGE, {}).subject == "For friend"
    assert personalise(replace(MESSAGE, merge_fields=(replace(NAME, default=None),)), {}).subject == "For "
