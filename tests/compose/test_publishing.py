"""Pictures put where readers fetch them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from PIL import Image

from newsletter_cli.compose.shelves import ShelfError, open_shelf
from newsletter_cli.config import Settings, load_settings
from newsletter_cli.paths import Workspace
from newsletter_cli.testing.loopback import Canned, Loopback
from newsletter_cli.workflow.images import HostsNoPictures, NoPictureAddress, publish_images
from tests.providers.platforms import FakeMailchimp


@pytest.fixture
def with_picture(workspace: Workspace) -> Workspace:
    folder = workspace.issue("2022-02")
    (folder / "images").mkdir()
    grey = Image.linear_gradient("L").resize((800, 400))
    Image.merge("RGB", (grey, grey.rotate(180), grey.rotate(90))).save(folder / "images/cell.jpg")
    article = folder / "articles/cells.md"
    text = article.read_text("utf-8").replace("---\nBraces", "image: images/cell.jpg\nalt: A cell\n---\nBraces")
    article.write_text(text, encoding="utf-8")
    return workspace


def _settings(workspace: Workspace, publish: str, base_url: str = "https://images.example.org/n") -> Settings:
    path = workspace.settings_file
    text = path.read_text("utf-8").partition("\n[images]")[0]
    path.write_text(f'{text}\n[images]\nbase_url = "{base_url}"\npublish = "{publish}"\n', encoding="utf-8")
    return load_settings(path)


def test_publishing_to_a_folder_puts_each_picture_once(with_picture: Workspace, newsletter: Any) -> None:
    _settings(with_picture, "site/pictures")
    first = newsletter("images", "publish", "2022-02", cwd=with_picture.root)
    assert first.status == 0, first.stderr
    (put,) = (with_picture.root / "site/pictures/2022-02").iterdir()
    assert f"put  https://images.example.org/n/2022-02/{put.name}" in first.stdout
    again = json.loads(newsletter("images", "publish", "2022-02", "--json", cwd=with_picture.root).stdout)
    assert (again["new"], len(again["there"])) == ([], 1)
    put.write_bytes(b"torn")
    assert "1 put" in newsletter("images", "publish", "2022-02", cwd=with_picture.root).stdout
    assert put.stat().st_size == again["there"][0]["bytes"]


def test_a_dry_run_puts_nothing(with_picture: Workspace, newsletter: Any) -> None:
    _settings(with_picture, "site")
    ran = newsletter("images", "publish", "2022-02", "--dry-run", cwd=with_picture.root)
    assert "would put" in ran.stdout
    assert not (with_picture.root / "site").exists()


def test_the_message_names_the_published_address(with_picture: Workspace, newsletter: Any) -> None:
    _settings(with_picture, "site")
    newsletter("compose", "2022-02", cwd=with_picture.root)
    build = with_picture.build("2022-02")
    (picture,) = (build / "images").iterdir()
    assert f'src="https://images.example.org/n/2022-02/{picture.name}"' in (build / "issue.html").read_text("utf-8")
    assert f'src="images/{picture.name}"' in (build / "local.html").read_text("utf-8")


def test_without_an_address_nothing_is_published(with_picture: Workspace) -> None:
    settings = _settings(with_picture, "site", base_url="")
    with pytest.raises(NoPictureAddress):
        publish_images(with_picture, settings, "2022-02", {})


@pytest.mark.parametrize("target", ["", "ftp://example.org/x", "s3://"])
def test_a_place_that_is_none_is_refused(tmp_path: Path, target: str) -> None:
    with pytest.raises(ShelfError):
        open_shelf(target, tmp_path)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="pictures", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield client


def test_publishing_to_s3_sets_type_and_lifetime(with_picture: Workspace, bucket: Any) -> None:
    settings = _settings(with_picture, "s3://pictures/news/")
    (image,) = publish_images(with_picture, settings, "2022-02", {}).new
    (entry,) = bucket.list_objects_v2(Bucket="pictures")["Contents"]
    assert entry["Key"] == f"news/2022-02/{Path(image.file).name}"
    head = bucket.head_object(Bucket="pictures", Key=entry["Key"])
    assert (head["ContentType"], "immutable" in head["CacheControl"]) == ("image/jpeg", True)
    again = publish_images(with_picture, settings, "2022-02", {})
    assert (again.new, again.there) == ((), (image,))


def test_a_bucket_that_is_not_there_is_told_without_the_key(with_picture: Workspace, bucket: Any) -> None:
    settings = _settings(with_picture, "s3://nowhere/news")
    with pytest.raises(ShelfError, match=r"^s3://nowhere/news did not .*NoSuchBucket") as caught:
        publish_images(with_picture, settings, "2022-02", {})
    assert "secret-testing" not in caught.value.message + caught.value.hint


def _at_provider(workspace: Workspace, name: str, base_url: str = "http://127.0.0.1:9") -> Settings:
    path = workspace.settings_file
    text = path.read_text("utf-8").partition("\n[provider]")[0].partition("\n[images]")[0]
    provider = f'[provider]\nname = "{name}"\nkind = "campaign"\nlist = "a1"\nbase_url = "{base_url}"\n'
    path.write_text(f'{text}\n{provider}[images]\npublish = "provider"\n', encoding="utf-8")
    return load_settings(path)


KEY = {"MAILCHIMP_API_KEY": "s3cret-us21"}


def test_the_provider_hosts_each_picture_once_and_the_message_names_its_address(
    with_picture: Workspace, newsletter: Any
) -> None:
    fake = FakeMailchimp()
    with Loopback(answer=fake) as server:
        _at_provider(with_picture, "mailchimp", server.url)
        planned = newsletter("images", "publish", "2022-02", "--dry-run", cwd=with_picture.root)
        assert (planned.status, fake.pictures) == (0, {}), planned.stderr
        ran = newsletter("images", "publish", "2022-02", cwd=with_picture.root, **KEY)
        assert ran.status == 0, ran.stderr
        ((name, data),) = fake.pictures.items()
        address = f"https://pictures.example.org/{name}"
        assert f"put  {address}" in ran.stdout
        assert "Mailchimp: 1 put, 0 there already" in ran.stdout
        assert f'src="{address}"' in (with_picture.build("2022-02") / "issue.html").read_text("utf-8")
        assert (with_picture.build("2022-02") / "images" / name).read_bytes() == data
        fake.pictures.clear()
        again = newsletter("images", "publish", "2022-02", "--json", cwd=with_picture.root)
        assert [each["src"] for each in json.loads(again.stdout)["there"]] == [address]
        assert fake.pictures == {}


def test_a_picture_the_provider_refuses_is_told_in_its_words_and_not_written_down(
    with_picture: Workspace, newsletter: Any
) -> None:
    with Loopback(answer=lambda request: Canned(400, b'{"detail": "That file is too large."}')) as server:
        _at_provider(with_picture, "mailchimp", server.url)
        ran = newsletter("images", "publish", "2022-02", cwd=with_picture.root, **KEY)
    assert ran.status == 1
    assert "That file is too large." in ran.stderr
    assert not (with_picture.issue("2022-02") / "hosted.json").exists()


def test_a_provider_that_hosts_no_pictures_says_which_do(with_picture: Workspace) -> None:
    settings = _at_provider(with_picture, "mailgun")
    with pytest.raises(HostsNoPictures, match=r"Mailgun does not host pictures .Buttondown, Mailchimp, listmonk do"):
        publish_images(with_picture, settings, "2022-02", {})


@pytest.mark.parametrize("text", ["{", "[]", '{"mailchimp": {"a.jpg": "file:///etc/passwd"}}', '{"mailchimp": 3}'])
def test_a_damaged_record_of_hosted_pictures_stops_composing(
    with_picture: Workspace, newsletter: Any, text: str
) -> None:
    _at_provider(with_picture, "mailchimp")
    (with_picture.issue("2022-02") / "hosted.json").write_text(text)
    ran = newsletter("compose", "2022-02", cwd=with_picture.root)
    assert ran.status == 1
    assert "issues/2022-02/hosted.json cannot be read" in ran.stderr
