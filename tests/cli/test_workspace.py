"""`newsletter init` and `newsletter new`, run as a newcomer runs them."""

import json
from pathlib import Path

import pytest

from newsletter_cli.config import load_settings
from tests.conftest import Run


def test_init_makes_a_workspace_that_loads_and_keeps_people_out_of_git(newsletter: Run, tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / ".gitignore").write_text("*.bak")
    words = (
        "--no-input",
        "--name",
        'The "Small" News # 1',
        "--sender-email",
        "ed@example.org",
        "--time-zone",
        "Europe/Rome",
    )
    ran = newsletter("init", "ours", *words, "--postal-address", "1 Sample Street", cwd=tmp_path)
    assert ran.status == 0
    settings = load_settings(tmp_path / "ours" / "newsletter.toml")
    assert (settings.newsletter.name, settings.sender.email) == ('The "Small" News # 1', "ed@example.org")
    assert settings.unsubscribe.mailto == "ed@example.org"
    ignored = (tmp_path / "ours" / ".gitignore").read_text().splitlines()
    assert {"*.bak", ".newsletter/", "subscribers*.csv", "*.key"} <= set(ignored)
    assert not (tmp_path / "ours" / "templates").exists()


def test_init_copies_the_designs_only_when_asked(newsletter: Run, tmp_path: Path) -> None:
    assert newsletter("init", "--no-input", "--with-templates", cwd=tmp_path).status == 0
    assert list((tmp_path / "templates").iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ("--time-zone", "Mars"),
        ("--sender-email", "nobody"),
        ("--website", "http://example.org"),
        ("--provider", "mailgum"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_written(
    newsletter: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    ran = newsletter("init", "--no-input", *words, cwd=tmp_path)
    assert (ran.status, list(tmp_path.iterdir())) == (2, [])
    assert words[1] in ran.stderr


def test_init_says_what_the_provider_still_needs(newsletter: Run, tmp_path: Path) -> None:
    ran = newsletter("init", "ours", "--no-input", "--provider", "mailgun", cwd=tmp_path)
    assert ran.status == 0
    assert "Mailgun needs `domain` under [provider]" in ran.stderr
    words = ("--provider", "mailgun", "--domain", "news.example.org")
    assert "needs" not in newsletter("init", "theirs", "--no-input", *words, cwd=tmp_path).stderr
    assert load_settings(tmp_path / "theirs" / "newsletter.toml").provider.domain == "news.example.org"


def test_init_never_overwrites_a_workspace(newsletter: Run, workspace_folder: Path) -> None:
    before = (workspace_folder / "newsletter.toml").read_bytes()
    assert newsletter("init", "--no-input", cwd=workspace_folder).status == 1
    assert (workspace_folder / "newsletter.toml").read_bytes() == before


def test_a_new_issue_takes_design_and_call_to_action_over_from_the_last(
    newsletter: Run, workspace_folder: Path
) -> None:
    old = workspace_folder / "issues" / "2022-02"
    old.mkdir()
    call = "call_to_action: Give -> https://www.example.org/give\n  Every bit helps."
    (old / "issue.md").write_text(f"---\nsubject: Old\ndesign: letter\n{call}\n---\nDear all,\n")
    ran = newsletter("new", "2022-03", "--json", cwd=workspace_folder)
    assert json.loads(ran.stdout)["carried"] == ["design", "call_to_action"]
    text = (workspace_folder / "issues" / "2022-03" / "issue.md").read_text()
    assert call in text
    assert "subject:\n" in text
    assert "Old" not in text


@pytest.mark.parametrize("name", ["2022-13", "march", "../x", "2022-03-UP"])
def test_an_issue_id_that_is_none_is_refused(newsletter: Run, workspace_folder: Path, name: str) -> None:
    assert newsletter("new", name, cwd=workspace_folder).status == 2
    assert list((workspace_folder / "issues").iterdir()) == []


def test_a_workspace_is_found_from_below_by_option_and_by_environment(
    newsletter: Run, workspace_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    below = workspace_folder / "issues"
    assert newsletter("new", "2022-01", cwd=below).status == 0
    assert newsletter("new", "2022-02", "-C", str(workspace_folder), cwd=elsewhere).status == 0
    assert newsletter("new", "2022-03", cwd=elsewhere, NEWSLETTER_WORKSPACE=str(workspace_folder)).status == 0
    lost = newsletter("new", "2022-04", cwd=elsewhere)
    assert (lost.status, "newsletter init" in lost.stderr) == (1, True)


def test_completion_gives_a_script_and_completes_a_command(newsletter: Run, tmp_path: Path) -> None:
    assert "_newsletter_completion" in newsletter("completion", "bash", cwd=tmp_path).stdout
    completed = newsletter(
        cwd=tmp_path, _NEWSLETTER_COMPLETE="bash_complete", COMP_WORDS="newsletter subs", COMP_CWORD="1"
    )
    assert completed.stdout.strip() == "plain,subscribers"


def test_completion_knows_the_issues_of_the_workspace(newsletter: Run, workspace_folder: Path) -> None:
    for issue in ("2022-02", "2022-03", "2021-12"):
        assert newsletter("new", issue, cwd=workspace_folder).status == 0
    completed = newsletter(
        cwd=workspace_folder, _NEWSLETTER_COMPLETE="bash_complete", COMP_WORDS="newsletter send 2022", COMP_CWORD="2"
    )
    assert completed.stdout.split() == ["plain,2022-02", "plain,2022-03"]
    lost = newsletter(
        cwd=workspace_folder.parent,
        _NEWSLETTER_COMPLETE="bash_complete",
        COMP_WORDS="newsletter send 2022",
        COMP_CWORD="2",
    )
    assert (lost.status, lost.stdout.strip(), lost.stderr) == (0, "", "")
