"""Whose lawful basis covers what an issue is for."""

import pytest

from newsletter_cli.model.purpose import Purpose, UnknownPurpose, not_covered, parse_purpose


@pytest.mark.parametrize("basis", ["soft_opt_in_charity", "Soft opt-in charity", " soft-opt-in-charity "])
def test_a_charitys_soft_opt_in_covers_no_commercial_mail_however_the_list_spells_it(basis: str) -> None:
    assert not_covered(basis, Purpose.COMMERCIAL) == "soft_opt_in_charity does not cover commercial mail"
    assert not_covered(basis, Purpose.CHARITABLE) == not_covered(basis, Purpose.NEWSLETTER) == ""


def test_a_sellers_soft_opt_in_covers_no_charitable_mail() -> None:
    assert not_covered("soft_opt_in_commercial", Purpose.CHARITABLE)
    assert not_covered("soft_opt_in_commercial", Purpose.COMMERCIAL) == ""


@pytest.mark.parametrize("basis", ["consent", "", "contract"])
def test_consent_and_what_is_not_known_cover_every_purpose(basis: str) -> None:
    assert not any(not_covered(basis, purpose) for purpose in Purpose)


def test_a_purpose_that_is_none_names_those_there_are() -> None:
    assert parse_purpose(" Charitable ") is Purpose.CHARITABLE
    with pytest.raises(UnknownPurpose, match="`fundraising` is no purpose") as fault:
        parse_purpose("fundraising")
    assert all(each in fault.value.hint for each in Purpose)
