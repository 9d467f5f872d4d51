"""Pictures prepared for mail."""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from newsletter_cli.compose import picture_making
from newsletter_cli.compose.picture_making import PictureRefused, make_picture
from newsletter_cli.compose.pictures import PictureBook
from newsletter_cli.config import Settings
from newsletter_cli.model.article import Figure
from newsletter_cli.paths import Workspace


def _photo(width: int, height: int) -> Image.Image:
    """Something with the many colours of a photograph."""
    base = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (base, base.transpose(Image.Transpose.ROTATE_180), base.rotate(90)))


def _bytes(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _open(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_a_photo_is_twice_its_slot_and_progressive() -> None:
    made = make_picture(_bytes(_photo(3000, 2000)), 600)
    assert (made.suffix, made.width, made.height) == (".jpg", 1200, 800)
    assert _open(made.data).info["progressive"] == 1
    assert len(made.data) <= picture_making.LEAD_BUDGET


def test_a_small_picture_is_never_enlarged() -> None:
    made = make_picture(_bytes(_photo(500, 300)), 600)
    assert (made.width, made.height) == (500, 300)


def test_a_picture_lying_on_its_side_is_turned_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    exif[0x8825] = {1: "N", 2: (45.0, 24.0, 0.0)}  # GPS
    exif[0x013B] = "Jane Lab"
    made = make_picture(_bytes(_photo(400, 200), exif=exif, comment=b"secret"), 600)
    image = _open(made.data)
    assert image.size == (200, 400)
    assert (dict(image.getexif()), "exif" in image.info, "comment" in image.info) == ({}, False, False)


def test_a_wide_gamut_profile_is_applied_and_dropped() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab_made = make_picture(_bytes(_photo(300, 300), icc_profile=profile), 300)
    assert "icc_profile" not in _open(lab_made.data).info
    broken = make_picture(_bytes(_photo(300, 300), icc_profile=b"not a profile"), 300)
    assert _open(broken.data).mode == "RGB"


def test_cmyk_becomes_rgb() -> None:
    assert _open(make_picture(_bytes(_photo(300, 200).convert("CMYK")), 300).data).mode == "RGB"


def test_transparency_and_few_colours_stay_png_without_their_words() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Jane Lab")
    clear = _photo(300, 200).convert("RGBA")
    clear.putpixel((0, 0), (0, 0, 0, 0))
    made = make_picture(_bytes(clear, "PNG", pnginfo=words), 300)
    assert (made.suffix, _open(made.data).mode, b"Jane Lab" in made.data) == (".png", "RGBA", False)
    drawing = Image.new("RGB", (300, 200), "#0b5fa5")
    assert make_picture(_bytes(drawing, "PNG"), 300).suffix == ".png"


def test_a_grey_photograph_becomes_jpeg_although_it_has_few_colours() -> None:
    grey = Image.effect_noise((600, 400), 60).convert("RGB")
    assert make_picture(_bytes(grey, "PNG"), 300).suffix == ".jpg"


def test_an_opaque_rgba_photo_becomes_jpeg() -> None:
    assert make_picture(_bytes(_photo(300, 200).convert("RGBA"), "PNG"), 300).suffix == ".jpg"


@pytest.mark.parametrize("kind", ["WEBP", "BMP", "TIFF", "AVIF"])
def test_kinds_that_mail_does_not_show_become_jpeg(kind: str) -> None:
    assert make_picture(_bytes(_photo(300, 200), kind), 300).suffix == ".jpg"


def test_a_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    deep = Image.new("I;16", (40, 40), 32768)  # half of white
    image = _open(make_picture(_bytes(deep, "PNG"), 300).data).convert("L")
    assert 120 <= image.getpixel((5, 5)) <= 136


def test_a_gif_that_moves_stays_as_it_is() -> None:
    frames = [Image.new("L", (60, 40), grey) for grey in (0, 255)]
    data = _bytes(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert make_picture(data, 300) == picture_making.MadePicture(data, ".gif", 60, 40)


def test_a_portrait_is_cut_to_its_box() -> None:
    made = make_picture(_bytes(_photo(900, 600)), 88, 88)
    assert (made.width, made.height) == (176, 176)
    small = make_picture(_bytes(_photo(100, 60)), 88, 88)
    assert (small.width, small.height) == (60, 60)


def test_quality_steps_down_to_stay_in_the_budget() -> None:
    noise = Image.frombytes("RGB", (1200, 500), os.urandom(1200 * 500 * 3))
    heavy = len(make_picture(_bytes(noise), 600).data)
    assert heavy < len(_bytes(noise, quality=75, progressive=True, optimize=True))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"%PDF-1.7", "not a picture"),
        (_bytes(_photo(300, 200))[:900], "cannot be read"),
        (_bytes(Image.new("1", (8000, 7000)), "PNG"), "8000 × 7000"),
        (_bytes(Image.new("1", (20000, 20000)), "PNG"), "pixels"),
        (_bytes(_photo(30, 30), "PNG")[:60], "cannot be"),
    ],
)
def test_what_is_no_fair_picture_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(PictureRefused, match=words):
        make_picture(data, 600)


