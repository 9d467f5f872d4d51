"""Reads the pages of a folder with other projects' readers and prints a JSON line for each reader and page.

It needs nothing of this program but `gather/words.py` and rules.py, so that it runs in an environment of its own.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from rules import half_of

from newsletter_cli.gather.words import decoded

Read = Callable[[str, str], dict[str, Any]]


def trafilatura_reader() -> Read:
    import trafilatura
    from trafilatura.metadata import extract_metadata

    def read(page: str, url: str) -> dict[str, Any]:
        facts = extract_metadata(page, default_url=url or None)
        text = trafilatura.extract(page, include_comments=False) or ""
        html = trafilatura.extract(
            page,
            output_format="html",
            include_images=True,
            include_links=True,
            include_formatting=True,
            include_comments=False,
        )
        said = {
            "title": facts.title,
            "date": facts.date,
            "authors": (facts.author or "").replace("; ", ", "),
            "image": facts.image,
            "standfirst": facts.description,
        }
        return {**said, "body": text, "html": html or ""}

    return read


def newspaper_reader() -> Read:
    from newspaper import Article, Config

    config = Config()
    config.fetch_images = False
    config.clean_article_html = True

    def read(page: str, url: str) -> dict[str, Any]:
        article = Article(url or "https://www.example.org/", config=config)
        article.download(input_html=page)
        article.parse()
        return {
            "title": article.title,
            "date": article.publish_date.date().isoformat() if article.publish_date else "",
            "authors": ", ".join(article.authors),
            "image": article.top_image,
            "standfirst": article.meta_description,
            "body": article.text,
            "html": article.article_html,
        }

    return read


def readability_reader() -> Read:
    from lxml import html
    from readability import Document

    def read(page: str, url: str) -> dict[str, Any]:
        document = Document(page, url=url or None)
        summary = document.summary()
        text = html.document_fromstring(summary).text_content() if summary.strip() else ""
        return {"title": document.short_title(), "body": text, "html": summary}

    return read


READERS = {
    "trafilatura": trafilatura_reader,
    "newspaper4k": newspaper_reader,
    "readability-lxml": readability_reader,
}


def main(folder: Path, half: str = "") -> None:
    truth = {
        name: known
        for name, known in json.loads((folder / "truth.json").read_text(encoding="utf-8")).items()
        if half in ("", half_of(name))
    }
    for name, made in READERS.items():
        try:
            read = made()
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
            continue
        print(json.dumps({"reader": name, "version": version(name)}), flush=True)
        given: set[str] = {"body", "html"}
        for page_name, known in truth.items():
            page = decoded((folder / page_name).read_bytes())
            start = time.perf_counter()
            try:
                found = read(page, known.get("url", ""))
            except Exception as error:  # noqa: BLE001 - a reader that fails on a page has found nothing there
                print(f"{name} failed on {page_name}: {error!r}"[:200], file=sys.stderr)
                found = dict.fromkeys(given, "")
            given |= found.keys()
            found["seconds"] = time.perf_counter() - start
            print(json.dumps({"page": page_name, **found}, default=str), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
