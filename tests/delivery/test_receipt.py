"""The list of people beside a receipt."""

import csv

from newsletter_cli.delivery.accounts import Person
from newsletter_cli.delivery.receipt import write_csv
from newsletter_cli.model.campaign import DeliveryState


def test_a_line_per_person_and_nothing_a_spreadsheet_would_run() -> None:
    people = [
        Person(1, "ann@example.org", DeliveryState.ACCEPTED),
        Person(2, "=cmd()@example.org", DeliveryState.REJECTED, '+1 "no, such" user'),
        Person(3, "-ben@example.org", DeliveryState.REJECTED, "@550\ttwo words"),
    ]
    written: list[str] = []

    assert write_csv(people, written.append) == 3
    assert list(csv.reader(written)) == [
        ["email", "state", "why"],
        ["ann@example.org", "accepted", ""],
        ["'=cmd()@example.org", "rejected", '\'+1 "no, such" user'],
        ["'-ben@example.org", "rejected", "'@550\ttwo words"],
    ]
