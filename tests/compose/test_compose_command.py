"""`newsletter compose`, as a person runs it."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from newsletter_cli.compose.eml import as_eml
from newsletter_cli.compose.message import compose_message
from newsletter_cli.config import Settings, load_settings
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.compose import compose_issue
from newsletter_cli.workflow.watching import changes


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_compose_writes_the_files_and_says_what_they_are(workspace: Workspace, newsletter: Any) -> None:
    ran = newsletter("compose", "2022-02", cwd=workspace.root)
    assert ran.status == 0, ran.stderr
    assert "Subject       News for {{ subscriber.first_name }}" in ran.stdout
    assert "subscriber.first_name (else “friend”), unsubscribe_url" in ran.stdout
    assert "Next: newsletter check 2022-02" in ran.stderr
    files = _files(workspace.build("2022-02"))
    assert set(files) == {"issue.html", "issue.txt", "issue.eml", "local.html"}
    assert b"Dear friend," in files["issue.html"]
    assert b"https://www.example.org/unsubscribe/sample" in files["issue.txt"]
    assert not any(b"nlmerge" in data for data in files.values())


def test_the_same_input_gives_the_same_bytes(workspace: Workspace, settings: Settings) -> None:
    compose_issue(workspace, settings, "2022-02")
    first = _files(workspace.build("2022-02"))
    for path in first:
        (workspace.build("2022-02") / path).unlink()
    compose_issue(workspace, settings, "2022-02")
    assert _files(workspace.build("2022-02")) == first


def test_the_eml_parses_with_both_parts_whole(workspace: Workspace, settings: Settings) -> None:
    composition = compose_issue(workspace, settings, "2022-02")
    mail = message_from_bytes((composition.folder / "issue.eml").read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    assert (mail["subject"], mail["from"], mail.get_content_type()) == (
        "News for friend",
        "Example News <news@example.org>",
        "multipart/alternative",
    )
    text, html = mail.iter_parts()
    for part, name in ((text, "issue.txt"), (html, "issue.html")):
        written = (composition.folder / name).read_text("utf-8")
        assert part.get_content().replace("\r\n", "\n").rstrip("\n") == written.rstrip("\n")
    assert mail.defects == []


def test_a_subject_in_another_script_survives_the_eml(workspace: Workspace, settings: Settings) -> None:
    path = workspace.root / "issues/2022-02/issue.md"
    path.write_text(path.read_text("utf-8").replace("News for", "Čtěte — رسالة 🎈 " + "long " * 30), encoding="utf-8")
    message = compose_issue(workspace, settings, "2022-02", write=False).message
    data = as_eml(message)
    assert message_from_bytes(data, policy=default)["subject"] == message.subject
    assert max(len(row) for row in data.split(b"\r\n")) <= 998


def test_watching_with_json_is_refused(workspace: Workspace, newsletter: Any) -> None:
    assert newsletter("compose", "2022-02", "--watch", "--json", cwd=workspace.root).status == 2


def test_json_is_one_object_with_the_facts(workspace: Workspace, newsletter: Any) -> None:
    facts = json.loads(newsletter("compose", "2022-02", "--json", cwd=workspace.root).stdout)
    assert facts["subject"] == "News for {{ subscriber.first_name }}"
    assert facts["links"] == ["{{ unsubscribe_url }}"]
    assert facts["merge_fields"][0] == {"name": "subscriber.first_name", "default": "friend"}
    assert facts["html_bytes"] > 500
    assert facts["findings"] == []
    assert facts["folder"] == ".newsletter/build/2022-02"


def test_faults_in_the_files_are_told_and_the_rest_is_composed(workspace: Workspace, newsletter: Any) -> None:
    path = workspace.root / "issues/2022-02/articles/cells.md"
    path.write_text(path.read_text("utf-8").replace("date: 23", "image: images/no.jpg\ndate: 43"), encoding="utf-8")
    ran = newsletter("compose", "2022-02", cwd=workspace.root)
    assert ran.status == 0
    assert "error: issues/2022-02/articles/cells.md:3: There is no picture images/no.jpg." in ran.stderr
    assert "error: issues/2022-02/articles/cells.md:4: `date`: There is no day 2022-02-43." in ran.stderr


@pytest.mark.parametrize(
    ("issue", "words"),
    [("2022-03", "There is no issue 2022-03 (issues here: 2022-02)."), ("../x", "There is no issue ../x")],
)
def test_an_unknown_issue_is_an_error_without_a_traceback(
    workspace: Workspace, newsletter: Any, issue: str, words: str
) -> None:
    ran = newsletter("compose", issue, cwd=workspace.root)
    assert (ran.status, words in ran.stderr, "Traceback" in ran.stderr) == (1, True, False)


def test_a_header_without_an_end_stops_composing_with_its_line(workspace: Workspace, newsletter: Any) -> None:
    (workspace.root / "issues/2022-02/issue.md").write_text("\n---\nsubject: S\n", encoding="utf-8")
    ran = newsletter("compose", "2022-02", cwd=workspace.root)
    assert ran.status == 1
    assert "issues/2022-02/issue.md:2: The header that starts at line 2 has no closing `---` line." in ran.stderr


def test_a_state_folder_that_cannot_be_written_is_told(workspace: Workspace, newsletter: Any) -> None:
    workspace.state.write_text("a file where a folder should be")
    ran = newsletter("compose", "2022-02", cwd=workspace.root)
    assert (ran.status, "could not be" in ran.stderr, "Traceback" in ran.stderr) == (1, True, False)


def test_composing_without_writing_leaves_no_build(workspace: Workspace, settings: Settings) -> None:
    composition = compose_issue(workspace, settings, "2022-02", write=False)
    assert not (composition.folder / "issue.html").exists()
    assert composition.message == compose_message(workspace, settings, composition.issue)
    assert (composition.words, len(composition.links)) == (11, 1)


def _seen(folder: Path, sleep: Callable[[float], None]) -> list[frozenset[Path]]:
    """What a watch of the folder tells until `sleep` ends it as Ctrl-C would."""
    told = []
    try:
        for changed in changes(lambda: folder.glob("*"), sleep=sleep):
            told.append(changed)
    except KeyboardInterrupt:
        return told
    return told


def test_a_watch_sees_a_change_once_it_has_come_to_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("one")
    waits = iter(["", "", "half", "whole", "", ""])

    def sleep(_: float) -> None:
        text = next(waits, None)
        if text is None:
            raise KeyboardInterrupt
        if text:
            path.write_text(text * (1 + len(path.read_text())))

    assert _seen(tmp_path, sleep) == [frozenset(), frozenset({path})]


def test_a_watch_sees_new_and_vanished_files(tmp_path: Path) -> None:
    first, second = tmp_path / "a.md", tmp_path / "b.md"
    first.write_text("one")
    steps = iter([lambda: second.write_text("two"), lambda: None, first.unlink, lambda: None])

    def sleep(_: float) -> None:
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    assert _seen(tmp_path, sleep) == [frozenset(), frozenset({second}), frozenset({first})]


def test_a_picture_that_another_process_is_writing_is_left_to_it(workspace: Workspace, settings: Settings) -> None:
    folder = workspace.build("2022-02") / "images"
    folder.mkdir(parents=True)
    (folder / ".cells-0123456789.jpg.x1y2").write_bytes(b"half")
    (folder / "old-0123456789.jpg").write_bytes(b"of an earlier version")
    compose_issue(workspace, settings, "2022-02")
    assert [path.name for path in folder.iterdir()] == [".cells-0123456789.jpg.x1y2"]


def test_several_may_compose_one_issue_at_the_same_moment(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    shutil.copytree(root / "issues", tmp_path / "issues")
    shutil.copy(root / "newsletter.toml", tmp_path)
    workspace = Workspace(tmp_path)
    settings = load_settings(workspace.settings_file)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: compose_issue(workspace, settings, "2022-02").message, range(8)))
    assert len({each.html for each in made}) == 1
    kept = {path.name for path in (workspace.build("2022-02") / "images").iterdir()}
    assert kept == {Path(each.file).name for each in made[0].images}
