"""newsletter.toml: every fault at once, each with its line and remedy."""

import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest

from newsletter_cli.config import parse_settings
from newsletter_cli.config.settings import PaceStep
from newsletter_cli.errors import SettingsError

GOOD = '[newsletter]\nname = "N"\n[sender]\nemail = "n@example.org"\n'


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text)
    return caught.value.problems


def test_the_smallest_file_is_enough() -> None:
    assert parse_settings(GOOD).provider.name == "outbox"


def test_every_fault_is_reported_with_line_key_and_remedy() -> None:
    found = problems('[newsletter]\nnmae = "N"\ntime_zone = "Mars"\n[sender]\nemail = "nobody"\n')
    assert [each.split(" ")[0] for each in found] == [
        "newsletter.toml:1:",
        "newsletter.toml:2:",
        "newsletter.toml:3:",
        "newsletter.toml:5:",
    ]
    assert "Did you mean `name`?" in found[1]


def test_a_key_in_the_file_is_refused_and_never_repeated() -> None:
    (found,) = problems(GOOD + '[provider]\nname = "mailgun"\napi_key = "s3cret"\n')
    assert found.startswith("newsletter.toml:7:")
    assert "s3cret" not in found


def test_plain_http_is_only_for_loopback() -> None:
    assert (
        parse_settings(GOOD + '[provider]\nbase_url = "http://127.0.0.1:1"\n').provider.base_url == "http://127.0.0.1:1"
    )
    assert "https" in problems(GOOD + '[provider]\nbase_url = "http://api.example.org"\n')[0]


def test_a_fault_of_toml_names_its_line() -> None:
    assert problems("[newsletter]\nname = “N”\n")[0].startswith("newsletter.toml:2:")


def test_values_of_another_type_are_refused_in_words_for_people() -> None:
    text = GOOD + (
        'reply_to = 3\n[provider]\nport = "25"\nkind = "mass"\nown_unsubscribe = 1\n[check]\nselect = "alt"\nignore = [1]\n'
        "[pace]\nworkers = true\ncalls_per_second = nan\nper_day = 1.5\n[gather]\nrequests_per_second = 0\n[theme]\nradius = 41\n"
    )
    assert [each.partition(": ")[2] for each in problems(text)] == [
        "sender.reply_to: must be text in quotes. It is 3 now.",
        "provider.port: must be a whole number. It is '25' now.",
        'provider.kind: must be "transactional" or "campaign". It is \'mass\' now.',
        "provider.own_unsubscribe: must be true or false. It is 1 now.",
        "check.select: must be a list in [ ]. It is 'alt' now.",
        "check.ignore.0: must be text in quotes. It is 1 now.",
        "pace.workers: must be a whole number. It is True now.",
        "pace.calls_per_second: must be 0 or more. It is nan now.",
        "pace.per_day: must be a whole number. It is 1.5 now.",
        "gather.requests_per_second: must be more than 0. It is 0 now.",
        "theme.radius: must be from 0 to 40. It is 41 now.",
    ]


def test_a_value_where_a_table_belongs_is_a_fault_and_no_crash() -> None:
    text = 'segments = 3\npace = "fast"\nsources = ["https://example.org"]\n' + GOOD
    assert problems(text) == (
        "newsletter.toml:1: segments: must be a table. It is 3 now.",
        "newsletter.toml:2: pace: must be a table. It is 'fast' now.",
        "newsletter.toml:3: sources.0: must be a table. It is 'https://example.org' now.",
    )


def test_lists_tables_and_whole_numbers_become_what_the_settings_say() -> None:
    settings = parse_settings(
        GOOD
        + "[pace]\ncalls_per_second = 2\nper_day = [{ day = 1, per_day = 50 }, { day = 3, per_day = 200 }]\n"
        + '[segments.padua]\nwhere = "town = \'Padua\'"\n[check]\nignore = ["spelling"]\n'
    )
    assert isinstance(settings.pace.calls_per_second, float)
    assert settings.pace.per_day == (PaceStep(day=1, per_day=50), PaceStep(day=3, per_day=200))
    assert settings.segments["padua"].where == "town = 'Padua'"
    assert settings.check.ignore == ("spelling",)


def test_a_fault_inside_an_array_of_tables_stands_at_its_own_line() -> None:
    text = GOOD + '[[sources]]\nkind = "feed"\nurl = "https://example.org/feed"\n[[sources]]\nkind = "rss"\nurl = ""\n'
    assert [each.split(": ")[:2] for each in problems(text)] == [
        ["newsletter.toml:9", "sources.1.kind"],
        ["newsletter.toml:10", "sources.1.url"],
    ]


def test_reading_the_settings_imports_no_validation_library() -> None:
    script = "import sys, newsletter_cli.config; print(sorted({'pydantic', 'attr', 'jsonschema'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize(
    "name",
    [
        "Europe/London",
        "UTC",
        "Etc/GMT+1",
        "America/Argentina/Ushuaia",
        "Mars",
        "Europe",
        "zone.tab",
        "tzdata.zi",
        "../zoneinfo/UTC",
        "/etc/localtime",
        "Europe//London",
        "Europe/London ",
        "posixrules/x",
        ".",
        "a/../UTC",
    ],
)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_time_zone_is_one_that_python_knows(name: str, elsewhere: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if elsewhere:
        monkeypatch.setenv("PYTHONTZPATH", "/nowhere")
    try:
        ZoneInfo(name)
        known = True
    except (KeyError, ValueError, OSError):
        known = False
    text = GOOD.replace("[sender]", f'time_zone = "{name}"\n[sender]')
    if known:
        assert parse_settings(text).zone == ZoneInfo(name)
    else:
        assert "must be a time zone name" in problems(text)[0]
