"""What commands print fits in 80 columns and says what became of things."""

from newsletter_cli.audience.importing import ImportPlan
from newsletter_cli.cli.app import wrapped
from newsletter_cli.cli.subscribers import _done
from newsletter_cli.workflow.workspace import answer_fault


def test_a_long_line_is_broken_between_words_and_keeps_its_indent() -> None:
    rows = wrapped("  ? " + "word " * 40, 80, "    ").splitlines()
    assert len(rows) > 1
    assert all(len(row) <= 80 for row in rows)
    assert rows[0].startswith("  ? word")
    assert all(row.startswith("    word") for row in rows[1:])


def test_an_address_is_never_broken() -> None:
    address = "https://www.example.org/" + "long-path-" * 9
    assert address in wrapped(f"A picture was left at its address: {address}", 80).splitlines()


def test_a_short_line_stays_as_it_is() -> None:
    assert wrapped("  To            5 people  (everybody)", 80, " " * 16) == "  To            5 people  (everybody)"


def test_an_import_says_what_became_of_the_list() -> None:
    assert _done(ImportPlan(new=5, leaving=2)) == "5 new, 2 marked as opted out"


def test_a_wrong_sender_is_told_once_though_it_stands_in_two_places_of_the_file() -> None:
    fault = answer_fault("sender_email", "Riverside Food Bank")
    assert fault.startswith("sender.email: ")
    assert "unsubscribe" not in fault
