"""Makes a workspace and starts an issue in it."""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from newsletter_cli.config import parse_settings
from newsletter_cli.errors import NewsletterError, SettingsError, UsageError
from newsletter_cli.model.header import read_header, write_header
from newsletter_cli.model.issue import ISSUE_ALIASES, ISSUE_KEYS
from newsletter_cli.paths import SETTINGS_FILE, Workspace, shipped, write_file
from newsletter_cli.providers.access import ProviderSettingMissing
from newsletter_cli.providers.registry import ProviderUnknown, open_provider, provider_class, provider_names

ISSUE_ID = re.compile(r"^\d{4}-(?:0[1-9]|1[0-2])(?:-[a-z0-9]+(?:-[a-z0-9]+)*)?$")
_CARRIED = ("design", "lang", "segment", "purpose", "call_to_action")
_IGNORED = (".newsletter/", "subscribers*.csv", "*.key")
_GITIGNORE_NOTE = "# What the newsletter knows about people never goes into git, nor does a provider's key."


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """The answers that make a newsletter.toml."""

    name: str
    sender_name: str
    sender_email: str
    postal_address: str
    time_zone: str
    provider: str
    domain: str = ""
    website: str = ""
    unsubscribe_url: str = ""


def make_workspace(folder: Path, answers: NewWorkspace, *, with_templates: bool) -> tuple[str, ...]:
    """Write newsletter.toml, issues/ and .gitignore (and copies of the shipped designs); gives the paths written.

    Raises:
        NewsletterError: there is a newsletter.toml already, or the folder cannot be written.
        UsageError: an answer is not what its setting wants; nothing was written.
    """
    folder = folder.expanduser().resolve()
    if (folder / SETTINGS_FILE).exists():
        raise NewsletterError(
            f"{folder / SETTINGS_FILE} is there already and was left alone.", "Edit it, or choose another folder."
        )
    text = settings_text(answers)
    try:
        settings = parse_settings(text)
        provider_class(settings.provider.name)
    except ProviderUnknown as error:
        raise UsageError(f"{error.message} Nothing was written.", error.hint) from error
    except SettingsError as error:
        wrong = [problem.split(": ", 1)[1] for problem in error.problems]
        raise UsageError(
            "The workspace was not made; nothing was written.", "Correct the answers above.", wrong
        ) from error
    written = [SETTINGS_FILE]
    if with_templates:
        _copy_templates(folder)
        written.append("templates/")
    write_file(folder / "issues" / ".gitkeep", "")
    write_file(folder / SETTINGS_FILE, text)
    _keep_out_of_git(folder / ".gitignore")
    return (*written, "issues/", ".gitignore")


def answer_fault(key: str, answer: str) -> str:
    """What is wrong with one answer, as a sentence; "" when it can stand in newsletter.toml.

    Args:
        key: a field of `NewWorkspace`.
    """
    answers = replace(NewWorkspace("News", "News", "news@example.org", "", "UTC", "outbox"), **{key: answer})
    try:
        provider_class(parse_settings(settings_text(answers)).provider.name)
    except SettingsError as error:
        # One answer may stand in two places of the file (the address also under [unsubscribe]): one fault says it.
        return error.problems[0].split(": ", 1)[-1]
    except ProviderUnknown as error:
        return f"{error.message} {error.hint}"
    return ""


def lacking(answers: NewWorkspace) -> str:
    """What [provider] still lacks before this provider can carry mail, as a sentence; "" for nothing."""
    try:
        open_provider(parse_settings(settings_text(answers)).provider, {}, Path(), need_key=False).close()
    except ProviderSettingMissing as error:
        return f"{error.message} {error.hint}"
    return ""


def wants_domain(provider: str) -> bool:
    """Whether this provider is told the sending domain in [provider]."""
    return provider in provider_names() and any(key == "domain" for key, _ in provider_class(provider).setup.settings)


