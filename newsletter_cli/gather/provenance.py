"""Where each article of an issue came from: `articles/.gather.json`, ours and not the staff's."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from newsletter_cli.gather.links import comparing_key
from newsletter_cli.paths import write_file

FILE = ".gather.json"
KEPT = ".gather"


@dataclass(frozen=True, slots=True)
class Origin:
    """One gathered article.

    Attributes:
        slug: the article file without `.md`.
        source: what was asked for; `kind` of source.
        link, feed_id: what the article is known by.
        fetched_at: ISO 8601.
        raw: sha256 of the bytes it was read from (kept in the store), and `media_type` what they are.
        written: sha256 of the file as we wrote it; another one means a person has edited it.
        waiting: sha256 of `NAME.new.md` as we wrote it, or "".
        look: doubts at that time.
    """

    slug: str
    source: str
    kind: str
    title: str = ""
    link: str = ""
    feed_id: str = ""
    fetched_at: str = ""
    raw: str = ""
    written: str = ""
    waiting: str = ""
    look: tuple[str, ...] = ()
    media_type: str = ""

    @property
    def known_by(self) -> tuple[str, str, str]:
        """Link, feed id and source."""
        return self.link, self.feed_id, self.source

    def is_of(self, link: str, feed_id: str, source: str) -> bool:
        """Whether this is the article of that canonical address, feed id, or (having neither) source."""
        if link and self.link:
            return comparing_key(link) == comparing_key(self.link)
        if feed_id and self.feed_id:
            return feed_id == self.feed_id
        return bool(source) and source == self.source


def read_origins(articles: Path) -> tuple[Origin, ...]:
    """The origins noted in an articles folder; none when there is no readable note."""
    try:
        rows = json.loads((articles / FILE).read_text(encoding="utf-8"))["articles"]
        return tuple(Origin(**{**row, "look": tuple(row.get("look", ()))}) for row in rows)
    except (OSError, ValueError, TypeError, KeyError):
        return ()


def write_origins(articles: Path, origins: Iterable[Origin]) -> None:
    """Note the origins, by slug."""
    rows = [asdict(each) for each in sorted(origins, key=lambda each: each.slug)]
    write_file(articles / FILE, json.dumps({"version": 1, "articles": rows}, ensure_ascii=False, indent=1) + "\n")
