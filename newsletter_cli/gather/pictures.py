"""Brings the pictures of an article into the issue's `images/`, each stored once."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from newsletter_cli.errors import NewsletterError
from newsletter_cli.gather.fetching import Fetcher
from newsletter_cli.gather.found import Found
from newsletter_cli.gather.images import NARROW, NoPicture, prepare
from newsletter_cli.gather.markdown import pictures_in, with_pictures
from newsletter_cli.gather.pieces import Picture, Piece, Quotation, Written
from newsletter_cli.gather.store import sha256
from newsletter_cli.gather.words import slug
from newsletter_cli.http import PICTURE, AddressRefused, StatusRefused, TooLarge
from newsletter_cli.model.article import Card
from newsletter_cli.paths import write_file

_GONE = (404, 410)


class Pictures:
    """The images folder of one issue.

    Args:
        folder: `issues/<id>/images`.
        fetcher: for addresses; None leaves remote pictures where they are.
        beside: the folder a saved page's own pictures may come from, or None.
        parts: pictures that came inside the source, by name.
    """

    def __init__(
        self,
        folder: Path,
        fetcher: Fetcher | None,
        beside: Path | None = None,
        parts: Mapping[str, bytes] | None = None,
    ) -> None:
        self._folder, self._fetcher, self._beside = folder, fetcher, beside
        self._parts = dict(parts or {})
        self._stored: dict[str, str] = {}
        self.look: list[str] = []

    def bring(self, found: Found) -> Found:
        """The article with its pictures in the folder; one that is none is dropped and said."""
        stem = slug(found.title, 30)
        image = self._picture(found.image, stem) if found.image else None
        pieces = [made for each in found.pieces if (made := self._piece(each, stem)) is not None]
        if found.image and image is None:
            first = next((each for each in pieces if isinstance(each, Picture)), None)
            image = first
            pieces = [each for each in pieces if each is not first]
        return replace(found, image=image, pieces=tuple(pieces), look=(*found.look, *dict.fromkeys(self.look)))

    def bring_cards(self, cards: Iterable[Card]) -> tuple[Card, ...]:
        """Cards with their pictures in the folder; one without an alt text goes without its picture."""
        made = []
        for card in cards:
            picture = None
            if card.image is not None and card.image.alt:
                picture = self._picture(Picture(card.image.src, card.image.alt), slug(card.title, 30))
            figure = replace(card.image, src=picture.src) if picture and card.image else None
            made.append(replace(card, image=figure))
        return tuple(made)

    def _piece(self, piece: Piece, stem: str) -> Piece | None:
        if isinstance(piece, Picture):
            return self._picture(piece, stem)
        if isinstance(piece, Written):
            moved = {each.src: made.src for each in pictures_in(piece.text) if (made := self._picture(each, stem))}
            return Written(with_pictures(piece.text, moved))
        if isinstance(piece, Quotation) and piece.portrait is not None:
            return replace(piece, portrait=self._picture(piece.portrait, slug(piece.who or stem, 30)))
        return piece

    def _picture(self, picture: Picture, stem: str) -> Picture | None:
        if picture.src.startswith("images/"):
            return picture
        if picture.src not in self._stored:
            self._stored[picture.src] = self._brought(picture.src, stem)
        stored = self._stored[picture.src]
        return replace(picture, src=stored) if stored else None

    def _brought(self, src: str, stem: str) -> str:
        """The path of the stored picture; its address when it cannot be fetched now, "" when there is none."""
        try:
            return self._store(self._bytes(src), _stem(src, stem))
        except NoPicture as error:
            self.look.append(f"A picture was left out: {_shown(src)}: {error}.")
            return ""
        except (AddressRefused, TooLarge) as error:
            self.look.append(f"A picture was left out: {error.message}")
            return ""
        except NewsletterError as error:
            if isinstance(error, StatusRefused) and error.status in _GONE:
                self.look.append(f"A picture was left out: {error.message}")
                return ""
            self.look.append(f"A picture was left at its address: {error.message}")
            return src

    def _bytes(self, src: str) -> bytes:
        if src in self._parts:
            return self._parts[src]
        if src.startswith("data:"):
            return _data(src)
        parts = urlsplit(src)
        if parts.scheme in ("http", "https"):
            if self._fetcher is None:
                raise NoPicture("pictures are not fetched now")
            return self._fetcher.fetch_or_kept(src, limit=PICTURE, accept="image/*").body
        return self._local(unquote(src.removeprefix("saved:").partition("?")[0]))

    def _local(self, path: str) -> bytes:
        """A picture saved beside the page: nothing outside that folder is read, whatever the page says."""
        if self._beside is None:
            raise NoPicture("it has no address")
        beside = self._beside.resolve()
        # `/img/a.jpg` of a page saved with its site is below the folder, not at the root of this machine.
        wanted = (beside / path.lstrip("/")).resolve()
        if not wanted.is_relative_to(beside) or not wanted.is_file():
            raise NoPicture("it is not beside the page")
        if wanted.stat().st_size > PICTURE.bytes:
            raise NoPicture("it is too large")
        return wanted.read_bytes()

    def _store(self, data: bytes, stem: str) -> str:
        prepared = prepare(data)
        if prepared.width < NARROW:
            self.look.append(f"The picture {stem} is only {prepared.width} pixels wide.")
        digest = sha256(prepared.data)
        for existing in sorted(self._folder.glob("*")) if self._folder.is_dir() else []:
            if existing.stat().st_size == len(prepared.data) and sha256(existing.read_bytes()) == digest:
                return f"images/{existing.name}"
        name, number = f"{stem}.{prepared.suffix}", 2
        while (self._folder / name).exists():
            name, number = f"{stem}-{number}.{prepared.suffix}", number + 1
        write_file(self._folder / name, prepared.data)
        return f"images/{name}"


def _data(src: str) -> bytes:
    head, _, body = src.partition(",")
    try:
        return base64.b64decode(unquote(body), validate=False) if head.endswith(";base64") else unquote_to_bytes(body)
    except (binascii.Error, ValueError) as error:
        raise NoPicture("its data is damaged") from error


def _stem(src: str, fallback: str) -> str:
    """A file name for a picture: its own, unless that says nothing."""
    if src.startswith("data:"):
        return fallback
    name = unquote(urlsplit(src).path).rstrip("/").rpartition("/")[2].rpartition(".")[0]
    made = slug(name, 40)
    return made if len(made) >= 4 and any(each.isalpha() for each in made) else fallback


def _shown(src: str) -> str:
    return "the picture inside the page" if src.startswith("data:") else src[:120]
