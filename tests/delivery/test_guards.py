"""What a plan foretells, and the guards that say no."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from newsletter_cli.audience import store
from newsletter_cli.audience.picking import pick_audience
from newsletter_cli.audience.suppression import suppress
from newsletter_cli.config import parse_settings
from newsletter_cli.config.settings import PaceSettings, PaceStep
from newsletter_cli.database import Database
from newsletter_cli.database.tables import outcome
from newsletter_cli.delivery.approval import NotApproved
from newsletter_cli.delivery.guards import Lift, SendRefused, look
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.delivery.plan import Plan, count_batches, count_readers, find_earlier, last_day, make_plan
from newsletter_cli.delivery.readers import freeze_readers, rule_words
from newsletter_cli.errors import ExitStatus
from newsletter_cli.model.campaign import CampaignState
from newsletter_cli.model.finding import Finding, Severity
from newsletter_cli.model.message import MergeField, Message
from newsletter_cli.model.subscriber import Subscriber, SuppressionReason
from newsletter_cli.testing.samples import sample_message, sample_people
from tests.delivery.kit import Postman, Sending

NOW = datetime(2022, 2, 24, 10, 0, tzinfo=UTC)
SETTINGS = parse_settings("""
[newsletter]
name = "Example News"
[sender]
email = "news@example.org"
[archive]
url = "https://www.example.org/news/{issue}/"
[segments.padua]
where = "town = 'Padua'"
""")


def fill(database: Database, *people: Subscriber) -> None:
    with database.writing() as connection:
        for person in people:
            store.put(connection, person)


def plan(ledger: Ledger, **changes: object) -> Plan:
    made = make_plan(
        message=sample_message(),
        rule="everybody",
        readership=count_readers(ledger.database, pick_audience(ledger.database, SETTINGS)),
        ledger=ledger,
        provider=Postman(),
        settings=SETTINGS,
        way_out="one click",
        findings=(),
        now=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_plan_counts_who_is_left_out_and_why_and_masks_the_rest(ledger: Ledger) -> None:
    fill(ledger.database, *[Subscriber(f"{name}@example.org") for name in ("ann", "ben", "cleo", "info")])
    with ledger.database.writing() as connection:
        suppress(connection, "ann@example.org", SuppressionReason.UNSUBSCRIBED, "page", NOW)
        suppress(connection, "CLEO@example.org", SuppressionReason.HARD_BOUNCE, "provider", NOW)
    readers = plan(ledger).readership
    assert (readers.audience, readers.recipients, readers.roles) == (4, 2, 1)
    assert readers.excluded == (("hard_bounce", 1), ("unsubscribed", 1))
    assert (readers.first, readers.last) == ("b…@example.org", "i…@example.org")


@pytest.mark.parametrize(("people", "size", "calls"), [(0, 1000, 0), (4, 1000, 1), (10, 1000, 1), (11, 1000, 2), (2010, 1000, 3), (3, 1, 3), (25, 5, 5)])  # fmt: skip
def test_the_first_call_is_a_small_one(people: int, size: int, calls: int) -> None:
    assert count_batches(people, size) == calls


def test_a_warm_up_ends_on_the_day_the_plan_says(ledger: Ledger) -> None:
    growing = PaceSettings(per_day=(PaceStep(day=1, per_day=50), PaceStep(day=3, per_day=200)))
    with ledger.database.reading() as connection:
        assert last_day(connection, "postman", PaceSettings(per_day=500), 1500, NOW) == date(2022, 2, 26)
        assert last_day(connection, "postman", PaceSettings(per_day=500), 500, NOW) is None
        assert last_day(connection, "postman", growing, 301, NOW) == date(2022, 2, 27)
        assert last_day(connection, "postman", PaceSettings(), 10**6, NOW) is None


def test_the_plan_and_the_send_agree_on_the_last_day(ledger: Ledger, sending: object) -> None:
    assert callable(sending)
    run: Sending = sending(35)
    days = 0
    while run.send(Postman(), per_day=10).counts.pending:
        run.clock.forward(86400)
        days += 1
    with ledger.database.reading() as connection:
        told = last_day(connection, "another", PaceSettings(per_day=10), 35, NOW)
    assert told == (NOW + timedelta(days=days)).date()


def test_a_change_of_more_than_a_fifth_is_not_taken_for_granted(ledger: Ledger) -> None:
    fill(ledger.database, *[Subscriber(f"r{number}@example.org") for number in range(12)])
    ledger.set_state(
        ledger.freeze(
            issue="2022-01",
            message=sample_message("2022-01"),
            audience_rule="everybody",
            recipients=sample_people(10),
            provider="postman",
            batch_size=10,
        ),
        CampaignState.DONE,
    )
    assert find_earlier(ledger, "2022-02") is not None
    assert look(plan(ledger), ledger, SETTINGS, None, ()) == (), "12 instead of 10 is just a fifth"
    fill(ledger.database, Subscriber("r12@example.org"))
    (refusal,) = look(plan(ledger), ledger, SETTINGS, None, ())
    assert (refusal.lift, refusal.status) == (Lift.CHANGE, ExitStatus.NOTHING_SENT)
    assert "13 people, 30 % more than the 10 of issue 2022-01" in refusal.message
    assert look(plan(ledger), ledger, SETTINGS, None, {Lift.CHANGE}) == ()


def test_a_list_that_lost_a_third_is_not_taken_for_granted_either(ledger: Ledger) -> None:
    fill(ledger.database, Subscriber("ann@example.org"), Subscriber("ben@example.org"))
    before = ledger.freeze(
        issue="2022-01",
        message=sample_message("2022-01"),
        audience_rule="everybody",
        recipients=sample_people(3),
        provider="postman",
        batch_size=10,
    )
    ledger.set_state(before, CampaignState.DONE)
    (refusal,) = look(plan(ledger), ledger, SETTINGS, None, ())
    assert "2 people, 33 % fewer than the 3 of issue 2022-01" in refusal.message


def test_three_complaints_in_a_thousand_stop_the_next_issue(ledger: Ledger, sending: object) -> None:
    assert callable(sending)
    fill(ledger.database, *[Subscriber(f"r{number}@example.org") for number in range(1000)])
    run: Sending = sending(1000, batch_size=1000, issue="2022-01")
    run.send(Postman())
    campaign = ledger.campaign("2022-01")
    assert campaign is not None
    for seq in range(3):
        assert look(plan(ledger), ledger, SETTINGS, None, ()) == ()
        with ledger.database.writing() as connection:
            connection.execute(
                insert(outcome).values(campaign_id=campaign.id, seq=seq, what="complained", at=None, words="")
            )
    (refusal,) = look(plan(ledger), ledger, SETTINGS, None, ())
    assert refusal.lift is Lift.COMPLAINTS
    assert "3 of 1,000 readers of issue 2022-01 called it spam (0.30 %)" in refusal.message


def test_every_guard_that_says_no_is_told_at_once_and_the_weightiest_decides(ledger: Ledger) -> None:
    faulty = plan(ledger, findings=(Finding("alt-missing", Severity.ERROR, "No alt text.", "", "a.md", 3),))
    refusals = look(faulty, ledger, SETTINGS, NotApproved("2022-02", None), ())
    assert [each.lift for each in refusals] == [Lift.APPROVAL, Lift.CHECK, Lift.EMPTY]
    error = SendRefused("2022-02", refusals)
    assert error.exit_status is ExitStatus.NOT_APPROVED
    assert "  a.md:3: No alt text." in error.problems
    assert "newsletter send 2022-02 --unapproved --despite-errors --allow-empty" in error.hint


def test_a_warning_stops_nothing(ledger: Ledger) -> None:
    fill(ledger.database, Subscriber("ann@example.org"))
    warned = plan(ledger, findings=(Finding("long", Severity.WARNING, "Long."),))
    assert look(warned, ledger, SETTINGS, None, ()) == ()


def test_the_rule_in_words_is_what_an_approval_is_bound_to(ledger: Ledger) -> None:
    fill(ledger.database, Subscriber("ann@example.org", attributes={"town": "Padua"}))
    assert rule_words(ledger.database, SETTINGS, "") == "everybody"
    assert rule_words(ledger.database, SETTINGS, "padua") == "padua: town = 'Padua'"


def test_values_are_final_one_line_and_in_the_order_of_the_fields() -> None:
    message = Message(
        **{
            **{name: getattr(sample_message(), name) for name in Message.__slots__},
            "merge_fields": (
                MergeField("a", "subscriber.first_name", "friend"),
                MergeField("b", "unsubscribe_url"),
                MergeField("c", "browser_url"),
                MergeField("d", "subscriber.town"),
            ),
        }
    )
    people = (
        Subscriber("A@example.org", "Ann\r\nBcc: x@example.org", attributes={"town": " Padua "}),
        Subscriber("b@example.org"),
    )
    rows = list(freeze_readers(people, message, SETTINGS))
    assert rows[0].values == ("Ann Bcc: x@example.org", "https://www.example.org/news/2022-02/", "Padua")
    assert rows[1].values == ("friend", "https://www.example.org/news/2022-02/", "")
    assert rows[0].address_key == "a@example.org"
