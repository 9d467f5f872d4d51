"""The short code a reviewer sends back."""

import re

from newsletter_cli.model.message import Address, Message, approval_code, is_approval_code

MESSAGE = Message("2022-02", "Asleep, not gone", "", "<p>One</p>", "One", Address("news@example.org"))


def test_a_code_is_three_groups_of_four_letters_that_cannot_be_misread() -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", approval_code(MESSAGE.fingerprint))
    assert approval_code("0" * 64) == "0000-0000-0000"
    assert approval_code("f" * 64) == "ZZZZ-ZZZZ-ZZZZ"


def test_one_changed_comma_changes_the_code() -> None:
    changed = Message("2022-02", "Asleep not gone", "", "<p>One</p>", "One", Address("news@example.org"))
    assert approval_code(changed.fingerprint) != approval_code(MESSAGE.fingerprint)
    assert not is_approval_code(approval_code(changed.fingerprint), MESSAGE.fingerprint)


def test_a_code_is_known_again_however_it_was_typed() -> None:
    code = approval_code(MESSAGE.fingerprint)
    assert is_approval_code(f"  {code.lower().replace('-', ' ')} ", MESSAGE.fingerprint)
    assert is_approval_code(code.replace("0", "O").replace("1", "l"), MESSAGE.fingerprint)
    assert not is_approval_code("", MESSAGE.fingerprint)
