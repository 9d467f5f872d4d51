"""Reads a list as spreadsheets write it: UTF-8 with or without BOM, UTF-16, Windows-1252; commas, semicolons or tabs."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from newsletter_cli.errors import NewsletterError

_SAMPLE = 64 * 1024


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it starts on; the first is the headings. Blank rows are left out.

    Raises:
        NewsletterError: the file cannot be read, is not text, or its quotes never close.
    """
    try:
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="", errors="strict") as file:
            sample = file.read(_SAMPLE)
            file.seek(0)
            reader = csv.reader(file, delimiter=_delimiter(sample), strict=True)
            line = 1
            for row in reader:
                cells = list(map(str.strip, row))
                if any(cells):
                    yield line, cells
                line = reader.line_num + 1
    except OSError as error:
        raise NewsletterError(
            f"{path} could not be read: {error.strerror}.", "Check the file's name and that you may read it."
        ) from error
    except UnicodeDecodeError as error:
        raise NewsletterError(
            f"{path} is not a text file in UTF-8 or Windows-1252.", "In Excel: Save As, “CSV UTF-8 (comma delimited)”."
        ) from error
    except csv.Error as error:
        raise NewsletterError(
            f"{path}:{line}: this row cannot be read as CSV: {error}.",
            "A quotation mark that opens a cell must close it too.",
        ) from error


def _encoding(path: Path) -> str:
    """By the byte order mark; else UTF-8 if the whole file is that, else Windows-1252 (Excel's old “CSV”)."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(b"PK\x03\x04"):
        raise NewsletterError(
            f"{path} is an Excel workbook, not CSV.", "In Excel: Save As, “CSV UTF-8 (comma delimited)”."
        )
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while piece := file.read(1 << 20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _delimiter(sample: str) -> str:
    """The mark that cuts the first line into most cells, outside quotes."""
    first = sample.splitlines()[0] if sample.strip() else ""
    counts = {mark: len(next(csv.reader([first], delimiter=mark), [])) for mark in ",;\t|"}
    return max(counts, key=lambda mark: counts[mark])
