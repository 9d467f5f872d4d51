"""The whole way through Mailgun's API, as typed: who left there is not mailed, the key is never shown."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.testing.loopback import Canned, Captured, Loopback

ROOT = Path(__file__).parents[2]
KEY = "key-0123456789abcdefSECRET"


def mailgun(request: Captured) -> Canned:
    if request.method == "POST":
        return Canned(200, b'{"id": "<1@news.example.org>", "message": "Queued. Thank you."}')
    left = [{"address": "left@example.org"}] if "/unsubscribes" in request.path else []
    return Canned(200, json.dumps({"items": left, "paging": {}}).encode())


def garbled(request: Captured) -> Canned:
    """Lists and questions are answered in a form nobody knows; the mail is taken."""
    if request.method == "POST":
        return Canned(202, b"", (("X-Message-Id", "m1"),)) if "send" in request.path else mailgun(request)
    return Canned(200, b'{"items": [{"no": "address"}], "remain": "?"}')


def workspace(folder: Path, url: str, name: str = "mailgun") -> Path:
    shutil.copytree(ROOT / "issues", folder / "issues", ignore=shutil.ignore_patterns("receipt.json"))
    text = (ROOT / "newsletter.toml").read_text(encoding="utf-8")
    ours = f'[provider]\nname = "{name}"\ndomain = "news.example.org"\nbase_url = "{url}"\n\n'
    (folder / "newsletter.toml").write_text(re.sub(r"\[provider\][^\[]*", ours, text), encoding="utf-8")
    (folder / "list.csv").write_text("email,first_name\nann@example.org,Ann\nleft@example.org,Lee\nbo@example.org,Bo\n")
    return folder


def test_who_left_at_the_provider_is_not_mailed_and_the_key_is_not_shown(newsletter: Any, tmp_path: Path) -> None:
    with Loopback(mailgun) as server:
        folder = workspace(tmp_path, server.url)

        def run(*words: str) -> Any:
            ran = newsletter(*words, cwd=folder, MAILGUN_API_KEY=KEY)
            assert KEY not in ran.stdout + ran.stderr
            return ran

        assert run("subscribers", "import", "list.csv", "--yes").status == 0
        assert run("approve", "2022-02", "--by", "Me").status == 0
        dry = run("send", "2022-02", "--dry-run", "-v", "--despite-errors")
        assert "***" in dry.stdout
        assert "%unsubscribe_url%" in dry.stdout
        assert not server.requests  # A dry run asks nobody.
        sent = run("send", "2022-02", "--yes", "--despite-errors", "--json")
        assert sent.status == 0, sent.stdout + sent.stderr
        (post,) = [each for each in server.requests if each.method == "POST"]
        assert b"ann@example.org" in post.body
        assert b"left@example.org" not in post.body
        receipt = json.loads(run("receipt", "2022-02", "--json").stdout)
        assert (receipt["audience"], receipt["accepted"], receipt["suppressed"]) == (3, 2, 1)
        assert run("send", "2022-02", "--yes").status == 6  # Already sent.
        assert sum(each.method == "POST" for each in server.requests) == 1


@pytest.mark.parametrize("name", ["mailgun", "sendgrid"])
def test_a_list_or_quota_in_an_unknown_form_keeps_nothing_from_going_out(
    name: str, newsletter: Any, tmp_path: Path
) -> None:
    with Loopback(garbled) as server:
        folder = workspace(tmp_path, server.url, name)

        def run(*words: str) -> Any:
            return newsletter(*words, cwd=folder, MAILGUN_API_KEY=KEY, SENDGRID_API_KEY=KEY)

        assert run("subscribers", "import", "list.csv", "--yes").status == 0
        assert run("approve", "2022-02", "--by", "Me").status == 0
        sent = run("send", "2022-02", "--yes", "--despite-errors")
        assert sent.status == 0, sent.stdout + sent.stderr
        if name == "sendgrid":
            assert "own list of people who left was not read" in sent.stderr
        assert sum(each.method == "POST" for each in server.requests) == 1