def settings_text(answers: NewWorkspace) -> str:
    """A newsletter.toml with these answers, and the other settings worth knowing as comments."""
    quoted = _Quoted(answers)
    domain = f"domain = {quoted['domain']}\n" if answers.domain else ""
    website = f"website = {quoted['website']}" if answers.website else '# website = "https://www.example.org"'
    unsubscribe = (
        f"url = {quoted['unsubscribe_url']}"
        if answers.unsubscribe_url
        else f"mailto = {quoted['sender_email']}\n"
        '# url = "https://www.example.org/unsubscribe/{token}"   # a page of yours; {token} tells who, without an address'
    )
    return f"""\
# The settings of this newsletter. `newsletter doctor` tells what each value does and where it comes from.
# The provider's key never stands here: it comes from the environment or from a file only you can read.

[newsletter]
name = {quoted["name"]}
time_zone = {quoted["time_zone"]}
postal_address = {quoted["postal_address"]}
{website}
# registration = "Registered charity no. 000000"
# lang = "en"
# design = "classic"                 # `newsletter design list` shows them

[sender]
name = {quoted["sender_name"]}
email = {quoted["sender_email"]}

[provider]
name = {quoted["provider"]}
{domain}
[unsubscribe]
{unsubscribe}

# [archive]
# url = "https://www.example.org/newsletter/{{issue}}"    # where an issue can be read in the browser

# [images]
# base_url = "https://www.example.org/newsletter/images"  # where readers' mail programs fetch the pictures
# publish = "public/images"                               # where `newsletter images publish` puts them; or "provider"

# [schedule]
# when = "last thursday 10:00"

# [[sources]]                        # where `newsletter gather` finds the month's articles
# kind = "feed"
# url = "https://www.example.org/news/feed"

# [segments.members]
# where = "member = 'yes'"
"""


@dataclass(frozen=True, slots=True)
class NewIssue:
    """An issue that was started: the file written and what it took over from which issue ("" for none)."""

    file: str
    earlier: str
    carried: tuple[str, ...]


def start_issue(workspace: Workspace, issue_id: str) -> NewIssue:
    """Write issues/<id>/issue.md, with design, language, segment and call to action of the issue before.

    Raises:
        UsageError: the id is not `YYYY-MM`, or `YYYY-MM-name`.
        NewsletterError: the issue is there already.
    """
    if not ISSUE_ID.match(issue_id):
        raise UsageError(
            f"“{issue_id}” is no issue id.", "An id is year and month, such as 2022-03, or 2022-03-appeal."
        )
    folder = workspace.issue(issue_id)
    if (folder / "issue.md").exists():
        raise NewsletterError(
            f"The issue {issue_id} is there already and was left alone.",
            f"Edit {workspace.relative(folder / 'issue.md')}.",
        )
    earlier = max((known for known in workspace.issue_ids() if known < issue_id), default="")
    carried = _carried(workspace.issue(earlier) / "issue.md") if earlier else {}
    rows = {"subject": "", "preheader": "", "date": "", "articles": "", "further_reading": "", **carried}
    header = "\n".join(_header_rows(rows))
    letter = 'Dear {{ subscriber.first_name | default("friend") }},\n\n'
    write_file(folder / "issue.md", f"---\n{header}\n---\n{letter}")
    (folder / "articles").mkdir(exist_ok=True)
    (folder / "images").mkdir(exist_ok=True)
    return NewIssue(workspace.relative(folder / "issue.md"), earlier, tuple(carried))


def _carried(file: Path) -> Mapping[str, str]:
    header = read_header(file.read_text(encoding="utf-8", errors="replace"), ISSUE_KEYS, ISSUE_ALIASES)
    return {key: header.values[key] for key in _CARRIED if header.values.get(key)}


def _header_rows(values: Mapping[str, str]) -> list[str]:
    """`key: value` lines as write_header makes them, blank ones kept: they show what to fill in."""
    rows: list[str] = []
    for key, value in values.items():
        rows += write_header({key: value}, "").split("\n")[1:-3] if value else [f"{key}:"]
    return rows


def _copy_templates(folder: Path) -> None:
    target = folder / "templates"
    if target.exists():
        raise NewsletterError(
            f"{target} is there already and was left alone.", "Leave out --with-templates, or move it away."
        )
    try:
        shutil.copytree(shipped("templates"), target, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    except OSError as error:
        raise NewsletterError(
            f"{target} could not be written: {error}.", "Check free space and permissions."
        ) from error


def _keep_out_of_git(file: Path) -> None:
    """Add what must not be committed to .gitignore; what is in it already stays."""
    present = file.read_text(encoding="utf-8") if file.exists() else ""
    missing = [line for line in _IGNORED if line not in present.splitlines()]
    if missing:
        start = present if not present or present.endswith("\n") else present + "\n"
        write_file(file, start + "\n".join([_GITIGNORE_NOTE, *missing]) + "\n")


class _Quoted:
    """The answers as TOML basic strings (a JSON string without escaped slashes is one)."""

    def __init__(self, answers: NewWorkspace) -> None:
        self._answers = answers

    def __getitem__(self, name: str) -> str:
        return json.dumps(getattr(self._answers, name), ensure_ascii=False).replace("\x7f", "\\u007f")
