"""The shipped designs give our own checks nothing to say about the example issue."""

from datetime import date
from pathlib import Path

import pytest

from newsletter_cli.config import load_settings
from newsletter_cli.paths import Workspace
from newsletter_cli.workflow.check import check_issue
from tests.design.conftest import DESIGNS, workspace_with


@pytest.mark.parametrize("design", DESIGNS)
def test_the_example_issue_is_without_findings_in_every_design(tmp_path: Path, design: str) -> None:
    folder = tmp_path / "workspace"
    issue_id = workspace_with(folder, "example", design)
    workspace = Workspace(folder)
    report = check_issue(workspace, load_settings(workspace.settings_file), issue_id, today=date(2022, 2, 24))
    assert report.findings == ()


@pytest.mark.parametrize("design", DESIGNS)
def test_what_is_found_elsewhere_is_the_authors_not_the_designs(tmp_path: Path, design: str) -> None:
    folder = tmp_path / "workspace"
    issue_id = workspace_with(folder, "everything", design)
    workspace = Workspace(folder)
    report = check_issue(workspace, load_settings(workspace.settings_file), issue_id, today=date(2022, 3, 3))
    authors = {"merge-tag-left", "link-generic", "quote-attribution", "img-soft", "link-same-text-different-url"}
    assert {each.rule for each in report.findings} <= authors