@pytest.fixture
def book(workspace: Workspace, settings: Settings) -> PictureBook:
    folder = workspace.issue("2022-02") / "images"
    folder.mkdir()
    (folder / "A Cell é.jpg").write_bytes(_bytes(_photo(2000, 1000)))
    return PictureBook.of(workspace, settings, "2022-02")


CELL = Figure("images/A Cell é.jpg", "A cell")


def test_a_picture_has_a_plain_name_with_its_hash_and_its_display_size(book: PictureBook) -> None:
    picture = book.picture(CELL, 600)
    assert (picture.width, picture.height, picture.alt) == (600, 300, "A cell")
    assert picture.src.startswith("images/a-cell-")
    used = book.used[picture.src]
    file = book.workspace.root / used.file
    assert (file.is_file(), file.stat().st_size) == (True, used.bytes)


def test_a_base_url_makes_the_address_whole(workspace: Workspace, settings: Settings, book: PictureBook) -> None:
    hosted = PictureBook(workspace, "2022-02", "https://images.example.org/n")
    src = hosted.picture(CELL, 600).src
    assert src.startswith("https://images.example.org/n/2022-02/a-cell-")


def test_an_unchanged_picture_is_not_made_again(book: PictureBook, monkeypatch: pytest.MonkeyPatch) -> None:
    first = book.picture(CELL, 600)
    made: list[int] = []
    original = picture_making.make_picture

    def counted(data: bytes, slot: int, crop: int = 0) -> picture_making.MadePicture:
        made.append(slot)
        return original(data, slot, crop)

    monkeypatch.setattr(picture_making, "make_picture", counted)
    assert book.picture(CELL, 600) == first
    assert made == []
    book.picture(CELL, 300)
    source = book.workspace.issue("2022-02") / "images/A Cell é.jpg"
    source.write_bytes(_bytes(_photo(2000, 1001)))
    assert book.picture(CELL, 600).src != first.src
    assert made == [300, 600]


def test_damage_to_what_is_kept_is_mended(book: PictureBook) -> None:
    first = book.picture(CELL, 600)
    for path in (book.workspace.cache / "images").glob("*.json"):
        path.write_text("{ damaged")
    assert book.picture(CELL, 600) == first


def test_faults_of_pictures_are_findings(book: PictureBook) -> None:
    folder = book.workspace.issue("2022-02") / "images"
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "tiny.jpg").write_bytes(_bytes(_photo(100, 50)))
    assert book.picture(Figure("images/broken.jpg", "x"), 600).src == ""
    book.picture(Figure("images/tiny.jpg", "x"), 600)
    book.picture(Figure("images/nowhere.jpg", "x"), 600)
    found = [(each.rule, Path(each.file).name) for each in book.weigh("issues/2022-02/issue.md")]
    assert found == [("image-refused", "broken.jpg"), ("image-small", "tiny.jpg")]


def test_a_hosted_picture_is_shown_as_it_is(book: PictureBook) -> None:
    picture = book.picture(Figure("https://www.example.org/x.jpg", "x", width=1200, height=800), 600)
    assert (picture.src, picture.width, picture.height) == ("https://www.example.org/x.jpg", 600, 400)


def test_a_hosted_picture_of_unknown_size_is_reported(book: PictureBook) -> None:
    assert book.picture(Figure("https://www.example.org/x.jpg", "x"), 600).height == 400
    assert [each.rule for each in book.weigh("")] == ["image-remote"]


def test_a_decorative_picture_has_no_alt(book: PictureBook) -> None:
    assert book.picture(Figure(CELL.src, "words", decorative=True), 600).alt == ""
