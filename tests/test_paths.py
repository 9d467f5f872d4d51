"""Files are written whole or not at all, and what holds addresses is for its owner only."""

from pathlib import Path

import pytest

from newsletter_cli.errors import NewsletterError
from newsletter_cli.paths import make_folder, write_file


def test_the_state_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    make_folder(tmp_path / "news" / ".newsletter" / "build" / "2022-02")
    assert (tmp_path / "news" / ".newsletter").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "news").stat().st_mode & 0o700 == 0o700


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    write_file(target, "old")
    with pytest.raises(NewsletterError, match="could not be written"):
        write_file(target / "below", "new")
    assert (target.read_text(), [each.name for each in tmp_path.iterdir()]) == ("old", ["a.txt"])


def test_a_write_that_fails_at_its_last_step_leaves_no_half_file_beside(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()  # what stands in the way of the file is found out when it is put in its place
    with pytest.raises(NewsletterError, match="could not be written"):
        write_file(tmp_path / "a.txt", "new")
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]
