"""Compiled templates are kept, and a damaged or foreign file is never carried out."""

import marshal
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment
from jinja2.bccache import bc_magic

from newsletter_cli.compose.compiled_templates import CompiledTemplates


def page(folder: Path, source: str = "Hello {{ name }}") -> str:
    kept = CompiledTemplates(str(folder))
    return (
        Environment(loader=DictLoader({"page.html": source}), bytecode_cache=kept)
        .get_template("page.html")
        .render(name="Ann")
    )


def test_what_was_compiled_is_taken_again(tmp_path: Path) -> None:
    page(tmp_path)
    (kept,) = tmp_path.iterdir()
    checksum = CompiledTemplates(str(tmp_path)).get_source_checksum("Hello {{ name }}")
    head = bc_magic + pickle.dumps(checksum, 2)
    assert kept.read_bytes().startswith(head)
    other = compile(
        "name = 'page.html'\ndef root(context, *rest):\n    yield 'kept'\nblocks = {}\ndebug_info = ''", "x", "exec"
    )
    kept.write_bytes(head + marshal.dumps(other))
    assert page(tmp_path) == "kept"


def test_another_source_is_compiled(tmp_path: Path) -> None:
    assert page(tmp_path) == "Hello Ann"
    assert page(tmp_path, "Bye {{ name }}") == "Bye Ann"
    assert page(tmp_path) == "Hello Ann"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:20],
        lambda data: data[:-30],
        lambda data: b"x" + data,
        lambda data: data[:60] + b"\xff" * 40,
    ],
)
def test_a_damaged_file_is_compiled_anew(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    page(tmp_path)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert page(tmp_path) == "Hello Ann"
    assert kept.read_bytes() == whole


def test_where_nothing_can_be_written_it_is_compiled_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    assert page(folder) == "Hello Ann"
    (kept,) = folder.iterdir()
    kept.unlink()
    kept.mkdir()
    assert page(folder) == "Hello Ann"
