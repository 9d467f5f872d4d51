"""Finds the lines of an imported list that people came from, while the file still lies in the workspace."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath

from newsletter_cli.audience.csv_file import csv_rows
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.subscriber import Subscriber


def source_lines(folder: Path, people: Iterable[Subscriber]) -> Mapping[str, int]:
    """The line of each person in the file their `source` names, by address; who is in no such file is left out.

    The file is read as it is now, so that the line is the one to mend, even when rows were moved since the import.

    Args:
        folder: the workspace; files in it and in its own folders are looked at.
    """
    by_source: dict[str, set[str]] = defaultdict(set)
    for person in people:
        if PurePath(person.source).name == person.source and PurePath(person.source).suffix:
            by_source[person.source].add(person.email.casefold())
    found: dict[str, int] = {}
    for source, wanted in by_source.items():
        file = next(
            (path for path in (folder / source, *folder.glob(f"[!.]*/{_literal(source)}")) if path.is_file()), None
        )
        if file is not None:
            found.update(_lines(file, wanted))
    return found


def _lines(file: Path, wanted: set[str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    try:
        for line, cells in csv_rows(file):
            for cell in cells:
                if "@" in cell and (key := cell.casefold()) in wanted:
                    found.setdefault(key, line)
            if len(found) == len(wanted):
                break
    except NewsletterError:  # the list was imported long ago: what became of its file is no fault of the issue
        return found
    return found


def _literal(name: str) -> str:
    return "".join(f"[{each}]" if each in "*?[" else each for each in name)
