"""`newsletter approve`, `send`, `receipt` and their exit statuses, the real commands on a small workspace."""

import csv
import io
import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from newsletter_cli.database import open_database
from newsletter_cli.delivery.ledger import Ledger
from newsletter_cli.testing.samples import sample_message, sample_people
from tests.cli.sending import (
    READERS,
    Say,
    fingerprints,
    import_readers,
    make_issue,
    make_say,
    make_settings,
    outbox,
)


@pytest.fixture
def say(workspace_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """The command in a workspace with an issue and four readers."""
    make_issue(workspace_folder)
    command = make_say(workspace_folder, capsys, monkeypatch)
    import_readers(workspace_folder, command)
    return command


@pytest.fixture
def approved(say: Say) -> Say:
    done = say("approve", "2022-02", "--by", "Ann")
    assert done.status == 0, done.stderr
    return say


def copies(folder: Path) -> list[EmailMessage]:
    found = [message_from_bytes(path.read_bytes(), policy=default) for path in outbox(folder)]
    assert all(isinstance(each, EmailMessage) for each in found)
    return found  # type: ignore[return-value]  # policy=default gives EmailMessage


def test_an_unapproved_issue_is_refused_with_7_and_yes_does_not_lift_it(say: Say, workspace_folder: Path) -> None:
    done = say("send", "2022-02", "--yes")
    assert done.status == 7
    assert "Issue 2022-02 is not approved." in done.stderr
    assert "newsletter approve 2022-02 --by NAME" in done.stderr
    assert not outbox(workspace_folder)
    assert say("send", "2022-02", "--yes", "--unapproved").status == 0


def test_an_approved_issue_goes_to_everybody_once(approved: Say, workspace_folder: Path) -> None:
    done = approved("send", "2022-02", "--yes")
    assert done.status == 0, done.stderr
    assert "4  accepted" in done.stdout
    assert "It adds up." in done.stdout
    sent = copies(workspace_folder)
    assert sorted(each["To"].addresses[0].addr_spec for each in sent) == [row.split(",")[0] for row in READERS]
    for each in sent:
        assert each["List-Unsubscribe"].startswith("<https://www.example.org/unsubscribe/")
        assert each["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len({each["List-Unsubscribe"] for each in sent}) == 4, "each reader's own token"
    again = approved("send", "2022-02", "--yes")
    assert again.status == 6
    assert len(outbox(workspace_folder)) == 4


def test_without_a_terminal_nothing_goes_out_and_the_command_for_cron_is_told(
    approved: Say, workspace_folder: Path
) -> None:
    done = approved("send", "2022-02")
    assert done.status == 5
    assert f"newsletter send --due -C {workspace_folder}" in done.stderr
    assert f"newsletter send 2022-02 --yes -C {workspace_folder}" in done.stderr
    assert not outbox(workspace_folder)


def test_one_changed_comma_voids_the_approval_and_is_named(approved: Say, workspace_folder: Path) -> None:
    file = workspace_folder / "issues" / "2022-02" / "issue.md"
    file.write_text(file.read_text(encoding="utf-8").replace("month, and", "month and"), encoding="utf-8")
    done = approved("send", "2022-02", "--yes")
    assert done.status == 7
    assert "has changed since Ann approved it" in done.stderr
    assert "“month,” is now “month”" in done.stderr
    file.write_text(file.read_text(encoding="utf-8").replace("month and", "month, and"), encoding="utf-8")
    assert approved("send", "2022-02", "--yes").status == 0, "put back, it is what was approved"


def test_a_changed_segment_voids_the_approval(approved: Say, workspace_folder: Path) -> None:
    make_settings(workspace_folder, '[segments.some]\nwhere = "first_name = \'Ann\'"\n\n[audience]\nsegment = "some"')
    done = approved("send", "2022-02", "--yes")
    assert done.status == 7
    assert "audience: “everybody” is now “some: first_name = 'Ann'”" in done.stderr


def test_a_code_of_another_version_approves_nothing(say: Say, workspace_folder: Path) -> None:
    code = json.loads(say("approve", "2022-02", "--by", "Ann", "--json").stdout)["code"]
    assert say("approve", "2022-02", "--by", "Ben", "--code", code.lower().replace("-", " ")).status == 0
    make_issue(workspace_folder, date="2022-02-23", more="design: letter\n")
    done = say("approve", "2022-02", "--by", "Ben", "--code", code)
    assert done.status == 7
    assert "the reviewer saw another version" in done.stderr
    right = json.loads(say("approve", "2022-02", "--by", "Ann", "--json").stdout)["code"]
    assert right not in done.stdout + done.stderr
    assert say("approve", "2022-02", "--by", "Ann", "--withdraw").status == 0
    assert say("send", "2022-02", "--yes").status == 7


def test_a_withdrawn_approval_counts_no_more(approved: Say) -> None:
    assert approved("approve", "2022-02", "--by", "Ann", "--withdraw").status == 0
    assert approved("send", "2022-02", "--yes").status == 7
    assert approved("approve", "2022-02", "--by", "Ann", "--withdraw").status == 6


def test_a_failed_check_is_refused_with_3_and_lifted_by_its_own_flag(say: Say, workspace_folder: Path) -> None:
    file = workspace_folder / "issues" / "2022-02" / "articles" / "sleeping.md"
    file.write_text(file.read_text(encoding="utf-8") + "\nMore on [this page](http://localhost/x).\n", encoding="utf-8")
    warned = say("approve", "2022-02", "--by", "Ann")
    assert warned.status == 0
    assert "the send will be refused" in warned.stderr
    done = say("send", "2022-02", "--yes", "--unapproved")
    assert done.status == 3
    assert "issues/2022-02/articles/sleeping.md:" in done.stderr
    assert say("send", "2022-02", "--yes", "--despite-errors").status == 0


def test_an_empty_audience_is_refused(workspace_folder: Path, say: Say) -> None:
    for row in READERS:
        say("subscribers", "suppress", row.split(",")[0])
    say("approve", "2022-02", "--by", "Ann")
    done = say("send", "2022-02", "--yes")
    assert done.status == 5
    assert "There is nobody to write to" in done.stderr
    assert "though 4 are on it" in done.stderr
    assert say("send", "2022-02", "--yes", "--allow-empty").status == 6


def test_an_audience_very_different_from_the_last_issues_is_refused(approved: Say, workspace_folder: Path) -> None:
    assert approved("send", "2022-02", "--yes").status == 0
    make_issue(workspace_folder, "2022-03", "2022-03-31")
    import_readers(workspace_folder, approved, (*READERS, "eve@example.org,Eve"))
    approved("approve", "2022-03", "--by", "Ann")
    done = approved("send", "2022-03", "--yes")
    assert done.status == 5
    assert "The audience is 5 people, 25 % more than the 4 of issue 2022-02" in done.stderr
    assert approved("send", "2022-03", "--yes", "--allow-change").status == 0


def test_a_segment_with_a_misspelt_field_is_an_error_and_never_everybody(say: Say, workspace_folder: Path) -> None:
    make_settings(workspace_folder, '[segments.padua]\nwhere = "twon = \'Padua\'"\n\n[audience]\nsegment = "padua"')
    for words in (("approve", "2022-02", "--by", "Ann"), ("send", "2022-02", "--yes", "--unapproved")):
        done = say(*words)
        assert done.status == 1
        assert "no subscriber has a field `twon`" in done.stderr
    assert not outbox(workspace_folder)


def test_a_dry_run_touches_nothing_and_never_says_sent(say: Say, workspace_folder: Path) -> None:
    before = fingerprints(workspace_folder)
    for words in ((), ("-v",), ("--json",)):
        done = say("send", "2022-02", "--dry-run", *words)
        assert done.status == 0, done.stderr
        assert "sent" not in (done.stdout + done.stderr).lower()
    assert fingerprints(workspace_folder) == before
    plan = json.loads(done.stdout)["plan"]
    assert (plan["audience"], plan["recipients"], plan["first"], plan["batches"]) == (4, 4, "a…@example.org", 1)
    assert plan["refusals"][0]["exit_status"] == 7


def test_a_dry_run_of_what_went_out_says_that_no_second_one_starts(approved: Say) -> None:
    approved("send", "2022-02", "--yes")
    done = approved("send", "2022-02", "--dry-run")
    assert "A real run starts no second one" in done.stdout
    assert "sent" not in (done.stdout + done.stderr).lower()


def test_a_dry_run_before_anything_was_imported_makes_no_state_folder(
    workspace_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_issue(workspace_folder)
    say = make_say(workspace_folder, capsys, monkeypatch)
    done = say("send", "2022-02", "--dry-run")
    assert done.status == 0
    assert "There is nobody to write to" in done.stdout
    assert not (workspace_folder / ".newsletter" / "newsletter.sqlite").exists()


def test_a_dry_run_shows_the_very_requests_with_the_key_masked(
    say: Say, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_settings(workspace_folder, '[provider]\nname = "mailgun"\ndomain = "mg.example.org"\nown_unsubscribe = false')
    monkeypatch.setenv("MAILGUN_API_KEY", "key-3ax6xnjp29jd6fds4gc373sgvjxteol0")
    done = say("send", "2022-02", "--dry-run", "-v")
    assert done.status == 0, done.stderr
    assert "POST https://api.mailgun.net/v3/mg.example.org/messages  (4 people," in done.stdout
    assert "curl -X POST https://api.mailgun.net/v3/mg.example.org/messages" in done.stdout
    assert "key-3ax6" not in done.stdout + done.stderr
    assert "a2V5LTNheDZ" not in done.stdout + done.stderr, "nor in base64"


def test_someone_who_left_gets_nothing_and_the_receipt_says_why(approved: Say, workspace_folder: Path) -> None:
    approved("subscribers", "suppress", "BEN@example.org")
    assert approved("send", "2022-02", "--yes").status == 0
    assert "ben@example.org" not in {each["To"].addresses[0].addr_spec for each in copies(workspace_folder)}
    receipt = json.loads(approved("receipt", "2022-02", "--json").stdout)
    numbers = {name: receipt[name] for name in ("audience", "accepted", "suppressed", "rejected", "unknown", "pending")}
    assert numbers == {"audience": 4, "accepted": 3, "suppressed": 1, "rejected": 0, "unknown": 0, "pending": 0}
    rows = list(csv.DictReader(io.StringIO(approved("receipt", "2022-02", "--csv").stdout)))
    assert [(row["email"], row["state"]) for row in rows] == [
        ("ann@example.org", "accepted"),
        ("ben@example.org", "suppressed"),
        ("cleo@example.org", "accepted"),
        ("dora@example.org", "accepted"),
    ]
    assert rows[1]["why"]


def test_the_receipt_beside_the_issue_holds_numbers_and_hashes_and_no_address(
    approved: Say, workspace_folder: Path
) -> None:
    approved("send", "2022-02", "--yes")
    text = (workspace_folder / "issues" / "2022-02" / "receipt.json").read_text(encoding="utf-8")
    kept = json.loads(text)
    assert (kept["accepted"], kept["approved_by"], kept["state"]) == (4, "Ann", "done")
    assert len(kept["message_sha256"]) == 64
    assert "@" not in text
    assert "Cleo" not in text


def test_a_soft_opt_in_of_the_other_kind_is_left_out_and_the_account_says_why(say: Say, workspace_folder: Path) -> None:
    (workspace_folder / "more.csv").write_text(
        "email,basis\neve@example.org,soft_opt_in_commercial\nfay@example.org,Soft opt-in charity\n", encoding="utf-8"
    )
    assert say("subscribers", "import", "more.csv", "--yes").status == 0
    assert say("approve", "2022-02", "--by", "Ann").status == 0
    make_issue(workspace_folder, more="purpose: charitable\n")
    assert say("send", "2022-02", "--yes").status == 7, "whom it goes to is part of what was approved"
    assert say("approve", "2022-02", "--by", "Ann").status == 0
    dry = say("send", "2022-02", "--dry-run", "-v")
    assert "1 of 6: 1 soft opt in commercial does not cover charitable mail" in dry.stdout
    done = say("send", "2022-02", "--yes", "--json")
    receipt = json.loads(done.stdout)["receipt"]
    assert (receipt["audience"], receipt["accepted"], receipt["suppressed"]) == (6, 5, 1)
    assert not any(b"eve@example.org" in file.read_bytes() for file in outbox(workspace_folder))
    assert "soft_opt_in_commercial does not cover charitable mail" in say("who", "eve@example.org").stdout
    assert say("ledger", "verify").status == 0


def test_a_purpose_that_is_none_is_named_and_nothing_goes_out(approved: Say, workspace_folder: Path) -> None:
    make_issue(workspace_folder, more="purpose: comercial\n")
    done = approved("send", "2022-02", "--yes")
    assert done.status != 0
    assert "`comercial` is no purpose" in done.stderr
    assert not outbox(workspace_folder)


def test_a_receipt_brings_the_kept_one_up_to_date_but_not_back_in_time(approved: Say, workspace_folder: Path) -> None:
    assert approved("send", "2022-02", "--yes").status == 0
    kept = workspace_folder / "issues" / "2022-02" / "receipt.json"
    right = kept.read_text(encoding="utf-8")
    for stale in ("", right.replace('"accepted": 4', '"accepted": 1')):
        kept.write_text(stale, encoding="utf-8")
        assert approved("receipt", "2022-02").status == 0
        assert kept.read_text(encoding="utf-8") == right
    newer = right.replace('"last_change": "2', '"last_change": "3')
    kept.write_text(newer, encoding="utf-8")
    assert approved("receipt", "2022-02").status == 0
    assert kept.read_text(encoding="utf-8") == newer


def test_a_receipt_that_cannot_be_written_takes_nothing_from_the_send(approved: Say, workspace_folder: Path) -> None:
    (workspace_folder / "issues" / "2022-02" / "receipt.json").mkdir()
    done = approved("send", "2022-02", "--yes")
    assert done.status == 0
    assert "The receipt was not written" in done.stderr
    assert json.loads(approved("receipt", "2022-02", "--json").stdout)["accepted"] == 4


def test_the_csv_file_of_a_receipt_is_its_owners_only(approved: Say, workspace_folder: Path) -> None:
    approved("send", "2022-02", "--yes")
    assert approved("receipt", "2022-02", "--csv", "people.csv").status == 0
    file = workspace_folder / "people.csv"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 5


def test_a_csv_receipt_keeps_to_one_json_object(approved: Say, workspace_folder: Path) -> None:
    approved("send", "2022-02", "--yes")
    file = workspace_folder / "people.csv"
    told = json.loads(approved("receipt", "2022-02", "--csv", str(file), "--json").stdout)
    assert told == {"issue": "2022-02", "file": str(file), "people": 4}
    both = approved("receipt", "2022-02", "--csv", "--json")
    assert (both.status, json.loads(both.stdout)["error"]["exit_status"]) == (2, 2)


def test_a_merge_field_in_the_subject_is_shown_as_a_reader_without_a_value_gets_it(
    say: Say, workspace_folder: Path
) -> None:
    file = workspace_folder / "issues" / "2022-02" / "issue.md"
    greeting = '{{ subscriber.first_name | default("Friend") }}, the cells that sleep'
    text = file.read_text(encoding="utf-8").replace("Cells that sleep, and what wakes them", greeting)
    file.write_text(text, encoding="utf-8")
    for done in (say("approve", "2022-02", "--by", "Ann"), say("send", "2022-02", "--yes"), say("receipt", "2022-02")):
        assert done.status == 0, done.stderr
        assert "Friend, the cells that sleep" in done.stdout
    assert sorted(each["Subject"].split(",")[0] for each in copies(workspace_folder)) == [
        "Ann",
        "Ben",
        "Dora",
        "Friend",
    ]


def test_a_receipt_of_what_has_not_gone_out_says_so(say: Say) -> None:
    done = say("receipt", "2022-02")
    assert done.status == 6
    assert "newsletter send 2022-02 --dry-run" in done.stderr


def test_status_tells_what_each_issue_waits_for(approved: Say, workspace_folder: Path) -> None:
    make_issue(workspace_folder, "2022-03", "2022-03-31")
    approved("send", "2022-02", "--yes")
    approved("hold", "2022-03", "--why", "a name is wrong")
    done = approved("status")
    assert "2022-02   done: 4 of 4 accepted" in done.stdout
    assert "2022-03   held (a name is wrong)" in done.stdout
    states = {each["issue"]: each["state"] for each in json.loads(approved("status", "--json").stdout)["issues"]}
    assert states == {"2022-02": "done", "2022-03": "held"}


def test_status_says_that_a_changed_issue_is_approved_no_more(approved: Say, workspace_folder: Path) -> None:
    assert "2022-02   approved by Ann" in approved("status").stdout
    file = workspace_folder / "issues" / "2022-02" / "issue.md"
    as_approved = file.read_text(encoding="utf-8")
    file.write_text(as_approved.replace("month, and", "month and"), encoding="utf-8")
    done = approved("status")
    assert "2022-02   not approved (changed since Ann approved it)" in done.stdout
    assert "newsletter check 2022-02" in done.stderr
    file.write_text("---\nsubject: cut off\n", encoding="utf-8")
    assert json.loads(approved("status", "--json").stdout)["issues"][0]["state"] == "not approved"
    file.write_text(as_approved, encoding="utf-8")
    assert "2022-02   approved by Ann" in approved("status").stdout


def test_as_many_readers_as_last_time_reads_well(approved: Say, workspace_folder: Path) -> None:
    approved("send", "2022-02", "--yes")
    make_issue(workspace_folder, "2022-03", "2022-03-31")
    assert "as many as issue 2022-02 (+0.0 %)" in approved("send", "2022-03", "--dry-run").stdout


def test_a_held_issue_does_not_go_out_until_it_is_released(approved: Say, workspace_folder: Path) -> None:
    assert approved("hold", "2022-02", "--why", "wait for the photo").status == 0
    done = approved("send", "2022-02", "--yes")
    assert done.status == 5
    assert "wait for the photo" in done.stderr
    assert not outbox(workspace_folder)
    assert approved("release", "2022-02").status == 0
    assert approved("release", "2022-02").status == 6
    assert approved("send", "2022-02", "--yes").status == 0


def test_a_cancelled_issue_stays_cancelled(approved: Say, workspace_folder: Path) -> None:
    refused = approved("cancel", "2022-02")
    assert refused.status == 2
    assert "--yes" in refused.stderr
    assert approved("cancel", "2022-02", "--yes").status == 0
    assert approved("send", "2022-02", "--yes").status == 6
    assert not outbox(workspace_folder)


def test_a_campaign_cancelled_before_it_reached_anybody_stays_cancelled_until_released(
    approved: Say, workspace_folder: Path
) -> None:
    database = open_database(workspace_folder / ".newsletter" / "newsletter.sqlite")
    Ledger(database).freeze(
        issue="2022-02",
        message=sample_message(),
        audience_rule="everybody",
        recipients=sample_people(4),
        provider="outbox",
        batch_size=10,
    )
    database.close()  # the machine died before the first call
    assert approved("cancel", "2022-02", "--yes").status == 0
    done = approved("send", "2022-02", "--yes")
    assert (done.status, outbox(workspace_folder)) == (6, [])
    assert "called off" in done.stderr
    assert approved("release", "2022-02").status == 0
    assert approved("send", "2022-02", "--yes").status == 0
    assert len(outbox(workspace_folder)) == 4


def test_a_test_copy_is_marked_and_counts_as_no_delivery(say: Say, workspace_folder: Path) -> None:
    done = say("send", "2022-02", "--to", "me@example.org,boss@example.org", "--as", "ben@example.org")
    assert done.status == 0, done.stderr
    sent = copies(workspace_folder)
    assert sorted(each["To"].addresses[0].addr_spec for each in sent) == ["boss@example.org", "me@example.org"]
    for each in sent:
        assert each["Subject"].startswith("[TEST] Cells that sleep")
        html, text = each.get_body(("html",)), each.get_body(("plain",))
        assert html is not None
        assert text is not None
        assert "This is a test." in html.get_content()
        assert "*** This is a test." in text.get_content()
        assert "Dear Ben" in text.get_content()
    assert "Next: newsletter approve 2022-02" in done.stderr
    assert say("receipt", "2022-02").status == 6, "it is no delivery"
    assert say("approve", "2022-02", "--by", "Ann").status == 0
    assert "Next: newsletter send 2022-02 --dry-run" in say("send", "2022-02", "--to", "me@example.org").stderr
    assert say("send", "2022-02", "--yes").status == 0, "and does not stand in the way of the send"


def test_a_test_goes_to_twenty_people_at_most_and_to_nobody_who_left(say: Say, workspace_folder: Path) -> None:
    many = [word for number in range(21) for word in ("--to", f"t{number}@example.org")]
    done = say("send", "2022-02", *many)
    assert done.status == 2
    assert "these are 21" in done.stderr
    say("subscribers", "suppress", "ben@example.org")
    assert say("send", "2022-02", "--to", "Ben@example.org").status == 1
    assert say("send", "2022-02", "--to", "no address").status == 1
    assert not outbox(workspace_folder)


def test_the_unsubscribe_address_of_a_test_takes_nobody_off_the_list(say: Say, workspace_folder: Path) -> None:
    say("send", "2022-02", "--to", "me@example.org", "--as", "ann@example.org")
    token = copies(workspace_folder)[0]["List-Unsubscribe"].strip("<>").rsplit("/", 1)[1]
    assert say("who", token).status == 1


def test_test_mode_redirects_everything_and_says_so_in_each_command(say: Say, workspace_folder: Path) -> None:
    make_settings(workspace_folder, '[test_mode]\nredirect_to = "office@example.org"')
    for words in (("status",), ("check", "2022-02"), ("approve", "2022-02", "--by", "Ann")):
        assert "TEST MODE: every message of this workspace goes to office@example.org" in say(*words).stderr
    assert say("send", "2022-02", "--yes").status == 0
    sent = copies(workspace_folder)
    assert len(sent) == 4
    assert {each["To"].addresses[0].addr_spec for each in sent} == {"office@example.org"}
    assert all(each["Subject"].startswith("[TEST] ") for each in sent)
    assert say("receipt", "2022-02").status == 6, "it is no delivery of the issue"


def test_who_tells_each_issue_and_why_somebody_is_left_out(approved: Say) -> None:
    approved("subscribers", "suppress", "ben@example.org")
    approved("send", "2022-02", "--yes")
    ann = json.loads(approved("who", "ANN@example.org", "--json").stdout)
    assert (ann["subscriber"]["name"], ann["suppressed"]) == ("Ann", None)
    assert [(each["issue"], each["state"]) for each in ann["issues"]] == [("2022-02", "accepted")]
    ben = approved("who", "ben@example.org")
    assert "not written to: manual" in ben.stdout
    assert "2022-02" in ben.stdout
    assert "suppressed" in ben.stdout
    assert approved("who", "nobody@example.org").status == 6


def test_who_finds_the_person_behind_an_unsubscribe_token(approved: Say, workspace_folder: Path) -> None:
    approved("send", "2022-02", "--yes")
    copy = next(each for each in copies(workspace_folder) if each["To"].addresses[0].addr_spec == "cleo@example.org")
    token = copy["List-Unsubscribe"].strip("<>").rsplit("/", 1)[1]
    assert approved("who", token).stdout.startswith("cleo@example.org")


def test_with_no_way_to_unsubscribe_nothing_goes_out(say: Say, workspace_folder: Path) -> None:
    file = workspace_folder / "newsletter.toml"
    file.write_text(file.read_text(encoding="utf-8").partition("[unsubscribe]")[0], encoding="utf-8")
    done = say("send", "2022-02", "--yes", "--unapproved", "--despite-errors")
    assert done.status == 5
    assert "Readers could not unsubscribe" in done.stderr
    assert not outbox(workspace_folder)


@pytest.mark.parametrize(
    "words",
    [
        ("send",),
        ("send", "2022-02", "--due"),
        ("send", "2022-02", "--as", "ann@example.org"),
        ("send", "2022-02", "--yes", "--delay", "soon"),
        ("send", "--due", "--to", "me@example.org"),
    ],
)
def test_words_that_do_not_fit_together_are_refused(approved: Say, words: tuple[str, ...]) -> None:
    assert approved(*words).status == 2


def test_an_issue_that_is_not_here_is_named(say: Say) -> None:
    for command in (("send", "2022-09", "--yes"), ("approve", "2022-09", "--by", "Ann"), ("hold", "2022-09")):
        done = say(*command)
        assert done.status == 1
        assert "There is no issue 2022-09" in done.stderr
