"""Leads from a piece of the composed HTML back to the file and line where its author wrote it."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePosixPath

from newsletter_cli.check.blocks import Place, pictures, pieces, targets
from newsletter_cli.check.page import Element, line_of
from newsletter_cli.check.words import text_of
from newsletter_cli.model.issue import Issue

__all__ = ["Origins", "Place"]


class Origins:
    """Finds the place of an element: the author's words first, then the template, else the HTML line."""

    def __init__(
        self,
        issue: Issue | None,
        html_file: str,
        templates: Mapping[str, str],
        settings: str,
        html_line: Callable[[int], int] = lambda line: line,
    ) -> None:
        self._issue = issue
        self._html_file = html_file
        self._html_line = html_line
        self._templates = templates
        self._settings = settings

    @cached_property
    def _urls(self) -> Mapping[str, Place]:
        return {each.url: each.place for each in reversed(tuple(targets(self._issue) if self._issue else ()))}

    @cached_property
    def _pictures(self) -> Mapping[str, Place]:
        found: dict[str, Place] = {}
        for each in pictures(self._issue) if self._issue else ():
            for key in (
                each.figure.src,
                PurePosixPath(each.figure.src).stem,
                each.figure.alt and f"alt:{each.figure.alt}",
            ):
                if key:
                    found.setdefault(key, each.place)
        return found

    @cached_property
    def _words(self) -> tuple[tuple[str, Place], ...]:
        return tuple((each.text, each.place) for each in (pieces(self._issue) if self._issue else ()) if each.text)

    def place(self, element: Element) -> Place:
        """The author's place of this element, as near as can be told."""
        return next(filter(None, self._candidates(element)), Place(self._html_file, self._html_line(line_of(element))))

    def url(self, url: str) -> Place | None:
        """Where an address was written."""
        return self._urls.get(url)

    def picture(self, src: str, alt: str = "") -> Place:
        """Where a picture was named, by its address or file, else by its alt."""
        stem = PurePosixPath(src.split("?")[0]).stem
        known = self._pictures
        near = next(
            (place for key, place in known.items() if not key.startswith("alt:") and stem.startswith(key)), None
        )
        return known.get(src) or known.get(f"alt:{alt}") or near or Place(self._html_file, 0)

    def words(self, text: str) -> Place | None:
        """Where these words were written."""
        if len(text) < 3:
            return None
        return self.holding(text)

    def holding(self, text: str) -> Place | None:
        """Where these very characters were written, be they few."""
        exact = next((place for words, place in self._words if words == text), None)
        return exact or next((place for words, place in self._words if text in words), None)

    def setting(self, table: str, key: str) -> Place:
        """The line of newsletter.toml that holds this key, else that of its table, else its first line."""
        current, table_line = "", 0
        for number, row in enumerate(self._settings.splitlines(), 1):
            header = re.match(r"\s*\[\s*([\w.]+)\s*\]", row)
            if header:
                current = header[1]
                table_line = number if current == table else table_line
            elif current == table and re.match(rf"\s*{re.escape(key)}\s*=", row):
                return Place("newsletter.toml", number)
        return Place("newsletter.toml", table_line or 1) if self._settings else Place()

    def issue_key(self, key: str) -> Place:
        """The line of a key in the issue's header."""
        return Place(self._issue.file, self._issue.line(key)) if self._issue else Place(self._html_file, 0)

    def template(self, *needles: str) -> Place | None:
        """The one template line that holds all these strings; None when there is none or several."""
        found = [
            Place(file, number)
            for file, text in self._templates.items()
            for number, row in enumerate(text.splitlines(), 1)
            if all(needle in row for needle in needles)
        ]
        return found[0] if len(found) == 1 else None

    def _candidates(self, element: Element) -> Iterator[Place | None]:
        if self._issue is None:
            return
        for each in (element, *element.iter("a", "img")):
            url = each.get("href") or ""
            if url:
                yield self._urls.get(url)
            if each.tag == "img":
                src = each.get("src") or ""
                yield self._pictures.get(src) or self._pictures.get(f"alt:{each.get('alt') or ''}")
                stem = PurePosixPath(src.split("?")[0]).stem
                yield next((place for key, place in self._pictures.items() if key and stem.startswith(key)), None)
        yield self.words(text_of(element))
        for name in ("href", "src", "alt", "class", "id"):
            value = element.get(name)
            if value and len(value) > 2:
                yield self.template(f"<{element.tag}", value)
