"""Hosted platforms: drafts are drafts, a lost answer is read back, and nothing is ever sent twice."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.config import ProviderSettings
from newsletter_cli.model.message import Address, MergeField, Message
from newsletter_cli.providers.base import CannotExpress, Doubtful, Refused
from newsletter_cli.providers.platform import PictureLost, Platform, Stage
from newsletter_cli.providers.registry import open_provider
from newsletter_cli.testing.loopback import Canned, Loopback
from tests.providers.platforms import Fake, FakeButtondown, FakeListmonk, FakeMailchimp

KEY = "newsletter-2022-02"
FIELDS = (
    MergeField("nlt0x", "subscriber.first_name", 'friend & "co"'),
    MergeField("nlt1x", "unsubscribe_url"),
    MergeField("nlt2x", "subscriber.town", ""),
)
MESSAGE = Message(
    issue_id="2022-02",
    subject="February, nlt0x",
    preheader="Short",
    html="<!DOCTYPE html><html><!--[if mso]><table><![endif]--><body><p>Dear nlt0x,</p><a href='nlt1x'>Leave</a></body></html>",
    text="Dear nlt0x,\nLeave: nlt1x\n",
    sender=Address("news@example.org", "First Light"),
    merge_fields=FIELDS,
)
FAKES: dict[str, type[Fake]] = {"mailchimp": FakeMailchimp, "listmonk": FakeListmonk, "buttondown": FakeButtondown}
ENVIRON = {"MAILCHIMP_API_KEY": "s3cret-us21", "LISTMONK_API_TOKEN": "s3cret", "BUTTONDOWN_API_KEY": "s3cret"}


@contextmanager
def platform(name: str, fake: Fake) -> Iterator[tuple[Platform, Loopback]]:
    with Loopback(answer=fake) as server:
        settings = ProviderSettings(name=name, base_url=server.url, list="3", username="robot")
        opened = open_provider(settings, ENVIRON, Path())
        assert isinstance(opened, Platform)
        yield opened, server
        opened.close()


each_platform = pytest.mark.parametrize("name", list(FAKES))


@each_platform
def test_a_draft_is_made_once_filled_and_sent_once(name: str) -> None:
    fake = FAKES[name]()
    with platform(name, fake) as (it, _):
        it.prepare(MESSAGE)
        first = it.upsert_draft(MESSAGE, KEY)
        again = it.upsert_draft(replace(MESSAGE, subject="New"), KEY)
        assert (first.id, first.stage, fake.creates, fake.sends) == (again.id, Stage.DRAFT, 1, [])
        assert it.send_draft(again).stage is Stage.SENDING
        assert fake.sends == [first.id]


@each_platform
def test_a_campaign_under_way_is_left_alone(name: str) -> None:
    fake = FAKES[name]()
    with platform(name, fake) as (it, _):
        it.send_draft(it.upsert_draft(MESSAGE, KEY))
        with pytest.raises(CannotExpress):
            it.upsert_draft(MESSAGE, KEY)
        assert (fake.creates, len(fake.sends)) == (1, 1)


@each_platform
def test_a_create_whose_answer_was_lost_is_looked_up_not_repeated(name: str) -> None:
    fake = FAKES[name](lose="create")
    with platform(name, fake) as (it, _):
        assert it.upsert_draft(MESSAGE, KEY).stage is Stage.DRAFT
        assert (fake.creates, fake.sends) == (1, [])


@each_platform
def test_a_send_whose_answer_was_lost_is_read_back_not_repeated(name: str) -> None:
    fake = FAKES[name]()
    with platform(name, fake) as (it, _):
        draft = it.upsert_draft(MESSAGE, KEY)
        fake.lose = "send"
        assert it.send_draft(draft).stage is Stage.SENDING
        assert len(fake.sends) == 1


@each_platform
def test_a_send_that_seems_not_to_have_begun_stays_in_doubt_and_is_not_repeated(name: str) -> None:
    fake = FAKES[name]()
    with platform(name, fake) as (it, _):
        draft = it.upsert_draft(MESSAGE, KEY)
        fake.lose, fake.stuck = "send", True
        with pytest.raises(Doubtful):
            it.send_draft(draft)
        assert len(fake.sends) == 1


@each_platform
def test_scheduling_tests_and_members(name: str) -> None:
    fake = FAKES[name]()
    with platform(name, fake) as (it, _):
        draft = it.upsert_draft(MESSAGE, KEY)
        it.test(draft, ["me@example.org"])
        assert fake.tests == [["me@example.org"]]
        it.schedule(draft, datetime(2022, 2, 24, 10, 7, tzinfo=UTC))
        assert it.status(draft.id).stage is Stage.SCHEDULED
        it.unschedule(draft)
        assert it.status(draft.id).stage is Stage.DRAFT
        assert it.members().count == 12
        assert all(each.good for each in it.verify())


def test_mailchimps_schedule_falls_on_the_next_quarter() -> None:
    fake = FakeMailchimp()
    with platform("mailchimp", fake) as (it, _):
        it.schedule(it.upsert_draft(MESSAGE, KEY), datetime(2022, 2, 24, 10, 7, tzinfo=UTC))
    assert fake.campaigns["1"]["send_time"] == "2022-02-24T10:15:00+00:00"


@pytest.mark.parametrize(
    ("name", "bounced", "complained", "opened"),
    [("mailchimp", 2, 0, None), ("listmonk", 2, None, None), ("buttondown", 2, None, None)],
)
def test_a_number_the_platform_does_not_offer_is_unknown_never_nought(
    name: str, bounced: int, complained: int | None, opened: int | None
) -> None:
    fake = FAKES[name]()
    with platform(name, fake) as (it, _):
        report = it.report(it.upsert_draft(MESSAGE, KEY).id)
    assert (report.recipients, report.bounced, report.complained, report.opened) == (10, bounced, complained, opened)


TRANSLATED = {
    "mailchimp": (
        'February, *|IF:FNAME|**|FNAME|**|ELSE:|*friend & "co"*|END:IF|*',
        "<p>Dear *|IF:FNAME|**|FNAME|**|ELSE:|*friend &amp; &quot;co&quot;*|END:IF|*,</p><a href='*|UNSUB|*'>",
    ),
    "listmonk": (
        'February, {{ if .Subscriber.FirstName }}{{ Safe (print .Subscriber.FirstName) }}{{ else }}{{ Safe "friend & \\"co\\"" }}{{ end }}',
        '<p>Dear {{ if .Subscriber.FirstName }}{{ .Subscriber.FirstName }}{{ else }}{{ "friend & \\"co\\"" }}{{ end }},</p><a href=\'{{ UnsubscribeURL }}\'>',
    ),
    "buttondown": (
        'February, {% if subscriber.metadata.first_name %}{{ subscriber.metadata.first_name }}{% else %}friend & "co"{% endif %}',
        "<p>Dear {% if subscriber.metadata.first_name %}{{ subscriber.metadata.first_name }}{% else %}friend &amp; &quot;co&quot;{% endif %},</p>"
        "<a href='{{ unsubscribe_url }}'>",
    ),
}


@each_platform
def test_merge_fields_and_the_way_out_are_in_the_platforms_own_words(name: str) -> None:
    with platform(name, FAKES[name]()) as (it, _):
        subject, html, text = it.translate(MESSAGE)
    assert (subject, TRANSLATED[name][1] in html) == (TRANSLATED[name][0], True)
    assert not any(each.token in subject + html + text for each in FIELDS)


@each_platform
def test_our_own_braces_stay_what_they_are(name: str) -> None:
    with platform(name, FAKES[name]()) as (it, _):
        _, html, _ = it.translate(replace(MESSAGE, html="<p>{{ 7*7 }} *|IF|* {% raw %}</p>"))
    ours = {
        "mailchimp": "*&#124;IF|*",
        "listmonk": '{{ "{{" }} 7*7 }}',
        "buttondown": "{&#123; 7*7 }} *|IF|* {&#37; raw",
    }
    assert ours[name] in html


@pytest.mark.parametrize(("name", "text"), [("mailchimp", "*|IF|*"), ("buttondown", "{{ 7*7 }}")])
def test_what_cannot_be_made_harmless_is_refused_before_anything_is_made(name: str, text: str) -> None:
    fake = FAKES[name]()
    with platform(name, fake) as (it, _):
        with pytest.raises(CannotExpress):
            it.prepare(replace(MESSAGE, text=text))
        assert fake.creates == 0


def test_outlooks_comments_survive_listmonk() -> None:
    with platform("listmonk", FakeListmonk()) as (it, _):
        assert '{{ Safe "<!--[if mso]><table><![endif]-->" }}' in it.translate(MESSAGE)[1]


@each_platform
def test_the_dry_run_shows_every_call_and_no_key(name: str) -> None:
    from newsletter_cli.providers.base import Batch

    with platform(name, FAKES[name]()) as (it, server):
        shown = it.calls(MESSAGE, Batch("k", "t", KEY, ()))
        assert len(shown) >= 3
        assert "s3cret" not in repr(shown)
        assert server.requests == []


@each_platform
def test_a_wrong_key_is_a_plain_refusal(name: str) -> None:
    def forbidden(_: Any) -> Canned:
        return Canned(401, json.dumps({"detail": "no"}).encode())

    with Loopback(answer=forbidden) as server:
        it = open_provider(
            ProviderSettings(name=name, base_url=server.url, list="3", username="robot"), ENVIRON, Path()
        )
        assert isinstance(it, Platform)
        with pytest.raises(Refused, match="wrong key"):
            it.upsert_draft(MESSAGE, KEY)


@each_platform
def test_a_picture_is_kept_by_the_platform_byte_for_byte(name: str) -> None:
    fake = FAKES[name]()
    with platform(name, fake) as (it, _):
        data = bytes(range(256)) + b"\r\n--x\r\n"
        assert it.host_image("cell-0f1e2d3c4b.jpg", data) == "https://pictures.example.org/cell-0f1e2d3c4b.jpg"
        assert fake.pictures == {"cell-0f1e2d3c4b.jpg": data}


@each_platform
def test_a_platform_that_does_not_say_where_the_picture_lies_is_not_believed(name: str) -> None:
    fake = FAKES[name]()
    fake.take_picture = lambda request: Canned(200, b'{"data": {}}')  # type: ignore[method-assign]
    with platform(name, fake) as (it, _), pytest.raises(PictureLost):
        it.host_image("a.png", b"x")


def test_a_path_that_listmonk_names_lies_at_its_own_server() -> None:
    fake = FakeListmonk()
    fake.take_picture = lambda request: Canned(200, b'{"data": {"uri": "/uploads/a.png"}}')  # type: ignore[method-assign]
    with platform("listmonk", fake) as (it, server):
        assert it.host_image("a.png", b"x") == f"{server.url}/uploads/a.png"


def rendered(html: str, values: dict[str, str]) -> str:
    """What listmonk would make of a translated part: strings given to Safe as they are, fields escaped."""

    def one(found: re.Match[str]) -> str:
        expression = found[1]
        if expression.startswith("Safe "):
            return str(json.loads(expression.removeprefix("Safe ")))
        return escape(values[expression]) if expression in values else str(json.loads(expression))

    action = r"\{\{ ((?:[^\"}]|\"(?:[^\"\\]|\\.)*\")*) \}\}"
    assert "<!--" not in re.sub(action, "", html), "Go's html/template would strip it"
    return re.sub(action, one, html)


@pytest.mark.parametrize("value", ["Ann", "--> <b>", '" onclick="x', "{{ 7 }}"])
def test_what_outlook_reads_keeps_a_field_of_the_reader_in_listmonk(value: str) -> None:
    html = '<p>A {{ b</p><!--[if mso]><v:rect href="nlt1x" title="nlt2x {{">Dear nlt2x,<![endif]--><p>nlt2x</p>'
    with platform("listmonk", FakeListmonk()) as (it, _):
        _, translated, _ = it.translate(
            replace(MESSAGE, html=html, merge_fields=(FIELDS[1], MergeField("nlt2x", "subscriber.name")))
        )
    leave = "https://lists.example.org/leave?a=1&b=2"
    wanted = html.replace("nlt1x", escape(leave)).replace("nlt2x", escape(value))
    assert rendered(translated, {"UnsubscribeURL": leave, ".Subscriber.Name": value}) == wanted
