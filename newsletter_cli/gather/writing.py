"""Writes gathered articles into an issue and never over what a person edited."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from newsletter_cli.gather.article_text import article_text
from newsletter_cli.gather.candidates import Skipped
from newsletter_cli.gather.changes import changes
from newsletter_cli.gather.doubts import doubts
from newsletter_cli.gather.entry_article import ONLY_TEASER
from newsletter_cli.gather.found import Found
from newsletter_cli.gather.links import comparing_key
from newsletter_cli.gather.provenance import Origin, read_origins, write_origins
from newsletter_cli.gather.store import Store, sha256
from newsletter_cli.gather.words import folded, slug
from newsletter_cli.model.article import ARTICLE_ALIASES, ARTICLE_KEYS
from newsletter_cli.model.header import read_header
from newsletter_cli.paths import write_file

NEW, SAME, REFRESHED, KEPT, WAITING = "new", "unchanged", "refreshed", "kept", "waiting"


@dataclass(frozen=True, slots=True)
class Gathered:
    """An article in the issue.

    Attributes:
        found: as it was read, its pictures stored.
        path: the article file; `state` what became of it: "new", "unchanged" at the source, "refreshed" (nobody had
            edited it), "kept" (edited here, the source is unchanged), "waiting" (edited here, and the source changed
            too: the new text is in `beside`).
        changes: what the source changed, word by word.
    """

    found: Found
    path: Path
    state: str
    beside: Path | None = None
    changes: tuple[str, ...] = ()

    @property
    def look(self) -> tuple[str, ...]:
        return doubts(self.found)


class Articles:
    """The `articles/` folder of one issue with its provenance."""

    def __init__(self, folder: Path, store: Store, now: datetime) -> None:
        self._folder, self._store, self._now = folder, store, now
        self._origins = {each.slug: each for each in read_origins(folder)}

    def origin_of(self, found: Found) -> Origin | None:
        """The earlier gathering of the same article, if any; by the name its file has now, should it be renamed."""
        origin = next(
            (each for each in self._origins.values() if each.is_of(found.link, found.feed_id, found.source)), None
        )
        if origin is None or (self._folder / f"{origin.slug}.md").is_file():
            return origin
        renamed = self._file_with(origin.link)
        return replace(origin, slug=renamed.stem) if renamed and renamed.stem not in self._origins else origin

    def left_alone(self, found: Found, listed: bool) -> str:
        """Why an article is not written at all, or "": somebody wrote it by hand, or took its file out."""
        origin = self.origin_of(found)
        if origin is None:
            own = self._file_with(found.link)
            return f"{own.name} is the same article, written by hand; it stays." if own else ""
        if listed and not (self._folder / f"{origin.slug}.md").is_file():
            return f"Its file {origin.slug}.md was taken out of this issue; --again brings it back."
        return ""

    def _file_with(self, link: str) -> Path | None:
        """The article file whose header names this address."""
        for path in sorted(self._folder.glob("*.md")) if link else ():
            if re.search(r"\.new(?:-\d+)?$", path.stem):
                continue
            header = read_header(path.read_text(encoding="utf-8-sig", errors="replace"), ARTICLE_KEYS, ARTICLE_ALIASES)
            if comparing_key(header.get("link")) == comparing_key(link):
                return path
        return None

    def staying(self, skipped: Skipped) -> Skipped:
        """A fault of a source, with the name of the article that was gathered from it earlier and stays."""
        address = skipped.source
        for each in self._origins.values() if skipped.fault else ():
            here = (self._folder / f"{each.slug}.md").is_file()
            if here and (each.source == address or each.is_of(address, "", address)):
                return replace(skipped, why=f"{skipped.why} {each.slug}.md stays as it is.")
        return skipped

    def would_lose(self, found: Found) -> str:
        """Why writing this would put less in the place of a whole article gathered earlier, or ""."""
        origin = self.origin_of(found)
        if origin is None or not (self._folder / f"{origin.slug}.md").is_file():
            return ""
        teaser_before = any(each.startswith(ONLY_TEASER) for each in origin.look)
        why = "" if teaser_before else found.missing or ("" if found.pieces else "No text was found in it this time.")
        return f"{why} {origin.slug}.md stays as it is." if why else ""

    def write(self, found: Found) -> Gathered:
        """Write the article file, or what may be written beside it, and its provenance."""
        text = article_text(found)
        origin = self.origin_of(found)
        if origin is None:
            path = self._free(slug(found.title or Path(found.source).stem))
            write_file(path, text)
            self._note(self._origin(found, path.stem, text))
            return Gathered(found, path, NEW)
        path = self._folder / f"{origin.slug}.md"
        fresh = self._origin(found, origin.slug, text)
        current = path.read_bytes() if path.is_file() else None
        if current is not None and self._only_doubts_differ(origin, text):
            return Gathered(found, path, SAME if sha256(current) == origin.written else KEPT)
        if current is None or sha256(current) == origin.written:
            same = current is not None and sha256(text.encode()) == origin.written
            differences = changes(_words(current), _words(text.encode())) if current is not None and not same else ()
            if not same:
                write_file(path, text)
            self._note(fresh)
            state = NEW if current is None else REFRESHED if differences else SAME
            return Gathered(found, path, state, changes=differences)
        return self._beside(found, path, origin, fresh, text)

    def _only_doubts_differ(self, origin: Origin, text: str) -> bool:
        """Whether this reading differs from the one written in its `look:` lines alone: no reason to touch a file."""
        before = self._store.bytes_of(origin.written)
        return bool(before) and before != text.encode() and _words(before) == _words(text.encode())

    def twin_of(self, found: Found) -> str:
        """The file of another article in this issue with the same title, for one that is new; "" when there is none."""
        if self.origin_of(found) is not None or not found.title:
            return ""
        alike = (each for each in self._origins.values() if folded(each.title) == folded(found.title))
        return next((f"{each.slug}.md" for each in alike if (self._folder / f"{each.slug}.md").is_file()), "")

    def _beside(self, found: Found, path: Path, origin: Origin, fresh: Origin, text: str) -> Gathered:
        """A person edited the file: it stays, and a changed source goes to NAME.new.md."""
        digest = sha256(text.encode())
        beside = path.with_name(f"{path.stem}.new.md")
        if digest == origin.written or (digest == origin.waiting and not beside.exists()):
            return Gathered(found, path, KEPT)
        number = 2
        while beside.exists() and sha256(beside.read_bytes()) not in (origin.waiting, digest):
            beside, number = path.with_name(f"{path.stem}.new-{number}.md"), number + 1
        write_file(beside, text)
        self._note(replace(fresh, written=origin.written, waiting=digest))
        return Gathered(found, path, WAITING, beside, self._differences(origin.waiting or origin.written, text))

    def _differences(self, before: str, text: str) -> tuple[str, ...]:
        """What changed since the text of that hash; without `look:` lines, which are ours."""
        known = self._store.bytes_of(before)
        return changes(_words(known), _words(text.encode())) if known else ()

    def _free(self, stem: str) -> Path:
        name, number = stem, 2
        while (self._folder / f"{name}.md").exists() or name in self._origins:
            name, number = f"{stem}-{number}", number + 1
        return self._folder / f"{name}.md"

    def _origin(self, found: Found, name: str, text: str) -> Origin:
        self._store.keep_beside(text.encode())
        return Origin(
            slug=name,
            source=found.source,
            kind=found.kind,
            title=found.title,
            link=found.link,
            feed_id=found.feed_id,
            fetched_at=self._now.isoformat(timespec="seconds"),
            raw=self._store.keep_beside(found.raw) if found.raw else "",
            media_type=found.media_type,
            written=sha256(text.encode()),
            look=doubts(found),
        )

    def _note(self, origin: Origin) -> None:
        for slug_before in [key for key, each in self._origins.items() if each.is_of(*origin.known_by)]:
            del self._origins[slug_before]  # its file was renamed
        self._origins[origin.slug] = origin
        write_origins(self._folder, self._origins.values())
        needed = {name for each in self._origins.values() for name in (each.raw, each.written, each.waiting)}
        self._store.forget_beside(needed)


def _words(data: bytes) -> str:
    rows = data.decode("utf-8", "replace").split("\n")
    kept, inside = [], False
    for row in rows:
        inside = row.startswith("look:") or (inside and row[:1] in (" ", "\t"))
        if not inside:
            kept.append(row)
    return "\n".join(kept)
