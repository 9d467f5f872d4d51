"""`newsletter check`, run as a person runs it."""

import json
import sys
from pathlib import Path
from typing import Any

Run = Any
GOOD = """<!DOCTYPE html><html lang="en" dir="ltr"><head><title>Cells that sleep</title>
<meta name="viewport" content="width=device-width"></head>
<body><div lang="en" dir="ltr"><div style="display:none">Why some cancers come back after forty years of calm.</div>
<h1>Cells that sleep</h1><p>Our team found <a href="https://www.bbc.co.uk/cells">why some cells sleep</a> for years.</p>
<p><a href="https://www.bbc.co.uk/leave">Unsubscribe</a> Example Trust, 2 Redman Place, London E20 1JQ</p></div></body></html>
"""


def write_issue(folder: Path, header: str, **articles: str) -> None:
    (folder / "issues/2022-02/articles").mkdir(parents=True, exist_ok=True)
    (folder / "issues/2022-02/issue.md").write_text(f"---\n{header}\n---\nDear reader,\n", encoding="utf-8")
    for name, text in articles.items():
        (folder / f"issues/2022-02/articles/{name}.md").write_text(text, encoding="utf-8")


def test_errors_end_with_status_3_and_name_the_author_s_line(newsletter: Run, workspace_folder: Path) -> None:
    article = "---\ntitle: Cells\ndate: 2 February 2022\nlink: https://www.example.org/c\nembargo: 1 March 2099\n---\nWords.\n"
    write_issue(workspace_folder, "subject: What February brought", cells=article)
    ran = newsletter("check", "2022-02", cwd=workspace_folder)
    assert ran.status == 3
    assert "issues/2022-02/articles/cells.md:5" in ran.stdout
    assert "under embargo until 1 March 2099" in ran.stdout


def test_json_is_one_object_with_exactly_the_promised_keys(newsletter: Run, workspace_folder: Path) -> None:
    write_issue(
        workspace_folder,
        "subject: What January brought",
        a="---\ntitle: A\nlink: https://www.example.org/a\n---\n> So.\n",
    )
    ran = newsletter("check", "2022-02", "--json", cwd=workspace_folder)
    report = json.loads(ran.stdout)
    assert sorted(report) == ["errors", "findings", "warnings"]
    assert {tuple(each) for each in report["findings"]} == {("rule", "severity", "message", "hint", "file", "line")}
    assert report["warnings"] == sum(each["severity"] == "warning" for each in report["findings"])
    assert {"date-stale", "quote-attribution"} <= {each["rule"] for each in report["findings"]}


def test_warnings_fail_only_with_strict(newsletter: Run, tmp_path: Path) -> None:
    (tmp_path / "mail.html").write_text(GOOD.replace("https://www.bbc.co.uk/cells", "http://www.bbc.co.uk/cells"))
    assert newsletter("check", "mail.html", cwd=tmp_path).status == 0
    ran = newsletter("check", "mail.html", "--strict", cwd=tmp_path)
    assert ran.status == 3
    assert "mail.html:4" in ran.stdout


def test_output_fits_80_columns_and_has_no_colour_in_a_pipe(newsletter: Run, tmp_path: Path) -> None:
    (tmp_path / "mail.html").write_text("<html><body><p>Lorem ipsum</p><img src=a.webp></body></html>")
    ran = newsletter("check", "mail.html", cwd=tmp_path)
    assert "\x1b" not in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 80


def test_rules_are_chosen_and_left_out_by_name_or_pattern(newsletter: Run, tmp_path: Path) -> None:
    (tmp_path / "mail.html").write_text('<a href="#">here</a><p>Lorem ipsum</p>')
    ran = newsletter("check", "mail.html", "--select", "link-*", "--ignore", "link-generic", "--json", cwd=tmp_path)
    assert {each["rule"] for each in json.loads(ran.stdout)["findings"]} == {"link-empty"}
    assert newsletter("check", "mail.html", "--select", "link-emty", cwd=tmp_path).status == 2


def test_an_ignore_with_a_reason_is_followed_and_one_without_is_told(newsletter: Run, workspace_folder: Path) -> None:
    write_issue(
        workspace_folder,
        "subject: What January brought\nignore: date-stale (we look back)",
        a="---\ntitle: A\nlink: https://www.example.org/a\nignore: quote-attribution\n---\n> So.\n",
    )
    ran = newsletter("check", "2022-02", "--json", cwd=workspace_folder)
    rules = [each["rule"] for each in json.loads(ran.stdout)["findings"]]
    assert "date-stale" not in rules
    assert "quote-attribution" in rules
    assert "ignore-reason" in rules


def test_sarif_and_github_name_file_and_line(newsletter: Run, tmp_path: Path) -> None:
    (tmp_path / "mail.html").write_text(GOOD.replace("https://www.bbc.co.uk/cells", ""))
    sarif = json.loads(newsletter("check", "mail.html", "--format", "sarif", cwd=tmp_path).stdout)
    (result,) = [each for each in sarif["runs"][0]["results"] if each["level"] == "error"]
    assert result["ruleId"] == "link-empty"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 4}
    github = newsletter("check", "mail.html", "--format", "github", cwd=tmp_path).stdout
    assert "::error file=mail.html,line=4,title=link-empty::" in github


def test_explain_shows_reason_remedy_and_both_examples(newsletter: Run, tmp_path: Path) -> None:
    ran = newsletter("check", "--explain", "link-generic", cwd=tmp_path)
    assert ran.status == 0
    assert "click here" in ran.stdout
    assert "Good:" in ran.stdout
    assert newsletter("check", "--explain", "link-gneric", cwd=tmp_path).status == 2


def test_a_file_that_is_no_mail_is_told_in_a_sentence(newsletter: Run, tmp_path: Path) -> None:
    ran = newsletter("check", "missing.eml", cwd=tmp_path)
    assert ran.status == 1
    assert "missing.eml could not be read" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_help_imports_nothing_heavy() -> None:
    import subprocess

    code = "import sys, newsletter_cli.cli.check; print([m for m in ('lxml','tinycss2','pydantic','PIL') if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert ran.stdout.strip() == "[]"


def test_many_findings_of_one_kind_are_folded_unless_all_are_asked_for(newsletter: Run, workspace_folder: Path) -> None:
    quotes = "\n\n".join(f"> We hope for {number} more.\n\nAnd so on." for number in range(12))
    write_issue(
        workspace_folder, "subject: Quotes", a=f"---\ntitle: A\nlink: https://www.example.org/a\n---\n{quotes}\n"
    )
    ran = newsletter("check", "2022-02", "--select", "quote-attribution", cwd=workspace_folder)
    assert ran.stdout.count("has no name") == 8
    assert "… and 4 more of this kind (--verbose shows all)" in ran.stdout
    assert "12 warnings" in ran.stdout
    every = newsletter("check", "2022-02", "--select", "quote-attribution", "--verbose", cwd=workspace_folder)
    assert every.stdout.count("has no name") == 12


def test_rules_may_be_named_together_with_commas(newsletter: Run, tmp_path: Path) -> None:
    (tmp_path / "mail.html").write_text("<p>TBC</p><h1>A</h1><h3>B</h3>")
    ran = newsletter("check", "mail.html", "--select", "heading-*, placeholder-text", "--json", cwd=tmp_path)
    assert {each["rule"] for each in json.loads(ran.stdout)["findings"]} == {"heading-skip", "placeholder-text"}
    ran = newsletter("check", "mail.html", "--select", "heading-*", "--ignore", "h1,heading-skip", cwd=tmp_path)
    assert "nothing to find" in ran.stdout
