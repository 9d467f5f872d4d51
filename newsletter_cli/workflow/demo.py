"""Copies the example workspace to a folder of one's own."""

import shutil
from pathlib import Path

from newsletter_cli.errors import NewsletterError
from newsletter_cli.paths import SETTINGS_FILE, shipped, write_file

ISSUE = "2022-02"
LIST = "subscribers.csv"
PAGE = "news-page.html"
_IGNORED = ".newsletter/\nsubscribers*.csv\n"


def copy_example(folder: Path) -> None:
    """Write the example newsletter.toml, the February 2022 issue, the list and a saved news page into `folder`.

    Raises:
        NewsletterError: the folder is there already and not empty, or cannot be written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise NewsletterError(
            f"{folder} is there already and was left alone.",
            "Name another folder: newsletter demo DIR; or delete this one first.",
        )
    demo = shipped("demo")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(shipped("issues") / ISSUE, folder / "issues" / ISSUE)
    except OSError as error:
        raise NewsletterError(
            f"{folder} could not be written: {error.strerror or error}.", "Run the demo in a folder you may write to."
        ) from error
    for name in (SETTINGS_FILE, LIST, PAGE):
        write_file(folder / name, (demo / name).read_bytes())
    write_file(folder / ".gitignore", _IGNORED)
