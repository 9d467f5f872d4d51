"""Amazon SES as aws-ses-v2-local plays it: Handlebars fills in what we sent, hostile values and all.

The simulator takes bare addresses only, where SES takes names too; so the readers here have none.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.model.message import personalise
from newsletter_cli.providers.registry import open_provider
from newsletter_cli.testing.loopback import closed_port
from newsletter_cli.testing.provider_contract import HOSTILE, KEY, sample_batch, sample_message, sample_person

PROGRAM = Path(__file__).parents[1] / "npm" / "node_modules" / ".bin" / "aws-ses-v2-local"
pytestmark = [pytest.mark.node, pytest.mark.xdist_group("ses-local")]


@pytest.fixture(scope="module")
def ses() -> Iterator[str]:
    if not shutil.which("node") or not PROGRAM.exists():
        pytest.skip("the npm packages are not installed: run tests/npm/install.sh")
    url = closed_port()
    words = [str(PROGRAM), "--host", "127.0.0.1", "--port", url.rpartition(":")[2]]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert any("server running" in line for line in running.stdout)
        yield url
        running.terminate()


def store(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{url}/store", timeout=10).json()["emails"]
    return found


def test_each_person_sees_exactly_their_characters(ses: str, tmp_path: Path) -> None:
    people = [sample_person(seq, value, value)._replace(name="") for seq, value in enumerate(HOSTILE)]
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": KEY}
    provider = open_provider(ProviderSettings(name="ses", region="eu-west-1", base_url=ses), keys, tmp_path)
    message = replace(sample_message(), text="{{ ours }} {" + sample_message().text + "}} \\")
    receipt = provider.send(message, sample_batch(*people))
    assert len(receipt.ids) == len(people)
    assert not receipt.rejected
    for mail, person in zip(store(ses), people, strict=True):
        wanted = personalise(message, person.values)
        assert mail["destination"]["to"] == [person.email]
        assert (mail["subject"], mail["body"]["text"]) == (wanted.subject, wanted.text)
        assert unescape(mail["body"]["html"]) == unescape(wanted.html)
        assert {each["name"]: each["value"] for each in mail["headers"]} == dict(wanted.headers) | {
            "List-Id": "<news.example.org>"
        }
