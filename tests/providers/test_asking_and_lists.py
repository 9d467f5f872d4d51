"""Adapters asked about a batch, and their lists of suppressions, against recorded answers of each API."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.base import FaultKind, Provider, ProviderSuppression, Refused
from newsletter_cli.providers.registry import provider_class
from newsletter_cli.testing.loopback import Canned, Captured, Loopback
from newsletter_cli.testing.provider_contract import sample_batch, sample_person
from newsletter_cli.testing.recorded import Open

SINCE = datetime(2022, 2, 28, 9, 0, tzinfo=UTC)
BATCH = sample_batch()  # reader0 and reader1, tag nl1b1, campaign 2022-02


EVENTS: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "mailgun": lambda people: {
        "GET /v3/news.example.org/events": (
            {"items": [{"event": "accepted", "recipient": each} for each in people], "paging": {"next": "/v3/2"}},
            {"items": []},
        ),
        "GET /v3/2": {"items": [], "paging": {}},
    },
    "sendgrid": lambda people: {"POST /v3/logs": {"messages": [{"to_email": e, "sg_message_id": "x"} for e in people]}},
    "postmark": lambda people: {
        "GET /messages/outbound": {
            "TotalCount": len(people),
            "Messages": [{"MessageID": "x", "To": [{"Email": each, "Name": None}]} for each in people],
        }
    },
    "brevo": lambda people: {
        "GET /v3/smtp/statistics/events": {
            "events": [{"email": e, "event": "requests", "messageId": "<1>", "date": "2022-02-28"} for e in people]
        }
    },
    "sparkpost": lambda people: {
        "GET /api/v1/events/message": {
            "results": [
                {"type": "injection", "rcpt_to": each, "campaign_id": "2022-02--nl1b1", "transmission_id": "7"}
                for each in people
            ],
            "links": {},
        }
    },
    "mailersend": lambda people: {
        "GET /v1/domains": {"data": [{"id": "d1", "name": "example.org"}]},
        "GET /v1/emails?domain_id=d1&tag=nl1b1&": {
            "data": [{"to": each, "message_id": "m1", "tags": ["2022-02", "nl1b1"]} for each in people],
            "links": {"next": None},
        },
    },
    "mailtrap": lambda people: {
        "GET /api/accounts/7/email_logs": {
            "messages": [
                {"message_id": "m", "to": each, "category": "2022-02", "custom_variables": {"batch": "nl1b1"}}
                for each in people
            ],
            "next_page_cursor": None,
        },
        "GET /api/accounts": [{"id": 7}],
    },
    "mandrill": lambda people: {
        "POST /api/1.4/messages/search": [
            {"_id": "1", "email": each, "state": "sent", "ts": 1646040000} for each in people
        ]
    },
}


@pytest.mark.parametrize("name", EVENTS)
def test_asking_tells_yes_no_or_who(name: str, opened: Open) -> None:
    both = ["Reader0@example.org", "reader1@example.org", "stranger@example.org"]
    for people, taken, seqs in ((both, "yes", {0, 1}), (both[:1], "some", {0}), ([], "no", set())):
        provider, _ = opened(name, EVENTS[name](people))
        answer = provider.ask(BATCH, SINCE)
        assert (answer.taken, answer.seqs) == (taken, seqs)


def test_a_reader_whose_domain_is_not_ascii_is_found_in_either_spelling(opened: Open) -> None:
    reader = sample_person(0, "Ann", "")._replace(email="ann@münchen.example")
    for spelling in ("ann@münchen.example", "Ann@xn--mnchen-3ya.example"):
        provider, _ = opened("postmark", EVENTS["postmark"]([spelling]))
        assert provider.ask(sample_batch(reader), SINCE).taken == "yes"


@pytest.mark.parametrize(
    ("name", "answers"),
    [("mailersend", {"GET /v1/domains": {"data": []}}), ("mailtrap", {"GET /api/accounts": []})],
)
def test_a_key_that_may_not_look_is_no_answer(name: str, answers: dict[str, Any], opened: Open) -> None:
    provider, _ = opened(name, answers)
    with pytest.raises(Refused) as caught:
        provider.ask(BATCH, SINCE)
    assert caught.value.kind == FaultKind.WRONG_KEY


def test_mailtrap_looks_at_each_line_for_unknown_filters_are_ignored_there(opened: Open) -> None:
    row = {"message_id": "m", "to": "reader0@example.org", "category": "2022-02"}
    rows = [row | {"category": "2022-01"}, row | {"custom_variables": {"batch": "nl1b10"}}]
    provider, server = opened(
        "mailtrap",
        {
            "GET /api/accounts/7/email_logs": (
                {"messages": rows, "next_page_cursor": "c"},
                {"messages": [row], "next_page_cursor": None},
            ),
            "GET /api/accounts": [{"id": 7}],
        },
    )
    answer = provider.ask(BATCH, SINCE)
    assert (answer.taken, answer.seqs) == ("some", {0})
    assert "filters%5Bto%5D%5Bvalue%5D%5B%5D=reader0%40example.org" in server.requests[1].path
    assert server.requests[2].path.endswith("&search_after=c")


def test_mailersend_turns_the_pages_of_its_list(opened: Open) -> None:
    rows = [{"to": each.email, "message_id": "m", "tags": None} for each in BATCH.recipients]
    provider, server = opened(
        "mailersend",
        {
            "GET /v1/domains": {"data": [{"id": "d1", "name": "example.org"}]},
            "GET /v1/emails": ({"data": rows[:1], "links": {"next": "x"}}, {"data": rows[1:], "links": {"next": None}}),
        },
    )
    assert provider.ask(BATCH, SINCE).taken == "yes"
    assert [each.path[-7:] for each in server.requests[1:]] == ["&page=1", "&page=2"]


def test_sparkpost_asks_by_campaign_and_takes_no_other_campaigns_word(opened: Open) -> None:
    row = {"type": "delivery", "rcpt_to": "reader0@example.org", "campaign_id": "2022-02--nl1b10"}
    provider, server = opened("sparkpost", {"GET /api/v1/events/message": {"results": [row], "links": {}}})
    assert provider.ask(BATCH, SINCE).taken == "no"
    assert "campaigns=2022-02--nl1b1&" in server.requests[0].path


def test_mailjet_asks_person_by_person(opened: Open) -> None:
    found, none = {"Count": 1, "Data": [{"ID": 7, "Status": "sent"}]}, {"Count": 0, "Data": []}
    provider, server = opened("mailjet", {"GET /v3/REST/message": (found, none)})
    answer = provider.ask(BATCH, SINCE)
    assert (answer.taken, answer.seqs) == ("some", {0})
    assert "CustomID=2022-02%2Fnl1b1%2F1" in server.requests[1].path


def test_scaleway_asks_by_reader(opened: Open) -> None:
    email = {"id": "e1", "mail_rcpt": "reader0@example.org", "status": "sent"}
    path = "GET /transactional-email/v1alpha1/regions/fr-par/emails"
    provider, _ = opened("scaleway", {path: {"emails": [email], "total_count": 1}})
    assert provider.ask(BATCH, SINCE).taken == "some"


def test_a_question_that_is_refused_is_a_refusal_of_the_question(opened: Open) -> None:
    provider, server = opened("mailgun", {})
    server.answer = lambda request: Canned(401, b"Forbidden")
    with pytest.raises(Refused) as caught:
        provider.ask(BATCH, SINCE)
    assert caught.value.kind == FaultKind.WRONG_KEY


# -- suppressions

LISTS: dict[str, dict[str, Any]] = {
    "mailgun": {
        "GET /v3/news.example.org/bounces": {
            "items": [{"address": "a@example.org", "error": "550", "created_at": "Thu, 11 Dec 2025 01:49:40 UTC"}],
            "paging": {"next": "https://api.mailgun.net/v3/empty"},
        },
        "GET /v3/empty": {"items": [], "paging": {}},
        "GET /v3/news.example.org/complaints": {"items": [{"address": "b@example.org"}], "paging": {}},
        "GET /v3/news.example.org/unsubscribes": {
            "items": [{"address": "c@example.org", "tags": ["*"]}],
            "paging": {},
        },
    },
    "sendgrid": {
        "GET /v3/suppression/bounces": [{"email": "a@example.org", "created": 1645000000}],
        "GET /v3/suppression/invalid_emails": [],
        "GET /v3/suppression/spam_reports": [{"email": "b@example.org", "created": 1645000000}],
        "GET /v3/suppression/unsubscribes": [{"email": "c@example.org", "created": 1645000000}],
    },
    "postmark": {
        "GET /message-streams/broadcast/suppressions/dump": {
            "Suppressions": [
                {
                    "EmailAddress": "a@example.org",
                    "SuppressionReason": "HardBounce",
                    "CreatedAt": "2019-12-17T08:58:33-05:00",
                },
                {"EmailAddress": "b@example.org", "SuppressionReason": "SpamComplaint"},
                {"EmailAddress": "c@example.org", "SuppressionReason": "ManualSuppression", "Origin": "Recipient"},
            ]
        }
    },
    "sparkpost": {
        "GET /api/v1/suppression-list?cursor=initial": {
            "results": [{"recipient": "a@example.org", "source": "Bounce Rule"}],
            "links": [{"href": "/api/v1/suppression-list?cursor=two", "rel": "next"}],
        },
        "GET /api/v1/suppression-list?cursor=two": {
            "results": [
                {"recipient": "b@example.org", "source": "Spam Complaint"},
                {"recipient": "c@example.org", "source": "Unsubscribe Link"},
            ],
            "links": [],
        },
    },
    "brevo": {
        "GET /v3/smtp/blockedContacts": {
            "count": 3,
            "contacts": [
                {"email": "a@example.org", "reason": {"code": "hardBounce", "message": "x"}, "blockedAt": "2022-01-01"},
                {"email": "b@example.org", "reason": {"code": "contactFlaggedAsSpam", "message": ""}},
                {"email": "c@example.org", "reason": {"code": "unsubscribedViaEmail", "message": ""}},
            ],
        }
    },
    "mailersend": {
        "GET /v1/suppressions/blocklist": {"data": [{"pattern": ".*@example.net"}], "links": {"next": None}},
        "GET /v1/suppressions/hard-bounces": {"data": [{"recipient": {"email": "a@example.org"}, "reason": "550"}]},
        "GET /v1/suppressions/spam-complaints": {"data": [{"recipient": {"email": "b@example.org"}}]},
        "GET /v1/suppressions/unsubscribes": {"data": [{"recipient": {"email": "c@example.org"}}]},
    },
    "mailtrap": {
        "GET /api/accounts/7/suppressions": (
            [
                {"id": "u1", "email": "a@example.org", "type": "hard bounce", "created_at": "2025-01-15T10:30:00Z"},
                {"id": "u2", "email": "b@example.org", "type": "spam complaint"},
            ],
            [{"id": "u3", "email": "c@example.org", "type": "unsubscription"}],
            [],
        ),
        "GET /api/accounts": [{"id": 7}],
    },
    "mandrill": {
        "POST /api/1.4/rejects/list": [
            {"email": "a@example.org", "reason": "hard-bounce", "created_at": "2022-01-01 10:00:00", "expired": False},
            {"email": "b@example.org", "reason": "spam", "expired": False},
            {"email": "c@example.org", "reason": "unsub", "expired": False},
            {"email": "d@example.org", "reason": "soft-bounce", "expired": False},
            {"email": "e@example.org", "reason": "unsub", "expired": True},
        ]
    },
}


@pytest.mark.parametrize("name", LISTS)
def test_its_list_is_read_whole_with_reasons(name: str, opened: Open) -> None:
    provider, _ = opened(name, LISTS[name])
    assert {each.email: each.reason for each in provider.suppressions()} == {
        "a@example.org": SuppressionReason.HARD_BOUNCE,
        "b@example.org": SuppressionReason.COMPLAINT,
        "c@example.org": SuppressionReason.UNSUBSCRIBED,
    }


REJECTS = (
    "Email,Reason,Detail,Created At,Expires At\n"
    'a@example.org,hard-bounce,"550, no such user",2022-01-01 10:00:00,2999-01-01 00:00:00\n'
    "b@example.org,spam,,2022-01-02 10:00:00,\n"
    "d@example.org,soft-bounce,,2022-01-02 10:00:00,\n"
    "e@example.org,unsub,,2020-01-02 10:00:00,2020-01-03 10:00:00\n"
)


def packed(name: str, text: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return whole.getvalue()


def exporting(server: Loopback, archive: bytes, last: str = "complete") -> Callable[[Captured], Canned]:
    """Mandrill with a denylist of a thousand and more, whose export is ready at the third look."""
    states = iter(("working", last))

    def answer(request: Captured) -> Canned:
        if request.path == "/export.zip":
            assert not {each.lower() for each in request.headers} & {"authorization", "cookie"}
            return Canned(200, archive)
        if request.path.endswith("/rejects/list"):
            row = {"email": "a@example.org", "reason": "hard-bounce"}
            return Canned(200, json.dumps([row] * 1000).encode())
        state = next(states) if request.path.endswith("/exports/info") else "waiting"
        url = f"{server.url}/export.zip" if state == "complete" else None
        return Canned(200, json.dumps({"id": "7", "state": state, "result_url": url}).encode())

    return answer


def test_mandrills_list_of_more_than_a_thousand_is_exported(opened: Open) -> None:
    provider, server = opened("mandrill", {})
    server.answer = exporting(server, packed("rejects.csv", REJECTS))
    waited: list[float] = []
    with provider.patient(waited.append):
        found = list(provider.suppressions())
    assert [(each.email, each.reason, each.words) for each in found] == [
        ("a@example.org", SuppressionReason.HARD_BOUNCE, "550, no such user"),
        ("b@example.org", SuppressionReason.COMPLAINT, ""),
    ]
    assert waited == [5.0, 5.0]


@pytest.mark.parametrize(
    ("archive", "last", "words"),
    [
        (b"<html>", "complete", "not understood"),
        (packed("other.csv", REJECTS), "complete", "not understood"),
        (packed("rejects.csv", "who,why\n1,2\n"), "complete", "not understood"),
        (packed("rejects.csv", REJECTS), "error", "not complete"),
    ],
)
def test_an_export_that_is_none_is_no_empty_list(archive: bytes, last: str, words: str, opened: Open) -> None:
    provider, server = opened("mandrill", {})
    server.answer = exporting(server, archive, last)
    with provider.patient(lambda _: None), pytest.raises(NewsletterError, match=words):
        list(provider.suppressions())


def test_resend_and_ses_follow_their_pages(opened: Open) -> None:
    provider, _ = opened(
        "resend",
        {
            "GET /suppressions?limit=100&after=1": {
                "has_more": False,
                "data": [{"id": "2", "email": "b@x.org", "origin": "complaint"}],
            },
            "GET /suppressions": {"has_more": True, "data": [{"id": "1", "email": "a@x.org", "origin": "bounce"}]},
        },
    )
    assert [each.reason.value for each in provider.suppressions()] == ["hard_bounce", "complaint"]
    one = {"EmailAddress": "a@x.org", "Reason": "BOUNCE", "LastUpdateTime": 1645000000.0}
    provider, server = opened(
        "ses",
        {
            "GET /v2/email/suppression/addresses?PageSize=1000&NextToken=t": {"SuppressedDestinationSummaries": [one]},
            "GET /v2/email/suppression/addresses": {"SuppressedDestinationSummaries": [one], "NextToken": "t"},
        },
    )
    found = list(provider.suppressions())
    assert [each.when for each in found] == [datetime.fromtimestamp(1645000000, UTC)] * 2
    assert all("AWS4-HMAC-SHA256" in each.headers["Authorization"] for each in server.requests[2:])


@pytest.mark.parametrize("name", ["mailgun", "sendgrid", "ses", "postmark", "resend", "sparkpost", "mandrill"])
def test_an_address_can_be_put_on_its_list_and_taken_off(name: str, opened: Open) -> None:
    provider, server = opened(name, {"POST ": {}, "PUT ": {}, "DELETE ": {}})
    provider.add_suppression(ProviderSuppression("ann@example.org", SuppressionReason.UNSUBSCRIBED))
    provider.remove_suppression("ann@example.org", SuppressionReason.UNSUBSCRIBED)
    added, removed = server.requests
    assert b"ann@example.org" in added.body
    assert "ann%40example.org" in removed.path or b"ann@example.org" in removed.body


def test_an_ability_is_declared_exactly_when_it_is_there() -> None:
    methods = {"read": "suppressions", "add": "add_suppression", "remove": "remove_suppression"}
    for name in [
        "mailgun",
        "sendgrid",
        "ses",
        "postmark",
        "smtp",
        "brevo",
        "resend",
        "mailjet",
        "sparkpost",
        "mailersend",
        "mandrill",
        "mailtrap",
        "scaleway",
    ]:
        adapter = provider_class(name)
        for ability, method in methods.items():
            there = getattr(adapter, method) is not getattr(Provider, method)
            assert (ability in adapter.capabilities.suppressions) is there, (name, ability)
        for method in ("ask", "quota", "verify", "statistics"):
            there = getattr(adapter, method) is not getattr(Provider, method)
            declared = adapter.capabilities.query if method == "ask" else getattr(adapter.capabilities, method)
            assert bool(declared) is there, (name, method)
