"""SpamAssassin is asked where it is installed; here a program of that name answers as it does."""

import stat
from pathlib import Path

from newsletter_cli.check.spam import ask_spamassassin, spam_findings
from newsletter_cli.model.finding import Severity

ANSWER = """Content analysis details:   (6.0 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
 0.6 MISSING_MID            Missing Message-Id: header
 2.7 MISSING_DATE           Missing Date: header
-0.0 NO_RELAYS              Informational: message was not relayed via SMTP
 2.7 DEAR_FRIEND            BODY: Dear Friend? That's not very dear!
 1.7 FONT_INVIS_MSGID       Invisible text + suspicious message ID
"""


def program(folder: Path, answer: str) -> str:
    path = folder / "spamassassin"
    path.write_text(f"#!/bin/sh\ncat > {folder}/mail\ncat <<'END'\n{answer}END\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_what_only_a_sent_mail_has_does_not_count_before_the_send(tmp_path: Path) -> None:
    marks = ask_spamassassin(b"Subject: x\n\nDear friend", sent=False, program=program(tmp_path, ANSWER))
    assert [each.name for each in marks] == ["DEAR_FRIEND", "FONT_INVIS_MSGID"]
    assert (tmp_path / "mail").read_bytes().endswith(b"Subject: x\n\nDear friend")
    (found,) = spam_findings(marks, "issue.md")
    assert found.severity is Severity.WARNING
    assert "4.4 points: 2.7 for DEAR_FRIEND" in found.message


def test_a_sent_mail_counts_in_full(tmp_path: Path) -> None:
    marks = ask_spamassassin(b"x", sent=True, program=program(tmp_path, ANSWER))
    (found,) = spam_findings(marks, "mail.eml")
    assert found.severity is Severity.ERROR


def test_few_points_are_no_finding_and_no_program_is_no_fault(tmp_path: Path) -> None:
    few = ANSWER.replace(" 2.7 DEAR", " 0.1 DEAR")
    assert list(spam_findings(ask_spamassassin(b"x", sent=False, program=program(tmp_path, few)), "")) == []
    assert ask_spamassassin(b"x", sent=False, program=str(tmp_path / "nowhere")) == ()


def test_a_mail_not_sent_yet_is_asked_about_as_one_to_a_reader(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    program = tmp_path / "spamassassin"
    program.write_text(f"#!/bin/sh\ncat > {asked}\n", encoding="utf-8")
    program.chmod(0o755)
    ask_spamassassin(b"Subject: News\r\n\r\nTo: nobody\r\n", sent=False, program=str(program))
    assert asked.read_bytes().startswith(b"To: reader@example.org\r\nSubject: News")
    ask_spamassassin(b"Subject: News\r\nTo: ann@example.org\r\n\r\nx", sent=False, program=str(program))
    assert asked.read_bytes().startswith(b"Subject: News")
