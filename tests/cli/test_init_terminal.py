"""`newsletter init` with a person at the terminal: a wrong answer is told and asked again."""

import sys
from pathlib import Path

import pytest

from newsletter_cli.config import load_settings
from tests.cli.test_send_terminal import Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")


def test_a_wrong_answer_is_told_and_asked_again(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "init", "ours")
    for question, answer in [
        ("Name of the newsletter", "Harbour Light"),
        ("Sender's address", "not an address"),
        ("not an address.*Sender's address", "news@harbour.org"),
        ("Sender's name", ""),
        ("Postal address", "4 Quay Street, Whitby"),
        ("Time zone", "Mars/Olympus"),
        ("Mars/Olympus.*Time zone", "Europe/London"),
        ("Mail provider", "pigeon"),
        ("pigeon.*Mail provider", "outbox"),
    ]:
        terminal.wait_for(f"(?s){question}")
        terminal.shown = ""
        terminal.type(answer)
    assert terminal.end() == 0
    settings = load_settings(tmp_path / "ours" / "newsletter.toml")
    assert (settings.sender.email, settings.newsletter.time_zone) == ("news@harbour.org", "Europe/London")
    assert settings.provider.name == "outbox"
