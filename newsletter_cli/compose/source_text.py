"""Reads a text file that a person wrote."""

from pathlib import Path

from newsletter_cli.model.finding import Finding, Severity

_LIMIT = 2_000_000


def read_source(path: Path, name: str) -> tuple[str, tuple[Finding, ...]]:
    """The text of a file, and why it could not be read as it should.

    A file that is not UTF-8 is read as Windows-1252 and reported, so that its other faults are seen in the same run.

    Args:
        path: the file.
        name: its path in findings, relative to the workspace.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LIMIT + 1)
    except OSError as error:
        return "", (
            _fault(
                name,
                1,
                f"{name} could not be read: {error.strerror}.",
                "Check the file's name and that you may read it.",
            ),
        )
    if len(data) > _LIMIT:
        return "", (_fault(name, 1, f"{name} is larger than 2 MB.", "Is this really a text file?"),)
    try:
        return _clean(data.decode("utf-8-sig")), ()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        text = _clean(data.decode("cp1252", errors="replace"))
        return text, (_fault(name, line, f"Line {line} of {name} is not UTF-8.", "Save the file as UTF-8."),)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _fault(name: str, line: int, message: str, hint: str) -> Finding:
    return Finding("file-unreadable", Severity.ERROR, message, hint, name, line)
