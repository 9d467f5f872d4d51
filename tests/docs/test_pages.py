"""The pages hold together: each link leads somewhere, each file that is named is there, each room is on the map."""

import configparser
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "newsletter_cli"
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks" / "gather" / "README.md"]
MAP = ROOT / "docs" / "architecture.md"


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)


def anchor(heading: str) -> str:
    """The name GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def links() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(page))):
            if not re.match(r"[a-z]+:", target):
                yield page.relative_to(ROOT).as_posix(), target


@pytest.mark.parametrize(("page", "target"), sorted(set(links())))
def test_every_link_between_pages_leads_somewhere(page: str, target: str) -> None:
    file, _, place = target.partition("#")
    there = (ROOT / page).parent / file if file else ROOT / page
    assert there.exists()
    if place:
        headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), flags=re.M)
        assert place in map(anchor, headings)


def named_files(page: Path) -> set[str]:
    named = re.findall(r"`((?:\.ci/)?\w[\w.-]*(?:/[\w.-]+)*(?:/|\.py|\.cfg)?)`", prose(page))
    return {each for each in named if ("/" in each or each.endswith((".py", ".cfg"))) and "ID" not in each}


@pytest.mark.parametrize("name", sorted(named_files(MAP) | named_files(ROOT / "CONTRIBUTING.md")))
def test_every_file_the_newcomers_pages_name_is_there(name: str) -> None:
    # A name without a folder is one of the package's, wherever it lies.
    places = (ROOT / name, PACKAGE / name, *PACKAGE.rglob(name.rstrip("/")))
    assert any(each.exists() for each in places), name


def test_the_map_shows_the_layers_that_are_proved() -> None:
    contract = configparser.ConfigParser()
    contract.read(ROOT / "setup.cfg", encoding="utf-8")
    layers = contract["importlinter:contract:layers"]["layers"].split()
    proved = " ".join(layers).replace("newsletter_cli.", "").replace(" | ", "|").split()
    rank = {room: place for place, row in enumerate(proved) for room in row.split("|")}

    rows = re.findall(r"^\| (\d) \| `(\w+)/` \|", MAP.read_text(encoding="utf-8"), flags=re.M)

    assert {room: int(row) - 1 for row, room in rows} == {room: rank[room] for _, room in rows}


def test_every_room_of_the_package_is_on_the_map() -> None:
    rooms = {each.parent.name for each in PACKAGE.glob("*/__init__.py")} | {"demo"}

    assert rooms <= set(re.findall(r"`(\w+)/`", MAP.read_text(encoding="utf-8")))
