"""Dates as people write them."""

from datetime import date

import pytest

from newsletter_cli.model.dates import parse_date


@pytest.mark.parametrize(
    "text",
    [
        "23 February 2022",
        "23rd Feb 2022",
        "Wednesday 23 February 2022",
        "Wednesday, 23 February 2022",
        "February 23, 2022",
        "2022-02-23",
        "2022-02-23T09:30:00Z",
        "23/02/2022",
        "02/23/2022",
        "23.02.2022",
        "23 février 2022",
        "23. Februar 2022",
        "23 febbraio 2022",
        "23 de febrero de 2022",
        "23 فبراير 2022",
        "  23   FEBRUARY   2022 ",
    ],
)
def test_a_date_is_read_in_every_common_form(text: str) -> None:
    assert parse_date(text) == date(2022, 2, 23)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("soon", "is not a date"),
        ("", "is not a date"),
        ("30 February 2022", "no day 2022-02-30"),
        ("02/03/2022", "read in two ways"),
        ("23 Febuary 2022", "Did you mean February?"),
        ("Monday 23 February 2022", "is a Wednesday, not a Monday"),
        ("23 February", "is not a date"),
        ("0000-01-01", "no day"),
    ],
)
def test_what_is_no_date_says_why(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_date(text)


def test_day_and_month_alike_are_not_ambiguous() -> None:
    assert parse_date("02/02/2022") == date(2022, 2, 2)
