"""A record is what `dataclass(frozen=True, slots=True)` makes of the same class."""

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, astuple, dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest

from newsletter_cli.records import record

MAKERS = {"dataclass": dataclass(frozen=True, slots=True), "record": record}


def person(maker: Callable[[type], Any]) -> Any:
    class Person:
        """Somebody."""

        name: str
        age: int = 0
        towns: tuple[str, ...] = field(default_factory=tuple)
        seen: list[str] = field(default_factory=list, compare=False)
        secret: str = field(default="", repr=False)
        whole: str = field(default="x", init=False)

        @property
        def shout(self) -> str:
            return self.name.upper()

        @classmethod
        def of(cls, name: str) -> Any:
            return cls(name)

    return maker(Person)


@record
class Place:
    name: str
    size: int = 1


@pytest.fixture(params=MAKERS)
def made(request: pytest.FixtureRequest) -> Any:
    return person(MAKERS[request.param])


def test_values_come_by_place_and_by_name(made: Any) -> None:
    assert made("Ann", 3, towns=("Leith",)) == made(name="Ann", age=3, towns=("Leith",))
    assert made("Ann").seen == []
    assert made("Ann").seen is not made("Ann").seen
    assert (made("Ann").whole, made.of("Ann").shout) == ("x", "ANN")


@pytest.mark.parametrize(("values", "named"), [((), {}), (("Ann",), {"name": "Bo"}), (("Ann",), {"ages": 1})])
def test_a_call_that_does_not_fit_is_refused(made: Any, values: tuple[Any, ...], named: dict[str, Any]) -> None:
    for _ in range(2):  # the first call compiles the method, the next ones use it
        with pytest.raises(TypeError):
            made(*values, **named)


def test_nothing_can_be_set_or_deleted(made: Any) -> None:
    ann = made("Ann")
    with pytest.raises(FrozenInstanceError):
        ann.name = "Bo"
    with pytest.raises(FrozenInstanceError):
        del ann.name
    with pytest.raises((FrozenInstanceError, TypeError, AttributeError)):
        ann.other = 1
    assert ann.name == "Ann"
    assert not hasattr(ann, "__dict__")


def test_equality_hash_and_text_are_those_of_a_dataclass() -> None:
    ours, theirs = person(record), person(MAKERS["dataclass"])
    for values in (("Ann",), ("Ann", 2, ("Leith",), ["seen"], "hidden")):
        assert repr(ours(*values)) == repr(theirs(*values))
        assert hash(ours(*values)) == hash(theirs(*values))
    assert ours("Ann", seen=["a"]) == ours("Ann", seen=["b"]) != ours("Bo")
    assert ours("Ann") != theirs("Ann")
    assert len({ours("Ann"), ours("Ann"), ours("Bo")}) == 2


def test_the_tools_of_dataclasses_take_a_record() -> None:
    ours, theirs = person(record), person(MAKERS["dataclass"])
    assert is_dataclass(ours)
    told = [
        [(each.name, each.type, each.init, each.repr, each.compare) for each in fields(kind)] for kind in (ours, theirs)
    ]
    assert told[0] == told[1]
    assert asdict(ours("Ann", 1)) == asdict(theirs("Ann", 1))
    assert astuple(ours("Ann", 1)) == astuple(theirs("Ann", 1))
    assert replace(ours("Ann", 1), age=2) == ours("Ann", 2)
    assert ours.__match_args__ == theirs.__match_args__
    assert ours.__doc__ == "Somebody."


def test_a_record_can_be_copied_and_pickled() -> None:
    for copied in (
        copy.copy(Place("Leith")),
        copy.deepcopy(Place("Leith", 2)),
        pickle.loads(pickle.dumps(Place("Leith"))),
    ):
        assert copied.name == "Leith"
        with pytest.raises(FrozenInstanceError):
            copied.name = "Bo"


def test_fields_by_name_only_are_not_taken_by_place() -> None:
    @record(kw_only=True)
    class Section:
        name: str = ""
        size: int

    assert Section(size=1).size == 1
    for _ in range(2):
        with pytest.raises(TypeError):
            Section("a", 1)  # type: ignore[call-arg, misc]


def test_the_first_calls_and_the_later_ones_make_the_same() -> None:
    kind = person(record)
    made = [kind("Ann", 3, seen=["x"]) for _ in range(60)]
    assert [repr(each) for each in made] == [repr(made[0])] * 60
    assert kind("Ann").seen is not kind("Ann").seen


def test_a_record_that_can_change_has_no_hash() -> None:
    @record(frozen=False)
    class Basket:
        apples: int = 0
        others: list[str] = field(default_factory=list)

    basket = Basket()
    basket.apples = 2
    basket.others.append("pear")
    assert basket == Basket(2, ["pear"])
    assert Basket().others == []
    with pytest.raises(TypeError, match="unhashable"):
        hash(basket)


def test_a_default_that_can_change_is_refused() -> None:
    with pytest.raises(ValueError, match="a default that can change"):

        @record
        class Bad:
            rows: list[str] = []


def test_a_record_does_not_build_on_another_one() -> None:
    with pytest.raises(TypeError, match="does not build on"):

        @record
        class Village(Place):
            pub: str = ""


def test_a_check_after_init_is_called() -> None:
    @record
    class Even:
        number: int

        def __post_init__(self) -> None:
            if self.number % 2:
                raise ValueError("odd")

    assert Even(2).number == 2
    with pytest.raises(ValueError, match="odd"):
        Even(3)


def test_composing_makes_no_class_the_slow_way() -> None:
    """Sixty classes at half a millisecond each were a sixth of `newsletter compose`."""
    words = (
        "import dataclasses\n"
        "made = []\n"
        "real = dataclasses._process_class\n"
        "dataclasses._process_class = lambda cls, *rest: (made.append(cls.__module__), real(cls, *rest))[1]\n"
        "import newsletter_cli.config, newsletter_cli.workflow.compose\n"
        "print(sum(each.startswith('newsletter_cli') for each in made))\n"
    )
    said = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert int(said.stdout) <= 8
