"""Asks SpamAssassin what it thinks of a mail, where it is installed; nothing leaves the machine (`--local`)."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter_cli.check.online.catalogue import OnlineRule
from newsletter_cli.model.finding import Finding, Severity

SPAMASSASSIN = OnlineRule(
    "spamassassin",
    Severity.WARNING,
    "SpamAssassin, which many mailboxes use, calls a mail spam at 5 points.",
    "Change what costs the most points.",
)
_ROW = re.compile(r"^\s*(-?\d+\.\d)\s+([A-Z][A-Z0-9_]+)\s+(.*)$", re.M)
# A mail that was not sent yet lacks what the sending adds.
_UNSENT = frozenset(
    ["MISSING_MID", "MISSING_DATE", "MISSING_HEADERS", "NO_RECEIVED", "NO_RELAYS", "NO_HEADERS_MESSAGE", "TO_MALFORMED"]
)
_SPAM, _NEAR, _SECONDS = 5.0, 3.0, 60


@dataclass(frozen=True, slots=True)
class Mark:
    """A rule of SpamAssassin's that fired, and its points."""

    points: float
    name: str
    words: str


def ask_spamassassin(mail: bytes, *, sent: bool, program: str = "spamassassin") -> tuple[Mark, ...]:
    """The marks a mail gets, the dearest first; none where the program is not installed or does not answer.

    Args:
        mail: a whole mail (RFC 5322).
        sent: it has been through mail servers, so that missing headers count.
        program: name or path of the program.
    """
    path = shutil.which(program)
    if path is None:
        return ()
    if not sent and not re.search(rb"^to:", mail.partition(b"\n\n")[0].partition(b"\r\n\r\n")[0], re.I | re.M):
        # Without anybody it is to, it would count as a mail to undisclosed people.
        mail = b"To: reader@example.org\r\n" + mail
    command = [path, "--local", "--test-mode", "--nocreate-prefs"]
    try:
        # The path is what PATH holds under a fixed name; the mail goes in by stdin.
        done = subprocess.run(command, input=mail, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ()
    report = done.stdout.decode("utf-8", "replace").rpartition("Content analysis details:")[2]
    marks = [Mark(float(points), name, words.strip()) for points, name, words in _ROW.findall(report)]
    return tuple(sorted((each for each in marks if sent or each.name not in _UNSENT), key=lambda each: -each.points))


def spam_findings(marks: tuple[Mark, ...], file: str) -> Iterator[Finding]:
    """One finding when the points come near to what mailboxes call spam."""
    total = sum(each.points for each in marks)
    if total < _NEAR:
        return
    dear = ", ".join(f"{each.points:g} for {each.name} ({each.words})" for each in marks[:3] if each.points >= 0.5)
    severity = Severity.ERROR if total >= _SPAM else Severity.WARNING
    message = f"SpamAssassin gives {total:.1f} points: {dear}."
    yield Finding(SPAMASSASSIN.id, severity, message, SPAMASSASSIN.hint, file, 0)
