"""Turns a rule's example into the material the rules look at: real files, read by the real reader."""

from datetime import date
from io import BytesIO
from pathlib import Path

from newsletter_cli.check import Example, Mail, Material, prepare
from newsletter_cli.check.pictures import local_pictures
from newsletter_cli.compose.issue_file import read_issue
from newsletter_cli.compose.message import compose_message
from newsletter_cli.config import Settings, parse_settings
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.issue import Issue
from newsletter_cli.model.message import Address, Image
from newsletter_cli.model.subscriber import Subscriber
from newsletter_cli.paths import Workspace

ISSUE = "2022-02"
TODAY = date(2022, 2, 24)
SETTINGS = (
    '[newsletter]\nname = "Example News"\nwebsite = "https://www.example.org"\n[sender]\nemail = "news@example.org"\n'
)


def material_of(example: Example, folder: Path) -> Material:
    """An example of the author's files gets a workspace in `folder`; any other a mail as written."""
    settings = parse_settings(SETTINGS + example.settings) if example.files or example.settings else None
    issue: Issue | None = None
    earlier: tuple[Issue, ...] = ()
    workspace = Workspace(folder)
    if example.files and settings:
        write_files(example, folder)
        issue = read_issue(workspace, settings, ISSUE).issue
        others = sorted((each for each in workspace.issue_ids() if each < ISSUE), reverse=True)
        earlier = tuple(read_issue(workspace, settings, each).issue for each in others)
    mail = composed(workspace, settings, issue) if issue and settings else mail_of(example)
    people = subscribers(example.people)
    return prepare(
        mail,
        issue=issue,
        settings=settings,
        today=TODAY,
        send_day=issue.date if issue and issue.date else TODAY,
        earlier=earlier,
        audience=(lambda: iter(people)) if people else None,
        fields=frozenset(example.people.splitlines()[0].split(",")) if people else None,
        pictures=local_pictures(workspace, (issue, *earlier)) if issue else {},
        dictionaries=(str(Path(__file__).parent / "dictionaries"),),
    )


def mail_of(example: Example) -> Mail:
    kind = "eml" if example.kind == "eml" else "html"
    sender = Address(example.sender) if example.sender else None
    return Mail(
        kind,
        example.html,
        "mail.html",
        example.subject,
        example.preheader,
        example.text,
        sender,
        headers=example.headers,
        images=tuple(Image(src, src, bytes=size) for src, size in example.images),
    )


def composed(workspace: Workspace, settings: Settings, issue: Issue) -> Mail | None:
    """The issue's mail; None when it cannot be composed."""
    try:
        return Mail.of(compose_message(workspace, settings, issue), "issue.html")
    except NewsletterError:
        return None


def write_files(example: Example, folder: Path) -> None:
    """Write the files below issues/2022-02/ (or from the root); a bare header gets its lines, a picture its pixels."""
    files = dict(example.files)
    if "issue.md" not in files:
        files = {"issue.md": "subject: News of the month", **files}
    for name, text in files.items():
        path = folder / name.lstrip("/") if name.startswith("/") else folder / "issues" / ISSUE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("picture:"):
            path.write_bytes(picture(text.removeprefix("picture:")))
        else:
            header, _, body = text.partition("\n---\n")
            path.write_text(f"---\n{header}\n---\n{body}\n", encoding="utf-8")


def picture(size: str) -> bytes:
    from PIL import Image

    width, height = map(int, size.split("x"))
    out = BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(out, "PNG")
    return out.getvalue()


def subscribers(csv: str) -> tuple[Subscriber, ...]:
    rows = [row.split(",") for row in csv.splitlines()]
    people = []
    for row in rows[1:]:
        values = dict(zip(rows[0], row, strict=True))
        first, last = values.pop("first_name", ""), values.pop("last_name", "")
        people.append(Subscriber(values.pop("email"), first, last, values, source="list.csv"))
    return tuple(people)
