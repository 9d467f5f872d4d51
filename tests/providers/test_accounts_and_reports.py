"""Quota, verification and statistics against recorded answers of each API."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from newsletter_cli.errors import NewsletterError
from newsletter_cli.providers.base import CannotExpress, Refused
from newsletter_cli.providers.registry import provider_classes
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.provider_contract import sample_batch
from newsletter_cli.testing.recorded import Open

SINCE = datetime(2022, 2, 28, 9, 0, tzinfo=UTC)
BATCH = sample_batch()  # reader0 and reader1, tag nl1b1, campaign 2022-02


@pytest.mark.parametrize(
    ("name", "answers", "left"),
    [
        ("sendgrid", {"GET /v3/user/credits": {"remain": 80, "total": 100, "next_reset": "2022-03-01"}}, 80),
        (
            "ses",
            {"GET /v2/email/account": {"SendQuota": {"Max24HourSend": 200, "SentLast24Hours": 50, "MaxSendRate": 1}}},
            150,
        ),
        (
            "ses",
            {"GET /v2/email/account": {"SendQuota": {"Max24HourSend": -1, "SentLast24Hours": 5, "MaxSendRate": 14}}},
            None,
        ),
        (
            "brevo",
            {
                "GET /v3/account": {
                    "email": "a@x.org",
                    "plan": [{"type": "free", "credits": 300, "creditsType": "sendLimit"}],
                }
            },
            300,
        ),
        (
            "sparkpost",
            {
                "GET /api/v1/account": {
                    "results": {"usage": {"day": {"used": 10, "limit": 50}, "month": {"used": 0, "limit": 500}}}
                }
            },
            40,
        ),
    ],
)
def test_what_is_left_of_the_quota(name: str, answers: dict[str, Any], left: int | None, opened: Open) -> None:
    provider, _ = opened(name, answers)
    assert provider.quota().remaining == left


VERIFIED: dict[str, dict[str, Any]] = {
    "mailgun": {"GET /v4/domains/news.example.org": {"domain": {"state": "active"}, "sending_dns_records": []}},
    "sendgrid": {
        "GET /v3/scopes": {"scopes": ["mail.send"]},
        "GET /v3/whitelabel/domains": [{"domain": "example.org", "valid": True}],
    },
    "ses": {
        "GET /v2/email/account": {
            "SendingEnabled": True,
            "ProductionAccessEnabled": True,
            "SendQuota": {"Max24HourSend": 50000, "SentLast24Hours": 0, "MaxSendRate": 14},
        },
        "GET /v2/email/identities/example.org": {"VerifiedForSendingStatus": True},
    },
    "postmark": {
        "GET /server": {"Name": "News"},
        "GET /message-streams/broadcast": {"MessageStreamType": "Broadcasts", "ArchivedAt": None},
    },
    "brevo": {
        "GET /v3/account": {"email": "a@x.org", "plan": []},
        "GET /v3/senders/domains": {"domains": [{"domain_name": "x", "domain": "example.org", "authenticated": True}]},
    },
    "resend": {"GET /domains": {"data": [{"name": "example.org", "status": "verified"}]}},
    "mailjet": {"GET /v3/REST/sender": {"Data": [{"Email": "*@example.org", "Status": "Active"}]}},
    "sparkpost": {
        "GET /api/v1/account": {"results": {}},
        "GET /api/v1/sending-domains/example.org": {
            "results": {"status": {"ownership_verified": True, "dkim_status": "valid"}}
        },
    },
    "mailersend": {"GET /v1/domains": {"data": [{"name": "example.org", "is_verified": True}]}},
    "mandrill": {
        "POST /api/1.4/users/info": {"username": "u", "reputation": 70, "hourly_quota": 100, "backlog": 0},
        "POST /api/1.4/senders/check-domain": {"spf": {"valid": True}, "dkim": {"valid": True}, "valid_signing": True},
    },
    "mailtrap": {"GET /api/accounts": [{"id": 7, "name": "News"}]},
    "scaleway": {
        "GET /transactional-email/v1alpha1/regions/fr-par/domains": {
            "domains": [{"id": "1", "name": "example.org", "status": "checked"}]
        }
    },
}


@pytest.mark.parametrize("name", VERIFIED)
def test_key_and_sender_are_found_good_without_sending(name: str, opened: Open) -> None:
    provider, server = opened(name, VERIFIED[name])
    looks = provider.verify("news@example.org")
    assert looks
    assert all(look.good for look in looks), looks
    assert not any("emails" in each.path and each.method == "POST" for each in server.requests)


@pytest.mark.parametrize("name", sorted(set(VERIFIED) - {"mailgun", "postmark", "mailtrap"}))
def test_a_sender_that_is_not_set_up_there_is_found_out(name: str, opened: Open) -> None:
    answers = json.loads(json.dumps(VERIFIED[name]).replace("example.org", "other.example"))
    answers |= {key: value for key, value in VERIFIED[name].items() if key.endswith("check-domain")}
    text = json.dumps(answers).replace('"valid": true', '"valid": false').replace('Status": true', 'Status": false')
    answers = json.loads(
        text.replace('"dkim_status": "valid"', '"dkim_status": "pending"').replace("/other.example", "/example.org")
    )
    provider, _ = opened(name, answers)
    assert not all(look.good for look in provider.verify("news@example.org"))


STATISTICS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "sendgrid": (
        {
            "POST /v3/logs": {
                "messages": [
                    {"to_email": "a@example.org", "status": "delivered", "sg_message_id": "1"},
                    {"to_email": "b@example.org", "status": "bounced", "sg_message_id": "2"},
                    {"to_email": "c@example.org", "status": "processed", "sg_message_id": "3"},
                ]
            }
        },
        [("a@example.org", "delivered"), ("b@example.org", "bounced")],
    ),
    "postmark": (
        {
            "GET /bounces": {
                "TotalCount": 3,
                "Bounces": [
                    {"Type": "HardBounce", "Email": "a@example.org", "BouncedAt": "2022-02-28T10:00:00Z"},
                    {"Type": "SpamComplaint", "Email": "b@example.org"},
                    {"Type": "SoftBounce", "Email": "c@example.org"},
                ],
            }
        },
        [("a@example.org", "bounced"), ("b@example.org", "complained")],
    ),
    "brevo": (
        {
            "GET /v3/smtp/statistics/events": {
                "events": [
                    {"email": "a@example.org", "event": "delivered", "date": "2022-02-28T10:00:00Z"},
                    {"email": "b@example.org", "event": "softBounces"},
                    {"email": "c@example.org", "event": "unsubscribed"},
                ]
            }
        },
        [("a@example.org", "delivered"), ("c@example.org", "unsubscribed")],
    ),
    "sparkpost": (
        {
            "GET /api/v1/events/message": {
                "results": [
                    {"type": "delivery", "rcpt_to": "a@example.org", "campaign_id": "2022-02--nl1b1"},
                    {"type": "spam_complaint", "rcpt_to": "b@example.org", "campaign_id": "2022-02--nl1b2"},
                    {"type": "delivery", "rcpt_to": "c@example.org", "campaign_id": "2022-02-special--nl9b1"},
                ],
                "links": {},
            }
        },
        [("a@example.org", "delivered"), ("b@example.org", "complained")],
    ),
    "mailjet": (
        {
            "GET /v3/REST/message": {
                "Data": [
                    {"ID": 1, "Status": "sent", "CustomID": "2022-02/x/0", "ContactAlt": "a@example.org"},
                    {"ID": 2, "Status": "unsub", "CustomID": "2022-02/x/1", "ContactAlt": "b@example.org"},
                    {"ID": 3, "Status": "sent", "CustomID": "2022-03/x/0", "ContactAlt": "c@example.org"},
                ]
            }
        },
        [("a@example.org", "delivered"), ("b@example.org", "unsubscribed")],
    ),
    "mandrill": (
        {
            "POST /api/1.4/messages/search": [
                {"_id": "1", "email": "a@example.org", "state": "bounced", "ts": 1646040000},
                {"_id": "2", "email": "b@example.org", "state": "sent", "opens": 2, "clicks": 0},
            ]
        },
        [("a@example.org", "bounced"), ("b@example.org", "opened")],
    ),
    "resend": (
        {
            "GET /emails?limit=100&after=3": {
                "has_more": True,
                "data": [
                    {"id": "4", "to": ["d@example.org"], "created_at": "2022-02-28T09:00:01Z", "last_event": "sent"},
                    {"id": "5", "to": ["e@example.org"], "created_at": "2022-02-27T09:00:00Z", "last_event": "bounced"},
                ],
            },
            "GET /emails": {
                "has_more": True,
                "data": [
                    {
                        "id": "1",
                        "to": ["Ann <a@example.org>"],
                        "created_at": "2022-02-28 10:00:00+00",
                        "last_event": "clicked",
                    },
                    {
                        "id": "2",
                        "to": ["b@example.org"],
                        "created_at": "2022-02-28T10:00:00Z",
                        "last_event": "complained",
                    },
                    {
                        "id": "3",
                        "to": ["c@example.org"],
                        "created_at": "2022-02-28T10:00:00Z",
                        "last_event": "suppressed",
                    },
                ],
            },
        },
        [
            ("a@example.org", "delivered"),
            ("b@example.org", "delivered"),
            ("b@example.org", "complained"),
            ("c@example.org", "bounced"),
        ],
    ),
    "scaleway": (
        {
            "GET /transactional-email/v1alpha1/regions/fr-par/emails": {
                "total_count": 3,
                "emails": [
                    {"id": "1", "mail_rcpt": "a@example.org", "status": "sent", "updated_at": "2022-02-28T10:00:00Z"},
                    {"id": "2", "mail_rcpt": "b@example.org", "status": "failed", "status_details": "550 no such user"},
                    {"id": "3", "mail_rcpt": "c@example.org", "status": "sending"},
                ],
            }
        },
        [("a@example.org", "delivered"), ("b@example.org", "bounced")],
    ),
    "mailersend": (
        {
            "GET /v1/domains": {"data": [{"id": "d1", "name": "example.org", "is_verified": True}]},
            "GET /v1/activity/d1": {
                "data": [
                    {"type": "hard_bounced", "email": {"tags": ["2022-02"], "recipient": {"email": "a@example.org"}}},
                    {
                        "type": "spam_complaints",
                        "email": {"tags": ["2022-02"], "recipient": {"email": "b@example.org"}},
                    },
                    {"type": "hard_bounced", "email": {"tags": ["2022-01"], "recipient": {"email": "c@example.org"}}},
                    {"type": "hard_bounced", "email": {"tags": None, "recipient": {"email": "d@example.org"}}},
                ],
                "links": {"next": None},
            },
        },
        [("a@example.org", "bounced"), ("b@example.org", "complained")],
    ),
    "mailtrap": (
        {
            "GET /api/accounts/7/email_logs": (
                {"messages": [{"message_id": "1", "to": "a@example.org", "opens_count": 2}], "next_page_cursor": "x"},
                {"messages": [{"message_id": "2", "to": "b@example.org"}], "next_page_cursor": None},
                {"messages": [{"message_id": "3", "to": "c@example.org"}]},
                {"messages": []},
                {"messages": [{"message_id": "1", "to": "a@example.org"}]},
            ),
            "GET /api/accounts": [{"id": 7, "name": "News"}],
        },
        [
            ("a@example.org", "delivered"),
            ("a@example.org", "opened"),
            ("b@example.org", "delivered"),
            ("c@example.org", "bounced"),
            ("a@example.org", "unsubscribed"),
        ],
    ),
    "ses": (
        {
            "GET /v2/email/account": {
                "SendQuota": {"Max24HourSend": 200, "SentLast24Hours": 50, "MaxSendRate": 1},
                "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
            },
            "GET /v2/email/suppression/addresses/": tuple(
                {"SuppressedDestination": {"EmailAddress": email, "Reason": reason, **more}}
                for email, reason, more in (
                    ("a@example.org", "BOUNCE", {"Attributes": {"MessageId": "1", "FeedbackId": "f"}}),
                    ("b@example.org", "COMPLAINT", {"Attributes": {"MessageId": "2"}}),
                    ("c@example.org", "BOUNCE", {}),
                )
            ),
            "GET /v2/email/suppression/addresses": {
                "SuppressedDestinationSummaries": [
                    {"EmailAddress": f"{who}@example.org", "Reason": "BOUNCE", "LastUpdateTime": 1646040000}
                    for who in "abc"
                ]
            },
        },
        [("a@example.org", "bounced"), ("b@example.org", "complained")],
    ),
}


@pytest.mark.parametrize(("status", "good"), [(403, True), (401, False)])
def test_a_mailtrap_token_that_may_only_send_is_no_wrong_key(status: int, good: bool, opened: Open) -> None:
    provider, server = opened("mailtrap", {})
    server.answer = lambda request: Canned(status, b'{"error": "no"}')
    if not good:
        with pytest.raises(Refused, match="wrong key"):
            provider.verify("news@example.org")
        return
    (look,) = provider.verify("news@example.org")
    assert look.good
    assert "no report" in look.words


@pytest.mark.parametrize("name", STATISTICS)
def test_what_became_of_each_copy(name: str, opened: Open) -> None:
    answers, wanted = STATISTICS[name]
    provider, _ = opened(name, answers)
    assert [(each.email, each.what) for each in provider.statistics(SINCE, "2022-02")] == wanted


@pytest.mark.parametrize("name", STATISTICS)
def test_a_provider_tells_only_of_what_it_declares(name: str, opened: Open) -> None:
    answers, _ = STATISTICS[name]
    provider, _ = opened(name, answers)
    told = list(provider.statistics(SINCE, "2022-02"))
    assert {each.what for each in told} <= set(provider.capabilities.statistics)
    if provider.capabilities.statistics_by == "id":
        assert all(each.message_id for each in told)


def test_every_provider_that_declares_statistics_is_tried_here() -> None:
    able = {name for name, each in provider_classes().items() if each.capabilities.statistics}
    assert able - {"mailgun", "mailchimp", "listmonk", "buttondown"} == set(STATISTICS)


def test_ses_says_so_when_its_list_does_not_take_bounces_up(opened: Open) -> None:
    quota = {"Max24HourSend": 200, "SentLast24Hours": 50, "MaxSendRate": 1}
    account = {"SendQuota": quota, "SuppressionAttributes": {"SuppressedReasons": ["COMPLAINT"]}}
    provider, _ = opened("ses", {"GET /v2/email/account": account})
    with pytest.raises(CannotExpress, match="nobody can say who bounced"):
        list(provider.statistics(SINCE, "2022-02"))


def test_mailersend_turns_pages_with_its_filter_kept(opened: Open) -> None:
    one = {"type": "hard_bounced", "email": {"tags": ["2022-02"], "recipient": {"email": "a@example.org"}}}
    pages = tuple({"data": [one], "links": {"next": more}} for more in ("https://elsewhere.example/?page=2", None))
    answers = {"GET /v1/domains": {"data": [{"id": "d1", "name": "example.org"}]}, "GET /v1/activity/d1": pages}
    provider, server = opened("mailersend", answers)
    assert len(list(provider.statistics(SINCE, "2022-02"))) == 2
    asked = [parse_qs(urlsplit(each.path).query) for each in server.requests[1:]]
    assert [each["page"] for each in asked] == [["1"], ["2"]]
    assert all(each["event[]"] == ["hard_bounced", "spam_complaints", "unsubscribed"] for each in asked)


def test_sendgrid_halves_a_window_whose_answer_is_full(opened: Open) -> None:
    full = {"messages": [{"to_email": f"r{n}@x.org", "status": "delivered"} for n in range(1000)]}
    some = {"messages": [{"to_email": "last@x.org", "status": "delivered"}]}
    provider, server = opened("sendgrid", {"POST /v3/logs": (full, some, some)})
    assert len(list(provider.statistics(SINCE, "2022-02"))) == 2
    assert len(server.requests) == 3


@pytest.mark.parametrize("name", VERIFIED)
def test_an_answer_in_another_form_is_a_fault_in_words_and_shows_nothing_of_it(name: str, opened: Open) -> None:
    provider, server = opened(name, {})
    server.answer = lambda request: Canned(200, b'{"surprise": "ann@example.org"}')
    if name in ("brevo", "mailjet", "resend", "mailersend", "scaleway", "postmark", "sparkpost", "mailgun"):
        server.answer = lambda request: Canned(200, b'["ann@example.org"]')
    with pytest.raises(NewsletterError) as caught:
        provider.verify("news@example.org")
    assert "not understood" in caught.value.message
    assert "ann@" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("resend", {"/emails": {"has_more": False, "data": []}}),
        ("mailtrap", {"/api/accounts/7/email_logs": {"messages": []}, "/api/accounts": [{"id": 7}]}),
    ],
)
def test_a_report_that_asks_too_fast_waits_as_long_as_it_is_told(
    name: str, answers: dict[str, Any], opened: Open
) -> None:
    provider, server = opened(name, {})
    waited: list[float] = []

    def answer(request: Captured) -> Canned:
        if len(server.requests) in (1, 2):
            header = (("Retry-After", "7"),) if len(server.requests) == 1 else ()
            return Canned(429, b'{"message": "Too many requests"}', header)
        return Canned(
            200, json.dumps(next(each for path, each in answers.items() if request.path.startswith(path))).encode()
        )

    server.answer = answer
    with provider.patient(waited.append):
        assert list(provider.statistics(SINCE, "2022-02")) == []
    assert waited == [7.0, 2.0]


def test_a_question_is_not_waited_for_during_a_send_nor_for_an_hour(opened: Open) -> None:
    provider, server = opened("resend", {})
    server.answer = lambda _: Canned(429, b'{"message": "Too many requests"}', (("Retry-After", "3600"),))
    with pytest.raises(Refused):
        list(provider.statistics(SINCE, "2022-02"))
    with provider.patient(lambda _: pytest.fail("it waited")), pytest.raises(Refused):
        list(provider.statistics(SINCE, "2022-02"))
    assert len(server.requests) == 2


def test_a_provider_that_is_always_too_fast_is_given_up(opened: Open) -> None:
    provider, server = opened("resend", {})
    server.answer = lambda _: Canned(429, b'{"message": "Too many requests"}')
    with provider.patient(lambda _: None), pytest.raises(Refused):
        list(provider.statistics(SINCE, "2022-02"))
    assert len(server.requests) == 8
